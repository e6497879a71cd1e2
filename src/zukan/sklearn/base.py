"""What the estimators share: rows with their condition, scaling, and pickles."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from zukan import checks
from zukan.data import Scaling
from zukan.data.conditions import Condition
from zukan.model import load

ROWS = 256  # fixed batch size: the result for a row must not depend on how many other rows are passed with it
FLOATS = (np.float64, np.float32)


class Estimator(BaseEstimator):
    """An estimator with a trained model: how it reads rows, and how it is pickled.

    A subclass has the parameters ``scaling``, ``condition``, ``missing``, ``event_shape`` and ``likelihood``, and the
    attributes ``vae_``, ``scaling_`` and ``condition_`` once it is fitted.
    """

    def _validated(self, x: Any, *, reset: bool = False) -> npt.NDArray[Any]:
        """Return ``x`` as a table of floats, with NaN only if values may be missing."""
        return validate_data(self, x, dtype=FLOATS, reset=reset,
                             ensure_all_finite="allow-nan" if self.missing else True)

    def _condition_columns(self) -> list[int]:
        """Return the positions of the columns of the condition, sorted."""
        names = list(getattr(self, "feature_names_in_", ()))
        is_list = isinstance(self.condition, Iterable) and not isinstance(self.condition, str)
        chosen = [] if self.condition is None else list(self.condition) if is_list else [self.condition]
        columns = {names.index(column) if column in names else column for column in chosen}
        are_known = all(isinstance(column, (int, np.integer)) and 0 <= column < self.n_features_in_
                        for column in columns)
        if (not (is_list or self.condition is None) or not are_known or len(columns) < len(chosen)
                or len(columns) == self.n_features_in_):
            raise checks.InputError(
                f"condition must be different columns of X, by position or name, and leave others as features, got "
                f"{checks.show(self.condition)} for {self.n_features_in_} columns; give condition=[0], for example")
        return sorted(map(int, columns))

    def _inputs(self, x: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """Return scaled items and, if there is one, their condition."""
        columns = self._condition_columns()
        items = self.scaling_.apply(np.delete(x, columns, axis=1)).reshape(-1, *self.vae_.event_shape)
        return [items, self._encode_condition(x[:, columns])] if columns else [items]

    def _encode_condition(self, condition: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the inputs of the model for columns of the condition, shape ``(n, k)``."""
        return self.condition_.encode(by_name(condition))

    def _fit_condition(self, x: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Condition | None, Any]:
        """Return the features of ``x``, the fitted condition, and its inputs; None without a condition."""
        columns = self._condition_columns()
        if not columns:
            return x, None, None
        values = by_name(x[:, columns])
        condition = Condition.fitted([values])
        return np.delete(x, columns, axis=1), condition, condition.encode(values)

    def _fit_scaling(self, x: npt.NDArray[Any]) -> Scaling:
        if checks.choice("scaling", self.scaling, ("standard", "minmax", "none")) == "none":
            return Scaling.of(x.dtype)
        empty = np.flatnonzero(np.isnan(x).all(axis=0))
        if len(empty):
            raise checks.InputError(f"X must hold a value of every feature, but all values of feature {empty[0]} are "
                                    "missing; remove that column")
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            scaling = Scaling.fitted(self.scaling, x)
        if not np.isfinite(scaling.factor).all():
            raise checks.InputError(
                f"X must have features whose spread is a finite number, got values up to {np.nanmax(np.abs(x)):g}; "
                f"divide them first")
        return scaling

    def _choose_likelihood(self, x: npt.NDArray[Any]) -> Any:
        """Return the likelihood; "auto" becomes the one that suits ``x``."""
        if not isinstance(self.likelihood, str) or self.likelihood != "auto":
            return self.likelihood
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

    def __sklearn_tags__(self) -> Any:
        """Declare whether NaN is accepted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing is True
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


def by_name(columns: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of a condition by the names that its fields have here."""
    return {f"column {i} of the condition": values for i, values in enumerate(columns.T)}


def in_batches(function: Callable[..., npt.NDArray[Any]], rows: npt.NDArray[Any],
                condition: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
    """Apply ``function`` to ``rows`` and their condition in batches of exactly `ROWS`."""

    def padded(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.concatenate([values, np.repeat(values[-1:], -len(values) % ROWS, axis=0)])

    inputs = {} if condition is None else {"condition": padded(condition)}
    return function(padded(rows), batch_size=ROWS, **inputs)[: len(rows)]
