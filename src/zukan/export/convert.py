"""Conversion of a functional Keras model to ONNX nodes, with one converter per layer class or operation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

import keras
from keras import tree

from zukan.export.graph import ChannelsFirst, Graph, Tensor, Unsupported

Converter = TypeVar("Converter", bound=Callable[..., Any])
# A subclass may define these and still compute the same as its parent class.
HARMLESS = {"__init__", "build", "get_config", "from_config", "__dict__", "__weakref__"}
_converters: dict[Any, Callable[..., Any]] = {}


class NotExportable(Exception):  # noqa: N818 becomes an `InputError` that also names the file
    """A layer cannot be exported; the message names the layer."""


def converts(*kinds: Any) -> Callable[[Converter], Converter]:
    """Return a decorator that registers a function as the converter of layers or operations.

    The function receives the `Graph`, the layer, and the layer's arguments, in which each tensor is a `Tensor`. It
    adds nodes to the graph and returns the name of the result (a `ChannelsFirst` if the channels are on axis 1), or
    a list of names if there are several results.

    Parameters
    ----------
    *kinds : type, str or function
        Layer classes (the converter also applies to subclasses that do not change the computation), names of
        operations in Keras graphs, for example ``"Sigmoid"``, or activation functions.

    Examples
    --------
    >>> @converts(Doubled)
    ... def doubled(graph, layer, x):
    ...     return x.like(graph.node("Mul", x.name, 2.0))
    """
    def add(converter: Converter) -> Converter:
        _converters.update(dict.fromkeys(kinds, converter))
        return converter

    return add


def walk(graph: Graph, function: Any, inputs: list[Tensor]) -> Any:
    """Add the nodes of ``function``, a functional model, applied to ``inputs``; return its results."""
    known = {id(symbol): tensor for symbol, tensor in zip(function.inputs, inputs, strict=True)}
    nodes = function._nodes_by_depth  # noqa: SLF001 Keras has no public equivalent
    for depth in sorted(nodes, reverse=True):
        for node in nodes[depth]:
            if node.is_input or node.operation is None:
                continue
            args, kwargs = node.arguments.fill_in(known)
            results = _convert(graph, node.operation, args, kwargs)
            for symbol, result in zip(node.outputs, tree.flatten(results), strict=True):
                known[id(symbol)] = _tensor(result, symbol)
    results = [known[id(symbol)] for symbol in function.outputs]
    return tree.pack_sequence_as(function._outputs_struct, results)  # noqa: SLF001


def trace(graph: Graph, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Add the nodes of a Python function of tensors, which is called with symbolic tensors to find its operations."""
    def symbol(value: Any) -> Any:
        return keras.KerasTensor(value.shape, value.dtype) if isinstance(value, Tensor) else value

    symbols = tree.map_structure(symbol, (args, kwargs))
    tensors = {id(s): t for s, t in zip(tree.flatten(symbols), tree.flatten((args, kwargs)), strict=True)
               if isinstance(t, Tensor)}
    try:
        results = function(*symbols[0], **symbols[1])
        if any(id(result) in tensors for result in tree.flatten(results)):  # the function returns its arguments
            return tree.map_structure(lambda result: tensors[id(result)], results)
        # A symbol that no operation uses has no history, and cannot be the input of a function.
        used = [s for s in tree.flatten(symbols) if id(s) in tensors and hasattr(s, "_keras_history")]
        inner = keras.Function(used, results)
    except Exception as error:  # a user's code may raise anything if it is called with symbolic tensors
        reason = re.split(r"[.:](?:\s|$)", str(error).strip() or type(error).__name__)[0]  # its first sentence
        raise Unsupported(f"it cannot be expressed as operations of keras.ops ({reason})") from error
    return walk(graph, inner, [tensors[id(symbol)] for symbol in used])


def activate(graph: Graph, activation: Any, name: str, shape: tuple[int | None, ...]) -> str:
    """Add the nodes of an activation function, applied to the result ``name``; return the new result."""
    if activation is None:
        return name
    x = Tensor(name, shape)
    converter = _converters.get(activation)
    try:
        result = trace(graph, activation, x) if converter is None else converter(graph, activation, x)
    except Unsupported as error:
        raise Unsupported(f"of its activation {getattr(activation, '__name__', activation)!r}: {error}") from error
    return result.name if isinstance(result, Tensor) else result


def _convert(graph: Graph, operation: Any, args: Any, kwargs: Any) -> Any:
    """Add the nodes of one layer or operation; return the names or tensors of its results."""
    kwargs = {key: value for key, value in kwargs.items() if key not in {"training", "mask"}}
    try:
        converter = _layer_converter(type(operation)) or _converters.get(_operation_name(operation))
        if converter is not None:
            return _call(converter, graph, operation, args, kwargs)
        if hasattr(operation, "_nodes_by_depth"):  # a functional model that is used as a layer
            return walk(graph, operation, tree.flatten(args[0]))
        if not isinstance(operation, keras.Layer):
            raise Unsupported(f"zukan cannot convert the operation {type(operation).__name__}")
        if "training" in inspect.signature(operation.call).parameters:
            kwargs = {**kwargs, "training": False}
        return trace(graph, operation.call, *args, **kwargs)
    except Unsupported as error:
        if not isinstance(operation, keras.Layer):
            raise
        # The innermost layer is named, since it is the one that the user can change.
        raise NotExportable(
            f"layer {operation.name!r} (class {type(operation).__name__}) cannot be exported, since {error}") from error


def _call(converter: Callable[..., Any], graph: Graph, operation: Any, args: Any, kwargs: Any) -> Any:
    try:
        return converter(graph, operation, *args, **kwargs)
    except (TypeError, ValueError, AttributeError, LookupError) as error:  # unusual settings of the layer
        raise Unsupported(
            f"its converter does not support one of its settings ({str(error).splitlines()[0] or type(error).__name__})"
        ) from error


def _layer_converter(kind: type) -> Callable[..., Any] | None:
    """Return the converter of a layer class, or of the parent class whose computation it inherits unchanged."""
    for parent in kind.__mro__:
        if parent in _converters:
            return _converters[parent]
        if any(callable(value) or hasattr(value, "__get__") for name, value in vars(parent).items()
               if name not in HARMLESS):
            return None
    return None


def _operation_name(operation: Any) -> str:
    """Return the name of an operation of Keras; "" for layers, and for users' classes even with the same name."""
    kind = type(operation)
    return kind.__name__ if kind.__module__.startswith("keras.") and not isinstance(operation, keras.Layer) else ""


def _tensor(result: Any, symbol: Any) -> Tensor:
    if isinstance(result, Tensor):
        return result
    dtype = str(symbol.dtype)
    return Tensor(result if isinstance(result, ChannelsFirst) else str(result), tuple(symbol.shape),
                  "float32" if "float" in dtype else dtype)
