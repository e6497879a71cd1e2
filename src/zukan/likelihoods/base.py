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
from zukan.streamed import Streamed

FEWEST_LEVELS = 16  # below this largest value, numbers are not the levels of an 8-bit image


class Likelihood(Part, keras.Layer, ABC):
    """A family of distributions p(x|z) over events, and the layers that compute its parameters from features.

    Attributes
    ----------
    parameters : tuple of str
        The names of the parameters that the decoder computes for every element of the event.
    support : (float, float)
        The range in which the data must lie.
    """

    parameters: ClassVar[tuple[str, ...]]
    support: ClassVar[tuple[float, float]] = (-math.inf, math.inf)

    def build(self, shapes: Shapes) -> None:
        """Store the number of axes of one event, and create weights, if there are any."""
        self.event_ndim = len(shapes.event_shape)
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters by name, each of shape ``(batch, *event_shape)``."""
        return {name: _head(features, shapes.event_shape, name) for name in self.parameters}

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
            fix = "rescale the data, or use likelihood='normal'"
            if low >= 0 and FEWEST_LEVELS < high <= 255:
                fix = f"divide by 255 if these are 8-bit levels of images; otherwise {fix}"
            raise checks.InputError(
                f"{argument} must lie in [{self.support[0]:g}, {self.support[1]:g}] for this likelihood, "
                f"got values from {low:g} to {high:g}; {fix}")


def _head(features: Any, event_shape: tuple[int, ...], name: str) -> Any:
    """Return one parameter, shape ``(batch, *event_shape)``, by a linear layer on the features.

    If the features have the sides of the event, the layer maps channels to channels at each pixel or step; a vector
    may have them too, as a signal of one channel. Otherwise it maps all features to all elements of the event.
    """
    if tuple(features.shape[1:-1]) == event_shape[:-1] and len(event_shape) > 1:
        return layers.Dense(event_shape[-1], name=name)(features)
    if tuple(features.shape[1:-1]) == event_shape:
        return layers.Reshape(event_shape, name=f"{name}_vector")(layers.Dense(1, name=name)(features))
    if len(features.shape) != 2:
        features = layers.Flatten(data_format="channels_last", name=f"{name}_flatten")(features)
    flat = layers.Dense(math.prod(event_shape), name=name)(features)
    return flat if len(event_shape) == 1 else layers.Reshape(event_shape, name=f"{name}_image")(flat)


likelihoods = Registry("likelihood", Likelihood)
