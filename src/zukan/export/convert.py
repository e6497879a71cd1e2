"""From a functional Keras model to ONNX: the walk over its graph, with one converter per kind of layer or operation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

import keras
from keras import tree

from zukan.export.graph import First, Graph, Tensor, Unsupported

Converter = TypeVar("Converter", bound=Callable[..., Any])
# What a subclass may define and still compute what its parent does.
HARMLESS = {"__init__", "build", "get_config", "from_config", "__dict__", "__weakref__"}
_converters: dict[Any, Callable[..., Any]] = {}


class NotExportable(Exception):  # noqa: N818 it becomes an `InputError` once the file is known
    """A layer has no counterpart; the text names it."""


def converts(*kinds: Any) -> Callable[[Converter], Converter]:
    """Return a decorator that makes a function the converter of these layer classes, and of plain subclasses of them.

    The function gets the `Graph`, the layer, and the layer's arguments with a `Tensor` for each tensor; it adds nodes
    and returns the name of the result, a `First` where the channels have been moved to axis 1, or a list of names.

    Parameters
    ----------
    *kinds : type, str or function
        Layer classes; names of operations of ``keras.ops``, such as ``"Sigmoid"``, as Keras's graphs hold them; or
        activation functions.

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
    """Add what ``function``, a functional model, does to ``inputs``; return its results in its own structure."""
    known = {id(symbol): tensor for symbol, tensor in zip(function.inputs, inputs, strict=True)}
    nodes = function._nodes_by_depth  # noqa: SLF001 Keras has no public view of the graph
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
    """Add what ``function`` does to tensors, found by calling it with symbols, as Keras builds functional models."""
    def symbol(value: Any) -> Any:
        return keras.KerasTensor(value.shape, value.dtype) if isinstance(value, Tensor) else value

    symbols = tree.map_structure(symbol, (args, kwargs))
    given = {id(s): t for s, t in zip(tree.flatten(symbols), tree.flatten((args, kwargs)), strict=True)
             if isinstance(t, Tensor)}
    try:
        results = function(*symbols[0], **symbols[1])
        if any(id(result) in given for result in tree.flatten(results)):  # a function that returns what it is given
            return tree.map_structure(lambda result: given[id(result)], results)
        inner = keras.Function([s for s in tree.flatten(symbols) if id(s) in given], results)
    except Exception as error:  # a user's code, called in a way that it may not foresee
        reason = re.split(r"[.:](?:\s|$)", str(error).strip() or type(error).__name__)[0]  # Keras advises at length
        raise Unsupported(f"it cannot be read as operations of keras.ops ({reason})") from error
    return walk(graph, inner, [*given.values()])


def activate(graph: Graph, activation: Any, name: str, shape: tuple[int | None, ...]) -> str:
    """Add an activation function, by its own operations, to the result ``name``."""
    if activation is None:
        return name
    x = Tensor(name, shape)
    converter = _converters.get(activation)
    try:
        found = trace(graph, activation, x) if converter is None else converter(graph, activation, x)
    except Unsupported as error:
        raise Unsupported(f"of its activation {getattr(activation, '__name__', activation)!r}: {error}") from error
    return found.name if isinstance(found, Tensor) else found


def _convert(graph: Graph, operation: Any, args: Any, kwargs: Any) -> Any:
    """Return what one call gives: names or tensors."""
    kwargs = {key: value for key, value in kwargs.items() if key not in {"training", "mask"}}
    try:
        converter = _of_layer(type(operation)) or _converters.get(_operation(operation))
        if converter is not None:
            return _called(converter, graph, operation, args, kwargs)
        if hasattr(operation, "_nodes_by_depth"):  # a functional model as a layer
            return walk(graph, operation, tree.flatten(args[0]))
        if not isinstance(operation, keras.Layer):
            raise Unsupported(f"zukan has no ONNX for the operation {type(operation).__name__}")
        if "training" in inspect.signature(operation.call).parameters:
            kwargs = {**kwargs, "training": False}
        return trace(graph, operation.call, *args, **kwargs)
    except Unsupported as error:
        if not isinstance(operation, keras.Layer):
            raise
        # Within a layer of the user's, that layer is what can be changed, so the innermost layer is named.
        raise NotExportable(
            f"layer {operation.name!r} (class {type(operation).__name__}) cannot be exported, since {error}") from error


def _called(converter: Callable[..., Any], graph: Graph, operation: Any, args: Any, kwargs: Any) -> Any:
    try:
        return converter(graph, operation, *args, **kwargs)
    except (TypeError, ValueError, AttributeError, LookupError) as error:  # a setting that it does not foresee
        raise Unsupported(
            f"its converter fails at one of its settings ({str(error).splitlines()[0] or type(error).__name__})"
        ) from error


def _of_layer(kind: type) -> Callable[..., Any] | None:
    """Return the converter of a layer's class, or of the one that it inherits all its computation from."""
    for parent in kind.__mro__:
        if parent in _converters:
            return _converters[parent]
        if any(callable(value) or hasattr(value, "__get__") for name, value in vars(parent).items()
               if name not in HARMLESS):
            return None
    return None


def _operation(operation: Any) -> str:
    """Return the name under which an operation of Keras's own is known; a user's class of that name is another."""
    kind = type(operation)
    return kind.__name__ if kind.__module__.startswith("keras.") and not isinstance(operation, keras.Layer) else ""


def _tensor(result: Any, symbol: Any) -> Tensor:
    if isinstance(result, Tensor):
        return result
    dtype = str(symbol.dtype)
    return Tensor(result if isinstance(result, First) else str(result), tuple(symbol.shape),
                  "float32" if "float" in dtype else dtype)
