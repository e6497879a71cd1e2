"""The variational autoencoder as a ``keras.Model``: its construction, and the methods that Keras calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks, registry
from zukan.likelihoods import likelihoods
from zukan.model.bounds import Bounds
from zukan.model.checking import check_no_labels, check_shape, check_weights
from zukan.model.coding import Coding
from zukan.model.programs import Programs
from zukan.model.wiring import Arguments, seeded, wire
from zukan.objectives import objectives
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.streamed import Streamed


@keras.saving.register_keras_serializable("zukan")
class VAE(Coding, Bounds):
    """A variational autoencoder (arXiv:1312.6114). Without arguments, it is the model of the 2018 tutorial.

    Give each part as a name (``"conv"``), as a mapping (``{"name": "conv", "filters": [16, 32]}``), or as an object.

    Parameters
    ----------
    event_shape : tuple of int, default (28, 28, 1)
        Shape of one example: (height, width, channels), or (features,).
    latent_dim : int, default 2
    encoder, decoder : str, mapping, Network or keras.Layer, default "mlp"
        Networks from tensor to features. By default, the decoder mirrors the encoder.
    posterior, prior, likelihood, objective : str, mapping or object
        q(z|x), p(z), p(x|z), and the objective that training minimizes.
    seed : int, default 0
        Fixes the initial weights, the order of the data and every random draw.

    Raises
    ------
    zukan.InputError
        If a size is not positive, or a part is not known.

    Examples
    --------
    >>> vae = VAE(latent_dim=2)
    >>> vae.count_params()
    404244
    """

    def __init__(self, event_shape: Sequence[int] = (28, 28, 1), latent_dim: int = 2, encoder: Any = "mlp",
                 decoder: Any = None, posterior: Any = "normal", prior: Any = "normal", likelihood: Any = "bernoulli",
                 objective: Any = "elbo", seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # In a dataclass, since Keras tracks layers in attributes, lists and dicts, and would save them twice.
        self._arguments = Arguments(event_shape, latent_dim, encoder, decoder, posterior, prior, likelihood, objective,
                                    seed)
        self.event_shape = check_shape(event_shape)
        self.latent_dim = checks.integer("latent_dim", latent_dim)
        self.seed = checks.integer("seed", seed, minimum=0)
        self.objective = objectives.make(objective)
        with seeded(self.seed):
            self.posterior = posteriors.make(posterior)
            self.prior = priors.make(prior)
            self.likelihood = likelihoods.make(likelihood)
            self._networks = wire(encoder, decoder, self.posterior, self.prior, self.likelihood,
                                  event_shape=self.event_shape, latent_dim=self.latent_dim, seed=self.seed)
        self._inference, self._generation = self._networks.inference, self._networks.generation
        # Training draws once per step. So the state of the generator also counts the steps, and nothing else is saved.
        self._draws = keras.random.SeedGenerator(self.seed, name="training_draws")
        self._test_draws = keras.random.SeedGenerator(self.seed + 1, name="test_draws")
        self._terms = [keras.metrics.Mean(name=name)
                       for name in ("reconstruction", "kl", "elbo", *self.objective.extras)]
        self.programs = Programs(self)
        self.built = True

    @property
    def encoder(self) -> keras.Model:
        """Functional model from x to the parameters of q(z|x) and one draw: ``[mean, log_var, z]``."""
        return self._networks.encoder

    @property
    def inference(self) -> keras.Model:
        """Functional model from x to the parameters of q(z|x) by name: `encoder` without the draw."""
        return self._inference

    @property
    def decoder(self) -> keras.Model:
        """Functional model from z to the mean of p(x|z); it shares the trained layers."""
        return self._networks.decoder

    def call(self, x: Any, training: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 Keras's signature
        """Run one pass and return its tensors, as `run_pass` describes them; see also `forward_pass`."""
        draws = self._draws if training else self._test_draws
        return self.run_pass(x, self.objective.samples, draws, training=training)

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,  # noqa: ARG002
                     training: bool = True) -> Any:  # noqa: FBT001, FBT002 Keras's signature
        """Return the objective in nats per example, averaged over the batch, and log every term."""
        step = ops.cast(self._draws.state[1], keras.config.floatx()) - float(training)
        forward = self.forward_pass(x, y_pred)
        terms = self.objective(forward, step)
        logged = {"reconstruction": terms.reconstruction, "kl": terms.kl, "elbo": forward.elbo, **terms.extra}
        for metric in self._terms:
            value = logged[metric.name]
            metric.update_state(value, sample_weight if len(value.shape) else None)
        weighted = terms.loss if sample_weight is None else terms.loss * ops.cast(sample_weight, terms.loss.dtype)
        return ops.mean(weighted) + sum(self.losses)

    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, *,  # type: ignore[override]
            validation_data: Any = None, **kwargs: Any) -> Any:
        """Train on ``x``, shape ``(n, *event_shape)``. Other arguments are those of ``keras.Model.fit``.

        ``x`` may also be the `zukan.streamed.Streamed` that `zukan.data.load` returns for data larger than memory.

        The history holds loss, reconstruction, kl, elbo (nats per example) and beta, and each with the prefix ``val_``
        for validation data.

        Raises
        ------
        zukan.InputError
            If the data has another shape, is not floating-point or not finite, or lies outside the likelihood's range.
        """
        if not self.compiled:
            raise checks.InputError("fit needs an optimizer, got none; call vae.compile(optimizer='adam') first")
        checks.integer("epochs", epochs)
        if batch_size is not None:
            checks.integer("batch_size", batch_size)
        loss = getattr(self, "loss", None)
        if loss is not None:
            raise checks.InputError(
                f"loss must not be given to compile, since the objective is the loss, got {checks.show(loss)}; "
                f"choose it with VAE(objective=...)")
        check_no_labels(x, y)
        if validation_data is not None:
            parts = validation_data if isinstance(validation_data, tuple) else (validation_data,)
            held_out, _, held_out_weight = keras.utils.unpack_x_y_sample_weight(parts)
            held_out = self._check("validation_data", held_out)
            validation_data = held_out if held_out_weight is None else (held_out, held_out, held_out_weight)
        x = self._check("x", x)
        weight = kwargs.get("sample_weight")
        if weight is not None:
            check_weights(weight, len(x))
        y = None if weight is None else x  # without y, Keras drops sample weights
        return super().fit(x, y, batch_size, epochs, validation_data=validation_data, **kwargs)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the loss and its terms on ``x``, with the same draws of z at every call.

        Other arguments are those of ``keras.Model.evaluate``.
        """
        self.restart_test_draws()
        if not kwargs.get("_use_cached_eval_dataset"):  # data that `fit` has checked
            check_no_labels(x, y)
            x = self._check("x", x)
        return super().evaluate(x, x if kwargs.get("sample_weight") is not None else None, *args, **kwargs)

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> np.ndarray:
        """Return the reconstructions through the mean. Arguments are those of ``keras.Model.predict``."""
        x = self._check("x", x)
        return self._networks.reconstruct.predict(np.asarray(x) if isinstance(x, Streamed) else x, *args, **kwargs)

    def restart_test_draws(self) -> None:
        """Restart the draws of z for validation, so that every evaluation uses the same draws."""
        self._test_draws.state.assign([self.seed + 1, 0])

    def make_train_function(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 Keras's signature
        """Compile a training step, or use the one that models of this kind share."""
        if self.programs.trains(self):
            self.train_function = self.programs.model.train_function
        else:
            super().make_train_function(force)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        arguments = {name: keras.saving.serialize_keras_object(value) for name, value in vars(self._arguments).items()}
        return {**arguments, "event_shape": list(self.event_shape), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> VAE:
        """Build the model again from the result of `get_config`."""
        return cls(**{name: registry.revive(value) for name, value in config.items()})

    def save_own_variables(self, store: Any) -> None:
        """Save the states of the random generators too: without them, a loaded model would repeat draws."""
        for i, state in enumerate(self._seed_states()):
            store[f"draws_{i}"] = ops.convert_to_numpy(state.value)

    def load_own_variables(self, store: Any) -> None:
        """Restore the states of the random generators."""
        for i, state in enumerate(self._seed_states()):
            state.assign(store[f"draws_{i}"])

    def _seed_states(self) -> list[Any]:
        return [v for v in self.non_trainable_variables if v.path.endswith("seed_generator_state")]
