"""Converters of convolutions and transposed convolutions in one, two or three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers

from zukan.export.convert import activate, converts
from zukan.export.graph import Graph, Tensor
from zukan.export.layers import weight
from zukan.export.resizing import upsample
from zukan.export.spatial import from_channels_first, same_pads, to_channels_first
from zukan.networks import convolutions


@converts(layers.Conv1D, layers.Conv2D, layers.Conv3D, convolutions.Conv1D, convolutions.Conv2D)
def _convolution(graph: Graph, layer: Any, x: Tensor) -> str:
    kernel = weight(layer.kernel)
    return _finish(graph, layer, x, _convolve(graph, layer, x, np.moveaxis(kernel, (-1, -2), (0, 1)), layer.groups))


@converts(convolutions.UpConv1D, convolutions.UpConv2D)
def _upsampled_convolution(graph: Graph, layer: Any, x: Tensor) -> str:
    batch, *sides, channels = x.shape
    large = (batch, *(None if size is None else 2 * size for size in sides), channels)
    return _convolution(graph, layer, Tensor(upsample(graph, x, [2.0] * len(sides)), large))


@converts(layers.DepthwiseConv1D, layers.DepthwiseConv2D)
def _depthwise(graph: Graph, layer: Any, x: Tensor) -> str:
    kernel = weight(layer.kernel)
    return _finish(graph, layer, x, _convolve(graph, layer, x, _flatten_depthwise(kernel), kernel.shape[-2]))


@converts(layers.SeparableConv1D, layers.SeparableConv2D)
def _separable(graph: Graph, layer: Any, x: Tensor) -> str:
    depthwise, pointwise = weight(layer.depthwise_kernel), weight(layer.pointwise_kernel)
    y = _convolve(graph, layer, x, _flatten_depthwise(depthwise), depthwise.shape[-2])
    y = graph.node("Conv", y, np.moveaxis(pointwise, (-1, -2), (0, 1)))
    return _finish(graph, layer, x, y)


def _flatten_depthwise(kernel: np.ndarray) -> np.ndarray:
    """Return a depthwise kernel, (*space, channels, multiplier), in the layout of a grouped convolution of ONNX."""
    flat = kernel.reshape(*kernel.shape[:-2], 1, -1)
    return np.moveaxis(flat, (-1, -2), (0, 1))


def _convolve(graph: Graph, layer: Any, x: Tensor, kernel: np.ndarray, groups: int) -> str:
    name, sizes = to_channels_first(graph, x, layer.data_format)
    space, dilation = kernel.shape[2:], _per_axis(layer.dilation_rate, len(sizes))
    strides = _per_axis(layer.strides, len(sizes))
    pads = [0] * (2 * len(sizes))
    if layer.padding == "same":
        pads = same_pads(sizes, space, strides, dilation)
    elif layer.padding == "causal":
        pads[0] = dilation[0] * (space[0] - 1)
    return graph.node("Conv", name, kernel, pads=pads, strides=strides, dilations=dilation, group=groups)


@converts(layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
def _transposed(graph: Graph, layer: Any, x: Tensor) -> str:
    name, sizes = to_channels_first(graph, x, layer.data_format)
    kernel = np.moveaxis(weight(layer.kernel), (-1, -2), (0, 1))
    strides, dilation = _per_axis(layer.strides, len(sizes)), _per_axis(layer.dilation_rate, len(sizes))
    output_padding = (_per_axis(layer.output_padding, len(sizes)) if layer.output_padding is not None
                      else [None] * len(sizes))
    crops = [_crops((k - 1) * step + 1, stride, layer.padding, padding)
             for k, step, stride, padding in zip(kernel.shape[2:], dilation, strides, output_padding, strict=True)]
    # ONNX crops the result by its "pads". With a negative crop, Keras adds rows beyond the kernel.
    pads = [max(crop, 0) for side in zip(*crops, strict=True) for crop in side]
    y = graph.node("ConvTranspose", name, kernel, pads=pads, strides=strides, dilations=dilation)
    if any(end < 0 for _, end in crops):
        y = graph.node("Pad", y, np.array([0] * (len(sizes) + 4) + [max(-end, 0) for _, end in crops]))
    return _finish(graph, layer, x, y)


def _crops(kernel: int, stride: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """Return how many rows Keras crops at the start and the end of the full ``stride * (n - 1) + kernel`` rows."""
    if padding == "valid":
        return 0, -max(stride - kernel, 0) if output_padding is None else -output_padding
    kept = stride if output_padding is None else kernel % 2 + output_padding  # in addition to stride * (n - 1)
    start = max(kernel - 1 - (kernel + kept - 1) // 2, 0)
    return start, kernel - kept - start


def _finish(graph: Graph, layer: Any, x: Tensor, y: str) -> str:
    """Add the bias and the activation; return the result in Keras's layout."""
    if layer.use_bias:
        y = graph.node("Add", y, weight(layer.bias).reshape(-1, *[1] * (len(x.shape) - 2)))
    y = from_channels_first(y, layer.data_format)
    return activate(graph, layer.activation, y, layer.compute_output_shape(x.shape))


def _per_axis(value: Any, count: int) -> list[int]:
    return [value] * count if isinstance(value, int) else list(value)
