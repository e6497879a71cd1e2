"""A scikit-learn transformer around the model."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted

from zukan import checks
from zukan.model.programs import Programs
from zukan.sklearn.base import FLOATS, Estimator, in_batches
from zukan.training.build import build
from zukan.training.recipe import Recipe

RECIPE_FIELDS = ("latent_dim", "encoder", "decoder", "posterior", "prior", "objective", "beta", "missing", "epochs",
                 "batch_size", "optimizer", "learning_rate")


class VAETransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
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
    condition : sequence of int or str, optional
        Columns of ``X``, by position or name, that encoder, decoder and prior see as a condition. They are not
        features, and are scaled to mean 0 and standard deviation 1. Turn categories into columns of 0 and 1 first, with
        `sklearn.preprocessing.OneHotEncoder`.
    missing : bool, default False
        Accept NaN in ``X`` as missing values, in `fit` and in every method; not in columns of the condition.
    event_shape : sequence of int, optional
        Shape of one row, without the condition, for networks that need images, for example (28, 28, 1).
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
    condition_ : zukan.data.conditions.Condition or None
        The fitted scaling of the condition.
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
                 scaling: str = "standard", condition: Sequence[int | str] | None = None, missing: bool = False,
                 event_shape: Sequence[int] | None = None, epochs: int = 100, batch_size: int = 64,
                 optimizer: str = "adam", learning_rate: float = 1e-3, samples: int = 16, random_state: Any = None,
                 verbose: int = 0) -> None:
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.decoder = decoder
        self.posterior = posterior
        self.prior = prior
        self.likelihood = likelihood
        self.objective = objective
        self.beta = beta
        self.scaling = scaling
        self.condition = condition
        self.missing = missing
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
        if not isinstance(self.missing, bool):
            raise checks.InputError(f"missing must be True or False, got {checks.show(self.missing)}")
        x = self._validated(X, reset=True)
        checks.integer("samples", self.samples)
        x, condition, rows = self._fit_condition(x)
        scaling = self._fit_scaling(x)
        x = scaling.apply(x)
        recipe = Recipe.of(**{name: getattr(self, name) for name in RECIPE_FIELDS},
                           likelihood=self._choose_likelihood(x),
                           seed=int(check_random_state(self.random_state).randint(2**31 - 1)))
        vae = build(recipe, self._row_shape(x.shape[1]), len(x), condition)
        vae.programs = Programs.shared(vae)
        history = vae.fit(x.reshape(-1, *vae.event_shape), condition=rows, epochs=recipe.epochs,
                          batch_size=recipe.batch_size, verbose=self.verbose, callbacks=[_StopAtDivergence()])
        self.scaling_, self.condition_, self.vae_, self.history_ = scaling, condition, vae, history.history
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return the means of q(z|x), shape ``(n, latent_dim)``, for rows ``X`` of shape ``(n, features)``."""
        check_is_fitted(self)
        x = self._validated(X)
        return in_batches(self.vae_.encode, *self._inputs(x)).astype(x.dtype, copy=False)

    def inverse_transform(self, X: Any, condition: Any = None) -> npt.NDArray[Any]:  # noqa: N803
        """Return the means of p(x|z), shape ``(n, features)`` and in the units of the rows, for codes ``X``.

        Parameters
        ----------
        X : array, shape (n, latent_dim)
        condition : array, shape (n, k), optional
            The columns of the condition for each code, in their order in the rows; needed if there is a condition. They
            are part of the result.

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
        columns = self._condition_columns()
        if (condition is None) == bool(columns) or (columns and np.shape(condition) != (len(z), len(columns))):
            raise checks.InputError(
                f"condition must hold the {len(columns)} columns of the condition for each of the {len(z)} codes, got "
                f"{checks.show(condition)}; give X[:, {columns}]" if columns else
                "condition must be left out, since the model has none; set VAETransformer(condition=...)")
        given = check_array(condition, input_name="condition") if columns else np.empty((len(z), 0))
        inputs = [z, self._encode_condition(given)] if columns else [z]
        x = self.scaling_.undo(in_batches(self.vae_.decode, *inputs).reshape(len(z), -1))
        for column, values in zip(columns, given.T, strict=True):
            x = np.insert(x, column, values, axis=1)
        return x.astype(z.dtype, copy=False)

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
        x = self._validated(X)
        bound = -in_batches(functools.partial(self.vae_.score, samples=self.samples), *self._inputs(x))
        features = np.delete(x, self._condition_columns(), axis=1)
        log_factors = np.where(np.isnan(features), 0.0, np.log(self.scaling_.factor)).sum(axis=1)
        return bound.astype(np.float64) - log_factors

    def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002, N803
        """Return the mean of `score_samples` over the rows of ``X``, in nats; ``y`` is ignored."""
        return float(self.score_samples(X).mean())

    def __sklearn_tags__(self) -> Any:
        """Declare that float32 input gives float32 output."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @property
    def _n_features_out(self) -> int:
        return self.vae_.latent_dim


class _StopAtDivergence(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for name, value in (logs or {}).items():
            if not math.isfinite(value):
                raise checks.InputError(
                    f"learning_rate must be small enough for training to converge, but {name} became {value} in "
                    f"epoch {epoch + 1}; lower it, or look for outliers in X")
