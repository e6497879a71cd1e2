"""The base class of likelihoods, and their registry."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras
import numpy as np
from keras import layers

from zukan import checks
from zukan.context import Context, Shapes
from zukan.distributions import Distribution
from zukan.registry import Part, Registry
from zukan.streamed import Streamed, slices

ROUNDING = 1e-3  # of a level in single precision
FEWEST_LEVELS = 16  # below this largest value, numbers are not the levels of an 8-bit image


class Likelihood(Part, keras.Layer, ABC):
    """A family of distributions p(x|z) over events, and the layers that compute its parameters from features.

    Attributes
    ----------
    parameters : tuple of str
        The names of the parameters that the decoder computes for every element of the event.
    values : int
        How many values each parameter has for an element: 0 for one value, k for an axis of k values.
    support : (float, float)
        The range in which the data must lie.
    unit : float
        The data must be whole multiples of it: 1 for counts; 0 if they may be any numbers.
    levels : int
        If p(x|z) is a probability over evenly spaced levels from 0 to 1, how many there are: bounds are then shown in
        bits per dimension too. Otherwise 0.
    is_table : bool
        Whether the examples are rows of a table, which `from_frame` and `to_frame` read and write.
    given : str
        What p(x|z) is conditional on besides z and the model's condition, such as "size"; bounds then say so. Or "".
    """

    parameters: ClassVar[tuple[str, ...]]
    values: int = 0
    support: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    unit: ClassVar[float] = 0.0
    levels: ClassVar[int] = 0
    is_table: bool = False
    given: str = ""

    def build(self, shapes: Shapes) -> None:
        """Store the number of axes of one event, and create weights, if there are any."""
        self.event_ndim = len(shapes.event_shape)
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters by name, each of shape ``(batch, *event_shape)``, or with a last axis of `values`."""
        return {name: head(features, shapes.event_shape, name, self.values) for name in self.parameters}

    def kind_config(self) -> dict[str, Any]:
        """Return the configuration without what changes no computation: models that agree in it share programs."""
        return keras.saving.serialize_keras_object(self)

    def as_input(self, x: Any, observed: Any = None) -> Any:  # noqa: ARG002 used by subclasses
        """Return ``x`` as the encoder network sees it: unchanged, unless the values suit no network.

        It is part of the encoder, and of its ONNX export. ``observed`` is 1 for a value that is there and 0, as ``x``
        itself, for a missing one; None if none can be missing.
        """
        return x

    def typical(self, summary: np.ndarray) -> np.ndarray:
        """Return the events that averages over several p(x|z) stand for: their mean or, of levels, the most probable.

        Parameters
        ----------
        summary : array, shape (n, ...)
            Averages of `zukan.distributions.Distribution.summary`.

        Returns
        -------
        array, shape (n, *event_shape)
        """
        return summary

    def from_frame(self, argument: str, x: Any) -> Any:  # noqa: ARG002 used by subclasses
        """Return a table as the values that the model sees; anything else as it is."""
        return x

    def fill_frames(self, frame: Any, filled: list[np.ndarray]) -> list[Any]:  # noqa: ARG002 used by subclasses
        """Return a table for each array, with its values in the missing cells; without a table, the arrays."""
        return filled

    def to_frame(self, x: np.ndarray) -> Any:
        """Return values as the model sees them as a table.

        Raises
        ------
        zukan.InputError
            If the model is not of a table.
        """
        raise checks.InputError(
            f"a table needs a model with the likelihood 'mixed' that knows its columns, got {type(self).__name__} for "
            f"values of shape {x.shape}; leave as_frame out")

    @abstractmethod
    def distribution(self, params: dict[str, Any], context: Context) -> Distribution:
        """Return p(x|z) with the parameters ``params``, each of shape ``(*batch, *event_shape)``."""

    def least_cost(self, x: np.ndarray) -> np.ndarray:
        """Return what each element of ``x`` costs under any parameters, in nats; anomaly scores do not count it.

        It is 0 if p(x|z) is a probability or a density of ``x``.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
            NaN stands for a missing value, which costs nothing.

        Returns
        -------
        array, shape (n, *event_shape)
        """
        return np.zeros_like(x)

    def check(self, argument: str, x: Any, *, missing: bool = False) -> None:
        """Raise `zukan.InputError` unless ``x`` is finite and within `support`; the message calls it ``argument``.

        With ``missing``, NaN stands for a missing value.
        """
        # NaN or infinity makes the smallest or the largest value NaN or infinite; with ``missing``, NaN is ignored.
        if isinstance(x, Streamed):  # it refuses infinity, ignores NaN, and knows its limits without being read again
            low, high = x.limits if missing or not x.missing else (math.nan, math.nan)
        else:
            smallest, largest = (np.fmin, np.fmax) if missing else (np.minimum, np.maximum)
            low, high = float(smallest.reduce(x, axis=None)), float(largest.reduce(x, axis=None))
        if missing and math.isnan(low):
            raise checks.InputError(f"{argument} must hold values, but all of them are missing; give other data")
        if math.isnan(low) and (isinstance(x, Streamed) or not np.isinf(x).any()):
            raise checks.InputError(f"{argument} must be finite, got NaN; remove or replace those values, or build the "
                                    f"model with missing=True, if NaN stands for a missing value")
        if not (math.isfinite(low) and math.isfinite(high)):
            raise checks.InputError(f"{argument} must be finite, got NaN or infinity; remove or replace those values")
        if low < self.support[0] or high > self.support[1]:
            fix = f"{'leave counts unscaled' if self.unit == 1 else 'rescale the data'}, or use likelihood='normal'"
            if low >= 0 and FEWEST_LEVELS < high <= 255:
                fix = f"divide by 255 if these are 8-bit levels of images; otherwise {fix}"
            raise checks.InputError(
                f"{argument} must lie in [{self.support[0]:g}, {self.support[1]:g}] for this likelihood, "
                f"got values from {low:g} to {high:g}; {fix}")
        if self.unit:
            self._check_unit(argument, x)

    def _check_unit(self, argument: str, x: Any) -> None:
        """Raise `zukan.InputError` unless all values are whole multiples of `unit`; NaN is ignored."""
        by_byte = isinstance(x, Streamed) and len(x.levels)
        for piece in [x.levels] if by_byte else (x[rows] for rows in slices(x)):
            steps = piece * np.float32(1 / self.unit)
            is_between = np.abs(steps - np.rint(steps)) > (ROUNDING if self.levels else 0)
            if not is_between.any():
                continue
            rule, fix = "whole numbers", "leave counts unscaled (scaling='none'), or use likelihood='normal'"
            if self.levels:
                rule = f"whole multiples of 1/{self.levels - 1} (levels of images, scaled to [0, 1])"
                fix = "give images of dtype uint8, or use likelihood='continuous-bernoulli'"
            raise checks.InputError(
                f"{argument} must hold {rule} for this likelihood, got {piece[is_between].flat[0]:g}; {fix}")


def head(features: Any, event_shape: tuple[int, ...], name: str, values: int = 0) -> Any:
    """Return one parameter by a linear layer on the features: ``(batch, *event_shape)``.

    If the features have the sides of the event, the layer maps channels to channels at each pixel or step; a vector
    may have them too, as a signal of one channel. Otherwise it maps all features to all elements of the event. With
    ``values``, the parameter has a last axis of so many values for each element.
    """
    shape = (*event_shape, values) if values else event_shape
    if tuple(features.shape[1:-1]) == event_shape[:-1] and len(event_shape) > 1:
        out = layers.Dense(event_shape[-1] * max(values, 1), name=name)(features)
    elif tuple(features.shape[1:-1]) == event_shape:
        out = layers.Dense(max(values, 1), name=name)(features)
    else:
        if len(features.shape) != 2:
            features = layers.Flatten(data_format="channels_last", name=f"{name}_flatten")(features)
        out = layers.Dense(math.prod(shape), name=name)(features)
    return out if tuple(out.shape[1:]) == shape else layers.Reshape(shape, name=f"{name}_image")(out)


likelihoods = Registry("likelihood", Likelihood)
