"""The variational autoencoder: one ``keras.Model`` wired from six parts."""

from __future__ import annotations

import contextlib
import functools
import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks, registry
from zukan.compiled import CompiledEpochs
from zukan.distributions import Distribution
from zukan.likelihoods import likelihoods
from zukan.model import modelfile
from zukan.model.batching import compiled, over_batches, row_by_row
from zukan.networks import Network, networks
from zukan.objectives import ForwardPass, objectives
from zukan.posteriors import Sampling, posteriors
from zukan.priors import priors
from zukan.streamed import Streamed

DECODED_AT_ONCE = 4096  # rows of z in one call of the decoder when many samples per example are scored


@keras.saving.register_keras_serializable("zukan")
class VAE(CompiledEpochs):
    """A variational autoencoder (arXiv:1312.6114); with no argument, the 2018 tutorial's.

    Every part is given by name (``"conv"``), as a mapping (``{"name": "conv", "filters": [16, 32]}``) or as an object.

    Parameters
    ----------
    event_shape : tuple of int, default (28, 28, 1)
        Shape of one example: (height, width, channels), or (features,).
    latent_dim : int, default 2
    encoder, decoder : str, mapping, Network or keras.Layer, default "mlp"
        Tensor -> features. Without a decoder, the encoder's mirror.
    posterior, prior, likelihood, objective : str, mapping or object
        q(z|x), p(z), p(x|z), and what is minimised.
    seed : int, default 0
        Fixes the initial weights, the order of the data and every draw.

    Raises
    ------
    zukan.InputError
        For a size that is not positive, or a part that is not known.

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
        # A namespace, since Keras would track layers in a dict as belonging to the model a second time.
        self._given = SimpleNamespace(
            event_shape=event_shape, latent_dim=latent_dim, encoder=encoder, decoder=decoder, posterior=posterior,
            prior=prior, likelihood=likelihood, objective=objective, seed=seed)
        if not isinstance(event_shape, (tuple, list)) or not event_shape:
            raise checks.InputError(
                f"event_shape must be the shape of one example, such as (28, 28, 1) or (784,), "
                f"got {checks.show(event_shape)}")
        self.event_shape = tuple(checks.integer("event_shape", size) for size in event_shape)
        self.latent_dim = checks.integer("latent_dim", latent_dim)
        self.seed = checks.integer("seed", seed, minimum=0)
        self.objective = objectives.make(objective)
        with _seeded(self.seed):
            self.posterior = posteriors.make(posterior)
            self.prior = priors.make(prior)
            self.likelihood = likelihoods.make(likelihood)
            self._wire(networks.make(encoder, "encoder"), decoder)
        # Training draws once a step, so the count of its draws is the step: nothing else needs saving or restoring.
        self._draws = keras.random.SeedGenerator(self.seed, name="training_draws")
        self._test_draws = keras.random.SeedGenerator(self.seed + 1, name="test_draws")
        terms = ("reconstruction", "kl", "elbo", *self.objective.extras)
        self._terms = [keras.metrics.Mean(name=name) for name in terms]
        self._functions: SimpleNamespace | None = None
        self._shared = SimpleNamespace(twin=None)
        self.built = True

    def _wire(self, encoder: Any, decoder: Any) -> None:
        """Build the layers: x -> parameters of q, z -> parameters of p(x|z), and the views that users see."""
        if decoder is None and not isinstance(encoder, Network):
            raise checks.InputError(
                "decoder must be given when the encoder is a keras layer, since a layer has no mirror, got None")
        decoder = encoder if decoder is None else networks.make(decoder, "decoder")
        x = keras.Input(self.event_shape, name="x")
        z_in = keras.Input((self.latent_dim,), name="z")
        q = self.posterior.heads(encoder.encode(x) if isinstance(encoder, Network) else encoder(x), self.latent_dim)
        h = decoder.decode(z_in, self.event_shape) if isinstance(decoder, Network) else decoder(z_in)
        p_x = self.likelihood.heads(h, self.event_shape)
        for part in (self.posterior, self.prior, self.likelihood):
            if not part.built:  # it may come from another model
                part.build((None, self.latent_dim))
        z = Sampling(self.posterior, self.seed, name="z")(q)
        self._inference = keras.Model(x, q, name="encoder")
        self._generation = keras.Model(z_in, p_x, name="decoder")
        mean_x = self.likelihood.distribution(p_x, len(self.event_shape)).mean
        mean_z = self.posterior.distribution(q).mean
        generator = keras.Model(z_in, mean_x, name="decoder")
        # Views share the layers tracked above; the namespace keeps Keras from counting and saving them twice.
        self._views = SimpleNamespace(encoder=keras.Model(x, [*q.values(), z], name="encoder"), decoder=generator,
                                      through_mean=keras.Model(x, generator(mean_z), name="reconstruct"))

    @property
    def encoder(self) -> keras.Model:
        """Functional model from x to the posterior's parameters and one draw: ``[mean, log_var, z]``."""
        return self._views.encoder

    @property
    def inference(self) -> keras.Model:
        """Functional model from x to the posterior's parameters by name: `encoder` without the draw."""
        return self._inference

    @property
    def decoder(self) -> keras.Model:
        """Functional model from z to the mean of p(x|z): the generator, sharing the trained layers."""
        return self._views.decoder

    # What Keras calls

    def call(self, x: Any, training: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 Keras's signature
        """Run one pass and return its tensors, from which `forward_pass` makes distributions.

        ``z`` and the parameters of p(x|z) have leading axes ``(samples, batch)``.
        """
        q = self._float(self._inference(x, training=training))
        draws = self._draws if training else self._test_draws
        z = self.posterior.distribution(q).sample(self.objective.samples, draws)
        return {"q": q, "z": z, "p_x": self._decode_params(z, training=training)}

    def forward_pass(self, x: Any, outputs: dict[str, Any]) -> ForwardPass:
        """Wrap the tensors of `call` as the distributions that an objective works with."""
        return ForwardPass(ops.cast(x, keras.config.floatx()), self.posterior.distribution(outputs["q"]), outputs["z"],
                           self.prior.distribution(self._posterior_of),
                           self.likelihood.distribution(outputs["p_x"], len(self.event_shape)))

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
        """Train on ``x``, shape ``(n, *event_shape)``; otherwise as ``keras.Model.fit``.

        ``x`` may be larger than memory: the `zukan.data.lazy.rows.Rows` that `zukan.data.load` returns then.

        The history holds loss, reconstruction, kl, elbo (nats per example) and beta, with ``val_`` for validation data.

        Raises
        ------
        zukan.InputError
            For data of another shape, of integers, not finite, or outside the likelihood's range.
        """
        if not self.compiled:
            raise checks.InputError("fit needs an optimizer, got none; call vae.compile(optimizer='adam') first")
        checks.integer("epochs", epochs)
        if batch_size is not None:
            checks.integer("batch_size", batch_size)
        if getattr(self, "loss", None) is not None:
            raise checks.InputError(
                f"loss must not be given to compile, since the objective is the loss, got {checks.show(self.loss)}; "
                f"choose it by VAE(objective=...)")
        self._refuse_labels(x, y)
        if validation_data is not None:
            parts = validation_data if isinstance(validation_data, tuple) else (validation_data,)
            held_out, _, weight = keras.utils.unpack_x_y_sample_weight(parts)
            held_out = self._check("validation_data", held_out)
            validation_data = held_out if weight is None else (held_out, held_out, weight)
        x = self._check("x", x)
        weight = kwargs.get("sample_weight")
        if weight is not None and np.shape(weight) != (len(x),):
            raise checks.InputError(
                f"sample_weight must have shape ({len(x)},), one weight an example, got {np.shape(weight)}")
        y = None if weight is None else x  # Keras drops sample weights where there is no y
        return super().fit(x, y, batch_size, epochs, validation_data=validation_data, **kwargs)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return the loss and its terms on ``x``, with the same draws of z at every call.

        Otherwise as ``keras.Model.evaluate``.
        """
        self.restart_test_draws()
        if not kwargs.get("_use_cached_eval_dataset"):
            self._refuse_labels(x, y)
            x = self._check("x", x)
        return super().evaluate(x, x if kwargs.get("sample_weight") is not None else None, *args, **kwargs)

    def restart_test_draws(self) -> None:
        """Let the draws of z for validation start over, so that every evaluation makes the same."""
        self._test_draws.state.assign([self.seed + 1, 0])

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> np.ndarray:
        """Return the reconstructions through the mean; arguments are those of ``keras.Model.predict``."""
        x = self._check("x", x)
        return self._views.through_mean.predict(np.asarray(x) if isinstance(x, Streamed) else x, *args, **kwargs)

    # What users call

    def encode(self, x: Any, *, sample: bool = False, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return the codes of ``x``: the posterior means, or one draw from each posterior.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        sample : bool, default False
            Draw from q(z|x) instead of taking its mean.
        seed : int, default 0
            For the draw.
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n, latent_dim)
        """
        function = self._compiled.sample if sample else self._compiled.mean
        return over_batches(function, self._check("x", x), batch_size, seed)

    def decode(self, z: Any, *, batch_size: int = 1024) -> np.ndarray:
        """Return the means of p(x|z), shape ``(n, *event_shape)``, for codes ``z``, shape ``(n, latent_dim)``."""
        codes = np.asarray(z)
        if codes.ndim != 2 or codes.shape[1] != self.latent_dim or not len(codes) or codes.dtype.kind not in "fiu":
            raise checks.InputError(
                f"z must be numbers of shape (n, {self.latent_dim}) with n at least 1, got {checks.show(z)}")
        if not np.isfinite(codes).all():
            raise checks.InputError("z must be finite, got NaN or infinity; remove or replace those values")
        return over_batches(self._compiled.decode, codes.astype(keras.config.floatx()), batch_size, 0)

    def reconstruct(self, x: Any, *, sample: bool = False, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return ``decode(encode(x))``: through the mean, or with ``sample=True`` through one draw of z."""
        function = self._compiled.through_sample if sample else self._compiled.through_mean
        return over_batches(function, self._check("x", x), batch_size, seed)

    def sample(self, n: int = 16, *, seed: int = 0) -> np.ndarray:
        """Draw ``n`` codes from the prior and return the means of p(x|z), shape ``(n, *event_shape)``."""
        return self.decode(ops.convert_to_numpy(self.prior.distribution(self._posterior_of).sample(
            checks.integer("n", n), checks.integer("seed", seed, minimum=0))))

    def interpolate(self, a: Any, b: Any, *, steps: int = 9) -> np.ndarray:
        """Decode a straight line between the codes of two examples.

        Parameters
        ----------
        a, b : array, shape event_shape
        steps : int, default 9
            How many images, both ends included.

        Returns
        -------
        array, shape (steps, *event_shape)
        """
        checks.integer("steps", steps, minimum=2)
        for name, end in (("a", a), ("b", b)):
            if np.shape(end) != self.event_shape:
                raise checks.InputError(
                    f"{name} must have shape {self.event_shape}, got {np.shape(end)}; give one example")
        ends = [self._check(name, np.asarray(end)[None]) for name, end in (("a", a), ("b", b))]
        start, end = self.encode(np.concatenate(ends))
        weights = np.linspace(0.0, 1.0, steps, dtype=start.dtype)[:, None]
        return self.decode((1.0 - weights) * start + weights * end)

    def elbo(self, x: Any, *, samples: int = 1, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return the evidence lower bound of each example, in nats.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        samples : int, default 1
            Draws of z per example; the bound is their average.
        seed : int, default 0
            For the draws: with one sample, those of ``encode(x, sample=True)`` at the same seed and batch size.
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n,)
        """
        return self._stream("elbo", x, samples, seed, batch_size, _average)

    def kl_terms(self, x: Any, *, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return KL(q(z|x) || p(z)) of each example in nats, by the terms it splits into.

        Returns
        -------
        array, shape (n, latent_dim) or (n, 1)
            By dimension where there is a closed form that factorises; else one Monte Carlo estimate.
        """
        return self._stream("kl_terms", x, 1, seed, batch_size, lambda chunks: chunks[0][1])

    def log_likelihood(self, x: Any, *, samples: int = 5000, seed: int = 0, batch_size: int = 32,
                       same_draws: bool = False) -> np.ndarray:
        """Return the importance-weighted bound on log p(x) of each example, in nats (arXiv:1509.00519).

        It grows towards log p(x) with ``samples`` and is the ELBO in expectation for one. Memory is bounded by
        ``batch_size`` and does not grow with ``samples`` or ``n``.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        samples : int, default 5000
            Draws of z per example.
        seed : int, default 0
        batch_size : int, default 32
        same_draws : bool, default False
            Give every example the same random numbers, so that its bound does not depend on its place among the others.

        Returns
        -------
        array, shape (n,)
        """
        def add(chunks: list[tuple[int, Any]]) -> Any:
            return functools.reduce(ops.logaddexp, (values for _, values in chunks)) - np.log(samples)

        return self._stream("log_weights", x, samples, seed, batch_size, add, same_draws=same_draws)

    def share_programs(self, twin: VAE) -> None:
        """Run what ``twin`` compiled, a model that differs in seed and weights alone, instead of compiling anew."""
        self._shared.twin, self._functions = twin, None

    def score(self, x: Any, *, samples: int = 32, seed: int = 0, batch_size: int = 256) -> np.ndarray:
        """Return the anomaly score of each example in nats: minus a bound on log p(x), so higher is stranger.

        Of likelihoods as anomaly scores there are known failures: simple examples score low wherever they are from
        (arXiv:1810.09136; ``docs/anomaly.md`` measures it).

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        samples : int, default 32
            Draws of z per example for the importance-weighted bound of `log_likelihood`; 1 for minus the ELBO.
        seed : int, default 0
        batch_size : int, default 256

        Returns
        -------
        array, shape (n,)
        """
        bound = self.elbo if checks.integer("samples", samples) == 1 else self.log_likelihood
        return -bound(x, samples=samples, seed=seed, batch_size=batch_size)

    def attribution(self, x: Any, *, samples: int = 1, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return what each element adds to the reconstruction term, -E_q log p(x|z), in nats.

        Summed over an example and with its KL it is minus the `elbo` at the same ``samples``, ``seed`` and
        ``batch_size``.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        samples : int, default 1
        seed : int, default 0
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n, *event_shape)
        """
        return self._stream("reconstruction_terms", x, samples, seed, batch_size, _average)

    # Inside

    @property
    def _compiled(self) -> SimpleNamespace:
        """The compiled functions, made once: weights are their inputs, so training does not make them stale."""
        if self._functions is None and self._shared.twin is not None:
            theirs = vars(self._shared.twin._compiled)  # noqa: SLF001 it is a VAE
            self._functions = SimpleNamespace(**{name: {} if name == "scores" else self._with_my_weights(function)
                                                 for name, function in theirs.items()})
        if self._functions is None:
            def mean(x: Any, draws: Any) -> Any:  # noqa: ARG001 every compiled function takes draws
                return self._posterior_of(x).mean

            def sample(x: Any, draws: Any) -> Any:
                return self._posterior_of(x).sample(1, draws)[0]

            def decode(z: Any, draws: Any) -> Any:  # noqa: ARG001
                return self.likelihood.distribution(self._float(self._generation(z)), len(self.event_shape)).mean

            def through_mean(x: Any, draws: Any) -> Any:
                return decode(mean(x, draws), draws)

            def through_sample(x: Any, draws: Any) -> Any:
                return decode(sample(x, draws), draws)

            self._functions = SimpleNamespace(scores={}, **{
                function.__name__: compiled(function, self.weights)
                for function in (mean, sample, decode, through_mean, through_sample)})
        return self._functions

    def _stream(self, name: str, x: Any, samples: int, seed: int, batch_size: int, add: Any, *,
                same_draws: bool = False) -> np.ndarray:
        """Score ``x`` in batches and, within a batch, in chunks of samples that ``add`` puts together."""
        per_call = max(1, DECODED_AT_ONCE // checks.integer("batch_size", batch_size))
        chunks = _split(checks.integer("samples", samples), per_call)
        by_row = same_draws and keras.backend.backend() == "jax"
        functions = [self._score(name, size, by_row=by_row) for size in chunks]

        def score(rows: np.ndarray, key: tuple[int, int]) -> Any:
            start = 0 if same_draws else key[1] * len(chunks)
            return add([(size, function(rows, (key[0], start + i)))
                        for i, (size, function) in enumerate(zip(chunks, functions, strict=True))])

        return over_batches(score, self._check("x", x), 1 if same_draws and not by_row else batch_size,
                            checks.integer("seed", seed, minimum=0))

    def _score(self, name: str, samples: int, *, by_row: bool = False) -> Any:
        """Return the compiled function from x to a quantity of the forward pass with ``samples`` draws of z."""
        def score(x: Any, draws: Any) -> Any:
            q = self._float(self._inference(x))
            z = self.posterior.distribution(q).sample(samples, draws)
            forward = self.forward_pass(x, {"q": q, "z": z, "p_x": self._decode_params(z)})
            return ops.logsumexp(forward.log_weights, axis=0) if name == "log_weights" else getattr(forward, name)

        key, scores, twin = (name, samples, by_row), self._compiled.scores, self._shared.twin
        if key not in scores:
            scores[key] = (compiled(row_by_row(score) if by_row else score, self.weights) if twin is None else
                           self._with_my_weights(twin._score(name, samples, by_row=by_row)))  # noqa: SLF001 it is a VAE
        return scores[key]

    def _with_my_weights(self, function: Any) -> Any:
        return functools.partial(function, variables=self.weights)

    def _posterior_of(self, x: Any) -> Distribution:
        return self.posterior.distribution(self._float(self._inference(x)))

    def _decode_params(self, z: Any, **options: Any) -> dict[str, Any]:
        """Return the parameters of p(x|z) for z of shape ``(samples, batch, latent_dim)``."""
        params = self._float(self._generation(ops.reshape(z, (-1, self.latent_dim)), **options))
        return {key: ops.reshape(value, (z.shape[0], -1, *value.shape[1:])) for key, value in params.items()}

    @staticmethod
    def _float(params: dict[str, Any]) -> dict[str, Any]:
        """Cast to full precision: densities and KL are summed there, also under a mixed policy."""
        return {key: ops.cast(value, keras.config.floatx()) for key, value in params.items()}

    @staticmethod
    def _refuse_labels(x: Any, y: Any) -> None:
        if x is None:
            raise checks.InputError("x must be given, got None; call fit(x)")
        if y is not None and y is not x:
            raise checks.InputError(
                f"y must be left out: a VAE is trained on x alone, got {checks.show(y)}; call fit(x)")

    def _check(self, argument: str, x: Any) -> Any:
        """Return ``x`` as floats of the right shape and range, or streamed as it is; the rest is left for Keras."""
        if not (hasattr(x, "__array__") or isinstance(x, (list, tuple))):
            return x
        x = x if isinstance(x, (np.ndarray, Streamed)) else np.asarray(x)
        if x.shape[1:] != self.event_shape or not len(x):
            fix = ("add the channel axis with x[..., None]" if (*x.shape[1:], 1) == self.event_shape else
                   f"reshape it, or build VAE(event_shape={x.shape[1:]})")
            shape = ", ".join(map(str, ("n", *self.event_shape)))
            raise checks.InputError(f"{argument} must have shape ({shape}) with n at least 1, got {x.shape}; {fix}")
        if not np.issubdtype(x.dtype, np.floating):
            fix = "divide by 255 to get floats in [0, 1]" if x.dtype.kind in "ui" else "convert it to float32"
            raise checks.InputError(f"{argument} must hold floats, got {x.dtype}; {fix}")
        self.likelihood.check(argument, x)
        return x if isinstance(x, (np.memmap, Streamed)) else x.astype(keras.config.floatx(), copy=False)

    # Saving

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        given = {key: keras.saving.serialize_keras_object(value) for key, value in vars(self._given).items()}
        return {**given, "event_shape": list(self.event_shape), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> VAE:
        """Build the model again from `get_config`'s result."""
        return cls(**{key: registry.revive(value) for key, value in config.items()})

    def save_own_variables(self, store: Any) -> None:
        """Save where the draws stand, which Keras leaves out: a loaded model goes on instead of repeating them."""
        for i, state in enumerate(self._seed_states()):
            store[f"draws_{i}"] = ops.convert_to_numpy(state.value)

    def load_own_variables(self, store: Any) -> None:
        """Restore where the draws stood."""
        for i, state in enumerate(self._seed_states()):
            state.assign(store[f"draws_{i}"])

    def _seed_states(self) -> list[Any]:
        return [v for v in self.non_trainable_variables if v.path.endswith("seed_generator_state")]


def load(path: str | Path) -> VAE:
    """Load a model that ``vae.save`` wrote; nothing in the file is executed.

    Raises
    ------
    zukan.InputError
        For a file that is missing, truncated, or not a zukan model.
    """
    path = Path(path)
    if not path.is_file():
        raise checks.InputError(
            f"model file {str(path)!r} does not exist; check the path, or train one with zukan.train")
    try:
        if not zipfile.is_zipfile(path):
            raise ValueError("it is truncated, or not a .keras file")
        with modelfile.no_larger(modelfile.inspect(path)):
            model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # a damaged file fails in many ways
        reason = re.split(r"[.:](?:\s|$)", str(error).strip() or type(error).__name__)[0]  # Keras advises at length
        raise checks.InputError(
            f"model file {str(path)!r} cannot be read: {reason}; give a file that vae.save wrote") from error
    if not isinstance(model, VAE):
        raise checks.InputError(
            f"model file {str(path)!r} must hold a zukan.VAE, got a {type(model).__name__}; "
            f"give a file that vae.save wrote")
    return model


def _average(chunks: list[tuple[int, Any]]) -> Any:
    """Return the average over all draws of averages over chunks of them."""
    return sum(size * values for size, values in chunks) / sum(size for size, _ in chunks)


def _split(total: int, at_most: int) -> list[int]:
    """Cut ``total`` draws into equal chunks of ``at_most``, and a rest."""
    whole, rest = divmod(total, at_most)
    return [at_most] * whole + [rest] * bool(rest)


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the initializers: Keras takes their default seeds from Python's generator, which is put back afterwards."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
