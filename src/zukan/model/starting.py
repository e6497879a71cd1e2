"""The start of a training: the number of examples, and weights that start from the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops, tree

from zukan.model.batching import over_batches
from zukan.model.passes import Passes
from zukan.streamed import Streamed


class Starting(Passes):
    """What happens once before the first step."""

    def begin(self, inputs: Any, validation_split: float = 0.0, parts: Sequence[Any] | None = None) -> None:
        """Count the training examples and, before the first step, let parts start from the data; `fit` does it.

        The last part of the items, ``validation_split`` of them, is held out. ``parts`` are those that start: by
        default all.
        """
        items = inputs["x"] if isinstance(inputs, dict) else inputs
        if not isinstance(items, (np.ndarray, Streamed)):  # a data set or generator of the user's
            return
        kept = int(len(items) * (1.0 - validation_split))
        steps = ops.convert_to_numpy(self._counters.state)[1]

        def infer(rows: np.ndarray) -> dict[str, Any]:
            chosen = tree.map_structure(lambda array: np.asarray(array[rows]), inputs)
            return over_batches(self.program(_parameters), chosen, 256, self.seed)

        if steps == 0:
            training = items.take(slice(kept)) if isinstance(items, Streamed) else items[:kept]
            for part in parts or (self.posterior, self.prior, self.likelihood, self.objective):
                part.begin(training, self.seed, infer)
        self._counters.state.assign([kept, steps])


def _parameters(model: Passes, inputs: Any, draws: Any) -> dict[str, Any]:  # noqa: ARG001 every program takes draws
    context = model.context(inputs)
    return model._infer(context.x, context.observed, context.condition, training=False)  # noqa: SLF001
