"""Converters of dense layers, activations and normalizations."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import layers, ops

from zukan.export.convert import activate, converts
from zukan.export.graph import ChannelsFirst, Graph, Tensor, Unsupported


def weight(value: Any) -> np.ndarray:
    """Return a weight of a layer as a float32 array."""
    return np.asarray(ops.convert_to_numpy(value), "float32")


@converts(layers.Dense)
def _dense(graph: Graph, layer: Any, x: Tensor) -> str:
    if layer.quantization_mode:
        raise Unsupported(f"it is quantized ({layer.quantization_mode})")
    y = graph.node("MatMul", x, weight(layer.kernel))
    if layer.use_bias:
        y = graph.node("Add", y, weight(layer.bias))
    return activate(graph, layer.activation, y, (*x.shape[:-1], layer.units))


@converts(layers.Activation)
def _activation(graph: Graph, layer: Any, x: Tensor) -> str:
    return activate(graph, layer.activation, x.name, x.shape)


@converts(layers.BatchNormalization)
def _batch_normalization(graph: Graph, layer: Any, x: Tensor) -> str:
    axis, ndim = layer.axis, len(x.shape)
    axis = (axis[0] if isinstance(axis, (list, tuple)) else axis) % ndim
    at = 1 if isinstance(x.name, ChannelsFirst) and axis == ndim - 1 else axis
    name = x.name if isinstance(x.name, ChannelsFirst) and axis == ndim - 1 else graph.keras(x)

    def along(value: Any) -> np.ndarray:
        return weight(value).reshape([-1 if i == at else 1 for i in range(ndim)])

    scale = 1 / np.sqrt(along(layer.moving_variance) + np.float32(layer.epsilon))
    y = graph.node("Mul", graph.node("Sub", name, along(layer.moving_mean)),
                   scale * along(layer.gamma) if layer.scale else scale)
    y = graph.node("Add", y, along(layer.beta)) if layer.center else y
    return ChannelsFirst(y) if isinstance(name, ChannelsFirst) else y


@converts(layers.LayerNormalization)
def _layer_normalization(graph: Graph, layer: Any, x: Tensor) -> str:
    axes = _axes(layer.axis, len(x.shape))
    rms = getattr(layer, "rms_scaling", False)
    y = _normalized(graph, graph.keras(x), axes, layer.epsilon, centered=not rms)
    shape = [size if i in axes else 1 for i, size in enumerate(x.shape)]
    if layer.scale or rms:
        y = graph.node("Mul", y, weight(layer.gamma).reshape(shape))
    return graph.node("Add", y, weight(layer.beta).reshape(shape)) if layer.center and not rms else y


@converts(layers.RMSNormalization)
def _rms_normalization(graph: Graph, layer: Any, x: Tensor) -> str:
    axes = _axes(layer.axis, len(x.shape))
    shape = [size if i in axes else 1 for i, size in enumerate(x.shape)]
    return graph.node("Mul", _normalized(graph, graph.keras(x), axes, layer.epsilon, centered=False),
                      weight(layer.scale).reshape(shape))


@converts(layers.GroupNormalization)
def _group_normalization(graph: Graph, layer: Any, x: Tensor) -> str:
    axis, ndim = layer.axis % len(x.shape), len(x.shape)
    channels = x.shape[axis]
    if axis != ndim - 1 or channels is None:
        raise Unsupported("it normalizes along an axis other than the last")
    groups = channels if layer.groups == -1 else layer.groups
    shape = [-1, *x.shape[1:-1], groups, channels // groups]
    y = _normalized(graph, graph.node("Reshape", x, np.array(shape)), [*range(1, ndim - 1), ndim], layer.epsilon)
    y = graph.node("Reshape", y, np.array([-1, *x.shape[1:]]))
    y = graph.node("Mul", y, weight(layer.gamma)) if layer.scale else y
    return graph.node("Add", y, weight(layer.beta)) if layer.center else y


@converts(layers.UnitNormalization)
def _unit_normalization(graph: Graph, layer: Any, x: Tensor) -> str:
    length = graph.node("ReduceL2", x, axes=_axes(layer.axis, len(x.shape)), keepdims=1)
    return graph.node("Div", x, graph.node("Max", length, 1e-12))


@converts(layers.Normalization)
def _normalization(graph: Graph, layer: Any, x: Tensor) -> str:
    mean, deviation = weight(layer.mean), np.maximum(np.sqrt(weight(layer.variance)), np.float32(1e-7))
    if layer.invert:
        return graph.node("Add", graph.node("Mul", x, deviation), mean)
    return graph.node("Div", graph.node("Sub", x, mean), deviation)


def _axes(axis: Any, ndim: int) -> list[int]:
    return sorted(i % ndim for i in (axis if isinstance(axis, (list, tuple)) else [axis]))


def _normalized(graph: Graph, x: str, axes: list[int], epsilon: float, *, centered: bool = True) -> str:
    """Subtract the mean over ``axes``, if ``centered``, and divide by the root of the mean square."""
    deviation = graph.node("Sub", x, graph.node("ReduceMean", x, axes=axes, keepdims=1)) if centered else x
    variance = graph.node("ReduceMean", graph.node("Mul", deviation, deviation), axes=axes, keepdims=1)
    return graph.node("Div", deviation, graph.node("Sqrt", graph.node("Add", variance, float(epsilon))))
