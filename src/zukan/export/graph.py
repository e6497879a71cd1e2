"""An ONNX graph under construction; equal constants and repeated changes of layout are stored once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from keras import ops
from onnx import helper, numpy_helper

OPSET, IR_VERSION = 17, 8  # from 2022; newer versions have no benefit here and exclude older runtimes


class Unsupported(Exception):  # noqa: N818 becomes an `InputError` that also names the layer
    """Something cannot be exported; the message continues the sentence "layer … cannot be exported, since"."""


class ChannelsFirst(str):
    """The name of a tensor with its channels on axis 1, as in ONNX; a plain ``str`` is in Keras's layout."""

    __slots__ = ()


@dataclass(frozen=True)
class Tensor:
    """A result within the graph.

    Parameters
    ----------
    name : str or ChannelsFirst
    shape : tuple of int or None
        In Keras's layout, even if the name is a `ChannelsFirst`; the first axis is the batch.
    dtype : str
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"

    def like(self, name: str) -> str:
        """Return ``name`` marked with the layout of this tensor, for the result of an elementwise operation."""
        return ChannelsFirst(name) if isinstance(self.name, ChannelsFirst) else str(name)


class Graph:
    """The nodes and constants of an ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._counts: dict[str, int] = {}
        self._cache: dict[Any, str] = {}

    def node(self, kind: str, *inputs: Any, **attributes: Any) -> str:
        """Add a node and return the name of its result, which is in the layout of its inputs.

        Parameters
        ----------
        kind : str
            Operator of ONNX.
        *inputs : str, Tensor, number, array or variable
            A name is used as it is, a `Tensor` in Keras's layout, and anything else as a constant.
        **attributes
            Attributes of the operator.
        """
        return self.nodes_of(kind, 1, *inputs, **attributes)[0]

    def nodes_of(self, kind: str, count: int, *inputs: Any, **attributes: Any) -> list[str]:
        """Add a node with ``count`` results and return their names; arguments as for `node`."""
        names = [self.name(kind) for _ in range(count)]
        input_names = [self._input(value) for value in inputs]
        self.nodes.append(helper.make_node(kind, input_names, names, names[0], **attributes))
        return names

    def name(self, prefix: str) -> str:
        """Return a unique name: ``prefix`` and a number."""
        self._counts[prefix] = number = self._counts.get(prefix, 0) + 1
        return f"{prefix}_{number}"

    def constant(self, value: Any) -> str:
        """Return the name of a constant: floats become float32, arrays of whole numbers int64."""
        array = np.asarray(value if isinstance(value, (np.ndarray, int, float, list, tuple))
                           else ops.convert_to_numpy(value))
        if array.dtype.kind in "iu" and not isinstance(value, int):
            array = array.astype(np.int64)
        elif array.dtype.kind != "b":
            array = array.astype(np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._cache:
            self._cache[key] = self.name("constant")
            self.constants.append(numpy_helper.from_array(array, self._cache[key]))
        return self._cache[key]

    def keras(self, tensor: Tensor) -> str:
        """Return the name of ``tensor`` in Keras's layout; a transposition is added if needed."""
        if not isinstance(tensor.name, ChannelsFirst):
            return tensor.name
        return self._transposed(tensor.name, [0, *range(2, len(tensor.shape)), 1], str)

    def channels_first(self, tensor: Tensor) -> ChannelsFirst:
        """Return the name of ``tensor`` with its last axis, the channels, on axis 1."""
        if isinstance(tensor.name, ChannelsFirst):
            return tensor.name
        perm = [0, len(tensor.shape) - 1, *range(1, len(tensor.shape) - 1)]
        return ChannelsFirst(self._transposed(tensor.name, perm, ChannelsFirst))

    def _transposed(self, name: str, perm: list[int], layout: type[str]) -> str:
        result = self._cache.get((name, layout))
        if result is None:
            result = self._cache[name, layout] = self.node("Transpose", str(name), perm=perm)
        return layout(result)

    def _input(self, value: Any) -> str:
        if isinstance(value, Tensor):
            return str(self.keras(value))
        return str(value) if isinstance(value, str) else self.constant(value)
