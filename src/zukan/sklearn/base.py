"""What the estimators share: how they read rows, train their model and are pickled."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from zukan import checks
from zukan.data.sources.table_kinds import is_frame
from zukan.likelihoods import Mixed
from zukan.model import VAE, load
from zukan.model.programs import Programs
from zukan.sklearn.rows import Read, Rows, column_names
from zukan.training.build import build
from zukan.training.recipe import Recipe

ROWS = 256  # fixed batch size: the result for a row must not depend on how many other rows are passed with it
FLOATS = (np.float64, np.float32)
TRAINING = ("latent_dim", "encoder", "decoder", "posterior", "prior", "batch_size", "optimizer", "learning_rate")


class Estimator(TransformerMixin, BaseEstimator):
    """An estimator with a trained model.

    A subclass has the parameters ``columns``, ``scaling`` and those in `TRAINING`, and the attributes ``vae_`` and
    ``rows_`` once it is fitted.
    """

    _allow_nan = False

    def _validated(self, x: Any, *, reset: bool = False, **checks_of_array: Any) -> npt.NDArray[Any]:
        """Return ``x`` as an array of floats, with NaN only if values may be missing."""
        return validate_data(self, x, dtype=FLOATS, reset=reset,
                             ensure_all_finite="allow-nan" if self._allow_nan else True, **checks_of_array)

    def _is_table(self, x: Any) -> bool:
        """Return whether ``X`` is read as a table, each column by its kind."""
        chosen = self.likelihood.get("name") if isinstance(self.likelihood, dict) else self.likelihood
        is_mixed = isinstance(chosen, Mixed) or (isinstance(chosen, str) and chosen in {"auto", "mixed"})
        return is_mixed and is_frame(x) and getattr(self, "event_shape", None) is None

    def _check_no_columns(self) -> None:
        """Raise `zukan.InputError` if kinds of columns are asked for, but ``X`` is not read as a table."""
        if self.columns is not None:
            raise checks.InputError(f"columns must be left out unless X is a table whose likelihood is 'mixed', got "
                                    f"{checks.show(self.columns)}; give a table of pandas or polars")

    def _read(self, x: Any) -> Read:
        """Read rows of the kind that was fitted."""
        if not self.rows_.is_table:
            return self.rows_.read(self._validated(x))
        return self.rows_.read(self._table(x))

    def _table(self, x: Any) -> Any:
        """Return the rows of a table as a table, whatever they come in."""
        checks.dense("X", x)
        validate_data(self, x, reset=False, skip_check_array=True)
        if is_frame(x):
            return x
        return dict(zip(self.rows_.names, np.asarray(x, object).T, strict=True))

    def _names(self, x: Any) -> list[str]:
        """Return the names of the columns: x0, x1 and so on for an array."""
        return column_names(x) if is_frame(x) else [f"x{place}" for place in range(self.n_features_in_)]

    def _condition_places(self, condition: Any) -> list[int]:
        """Return the positions of the columns of the condition, sorted."""
        names = list(getattr(self, "feature_names_in_", ()))
        is_list = isinstance(condition, Iterable) and not isinstance(condition, str)
        chosen = [] if condition is None else list(condition) if is_list else [condition]
        columns = {names.index(column) if column in names else column for column in chosen}
        are_known = all(isinstance(column, (int, np.integer)) and 0 <= column < self.n_features_in_
                        for column in columns)
        if (not (is_list or condition is None) or not are_known or len(columns) < len(chosen)
                or len(columns) == self.n_features_in_):
            raise checks.InputError(
                f"condition must be different columns of X, by position or name, and leave others as features, got "
                f"{checks.show(condition)} for {self.n_features_in_} columns; give condition=[0], for example")
        return sorted(map(int, columns))

    def _train(self, x: npt.NDArray[np.float32], condition: Any, rows: Rows, **options: Any) -> tuple[VAE, Any]:
        """Return a trained model and its history.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
            Scaled items.
        condition : array or None
            Their condition.
        rows : Rows
        **options
            Fields of the recipe besides `TRAINING`.
        """
        recipe = Recipe.of(**{name: getattr(self, name) for name in TRAINING} | options,
                           seed=int(check_random_state(self.random_state).randint(2**31 - 1)))
        vae = build(recipe, x.shape[1:], len(x), rows.condition, rows.schema)
        vae.programs = Programs.shared(vae)
        history = vae.fit(x, condition=condition, epochs=recipe.epochs, batch_size=recipe.batch_size,
                          verbose=self.verbose, callbacks=[_StopAtDivergence()])
        return vae, history.history

    def __sklearn_tags__(self) -> Any:
        """Declare whether NaN is accepted, and that float32 input gives float32 output."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._allow_nan
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


def in_batches(function: Callable[..., npt.NDArray[Any]], rows: npt.NDArray[Any],
               condition: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
    """Apply ``function`` to ``rows`` and their condition in batches of exactly `ROWS`."""
    n = len(rows)
    if np.isnan(rows).all():  # the model refuses data without any value
        rows = np.concatenate([rows, np.zeros_like(rows[:1])])

    def padded(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.concatenate([values, np.repeat(values[-1:], -(-len(rows) // ROWS) * ROWS - len(values), axis=0)])

    inputs = {} if condition is None else {"condition": padded(condition)}
    return function(padded(rows), batch_size=ROWS, **inputs)[:n]
