"""Convolutions, straight and transposed, in one, two or three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers

from zukan.export.convert import activate, converts
from zukan.export.graph import Graph, Tensor
from zukan.export.layers import weight
from zukan.export.resizing import enlarge
from zukan.export.spatial import entering, leaving, same_pads
from zukan.networks import convolutions


@converts(layers.Conv1D, layers.Conv2D, layers.Conv3D, convolutions.Conv2D)
def _convolution(graph: Graph, layer: Any, x: Tensor) -> str:
    kernel = weight(layer.kernel)
    return _finish(graph, layer, x, _convolve(graph, layer, x, np.moveaxis(kernel, (-1, -2), (0, 1)), layer.groups))


@converts(convolutions.UpConv2D)
def _enlarged(graph: Graph, layer: Any, x: Tensor) -> str:
    batch, height, width, channels = x.shape
    large = (batch, *(None if size is None else 2 * size for size in (height, width)), channels)
    return _convolution(graph, layer, Tensor(enlarge(graph, x, [2.0, 2.0]), large))


@converts(layers.DepthwiseConv1D, layers.DepthwiseConv2D)
def _depthwise(graph: Graph, layer: Any, x: Tensor) -> str:
    kernel = weight(layer.kernel)
    return _finish(graph, layer, x, _convolve(graph, layer, x, _by_channel(kernel), kernel.shape[-2]))


@converts(layers.SeparableConv1D, layers.SeparableConv2D)
def _separable(graph: Graph, layer: Any, x: Tensor) -> str:
    depthwise, pointwise = weight(layer.depthwise_kernel), weight(layer.pointwise_kernel)
    y = _convolve(graph, layer, x, _by_channel(depthwise), depthwise.shape[-2])
    y = graph.node("Conv", y, np.moveaxis(pointwise, (-1, -2), (0, 1)))
    return _finish(graph, layer, x, y)


def _by_channel(kernel: np.ndarray) -> np.ndarray:
    """Return a depthwise kernel, (*space, channels, multiplier), with one filter after the other."""
    flat = kernel.reshape(*kernel.shape[:-2], 1, -1)
    return np.moveaxis(flat, (-1, -2), (0, 1))


def _convolve(graph: Graph, layer: Any, x: Tensor, kernel: np.ndarray, groups: int) -> str:
    name, sizes = entering(graph, x, layer.data_format)
    space, dilation = kernel.shape[2:], _each(layer.dilation_rate, len(sizes))
    strides = _each(layer.strides, len(sizes))
    pads = [0] * (2 * len(sizes))
    if layer.padding == "same":
        pads = same_pads(sizes, space, strides, dilation)
    elif layer.padding == "causal":
        pads[0] = dilation[0] * (space[0] - 1)
    return graph.node("Conv", name, kernel, pads=pads, strides=strides, dilations=dilation, group=groups)


@converts(layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
def _transposed(graph: Graph, layer: Any, x: Tensor) -> str:
    name, sizes = entering(graph, x, layer.data_format)
    kernel = np.moveaxis(weight(layer.kernel), (-1, -2), (0, 1))
    strides, dilation = _each(layer.strides, len(sizes)), _each(layer.dilation_rate, len(sizes))
    given = [None] * len(sizes) if layer.output_padding is None else _each(layer.output_padding, len(sizes))
    cuts = [_cuts((k - 1) * step + 1, stride, layer.padding, more)
            for k, step, stride, more in zip(kernel.shape[2:], dilation, strides, given, strict=True)]
    # What is to be cut is a padding to ONNX; where rows are missing instead, at the end, they hold nothing but bias.
    pads = [max(cut, 0) for side in zip(*cuts, strict=True) for cut in side]
    y = graph.node("ConvTranspose", name, kernel, pads=pads, strides=strides, dilations=dilation)
    if missing := [max(-end, 0) for _, end in cuts] * any(end < 0 for _, end in cuts):
        y = graph.node("Pad", y, np.array([0] * (len(sizes) + 4) + missing))
    return _finish(graph, layer, x, y)


def _cuts(kernel: int, stride: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """Return how many rows Keras cuts from start and end of the full result, of ``stride * (n - 1) + kernel`` rows."""
    if padding == "valid":
        return 0, -max(stride - kernel, 0) if output_padding is None else -output_padding
    kept = stride if output_padding is None else kernel % 2 + output_padding  # beside stride * (n - 1)
    start = max(kernel - 1 - (kernel + kept - 1) // 2, 0)
    return start, kernel - kept - start


def _finish(graph: Graph, layer: Any, x: Tensor, y: str) -> str:
    """Add bias and activation."""
    if layer.use_bias:
        y = graph.node("Add", y, weight(layer.bias).reshape(-1, *[1] * (len(x.shape) - 2)))
    return activate(graph, layer.activation, leaving(y, layer.data_format), layer.compute_output_shape(x.shape))


def _each(value: Any, count: int) -> list[int]:
    return [value] * count if isinstance(value, int) else list(value)
