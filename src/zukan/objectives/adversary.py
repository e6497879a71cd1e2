"""A discriminator and its logistic losses, in nats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from zukan import checks


def check_units(units: Sequence[int]) -> Sequence[int]:
    """Return the widths of dense layers as they are."""
    for width in units:
        checks.integer("units", width)
    return units


def discriminator(width: int, units: Sequence[int]) -> keras.Model:
    """Return a network of dense layers from vectors of ``width`` numbers to one logit."""
    return keras.Sequential([keras.Input((width,)), *(layers.Dense(size, activation="leaky_relu") for size in units),
                             layers.Dense(1)], name="discriminator")


def told_apart(real: Any, other: Any) -> Any:
    """Return the discriminator's loss from logits for real and other items: −(log D(real) + log(1 − D(other))) / 2."""
    return 0.5 * (ops.softplus(-real) + ops.softplus(other))


def taken_for_real(other: Any) -> Any:
    """Return the loss of what makes the other items, −log D(other), which does not saturate (arXiv:1406.2661)."""
    return ops.softplus(-other)
