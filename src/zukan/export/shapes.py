"""Converters of layers and operations that move, join or reduce elements, in Keras's layout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras import layers

from zukan.export.convert import converts
from zukan.export.elementwise import broadcast
from zukan.export.graph import Graph, Tensor, Unsupported

MERGES = {layers.Add: "Add", layers.Subtract: "Sub", layers.Multiply: "Mul", layers.Maximum: "Max",
          layers.Minimum: "Min", layers.Average: "Add"}
REDUCTIONS = {"Mean": "ReduceMean", "Max": "ReduceMax", "Amax": "ReduceMax", "Min": "ReduceMin", "Amin": "ReduceMin",
              "Prod": "ReduceProd", "Logsumexp": "ReduceLogSumExp"}
# numbers of onnx.TensorProto; the graph computes in float32, and its whole numbers are int64
DTYPES = {"float32": 1, "float16": 1, "bfloat16": 1, "float64": 1, "int32": 7, "int64": 7, "bool": 9}


def axes_of(axis: Any, ndim: int) -> list[int]:
    """Return ``axis`` (a number, several, or None for all) as a list of numbers from 0."""
    axes = range(ndim) if axis is None else axis if isinstance(axis, (list, tuple)) else [axis]
    return [i % ndim for i in axes]


def reshape(graph: Graph, x: Tensor, shape: Any) -> str:
    """Reshape ``x``; the first size is the batch and stays open."""
    sizes = [-1 if size is None else int(size) for size in shape]
    rest = math.prod(sizes[1:])
    if sizes[0] == -1 and rest < 0 and None not in x.shape[1:]:  # compute the open size that is not the batch
        open_at = sizes.index(-1, 1)
        sizes[open_at] = math.prod(s for s in x.shape[1:] if s is not None) // -rest
    if sizes.count(-1) > 1:
        raise Unsupported(f"it reshapes to {tuple(shape)}, which leaves more than one size open")
    return graph.node("Reshape", x, np.array(sizes))


@converts(layers.Flatten)
def _flatten(graph: Graph, layer: Any, x: Tensor) -> str:
    if layer.data_format == "channels_first" and len(x.shape) > 2:
        moved = graph.node("Transpose", x, perm=[0, *range(2, len(x.shape)), 1])
        return graph.node("Flatten", moved, axis=1)
    return graph.node("Flatten", x, axis=1)


@converts(layers.Reshape)
def _reshape_layer(graph: Graph, layer: Any, x: Tensor) -> str:
    return reshape(graph, x, (-1, *layer.compute_output_shape(x.shape)[1:]))


@converts("Reshape")
def _reshape(graph: Graph, operation: Any, x: Tensor) -> str:
    shape = operation.newshape
    return reshape(graph, x, shape if isinstance(shape, (list, tuple)) else (shape,))


@converts("Ravel")
def _ravel(graph: Graph, operation: Any, x: Tensor) -> str:  # noqa: ARG001
    return graph.node("Reshape", x, np.array([-1]))


@converts(layers.Permute)
def _permute(graph: Graph, layer: Any, x: Tensor) -> str:
    return graph.node("Transpose", x, perm=[0, *layer.dims])


@converts("Transpose")
def _transpose(graph: Graph, operation: Any, x: Tensor) -> str:
    axes = range(len(x.shape))[::-1] if operation.axes is None else axes_of(operation.axes, len(x.shape))
    return graph.node("Transpose", x, perm=list(axes))


@converts("Moveaxis")
def _moveaxis(graph: Graph, operation: Any, x: Tensor) -> str:
    return graph.node("Transpose", x, perm=_permutation(len(x.shape), lambda order: np.moveaxis(
        order, operation.source, operation.destination)))


@converts("Swapaxes")
def _swapaxes(graph: Graph, operation: Any, x: Tensor) -> str:
    return graph.node("Transpose", x, perm=_permutation(len(x.shape), lambda order: np.swapaxes(
        order, operation.axis1, operation.axis2)))


def _permutation(ndim: int, move: Any) -> list[int]:
    """Return the permutation of axes that ``move`` makes, found with an array whose axes have different sizes."""
    return [size - 1 for size in move(np.empty(range(1, ndim + 1), bool)).shape]


@converts(layers.RepeatVector)
def _repeat_vector(graph: Graph, layer: Any, x: Tensor) -> str:
    return graph.node("Tile", graph.node("Unsqueeze", x, np.array([1])), np.array([1, layer.n, 1]))


@converts("ExpandDims")
def _expand_dims(graph: Graph, operation: Any, x: Tensor) -> str:
    axes = operation.axis if isinstance(operation.axis, (list, tuple)) else [operation.axis]
    return graph.node("Unsqueeze", x, np.array([axis % (len(x.shape) + len(axes)) for axis in axes]))


@converts("Squeeze")
def _squeeze(graph: Graph, operation: Any, x: Tensor) -> str:
    axes = ([i for i, size in enumerate(x.shape) if size == 1] if operation.axis is None
            else axes_of(operation.axis, len(x.shape)))
    return graph.node("Squeeze", x, np.array(axes))


@converts(*MERGES)
def _merge(graph: Graph, layer: Any, xs: list[Tensor]) -> str:
    y, kind = xs[0], MERGES[type(layer)]
    ndim = max(len(x.shape) for x in xs)
    if any(len(x.shape) != ndim for x in xs):
        raise Unsupported("its inputs have different numbers of axes")
    for x in xs[1:]:
        y = Tensor(broadcast(graph, kind, y, x), np.broadcast_shapes(
            *([1 if size is None else size for size in tensor.shape] for tensor in (y, x))) if y.shape != x.shape
            else y.shape)
    return y.like(graph.node("Div", y.name, float(len(xs)))) if type(layer) is layers.Average else y.name


@converts(layers.Concatenate, "Concatenate")
def _concatenate(graph: Graph, operation: Any, xs: list[Any]) -> str:
    ndim = len(next(x.shape for x in xs if isinstance(x, Tensor)))
    return graph.node("Concat", *xs, axis=operation.axis % ndim)


@converts("Stack")
def _stack(graph: Graph, operation: Any, xs: list[Any]) -> str:
    axis = operation.axis % (len(xs[0].shape) + 1)
    return graph.node("Concat", *(graph.node("Unsqueeze", x, np.array([axis])) for x in xs), axis=axis)


@converts("Split")
def _split(graph: Graph, operation: Any, x: Tensor) -> list[str]:
    axis = operation.axis % len(x.shape)
    size, cuts = x.shape[axis], operation.indices_or_sections
    if size is None:
        raise Unsupported("it splits the batch")
    sizes = [size // cuts] * cuts if isinstance(cuts, int) else np.diff([0, *cuts, size]).tolist()
    return graph.nodes_of("Split", len(sizes), x, np.array(sizes), axis=axis)


@converts("GetItem")
def _get_item(graph: Graph, operation: Any, x: Tensor, key: Any) -> str:  # noqa: ARG001
    keys = list(key) if isinstance(key, (tuple, list)) else [key]
    if Ellipsis in keys:
        at = keys.index(Ellipsis)
        keys[at : at + 1] = [slice(None)] * (len(x.shape) - sum(part is not None for part in keys) + 1)
    if any(part is not None and not isinstance(part, (int, slice)) for part in keys):
        raise Unsupported("it picks elements by an array of indices")
    indexed = [part for part in keys if part is not None]
    parts = [(axis, part if isinstance(part, slice) else slice(part, part + 1 if part != -1 else None))
             for axis, part in enumerate(indexed) if part != slice(None)]
    y: Any = x
    if parts:
        far = np.iinfo(np.int64).max
        steps = [part.step or 1 for _, part in parts]
        starts = [(0 if step > 0 else far) if part.start is None else part.start
                  for (_, part), step in zip(parts, steps, strict=True)]
        stops = [(far if step > 0 else -far) if part.stop is None else part.stop
                 for (_, part), step in zip(parts, steps, strict=True)]
        y = graph.node("Slice", x, *map(np.array, (starts, stops, [axis for axis, _ in parts], steps)))
    if dropped := [axis for axis, part in enumerate(indexed) if isinstance(part, int)]:
        y = graph.node("Squeeze", y, np.array(dropped))
    kept = [part for part in keys if not isinstance(part, int)]
    if added := [axis for axis, part in enumerate(kept) if part is None]:
        y = graph.node("Unsqueeze", y, np.array(added))
    return y if isinstance(y, str) else graph.keras(y)


@converts("Flip")
def _flip(graph: Graph, operation: Any, x: Tensor) -> str:
    axes = axes_of(operation.axis, len(x.shape))
    far = [np.iinfo(np.int64).max] * len(axes)
    return graph.node("Slice", x, np.array(far), -np.array(far), np.array(axes), np.array([-1] * len(axes)))


@converts("Tile")
def _tile(graph: Graph, operation: Any, x: Tensor) -> str:
    repeats = operation.repeats if isinstance(operation.repeats, (list, tuple)) else [operation.repeats]
    if len(repeats) > len(x.shape):
        raise Unsupported("it tiles along more axes than its input has")
    return graph.node("Tile", x, np.array([1] * (len(x.shape) - len(repeats)) + list(repeats)))


@converts("Repeat")
def _repeat(graph: Graph, operation: Any, x: Tensor) -> str:
    if operation.axis is None or not isinstance(operation.repeats, int):
        raise Unsupported("it repeats without an axis, or repeats elements by different counts")
    axis = operation.axis % len(x.shape)
    if axis == 0:
        raise Unsupported("it repeats along the batch")
    tiles = np.ones(len(x.shape) + 1, int)
    tiles[axis + 1] = operation.repeats
    tiled = graph.node("Tile", graph.node("Unsqueeze", x, np.array([axis + 1])), tiles)
    sizes = list(x.shape)
    sizes[axis] = None if x.shape[axis] is None else x.shape[axis] * operation.repeats
    return reshape(graph, Tensor(tiled, tuple(sizes)), sizes)


@converts("Pad")
def _pad(graph: Graph, operation: Any, x: Tensor, constant_values: Any = None) -> str:
    modes = {"constant": "constant", "reflect": "reflect", "edge": "edge"}
    if operation.mode not in modes:
        raise Unsupported(f"it pads in mode {operation.mode!r}, and ONNX has only {', '.join(modes)}")
    widths = list(operation.pad_width) * (len(x.shape) if len(operation.pad_width) == 1 else 1)
    return graph.node("Pad", x, np.array(widths).T.reshape(-1), float(constant_values or 0), mode=modes[operation.mode])


@converts("Cast")
def _cast(graph: Graph, operation: Any, x: Tensor) -> str | Tensor:
    to = str(operation.dtype)
    if to not in DTYPES:
        raise Unsupported(f"it casts to {to}, which zukan does not export")
    if "float" in to and x.dtype == "float32":
        return x  # the graph computes in float32, even if the model does not
    return x.like(graph.node("Cast", x.name, to=DTYPES[to]))


@converts(*REDUCTIONS)
def _reduce(graph: Graph, operation: Any, x: Tensor) -> str:
    return graph.node(REDUCTIONS[type(operation).__name__], x, axes=axes_of(operation.axis, len(x.shape)),
                      keepdims=int(operation.keepdims))


@converts("Argmax", "Argmin")
def _arg(graph: Graph, operation: Any, x: Tensor) -> str:
    if operation.axis is None:
        raise Unsupported("it searches the whole array")
    kind = {"Argmax": "ArgMax", "Argmin": "ArgMin"}[type(operation).__name__]
    return graph.node(kind, x, axis=operation.axis % len(x.shape), keepdims=int(operation.keepdims))


@converts("Take")
def _take(graph: Graph, operation: Any, x: Any, indices: Any) -> str:
    if operation.axis is None:
        raise Unsupported("it takes elements of the flat array")
    return graph.node("Gather", x, indices, axis=operation.axis % len(x.shape))


@converts("Sum")
def _sum(graph: Graph, operation: Any, x: Tensor) -> str:
    return graph.node("ReduceSum", x, np.array(axes_of(operation.axis, len(x.shape))), keepdims=int(operation.keepdims))


@converts("Var", "Std")
def _var(graph: Graph, operation: Any, x: Tensor) -> str:
    axes = axes_of(operation.axis, len(x.shape))
    deviation = graph.node("Sub", x, graph.node("ReduceMean", x, axes=axes, keepdims=1))
    square = graph.node("Mul", deviation, deviation)
    variance = graph.node("ReduceMean", square, axes=axes, keepdims=int(operation.keepdims))
    return variance if type(operation).__name__ == "Var" else graph.node("Sqrt", variance)


@converts("Softmax", "LogSoftmax")
def _softmax(graph: Graph, operation: Any, x: Tensor) -> str:
    axes = axes_of(operation.axis, len(x.shape))
    if len(axes) > 1:
        raise Unsupported("it takes a softmax over several axes")
    return graph.node(type(operation).__name__, x, axis=axes[0])


@converts("Glu")
def _glu(graph: Graph, operation: Any, x: Tensor) -> str:
    axis = operation.axis % len(x.shape)
    half = (x.shape[axis] or 0) // 2
    value, gate = graph.nodes_of("Split", 2, x, np.array([half, half]), axis=axis)
    return graph.node("Mul", value, graph.node("Sigmoid", gate))


@converts("Matmul")
def _matmul(graph: Graph, operation: Any, a: Any, b: Any) -> str:  # noqa: ARG001
    return graph.node("MatMul", a, b)


@converts("Einsum")
def _einsum(graph: Graph, operation: Any, *operands: Any) -> str:
    return graph.node("Einsum", *operands, equation=operation.subscripts)
