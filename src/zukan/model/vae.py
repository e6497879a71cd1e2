"""The variational autoencoder as a ``keras.Model``: its construction, and the methods that Keras calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from zukan import augmentations, checks, optimizers, registry
from zukan.backend import check_device, keras_defaults, layers_with
from zukan.compiled import distribution, whole_after_errors
from zukan.context import Shapes
from zukan.likelihoods import likelihoods
from zukan.model.bounds import Bounds
from zukan.model.checking import check_absent, check_no_labels, check_shape, check_weights
from zukan.model.conditional import Conditional
from zukan.model.imputation import Imputation
from zukan.model.prior_fitting import fit_prior
from zukan.model.programs import Programs
from zukan.model.starting import Starting
from zukan.model.stored import Stored
from zukan.model.streams import guarded
from zukan.model.wiring import Arguments, check_combination, seeded, wire
from zukan.objectives import objectives
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.streamed import Streamed


@keras.saving.register_keras_serializable("zukan")
class VAE(Conditional, Bounds, Imputation, Starting, Stored):
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
    condition : int, optional
        Width of the condition that encoder, decoder and prior see (doi:10.5555/2969442.2969628): the number of classes,
        or of numbers in a row. `fit` and every method then take ``condition=``.
    missing : bool, default False
        Whether values of x may be missing, as NaN. The encoder sees zeros and the mask, and the likelihood counts what
        is observed (arXiv:1812.02633).
    augment, corrupt : str, mapping, Augmentation or sequence, optional
        Random changes of the training items, drawn anew in every step: ``"flip,shift"``. Only the encoder sees those of
        ``corrupt``: the denoising criterion (arXiv:1511.06406).
    **kwargs
        ``name``, and ``dtype``, the dtype policy of encoder and decoder (``"mixed_bfloat16"``; by default the one that
        the program has set). Draws, densities and all other parts are float32, or float64 under that policy.

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
                 objective: Any = "elbo", seed: int = 0, *, condition: int | None = None, missing: bool = False,
                 augment: Any = "", corrupt: Any = "", **kwargs: Any) -> None:
        check_device()
        with keras_defaults():
            super().__init__(autocast=False, **kwargs)  # only networks cast their inputs
            # In a dataclass, because Keras would save layers in attributes, lists and dicts twice.
            self._arguments = Arguments(event_shape, latent_dim, encoder, decoder, posterior, prior, likelihood,
                                        objective, seed, condition, missing, augment, corrupt)
            self._make(self._arguments)

    def _make(self, given: Arguments) -> None:
        """Make the parts and connect them."""
        self.shapes = Shapes(check_shape(given.event_shape), checks.integer("latent_dim", given.latent_dim),
                             0 if given.condition is None else checks.integer("condition", given.condition))
        self.missing = bool(given.missing)
        self.seed = checks.integer("seed", given.seed, minimum=0)
        with seeded(self.seed), layers_with(self.float_type):
            self.objective = objectives.make(given.objective)
            self.posterior = posteriors.make(given.posterior)
            self.prior = priors.make(given.prior)
            self.likelihood = likelihoods.make(given.likelihood)
            check_combination(self.posterior, self.prior, self.objective)
            self.augmentations = augmentations.make_all(given.augment, "augment", self.shapes, self.likelihood.support)
            self.corruptions = augmentations.make_all(given.corrupt, "corrupt", self.shapes, self.likelihood.support)
            self._networks = wire(given.encoder, given.decoder, self.posterior, self.prior, self.likelihood,
                                  self.objective, self.dtype_policy, shapes=self.shapes, missing=self.missing,
                                  seed=self.seed)
        self.shapes = self._networks.shapes
        self._inference, self._generation = self._networks.inference, self._networks.generation
        # Generators, because Keras updates, saves and restores their states without counting them as weights.
        self._counters = keras.random.SeedGenerator(0, name="counters")
        self._draws = keras.random.SeedGenerator(self.seed, name="training_draws")
        self._test_draws = keras.random.SeedGenerator(self.seed + 1, name="test_draws")
        bound = ("kl", "elbo") if self.density else ()
        self._terms = [keras.metrics.Mean(name=name) for name in ("reconstruction", *bound, *self.extras)]
        self.programs = Programs(self)
        self.built = True

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of the values that the history holds in addition to loss, reconstruction, kl and elbo."""
        return (*self.objective.extras, *self.posterior.extras)

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
        """Run one pass and return its tensors: those of `run_pass`, of which `forward_pass` makes distributions."""
        draws = self._draws if training else self._test_draws
        return self.run_pass(x, self.objective.samples, draws, training=training)

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,  # noqa: ARG002
                     training: bool = True) -> Any:  # noqa: FBT001, FBT002 Keras's signature
        """Return the objective in nats per example, averaged over the batch, and log every term."""
        forward = self.forward_pass(x, y_pred, training=training)
        terms = self.objective(forward)
        logged = {"reconstruction": terms.reconstruction, **terms.extra}
        if self.density:
            logged |= {"kl": forward.kl if terms.kl is None else terms.kl, "elbo": forward.elbo}
        added, extra = self.posterior.terms(y_pred["q"], forward.context)  # may change weights that the pass depends on
        loss = terms.loss + added
        logged |= extra
        if training:
            self._counters.next()
        for metric in self._terms:
            value = logged[metric.name]
            metric.update_state(value, sample_weight if len(value.shape) else None)
        weighted = loss if sample_weight is None else loss * ops.cast(sample_weight, loss.dtype)
        return ops.mean(weighted) + sum(self.losses)

    @keras_defaults()
    def compile(self, optimizer: Any = "adam", **kwargs: Any) -> None:
        """Set the optimizer. Other arguments are those of ``keras.Model.compile``; the loss is the objective."""
        check_absent("compile", kwargs)
        super().compile(optimizer, **kwargs)
        inner = optimizers.unwrapped(self.optimizer)
        if isinstance(inner, optimizers.Adversarial) and isinstance(self.objective, keras.Layer):
            inner.divide(self.objective.trainable_variables)

    @keras_defaults()
    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile a loaded model, as Keras does for models that do not override `compile`."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    @keras_defaults()
    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, *,  # type: ignore[override]
            condition: Any = None, validation_data: Any = None, **kwargs: Any) -> Any:
        """Train on ``x``, shape ``(n, *event_shape)``. Other arguments are those of ``keras.Model.fit``.

        ``x`` may also be the `zukan.streamed.Streamed` that `zukan.data.load` returns for data larger than memory.

        The history holds loss, reconstruction, kl, elbo (nats per example; the last two with a density only) and beta,
        and each with the prefix ``val_`` for validation data.

        Parameters
        ----------
        condition : int or array, optional
            If the model has a condition: the class of each example, or rows of numbers.
        validation_data : array or tuple, optional
            x; or (x, None, sample_weight); for a model with a condition (x, condition) or
            (x, condition, sample_weight).

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
        check_absent("fit", kwargs)
        check_no_labels(x, y)
        if validation_data is not None:
            validation_data = self._validation(validation_data)
        x = self._inputs.check("x", x, condition, stream=True)
        kwargs["callbacks"] = guarded(x, kwargs.get("callbacks"))
        if (weight := kwargs.get("sample_weight")) is not None:
            check_weights(weight, len(tree.flatten(x)[0]))
        self.begin(x, 0.0 if validation_data is not None else kwargs.get("validation_split", 0.0))
        y = None if weight is None else x  # without y, Keras drops sample weights
        return super().fit(x, y, batch_size, epochs, validation_data=validation_data, **kwargs)

    def _validation(self, data: Any) -> Any:
        """Return checked validation data as Keras takes it."""
        x, condition, weight = keras.utils.unpack_x_y_sample_weight(data if isinstance(data, tuple) else (data,))
        x = self._inputs.check("validation_data", x, condition if self.shapes.condition_dim else None, stream=True)
        return (x,) if weight is None else (x, x, weight)

    @keras_defaults()
    def evaluate(self, x: Any = None, y: Any = None, *args: Any, condition: Any = None, **kwargs: Any) -> Any:
        """Return loss and terms on ``x``, with the same draws of z at every call; other arguments are Keras's."""
        self.restart_test_draws()
        if not kwargs.get("_use_cached_eval_dataset"):  # data that `fit` has checked
            check_no_labels(x, y)
            x = self._inputs.check("x", x, condition, stream=True)
        return super().evaluate(x, x if kwargs.get("sample_weight") is not None else None, *args, **kwargs)

    @keras_defaults()
    def predict(self, x: Any, *args: Any, condition: Any = None, **kwargs: Any) -> np.ndarray:
        """Return the reconstructions through the mean. Arguments are those of ``keras.Model.predict``."""
        inputs = self._inputs.check("x", x, condition, stream=not self.missing)
        items, condition = (inputs["x"], inputs["condition"]) if isinstance(inputs, dict) else (inputs, None)
        items = np.asarray(items) if isinstance(items, Streamed) else items
        tensors = [items] if condition is None else [items, condition]
        if self.missing:
            tensors[:1] = [np.nan_to_num(items), (~np.isnan(items)).astype(items.dtype)]
        # The weights stay on their devices; Keras would divide the items, even if they do not divide.
        with whole_after_errors(self._networks.reconstruct) as network, distribution(None):
            return network.predict(tensors[0] if len(tensors) == 1 else tensors, *args, **kwargs)

    @keras_defaults()
    def fit_prior(self, x: Any, prior: Any = "mixture", *, condition: Any = None, epochs: int = 20,
                  batch_size: int = 256, learning_rate: float = 0.01) -> VAE:
        """Return a model with the same networks and another prior, which is fitted to the codes of ``x``.

        A prior that fits the codes samples better than the one that the model was trained with (arXiv:1903.12436). It
        is trained by maximum likelihood on draws from q(z|x). "mixture" starts from the solution of
        expectation-maximization; "maf", "realnvp" and "two-stage" from the mean and the scale of the codes.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
            The training items.
        prior : str, mapping or Prior, default "mixture"
        condition : int or array, optional
        epochs : int, default 20
        batch_size : int, default 256
        learning_rate : float, default 0.01
            It falls to 0 along a cosine.

        Returns
        -------
        VAE
            Not compiled; this model stays as it is. With the prior "two-stage", whose density is not known, it has
            the objective "reconstruction", and no ELBO.
        """
        if self.posterior.priors:
            raise checks.InputError("fit_prior needs a posterior that does not read the prior, got "
                                    f"{type(self.posterior).__name__}; train a model with the prior that you want")
        parts = {"prior": keras.saving.serialize_keras_object(prior)}
        if not priors.make(prior).density:
            parts["objective"] = "reconstruction"
        new = type(self).from_config({**self.get_config(), **parts})
        for ours, theirs in ((new._inference, self._inference), (new._generation, self._generation),  # noqa: SLF001
                             (new.posterior, self.posterior), (new.likelihood, self.likelihood),
                             (new.objective, self.objective)):
            if isinstance(ours, keras.Layer) and isinstance(theirs, keras.Layer):
                ours.set_weights(theirs.get_weights())
        new.begin(self._inputs.check("x", x, condition), parts=(new.prior,))  # the other parts keep what they learned
        fit_prior(new, self, x, condition, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate)
        new._counters.state.assign(self._counters.state)  # noqa: SLF001 training continues from the same step
        return new

    def make_train_function(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 Keras's signature
        """Compile a training step, or use the one that models of this kind share."""
        if self.programs.trains(self):
            self.train_function = self.programs.model.train_function
        else:
            super().make_train_function(force)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        arguments = {name: keras.saving.serialize_keras_object(value) for name, value in vars(self._arguments).items()}
        return {**arguments, "event_shape": list(self.event_shape), "name": self.name, "dtype": self.dtype_policy.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> VAE:
        """Build the model again from the result of `get_config`."""
        return cls(**{name: registry.revive(value) for name, value in config.items()})
