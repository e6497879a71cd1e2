"""The prior that is a gated PixelCNN over a grid of codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan import checks, distributions, numerics
from zukan.context import Context, Shapes
from zukan.networks.convolutions import convolve
from zukan.priors.base import priors
from zukan.priors.codes import CodePrior


@priors.register("pixelcnn")
class PixelCNN(CodePrior):
    """p(codes) over a grid, row by row, from a gated PixelCNN with two stacks (arXiv:1606.05328).

    A code depends on the codes above and to the left of it, on those before it at the same position, and on the
    condition, if the model has one.

    Parameters
    ----------
    units : int, default 64
        Width.
    depth : int, default 4
        Number of gated layers.
    kernel_size : int, default 5
        Height and width that a layer sees, of which only what comes before counts; odd.
    """

    def __init__(self, units: int = 64, depth: int = 4, kernel_size: int = 5) -> None:
        super().__init__()
        self.units = checks.integer("units", units)
        self.depth = checks.integer("depth", depth)
        self.kernel_size = checks.integer("kernel_size", kernel_size, minimum=3)
        if not kernel_size % 2:
            raise checks.InputError(f"kernel_size must be odd, got {kernel_size}; use {kernel_size + 1}")

    def build(self, shapes: Shapes) -> None:
        """Create the kernels."""
        if len(shapes.positions) != 2:
            raise checks.InputError(
                f"prior 'pixelcnn' needs a grid of codes, got the positions {shapes.positions}; use encoder='conv', or "
                f"prior 'autoregressive'")
        super().build(shapes)
        self.positions, reach = shapes.positions, self.kernel_size // 2
        self.channels = self.length // (shapes.positions[0] * shapes.positions[1])
        width, units = self.channels * self.choices, self.units
        self.kernels = []
        for i in range(self.depth):
            before = units if i else width
            kernels = {"vertical": (reach + 1, 2 * reach + 1, before, 2 * units), "across": (2 * units, 2 * units),
                       "horizontal": (1, reach + 1, before, 2 * units), "out": (units, units),
                       "vertical_bias": (2 * units,), "horizontal_bias": (2 * units,)}
            if shapes.condition_dim:
                kernels |= {"vertical_condition": (shapes.condition_dim, 2 * units),
                            "horizontal_condition": (shapes.condition_dim, 2 * units)}
            self.kernels.append({name: self._kernel(shape, f"{name}_{i}") for name, shape in kernels.items()})
        self.last, self.bias = self._kernel((units, width), "logits"), self._kernel((width,), "bias")
        self.within = self._kernel((width, width), "within") if self.channels > 1 else None

    def _kernel(self, shape: tuple[int, ...], name: str) -> Any:
        return self.add_weight(shape=shape, initializer="zeros" if len(shape) == 1 else "glorot_uniform", name=name)

    def over(self, context: Context) -> distributions.CodeSequence:
        """Return the distribution over grids, in the order of z: row by row, at each position code by code."""
        batch = () if context.condition is None else tuple(ops.shape(context.condition)[:1])
        return distributions.CodeSequence(lambda hot: self._logits(hot, context.condition), self.length,
                                            self.choices, batch)

    def _logits(self, hot: Any, condition: Any) -> Any:
        """Return the logits of each code, ``(..., variables, classes)``."""
        width = self.channels * self.choices
        x = ops.reshape(hot, (-1, *self.positions, width))
        if condition is not None:
            seen = ops.broadcast_to(condition, (*hot.shape[:-2], condition.shape[-1]))
            condition = ops.reshape(seen, (-1, 1, 1, condition.shape[-1]))
        vertical, horizontal = x, _shifted(x, axis=2)
        for i, kernels in enumerate(self.kernels):
            k = {name: ops.convert_to_tensor(kernel) for name, kernel in kernels.items()}
            rows, columns = k["vertical"].shape[0] - 1, k["horizontal"].shape[1] - 1
            above = convolve(vertical, k["vertical"], ((rows, 0), (rows, rows))) + k["vertical_bias"]
            left = convolve(horizontal, k["horizontal"], ((0, 0), (columns, 0))) + k["horizontal_bias"]
            left = left + ops.matmul(_shifted(above, axis=1), k["across"])
            if condition is not None:
                above = above + ops.matmul(condition, k["vertical_condition"])
                left = left + ops.matmul(condition, k["horizontal_condition"])
            vertical, new = _gated(above), ops.matmul(_gated(left), k["out"])
            horizontal = horizontal + new if i else new
        out = ops.matmul(ops.relu(horizontal), ops.convert_to_tensor(self.last)) + ops.convert_to_tensor(self.bias)
        if self.within is not None:  # codes at the same position
            block = np.arange(width) // self.choices
            earlier = (block[:, None] < block).astype("float32")
            out = out + ops.matmul(x, ops.convert_to_tensor(self.within) * ops.convert_to_tensor(earlier))
        return ops.reshape(out, numerics.sizes(hot))


def _shifted(x: Any, axis: int) -> Any:
    """Return the grid moved by one position along the axis, with zeros at its start."""
    pads = [(0, 0)] * 4
    pads[axis] = (1, 0)
    size = x.shape[axis]
    padded = ops.pad(x, pads)
    return padded[:, :size] if axis == 1 else padded[:, :, :size]


def _gated(x: Any) -> Any:
    signal, gate = ops.split(x, 2, axis=-1)
    return ops.tanh(signal) * ops.sigmoid(gate)
