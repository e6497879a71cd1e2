"""Checks of what users pass to a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zukan import checks
from zukan.context import Piece, Shapes
from zukan.data.values import unmasked
from zukan.likelihoods import Likelihood
from zukan.model import streams
from zukan.streamed import Streamed


def check_shape(event_shape: Any) -> tuple[int, ...]:
    """Return the shape of one example as a tuple of positive integers."""
    if not isinstance(event_shape, (tuple, list)) or not event_shape:
        raise checks.InputError(
            f"event_shape must be the shape of one example, such as (28, 28, 1) or (784,), "
            f"got {checks.show(event_shape)}")
    return tuple(checks.integer("event_shape", size) for size in event_shape)


@dataclass(frozen=True)
class Inputs:
    """The inputs that a model accepts.

    Parameters
    ----------
    shapes : Shapes
    likelihood : Likelihood
        Knows the range of the data.
    dtype : str
        The float type of the model.
    missing : bool
        Whether NaN stands for a missing value.
    """

    shapes: Shapes
    likelihood: Likelihood
    dtype: str
    missing: bool

    def check(self, argument: str, x: Any, condition: Any, *, stream: bool = False) -> Any:
        """Return x as it is fed to the model, with the condition if the model has one.

        With ``stream``, x may be a data set or a generator; its batches are checked when they are used.
        """
        if streams.is_stream(x):
            return self._stream(argument, x, condition, is_allowed=stream)
        items = self.items(argument, x)
        if not self.shapes.condition_dim:
            self.conditions(condition, 0)  # raises if there is one
            return items
        return {"x": items, "condition": self.conditions(condition, len(items))}

    def items(self, argument: str, x: Any) -> Any:
        """Return arrays as floats of the right shape and range, and streamed items as they are.

        Anything else is returned unchecked for Keras to handle.
        """
        event_shape = self.shapes.event_shape
        checks.dense(argument, x)
        x = self.likelihood.from_frame(argument, x)
        if not (hasattr(x, "__array__") or isinstance(x, (list, tuple))):
            return x
        if isinstance(x, (list, tuple)) and any(isinstance(item, np.ma.MaskedArray) for item in x):
            x = np.ma.stack(x)
        x = unmasked(argument, x, missing=self.missing)
        x = x if isinstance(x, (np.ndarray, Streamed)) else np.asarray(x)
        if x.shape[1:] != event_shape or not len(x):
            fix = f"reshape it, or build VAE(event_shape={x.shape[1:]})"
            if (*x.shape[1:], 1) == event_shape:
                fix = "add the channel axis with x[..., None]"
            elif (*x.shape[2:], *x.shape[1:2]) == event_shape:
                fix = "move the channels last with numpy.moveaxis(x, 1, -1)"
            shape = ", ".join(map(str, ("n", *event_shape)))
            raise checks.InputError(f"{argument} must have shape ({shape}) with n at least 1, got {x.shape}; {fix}")
        if not np.issubdtype(x.dtype, np.floating):
            fix = "divide by 255 to get floats in [0, 1]" if x.dtype == np.uint8 else "convert it to float32"
            raise checks.InputError(f"{argument} must hold floats, got {x.dtype}; {fix}")
        self.likelihood.check(argument, x, missing=self.missing)
        return x if isinstance(x, (np.memmap, Streamed)) else x.astype(self.dtype, copy=False)

    def _stream(self, argument: str, x: Any, condition: Any, *, is_allowed: bool) -> Any:
        if not is_allowed:
            raise checks.InputError(
                f"{argument} must be an array, got {checks.show(x)}; join its batches with numpy.concatenate")
        if condition is not None:
            raise checks.InputError(
                f"condition must be left out if {argument} yields batches, got {checks.show(condition)}; yield "
                "dictionaries with the keys 'x' and 'condition'")
        return streams.checked(argument, x, self._batch)

    def _batch(self, argument: str, given: Any) -> Any:
        """Return the items of a batch as they are, with the rows of their condition if the model has one."""
        width = self.shapes.condition_dim
        keys = sorted(map(str, given)) if isinstance(given, dict) else ["x"]
        if keys != (["condition", "x"] if width else ["x"]):
            wanted = "a dictionary with the keys 'x' and 'condition'" if width else "x alone"
            built = f"with condition={width}" if width else "without a condition"
            found = f"the keys {checks.listed(map(repr, keys))}" if isinstance(given, dict) else checks.show(given)
            raise checks.InputError(
                f"{argument} must be {wanted}, since the model was built {built}, got {found}; yield {wanted}")
        x = given["x"] if isinstance(given, dict) else given
        items = self.items(argument, streams.as_array(x))
        if not width:
            return x
        rows = self.conditions(streams.as_array(given["condition"]), len(items), f"condition of {argument}")
        return {"x": x, "condition": x.new_tensor(rows) if hasattr(x, "new_tensor") else rows}

    def conditions(self, condition: Any, n: int, name: str = "condition") -> Any:
        """Return conditions as ``n`` rows of numbers, or None if the model has none.

        Whole numbers are classes, one for each row or one for all. Messages call them ``name``.
        """
        width = self.shapes.condition_dim
        if not width:
            if condition is not None:
                raise checks.InputError(
                    f"condition must be left out, since the model was built without one, got "
                    f"{checks.show(condition)}; build zukan.VAE(condition=...)")
            return None
        if condition is None:
            raise checks.InputError(
                f"{name} must be given, since the model was built with condition={width}, got None; "
                f"pass the class of each example")
        rows = np.asarray(condition)
        if rows.ndim < 2 and rows.dtype.kind in "iu" and rows.shape in {(), (n,)}:
            if rows.min() < 0 or rows.max() >= width:
                wrong = rows.min() if rows.min() < 0 else rows.max()
                raise checks.InputError(
                    f"{name} must hold classes from 0 to {width - 1}, got {wrong}; number the classes from 0, or "
                    f"build VAE(condition={max(int(rows.max()) + 1, 1)})")
            rows = np.eye(width, dtype=self.dtype)[np.broadcast_to(rows, (n,))]
        if rows.shape == (width,) and rows.dtype.kind == "f" and n != width:  # else it could be a class for each row
            rows = np.broadcast_to(rows, (n, width))
        if rows.shape != (n, width) or rows.dtype.kind not in "biuf" or not np.isfinite(rows).all():
            raise checks.InputError(
                f"{name} must be classes of shape ({n},), or finite numbers of shape ({n}, {width}), "
                f"got {checks.show(condition)}; give one row for each example")
        return rows.astype(self.dtype)


def check_whole(codes: Any, layout: tuple[Piece, ...]) -> np.ndarray:
    """Return discrete codes as whole numbers of shape ``(n, pieces)`` within the range of each piece."""
    numbers, choices = np.asarray(codes), [piece.choices for piece in layout]
    if not all(choices):
        raise checks.InputError(f"decode_codes needs a z of discrete pieces alone, got {checks.show(codes)} for a "
                                f"z with real pieces; use decode")
    if numbers.ndim != 2 or numbers.shape[1] != len(choices) or numbers.dtype.kind not in "iu":
        raise checks.InputError(f"codes must be whole numbers of shape (n, {len(choices)}), got {checks.show(codes)}; "
                                f"give one row for each example, as vae.codes returns it")
    if len(numbers) and (numbers.min() < 0 or (numbers >= choices).any()):
        raise checks.InputError(f"codes must lie from 0 to {min(choices) - 1}, got values from {numbers.min()} to "
                                f"{numbers.max()}; correct those numbers")
    return numbers.astype("int32")


def check_codes(z: Any, latent_dim: int, dtype: str) -> np.ndarray:
    """Return codes as finite ``dtype`` of shape ``(n, latent_dim)``."""
    codes = np.asarray(z)
    if codes.ndim != 2 or codes.shape[1] != latent_dim or not len(codes) or codes.dtype.kind not in "fiu":
        raise checks.InputError(
            f"z must be numbers of shape (n, {latent_dim}) with n at least 1, got {checks.show(z)}")
    if not np.isfinite(codes).all():
        raise checks.InputError("z must be finite, got NaN or infinity; remove or replace those values")
    return codes.astype(dtype)


_NO_TARGETS = ("fit logs the loss and its terms", "log more in a callback")
# Arguments of Keras that a VAE has no use for: the reason, and what to do instead.
_ABSENT = {
    "loss": ("the objective is the loss", "choose it with VAE(objective=...)"),
    "loss_weights": ("the objective is the only loss", "give it a beta: VAE(objective={'name': 'elbo', 'beta': 2.0})"),
    "metrics": _NO_TARGETS,
    "weighted_metrics": _NO_TARGETS,
    "class_weight": ("a VAE is trained on x alone", "pass sample_weight, one weight per example"),
}


def check_absent(method: str, arguments: Mapping[str, Any]) -> None:
    """Raise `checks.InputError` if an argument of Keras's ``method`` is given that a VAE has no use for."""
    for name, (reason, fix) in _ABSENT.items():
        value = arguments.get(name)
        if value is not None and not (isinstance(value, (list, tuple, dict)) and not value):
            raise checks.InputError(
                f"{name} must not be given to {method}, since {reason}, got {checks.show(value)}; {fix}")


def check_no_labels(x: Any, y: Any) -> None:
    """Raise `checks.InputError` if there is no ``x``, or if there are labels ``y``."""
    if x is None:
        raise checks.InputError("x must be given, got None; call fit(x)")
    if y is not None and y is not x:
        raise checks.InputError(
            f"y must not be given, since a VAE is trained on x alone, got {checks.show(y)}; call fit(x), or for a "
            f"model with a condition fit(x, condition=y)")


def check_weights(sample_weight: Any, n: int) -> None:
    """Raise `checks.InputError` unless there is one weight for each of the ``n`` examples, or none at all."""
    if sample_weight is not None and np.shape(sample_weight) != (n,):
        raise checks.InputError(
            f"sample_weight must have shape ({n},), one weight per example, got {np.shape(sample_weight)}")
