"""A scikit-learn transformer around the model."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from zukan import checks
from zukan.data.options import SCALINGS
from zukan.sklearn.base import FLOATS, Estimator, in_batches
from zukan.sklearn.rows import Read, Rows

FIELDS = ("objective", "beta", "epochs")


class VAETransformer(ClassNamePrefixFeaturesOutMixin, Estimator):
    """A variational autoencoder (arXiv:1312.6114) that transforms rows into codes, scores rows and draws new ones.

    ``X`` is an array of numbers in any units, or a table of pandas, polars or pyarrow, whose columns may be numbers,
    counts, true and false, categories and dates, and have gaps; `zukan.data.load` describes how they are read. Columns
    of a table that are constant or name the rows are not features. Results are in the units of ``X``, and tables come
    back as tables. A part of the model is a name (``"mlp"``), a mapping (``{"name": "mlp", "units": [64]}``) or an
    object. A pickle holds the model as a ``.keras`` file, which is loaded in safe mode.

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
        p(x|z). "auto" is "mixed" for tables. For arrays, it is Bernoulli if ``scaling`` is "none" and all values are 0
        or 1; else normal with a learned scale. With another likelihood, or with ``event_shape``, a table is read as an
        array.
    beta : float, default 1.0
        Weight of the KL in the ELBO.
    scaling : {"auto", "standard", "minmax", "quantile", "none"}, default "auto"
        Scaling of each feature; in tables, of numbers and dates. "auto" is "standard", and for skewed numbers of tables
        "quantile": the scores that they would have if they were normal. A feature that is the same in every row is only
        shifted.
    columns : mapping or str, optional
        The kinds of columns of a table, such as ``{"age": "count", "zip": "category"}``; by default the cells settle
        them.
    condition : sequence of int or str, optional
        Columns of ``X``, by position or name, that encoder, decoder and prior see as a condition. They are not
        features. Numbers are scaled to mean 0 and standard deviation 1; text, in tables, is classes.
    missing : bool, optional
        Accept missing values in ``X``, in `fit` and in every method; not in columns of the condition. By default only
        if `fit` gets a table with gaps.
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
    rows_ : zukan.sklearn.rows.Rows
        What was learned about the columns of ``X``: ``rows_.schema`` has the kind and the scaling of each feature.
    history_ : dict of list
        Loss and its terms by epoch, in nats per scaled row.
    n_features_in_ : int
        Number of columns of ``X``.
    feature_names_in_ : array of str
        Names of the columns, if ``X`` has any.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> VAETransformer(epochs=2, random_state=0).fit_transform(load_iris().data).shape
    (150, 2)
    """

    def __init__(self, latent_dim: int = 2, *, encoder: Any = "mlp", decoder: Any = None, posterior: Any = "normal",
                 prior: Any = "normal", likelihood: Any = "auto", objective: Any = "elbo", beta: float = 1.0,
                 scaling: str = "auto", columns: Any = None, condition: Sequence[int | str] | None = None,
                 missing: bool | None = None, event_shape: Sequence[int] | None = None, epochs: int = 100,
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
        self.columns = columns
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
        """Learn the columns and train the model.

        Parameters
        ----------
        X : array or table, shape (n, features)
        y : ignored

        Returns
        -------
        VAETransformer
            This estimator.

        Raises
        ------
        ValueError
            If ``X`` is not an array of finite numbers, or a table.
        zukan.InputError
            If a parameter is out of range, a column is not of the kind that ``columns`` asks for, or training diverges.
        """
        if self.missing is not None and not isinstance(self.missing, bool):
            raise checks.InputError(f"missing must be True or False, got {checks.show(self.missing)}")
        checks.integer("samples", self.samples)
        rows, read = self._fit_rows(X)
        x = rows.scaling.apply(read.raw)
        if rows.is_table and self.missing is False:
            read.check_gaps(rows.schema.names)
        missing = bool(self.missing) or (rows.is_table and bool(np.isnan(x).any()))
        vae, history = self._train(
            x.reshape(-1, *self._row_shape(x.shape[1])), read.condition, rows, missing=missing,
            likelihood=self._choose_likelihood(x, is_table=rows.is_table),
            **{name: getattr(self, name) for name in FIELDS})
        self.rows_, self.vae_, self.history_ = rows, vae, history
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return the means of q(z|x), shape ``(n, latent_dim)``, for rows ``X`` of shape ``(n, features)``."""
        check_is_fitted(self)
        read = self._read(X)
        return in_batches(self.vae_.encode, *self._inputs(read)).astype(read.raw.dtype, copy=False)

    def inverse_transform(self, X: Any, condition: Any = None) -> Any:  # noqa: N803
        """Return the means of p(x|z), of categories the most probable level, for codes ``X``.

        Parameters
        ----------
        X : array, shape (n, latent_dim)
        condition : array or table, shape (n, k), optional
            The columns of the condition for each code, in their order in the rows; needed if there is a condition. They
            are part of the result.

        Returns
        -------
        array or table
            Rows in the units of those in `fit`; a table if `fit` got one, with the columns that are features.

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
        inputs = [] if (given := self.rows_.conditions(condition, len(z))) is None else [self.rows_.encode(given)]
        rows = self._rows(in_batches(self.vae_.decode, z, *inputs), given)
        return rows.astype(z.dtype, copy=False) if isinstance(rows, np.ndarray) else rows

    def sample(self, n_samples: int = 1, condition: Any = None) -> Any:
        """Draw new rows from the model: z from p(z), and each row from p(x|z).

        The prior "mixture" or "maf" makes rows that are more like the data than those of the prior "normal".

        Parameters
        ----------
        n_samples : int, default 1
        condition : array or table, shape (n_samples, k), optional
            As for `inverse_transform`.

        Returns
        -------
        array or table
            As for `inverse_transform`. The seed is drawn from ``random_state``.
        """
        check_is_fitted(self)
        n = checks.integer("n_samples", n_samples)
        given = self.rows_.conditions(condition, n)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        inputs = {} if given is None else {"condition": self.rows_.encode(given)}
        return self._rows(self.vae_.sample(n, draw=True, seed=seed, as_frame=False, **inputs), given)

    def score_samples(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return a lower bound on log p(x) for each row, in nats and in the units of ``X``; anomalies have low values.

        The bound is the importance-weighted bound of arXiv:1509.00519 (`VAE.log_likelihood`), plus the log of the slope
        of each feature's scaling, which makes it a density in the units of ``X``. What is missing does not count. Every
        row and every call uses the same random draws for its ``samples`` of z. For gray levels with a Bernoulli
        likelihood, the result is not a density: it is minus `VAE.score`, which does not count the entropy of the gray
        levels.

        Parameters
        ----------
        X : array or table, shape (n, features)

        Returns
        -------
        array, shape (n,)

        Raises
        ------
        zukan.InputError
            If the posterior has no density.
        """
        check_is_fitted(self)
        read = self._read(X)
        bound = -in_batches(functools.partial(self.vae_.score, samples=self.samples), *self._inputs(read))
        return bound.astype(np.float64) + np.nansum(self.rows_.schema.log_slope(read.raw), axis=1)

    def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002, N803
        """Return the mean of `score_samples` over the rows of ``X``, in nats; ``y`` is ignored."""
        return float(self.score_samples(X).mean())

    @property
    def _allow_nan(self) -> bool:  # type: ignore[override]  # an attribute elsewhere
        return self.missing is True

    @property
    def _n_features_out(self) -> int:
        return self.vae_.latent_dim

    def _fit_rows(self, x: Any) -> tuple[Rows, Read]:
        """Learn the columns of ``X``, and read it."""
        scaling = checks.choice("scaling", self.scaling, SCALINGS)
        if self._is_table(x):
            validate_data(self, x, skip_check_array=True)
            return Rows.of_table(x, self.columns, scaling, self._condition_places(self.condition))
        self._check_no_columns()
        array = self._validated(x, reset=True)
        return Rows.of_array(array, self._names(x), "standard" if scaling == "auto" else scaling,
                             self._condition_places(self.condition))

    def _inputs(self, read: Read) -> list[npt.NDArray[Any]]:
        """Return scaled items and, if there is one, their condition."""
        if not self.vae_.missing:
            read.check_gaps(self.rows_.schema.names)
        x = self.rows_.scaling.apply(read.raw).reshape(-1, *self.vae_.event_shape)
        return [x] if read.condition is None else [x, read.condition]

    def _rows(self, x: npt.NDArray[Any], given: Any) -> Any:
        """Return rows of the model in the units and in the form of ``X``, with the columns of their condition."""
        return self.rows_.rows(self.rows_.schema.unscale(x.reshape(len(x), -1)), given)

    def _choose_likelihood(self, x: npt.NDArray[Any], *, is_table: bool) -> Any:
        """Return the likelihood; "auto" becomes the one that suits ``x``."""
        if not isinstance(self.likelihood, str) or self.likelihood != "auto":
            return self.likelihood
        if is_table:
            return "mixed"
        is_binary = self.scaling == "none" and bool((np.isin(x, (0, 1)) | np.isnan(x)).all())
        return "bernoulli" if is_binary else "normal"

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
