"""A scikit-learn transformer around the model."""

from __future__ import annotations

import functools
import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from zukan import checks
from zukan.data import Scaling
from zukan.model import load
from zukan.model.programs import Programs
from zukan.training.build import build
from zukan.training.recipe import Recipe

ROWS = 256  # fixed batch size: the result for a row must not depend on how many other rows are passed with it
FLOATS = (np.float64, np.float32)
RECIPE_FIELDS = ("latent_dim", "encoder", "decoder", "posterior", "prior", "objective", "beta", "epochs", "batch_size",
                 "optimizer", "learning_rate")


class VAETransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """A variational autoencoder (arXiv:1312.6114) that transforms rows of numbers into codes, and scores rows.

    The defaults suit tables of real numbers in any units: each feature is scaled to mean 0 and standard deviation 1 for
    the model, and results are scaled back to the units of ``X``. A part of the model is a name (``"mlp"``), a mapping
    (``{"name": "mlp", "units": [64]}``) or an object. A pickle holds the model as a ``.keras`` file, which is loaded in
    safe mode.

    Parameters
    ----------
    latent_dim : int, default 2
        Number of latent dimensions, which is the number of columns that `transform` returns.
    encoder, decoder : str, mapping or Network, default "mlp"
        The networks; by default the decoder mirrors the encoder.
    posterior, prior, objective : str, mapping or object
        q(z|x), p(z), and the objective that training minimizes. The posterior "delta" with the objective
        "reconstruction" is a plain autoencoder, which has codes but no scores.
    likelihood : str, mapping or Likelihood, default "auto"
        p(x|z). "auto" is Bernoulli if ``scaling`` is "none" and all values are 0 or 1; else it is normal with a learned
        scale.
    beta : float, default 1.0
        Weight of the KL in the ELBO.
    scaling : {"standard", "minmax", "none"}, default "standard"
        Scaling of each feature. A feature that is the same in every row is only shifted.
    event_shape : sequence of int, optional
        Shape of one row for networks that need images, for example (28, 28, 1).
    epochs : int, default 100
    batch_size : int, default 64
    optimizer : str, default "adam"
        Any Keras optimizer, by name.
    learning_rate : float, default 0.001
    samples : int, default 16
        Samples of z per row in `score_samples`.
    random_state : int, RandomState or None, default None
        Seed of the initial weights, the order of the rows and all random draws; None uses NumPy's global generator.
    verbose : int, default 0
        Output of Keras: 0 for none, 1 for a progress bar, 2 for one line per epoch.

    Attributes
    ----------
    vae_ : zukan.VAE
        The trained model, for scaled rows of shape ``event_shape``.
    scaling_ : zukan.data.Scaling
        The fitted scaling of the features.
    history_ : dict of list
        Loss and its terms by epoch, in nats per scaled row.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : array of str
        Names of the features, if ``X`` has column names.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> VAETransformer(epochs=2, random_state=0).fit_transform(load_iris().data).shape
    (150, 2)
    """

    def __init__(self, latent_dim: int = 2, *, encoder: Any = "mlp", decoder: Any = None, posterior: Any = "normal",
                 prior: Any = "normal", likelihood: Any = "auto", objective: Any = "elbo", beta: float = 1.0,
                 scaling: str = "standard", event_shape: Sequence[int] | None = None, epochs: int = 100,
                 batch_size: int = 64, optimizer: str = "adam", learning_rate: float = 1e-3, samples: int = 16,
                 random_state: Any = None, verbose: int = 0) -> None:
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.decoder = decoder
        self.posterior = posterior
        self.prior = prior
        self.likelihood = likelihood
        self.objective = objective
        self.beta = beta
        self.scaling = scaling
        self.event_shape = event_shape
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.samples = samples
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None) -> VAETransformer:  # noqa: ARG002, N803 scikit-learn's names
        """Fit the scaling and train the model.

        Parameters
        ----------
        X : array, shape (n, features)
        y : ignored

        Returns
        -------
        VAETransformer
            This estimator.

        Raises
        ------
        ValueError
            If ``X`` is not a table of finite numbers.
        zukan.InputError
            If a parameter is out of range, or training diverges.
        """
        x = validate_data(self, X, dtype=FLOATS)
        checks.integer("samples", self.samples)
        scaling = self._fit_scaling(x)
        x = scaling.apply(x)
        recipe = Recipe.of(**{name: getattr(self, name) for name in RECIPE_FIELDS},
                           likelihood=self._choose_likelihood(x),
                           seed=int(check_random_state(self.random_state).randint(2**31 - 1)))
        vae = build(recipe, self._row_shape(x.shape[1]), len(x))
        vae.programs = Programs.shared(vae)
        history = vae.fit(x.reshape(-1, *vae.event_shape), epochs=recipe.epochs, batch_size=recipe.batch_size,
                          verbose=self.verbose, callbacks=[_StopAtDivergence()])
        self.scaling_, self.vae_, self.history_ = scaling, vae, history.history
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return the means of q(z|x), shape ``(n, latent_dim)``, for rows ``X`` of shape ``(n, features)``."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=FLOATS, reset=False)
        return _in_batches(self.vae_.encode, self._events(x)).astype(x.dtype, copy=False)

    def inverse_transform(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return the means of p(x|z), shape ``(n, features)`` and in the units of the rows, for codes ``X``.

        Raises
        ------
        ValueError
            If ``X`` is not finite, or does not have shape ``(n, latent_dim)``.
        """
        check_is_fitted(self)
        z = check_array(X, dtype=FLOATS, input_name="X")
        if z.shape[1] != self._n_features_out:
            raise checks.InputError(
                f"X must have a column for each of the {self._n_features_out} latent dimensions, "
                f"got {checks.show(z)}; give the result of transform")
        x = _in_batches(self.vae_.decode, z).reshape(len(z), -1)
        return self.scaling_.undo(x).astype(z.dtype, copy=False)

    def score_samples(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return a lower bound on log p(x) for each row, in nats and in the units of ``X``; anomalies have low values.

        The bound is the importance-weighted bound of arXiv:1509.00519 (`VAE.log_likelihood`), minus the log of each
        feature's scaling factor. Every row and every call uses the same random draws for its ``samples`` of z. For
        gray levels with a Bernoulli likelihood, the result is not a density: it is minus `VAE.score`, which does not
        count the entropy of the gray levels.

        Parameters
        ----------
        X : array, shape (n, features)

        Returns
        -------
        array, shape (n,)

        Raises
        ------
        zukan.InputError
            If the posterior has no density.
        """
        check_is_fitted(self)
        x = self._events(validate_data(self, X, dtype=FLOATS, reset=False))
        bound = -_in_batches(functools.partial(self.vae_.score, samples=self.samples), x)
        log_factors = np.log(np.broadcast_to(self.scaling_.factor, self.n_features_in_)).sum()
        return bound.astype(np.float64) - log_factors

    def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002, N803
        """Return the mean of `score_samples` over the rows of ``X``, in nats; ``y`` is ignored."""
        return float(self.score_samples(X).mean())

    @property
    def _n_features_out(self) -> int:
        return self.vae_.latent_dim

    def _events(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        return self.scaling_.apply(x).reshape(-1, *self.vae_.event_shape)

    def _fit_scaling(self, x: npt.NDArray[Any]) -> Scaling:
        if checks.choice("scaling", self.scaling, ("standard", "minmax", "none")) == "none":
            return Scaling.of(x.dtype)
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            scaling = Scaling.fitted(self.scaling, x)
        if not np.isfinite(scaling.factor).all():
            raise checks.InputError(
                f"X must have features whose spread is a finite number, got values up to {np.abs(x).max():g}; "
                f"divide them first")
        return scaling

    def _choose_likelihood(self, x: npt.NDArray[Any]) -> Any:
        """Return the likelihood; "auto" becomes the one that suits ``x``."""
        if not isinstance(self.likelihood, str) or self.likelihood != "auto":
            return self.likelihood
        return "bernoulli" if self.scaling == "none" and np.isin(x, (0, 1)).all() else "normal"

    def _row_shape(self, features: int) -> tuple[int, ...]:
        """Return the shape of one row for the model."""
        if self.event_shape is None:
            return (features,)
        sizes = self.event_shape if isinstance(self.event_shape, (tuple, list)) else ()
        shape = tuple(checks.integer("event_shape", size) for size in sizes)
        if math.prod(shape) != features or not shape:
            raise checks.InputError(
                f"event_shape must be the shape of one row of {features} features, got "
                f"{checks.show(self.event_shape)}; correct it, or leave it out for ({features},)")
        return shape

    def __sklearn_tags__(self) -> Any:
        """Declare that float32 input gives float32 output."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle, with the model as the bytes of a .keras file."""
        state = dict(super().__getstate__())
        if "vae_" in state:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "vae.keras")
                state["vae_"].save(path)
                state["vae_"] = path.read_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickled state; the model is loaded in safe mode."""
        if "vae_" in state:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "vae.keras")
                path.write_bytes(state["vae_"])
                state = {**state, "vae_": load(path)}
        super().__setstate__(state)


class _StopAtDivergence(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for name, value in (logs or {}).items():
            if not math.isfinite(value):
                raise checks.InputError(
                    f"learning_rate must be small enough for training to converge, but {name} became {value} in "
                    f"epoch {epoch + 1}; lower it, or look for outliers in X")


def _in_batches(function: Callable[..., npt.NDArray[Any]], rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Apply ``function`` to ``rows`` in batches of exactly `ROWS`."""
    padding = np.repeat(rows[-1:], -len(rows) % ROWS, axis=0)
    return function(np.concatenate([rows, padding]), batch_size=ROWS)[: len(rows)]
