"""Two optimizers in one step: one for the model, one for the weights that its objective owns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


def unwrapped(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """Return the optimizer inside Keras's loss scaling, which mixed precision adds in float16."""
    scales = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    return optimizer.inner_optimizer if scales else optimizer


def players(optimizer: keras.optimizers.Optimizer) -> list[keras.optimizers.Optimizer]:
    """Return the optimizers that apply updates: the main one first, then the adversary's, if there is one."""
    inner = unwrapped(optimizer)
    return [inner.main, inner.adversary] if isinstance(inner, Adversarial) else [inner]


@keras.saving.register_keras_serializable("zukan")
class Adversarial(keras.optimizers.Optimizer):
    """Train the adversary of an objective, such as a discriminator, with an optimizer of its own.

    Keras sees one optimizer, so compiled epochs, checkpoints and callbacks work unchanged. The learning rate that
    callbacks read and set is the main optimizer's.

    Parameters
    ----------
    main : str, mapping or keras.optimizers.Optimizer
        For the weights of the model.
    adversary : str, mapping or keras.optimizers.Optimizer
        For the weights of its `zukan.objectives.LearnedObjective`.

    Examples
    --------
    >>> vae = zukan.VAE(objective="factor")
    >>> vae.compile(zukan.optimizers.Adversarial("adam", keras.optimizers.Adam(1e-4, beta_1=0.5)))
    """

    def __init__(self, main: Any = "adam", adversary: Any = "adam", name: str = "adversarial", **kwargs: Any) -> None:
        super().__init__(learning_rate=0.0, name=name, **kwargs)
        self.main, self.adversary = keras.optimizers.get(main), keras.optimizers.get(adversary)
        self._of_adversary: set[int] = set()
        self._mask: list[bool] = []

    def divide(self, adversary: Sequence[Any]) -> None:
        """Say which variables the adversary's optimizer trains; ``zukan.VAE.compile`` does it."""
        self._of_adversary = {id(variable) for variable in adversary}

    def build(self, variables: Sequence[Any]) -> None:
        """Build both optimizers for their variables."""
        if self.built:
            return
        super().build(variables)
        self._mask = [id(variable) in self._of_adversary for variable in variables]
        for optimizer, adversary in ((self.main, False), (self.adversary, True)):
            optimizer.build([v for v, of_adversary in zip(variables, self._mask, strict=True)
                             if of_adversary is adversary])

    @property
    def variables(self) -> list[Any]:
        """The variables of both optimizers."""
        own = self._variables[:]
        return [*own, *self.main.variables, *self.adversary.variables] if self._mask else own

    @property
    def learning_rate(self) -> Any:
        """The main optimizer's."""
        return self.main.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.main.learning_rate = value

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> None:
        """Let each optimizer apply the gradients of its own variables."""
        if trainable_variables is not None:
            self.build(trainable_variables)
        for optimizer, adversary in ((self.main, False), (self.adversary, True)):
            optimizer.apply([g for g, of_adversary in zip(grads, self._mask, strict=True)
                             if of_adversary is adversary])
        self._iterations.assign_add(1)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Do nothing: `apply` leaves updates to the two optimizers."""

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Let both optimizers finalize their variables."""
        for optimizer, adversary in ((self.main, False), (self.adversary, True)):
            optimizer.finalize_variable_values([v for v in var_list if (id(v) in self._of_adversary) is adversary])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"main": keras.optimizers.serialize(self.main), "adversary": keras.optimizers.serialize(self.adversary),
                "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Adversarial:
        """Build the optimizer again from the result of `get_config`."""
        return cls(**{**config, "main": keras.optimizers.deserialize(config["main"], custom_objects),
                      "adversary": keras.optimizers.deserialize(config["adversary"], custom_objects)})
