"""Learning rates as a function of the training step."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import keras
from keras import ops

from zukan.registry import Part


@keras.saving.register_keras_serializable("zukan")
class CosineDecay(Part, keras.optimizers.schedules.LearningRateSchedule):
    """The rate times (1 + cos(pi * step / steps)) / 2: from ``rate`` at the first step to 0 at the last.

    It is Keras's ``CosineDecay`` with a rate that may differ between models that train together.

    Parameters
    ----------
    rate : float
    steps : int
    """

    numbers: ClassVar[tuple[str, ...]] = ("rate",)

    def __init__(self, rate: float, steps: int) -> None:
        self.rate = rate
        self.steps = steps

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at ``step``."""
        rate = ops.convert_to_tensor(self.number("rate"), keras.config.floatx())
        done = ops.minimum(ops.cast(step, rate.dtype), float(self.steps)) / float(self.steps)
        return rate * (0.5 * (1.0 + ops.cos(math.pi * done)))
