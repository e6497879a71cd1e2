"""Converters of pooling, upsampling, cropping and padding in one, two or three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers

from zukan.export.convert import converts
from zukan.export.graph import Graph, Tensor, Unsupported
from zukan.export.spatial import from_channels_first, same_pads, to_channels_first


@converts(layers.MaxPooling1D, layers.MaxPooling2D, layers.MaxPooling3D)
def _max_pooling(graph: Graph, layer: Any, x: Tensor) -> str:
    return _pool(graph, "MaxPool", layer, x)


@converts(layers.AveragePooling1D, layers.AveragePooling2D, layers.AveragePooling3D)
def _average_pooling(graph: Graph, layer: Any, x: Tensor) -> str:
    return _pool(graph, "AveragePool", layer, x)


def _pool(graph: Graph, kind: str, layer: Any, x: Tensor) -> str:
    name, sizes = to_channels_first(graph, x, layer.data_format)
    window, strides = list(layer.pool_size), list(layer.strides)
    pads = (same_pads(sizes, window, strides, [1] * len(sizes)) if layer.padding == "same" else [0] * (2 * len(sizes)))
    y = graph.node(kind, name, kernel_shape=window, strides=strides, pads=pads)
    return from_channels_first(y, layer.data_format)


@converts(layers.GlobalAveragePooling1D, layers.GlobalAveragePooling2D, layers.GlobalAveragePooling3D)
def _global_average(graph: Graph, layer: Any, x: Tensor) -> str:
    return _reduce_space(graph, "ReduceMean", layer, x)


@converts(layers.GlobalMaxPooling1D, layers.GlobalMaxPooling2D, layers.GlobalMaxPooling3D)
def _global_max(graph: Graph, layer: Any, x: Tensor) -> str:
    return _reduce_space(graph, "ReduceMax", layer, x)


def _reduce_space(graph: Graph, kind: str, layer: Any, x: Tensor) -> str:
    name, sizes = to_channels_first(graph, x, layer.data_format)
    y = graph.node(kind, name, axes=[axis + 2 for axis in range(len(sizes))], keepdims=int(layer.keepdims))
    return from_channels_first(y, layer.data_format) if layer.keepdims else y


@converts(layers.UpSampling1D)
def _upsample_1d(graph: Graph, layer: Any, x: Tensor) -> str:
    return upsample(graph, x, [float(layer.size)])


@converts(layers.UpSampling2D)
def _upsample_2d(graph: Graph, layer: Any, x: Tensor) -> str:
    if layer.interpolation not in {"nearest", "bilinear"}:
        raise Unsupported(f"its interpolation is {layer.interpolation!r}; only nearest and bilinear can be exported")
    return upsample(graph, x, [float(factor) for factor in layer.size], layer.interpolation, layer.data_format)


@converts(layers.UpSampling3D)
def _upsample_3d(graph: Graph, layer: Any, x: Tensor) -> str:
    return upsample(graph, x, [float(factor) for factor in layer.size], "nearest", layer.data_format)


def upsample(graph: Graph, x: Tensor, factors: list[float], interpolation: str = "nearest",
            data_format: str = "channels_last") -> str:
    """Enlarge each spatial axis by its factor."""
    name, _ = to_channels_first(graph, x, data_format)
    scales = np.array([1.0, 1.0, *factors], "float32")
    if interpolation == "nearest":
        y = graph.node("Resize", name, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric",
                       nearest_mode="floor")
    else:
        y = graph.node("Resize", name, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")
    return from_channels_first(y, data_format)


@converts(layers.Cropping1D, layers.Cropping2D, layers.Cropping3D)
def _crop(graph: Graph, layer: Any, x: Tensor) -> str:
    data_format = getattr(layer, "data_format", "channels_last")
    name, sizes = to_channels_first(graph, x, data_format)
    crops = _pairs(layer.cropping)
    starts, stops = [start for start, _ in crops], [size - end for size, (_, end) in zip(sizes, crops, strict=True)]
    y = graph.node("Slice", name, np.array(starts), np.array(stops), np.arange(2, 2 + len(sizes)))
    return from_channels_first(y, data_format)


@converts(layers.ZeroPadding1D, layers.ZeroPadding2D, layers.ZeroPadding3D)
def _pad(graph: Graph, layer: Any, x: Tensor) -> str:
    data_format = layer.data_format
    name, _ = to_channels_first(graph, x, data_format)
    pads = [(0, 0), (0, 0), *_pairs(layer.padding)]
    return from_channels_first(graph.node("Pad", name, np.array(pads).T.reshape(-1)), data_format)


def _pairs(setting: Any) -> list[tuple[int, int]]:
    """Return the (start, end) of each axis; one-dimensional layers of Keras store a single pair."""
    return [tuple(setting)] if isinstance(setting[0], int) else [tuple(pair) for pair in setting]
