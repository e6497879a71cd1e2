"""A scikit-learn imputer around the model."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state
from sklearn.utils._set_output import _get_output_config  # else columns of polars would be objects in pandas
from sklearn.utils.validation import (
    _check_feature_names_in,  # what scikit-learn's own imputers use
    check_is_fitted,
    validate_data,
)

from zukan import checks
from zukan.data.options import SCALINGS
from zukan.data.sources.table_kinds import is_frame
from zukan.data.tables.filling import fill
from zukan.data.tables.replacing import append, replace_cells, select, to_arrow
from zukan.data.tables.schema import library_of, to_frame
from zukan.sklearn.base import Estimator, in_batches
from zukan.sklearn.others import Others
from zukan.sklearn.rows import Read, Rows

ENCODER = {"name": "mlp", "units": [64]}
OBJECTIVE = {"name": "iwae", "k": 20}
STEPS, FEWEST, MOST = 10_000, 20, 500  # training steps from which on fewer epochs are enough, and limits of the epochs


class VAEImputer(Estimator):
    """Fills missing values with a variational autoencoder that is trained on what is observed (arXiv:1812.02633).

    ``X`` is an array of numbers, in which NaN is missing, or a table of pandas, polars or pyarrow. The columns of a
    table may be numbers, counts, true and false, categories and dates; `zukan.data.load` describes how they are read.
    Filled values have the precision, the range and the levels of their column. Observed cells stay as they are, bit for
    bit. It is assumed that values are missing at random: what is missing may depend on what is observed.

    A missing value is filled by the mean of p(x|z), of categories by the most probable level, over samples of z that
    are weighted by how well they explain what is observed. How a row is filled does not depend on the other rows.

    Parameters
    ----------
    latent_dim : int, default 10
        Number of latent dimensions.
    encoder : str, mapping or Network, optional
        The network; by default one layer of 64 units. Larger networks overfit small tables.
    decoder : str, mapping or Network, optional
        By default the mirror image of the encoder.
    posterior, prior : str, mapping or object, default "normal"
        q(z|x) and p(z).
    likelihood : str, mapping or Likelihood, default "auto"
        p(x|z). "auto" is "mixed", which has one distribution for each column. With a likelihood of another name, a
        table is read as an array.
    objective : str, mapping or Objective, optional
        The objective that training minimizes; by default MIWAE's bound, with 20 samples of z.
    scaling : {"standard", "auto", "minmax", "quantile", "none"}, default "standard"
        Scaling of each feature; in tables, of numbers and dates. "auto" is as in `VAETransformer`: skewed numbers of
        tables become normal scores. Draws then have the shape of their column, but means have larger squared errors.
    columns : mapping or str, optional
        The kinds of columns of a table, such as ``{"age": "count", "zip": "category"}``; by default the cells settle
        them.
    samples : int, default 1000
        Samples of z for each row with gaps.
    sample_posterior : bool, default False
        Draw each missing value from p(x_missing | x_observed) instead of filling in the mean. For multiple imputation,
        fit once and call ``imputer.set_params(random_state=i).transform(X)`` for several i.
    add_indicator : bool, default False
        Add a column for each column that has gaps in `fit`: which of its cells were missing.
    keep_empty_features : bool, default False
        Keep columns without any value in `fit`: in arrays they are filled with 0, in tables left empty. Else they are
        dropped.
    epochs : int, optional
        By default as many as make 10,000 steps, but from 20 to 500.
    batch_size : int, default 64
    optimizer : str, default "adam"
        Any Keras optimizer, by name.
    learning_rate : float, default 0.001
    random_state : int, RandomState or None, default None
        Seed of the initial weights, the order of the rows and all random draws; None uses NumPy's global generator.
    verbose : int, default 0
        Output of Keras: 0 for none, 1 for a progress bar, 2 for one line per epoch.

    Attributes
    ----------
    vae_ : zukan.VAE
        The trained model, for scaled rows of the columns that vary.
    rows_ : zukan.sklearn.rows.Rows
        What was learned about the columns of ``X``: ``rows_.schema`` has the kind and the scaling of each feature.
    history_ : dict of list
        Loss and its terms by epoch, in nats per scaled row.
    n_features_in_ : int
        Number of columns of ``X``.
    feature_names_in_ : array of str
        Names of the columns, if ``X`` has any.

    Notes
    -----
    Columns with one value are filled with it. Columns of a table that only name the rows, such as a number that counts
    them or text that differs in each row, are not features and stay as they are.

    Examples
    --------
    >>> import numpy as np
    >>> x = [[1.0, 2.0], [np.nan, 3.0], [2.0, np.nan], [4.0, 5.0]]
    >>> VAEImputer(epochs=2, random_state=0).fit_transform(x).shape
    (4, 2)
    """

    _allow_nan = True

    def __init__(self, latent_dim: int = 10, *, encoder: Any = None, decoder: Any = None, posterior: Any = "normal",
                 prior: Any = "normal", likelihood: Any = "auto", objective: Any = None, scaling: str = "standard",
                 columns: Any = None, samples: int = 1000, sample_posterior: bool = False, add_indicator: bool = False,
                 keep_empty_features: bool = False, epochs: int | None = None, batch_size: int = 64,
                 optimizer: str = "adam", learning_rate: float = 1e-3, random_state: Any = None,
                 verbose: int = 0) -> None:
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.decoder = decoder
        self.posterior = posterior
        self.prior = prior
        self.likelihood = likelihood
        self.objective = objective
        self.scaling = scaling
        self.columns = columns
        self.samples = samples
        self.sample_posterior = sample_posterior
        self.add_indicator = add_indicator
        self.keep_empty_features = keep_empty_features
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None) -> VAEImputer:  # noqa: ARG002, N803 scikit-learn's names
        """Learn the columns and train the model on what is observed.

        Parameters
        ----------
        X : array or table, shape (n, features)
        y : ignored

        Returns
        -------
        VAEImputer
            This estimator.

        Raises
        ------
        ValueError
            If ``X`` is not an array of numbers, or a table; or holds infinity.
        zukan.InputError
            If a parameter is out of range, no column varies, or training diverges.
        """
        checks.integer("samples", self.samples)
        for name in ("sample_posterior", "add_indicator", "keep_empty_features"):
            checks.boolean(name, getattr(self, name))
        scaling = checks.choice("scaling", self.scaling, SCALINGS)
        if self._is_table(X):
            validate_data(self, X, skip_check_array=True)
            rows, read = Rows.of_table(X, self.columns, scaling)
            others = Others.of_table(read.table, rows)
            gaps = others.gaps(rows, read)
        else:
            self._check_no_columns()
            x = self._validated(X, reset=True, ensure_min_samples=2)
            others, gaps = Others.of_array(x), np.isnan(x)
            rows, read = Rows.of_array(x, self._names(X), "standard" if scaling == "auto" else scaling,
                                       places=others.varying)
        x, epochs = rows.scaling.apply(read.raw), self.epochs
        if epochs is None:
            epochs = min(max(STEPS // -(-len(x) // checks.integer("batch_size", self.batch_size)), FEWEST), MOST)
        likelihood = "mixed" if isinstance(self.likelihood, str) and self.likelihood == "auto" else self.likelihood
        vae, history = self._train(
            x, None, rows, missing=True, likelihood=likelihood, epochs=epochs,
            encoder=ENCODER if self.encoder is None else self.encoder,
            objective=OBJECTIVE if self.objective is None else self.objective)
        self.rows_, self.vae_, self.history_ = rows, vae, history
        self._others, self._with_gaps = others, np.flatnonzero(gaps.any(axis=0))
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Return rows with their gaps filled.

        Parameters
        ----------
        X : array or table, shape (n, features)

        Returns
        -------
        array or table, shape (n, features out)
            An array for an array, and a table of the same library for a table that was read as one; see `set_output`.
        """
        check_is_fitted(self)
        kept = self._kept().tolist()
        if not self.rows_.is_table:
            x = self._validated(X)
            gaps, filled = np.isnan(x), self._others.filled(x)
            values = self._values(Read(x[:, self.rows_.places]))
            filled[:, self.rows_.places] = np.where(gaps[:, self.rows_.places], values, x[:, self.rows_.places])
            indicated = gaps[:, self._with_gaps] if self.add_indicator else gaps[:, :0]
            return np.hstack([filled[:, kept], indicated]).astype(x.dtype, copy=False)
        frame = self._table(X)
        read = self.rows_.read(frame)
        table = fill(read.table, self.rows_.schema, self._values(read), np.isnan(read.raw))
        table, gaps = self._others.filled_table(table, read), self._others.gaps(self.rows_, read)
        masks = dict(zip(self.rows_.names, gaps.T, strict=True))
        names = [self.rows_.names[place] for place in kept]
        shown = {f"missingindicator_{self.rows_.names[place]}": gaps[:, place]
                 for place in (self._with_gaps.tolist() if self.add_indicator else ())}
        if not is_frame(X):
            return _as_array(X, table, masks, kept, shown)
        result = append(select(replace_cells(frame, table, masks), kept, names), shown)
        wanted = _get_output_config("transform", self)["dense"]
        return to_frame(to_arrow(result), wanted) if wanted == "pandas" != library_of(result) else result

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[Any]:
        """Return the names of the columns that `transform` returns; arguments as in scikit-learn's imputers."""
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        indicated = names[self._with_gaps] if self.add_indicator else ()
        return np.concatenate([names[self._kept()],
                               np.array([f"missingindicator_{name}" for name in indicated], object)])

    def _kept(self) -> npt.NDArray[np.intp]:
        """Return the places of the columns that stay."""
        dropped = () if self.keep_empty_features else self._others.empty
        return np.delete(np.arange(self.n_features_in_), np.array(dropped, np.intp))

    def _values(self, read: Read) -> npt.NDArray[np.float64]:
        """Return the features, shape ``(n, d)`` and in the units of the rows, with values in their gaps."""
        x = self.rows_.scaling.apply(read.raw)
        rows = np.flatnonzero(np.isnan(x).any(axis=1))
        if len(rows) and self.sample_posterior:
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
            x[rows] = in_batches(lambda *x, **size: self.vae_.impute(*x, draws=1, samples=self.samples, seed=seed,
                                                                     **size)[0], x[rows])
        elif len(rows):
            x[rows] = in_batches(functools.partial(self.vae_.impute, samples=self.samples), x[rows])
        return self.rows_.schema.tidy(self.rows_.schema.unscale(x))


def _as_array(x: Any, table: Any, masks: Mapping[str, npt.NDArray[np.bool_]], kept: list[int],
              shown: Mapping[str, npt.NDArray[np.bool_]]) -> npt.NDArray[Any]:
    """Return the rows of an array whose columns were read as those of a table."""
    array = np.array(x)
    for place, (name, mask) in enumerate(masks.items()):
        if mask.any():
            array[mask, place] = table.column(name).to_numpy()[mask]
    return np.column_stack([array[:, kept], *shown.values()])
