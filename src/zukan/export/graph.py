"""An ONNX graph under construction: nodes are added one at a time, constants and changes of layout only once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from keras import ops
from onnx import helper, numpy_helper

OPSET, IR_VERSION = 17, 8  # of 2022: what is newer would gain nothing here and shut out older runtimes


class Unsupported(Exception):  # noqa: N818 it becomes an `InputError` once the layer is known
    """Something has no counterpart; the text goes on after "cannot be exported, since"."""


class First(str):
    """The name of a tensor with its channels on axis 1, where ONNX wants them; a plain ``str`` keeps Keras's layout."""

    __slots__ = ()


@dataclass(frozen=True)
class Tensor:
    """A result within the graph.

    Parameters
    ----------
    name : str or First
    shape : tuple of int or None
        In Keras's layout whatever the name's, the batch first.
    dtype : str
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"

    def like(self, name: str) -> str:
        """Return ``name`` as being in the layout of this tensor: for what works element by element."""
        return First(name) if isinstance(self.name, First) else str(name)


class Graph:
    """Nodes and constants so far."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._names: dict[str, int] = {}
        self._same: dict[Any, str] = {}

    def node(self, kind: str, *inputs: Any, **attributes: Any) -> str:
        """Add one node of ONNX's operator ``kind`` and return the name of its result, in the layout of its inputs.

        Parameters
        ----------
        kind : str
        *inputs : str, Tensor, number, array or variable
            A name as it is, a `Tensor` in Keras's layout, anything else as a constant.
        **attributes
            The operator's.
        """
        return self.nodes_of(kind, 1, *inputs, **attributes)[0]

    def nodes_of(self, kind: str, count: int, *inputs: Any, **attributes: Any) -> list[str]:
        """As `node`, for an operator with ``count`` results."""
        names = [self.name(kind) for _ in range(count)]
        self.nodes.append(helper.make_node(kind, [self._input(each) for each in inputs], names, names[0], **attributes))
        return names

    def name(self, wanted: str) -> str:
        """Return ``wanted`` with a number that makes it the only one of that name."""
        self._names[wanted] = number = self._names.get(wanted, 0) + 1
        return f"{wanted}_{number}"

    def constant(self, value: Any) -> str:
        """Return the name of a constant: floats of any precision as float32, whole numbers in an array as int64."""
        array = np.asarray(value if isinstance(value, (np.ndarray, int, float, list, tuple))
                           else ops.convert_to_numpy(value))
        if array.dtype.kind in "iu" and not isinstance(value, int):
            array = array.astype(np.int64)
        elif array.dtype.kind != "b":
            array = array.astype(np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._same:
            self._same[key] = self.name("constant")
            self.constants.append(numpy_helper.from_array(array, self._same[key]))
        return self._same[key]

    def keras(self, tensor: Tensor) -> str:
        """Return the name of ``tensor`` in Keras's layout, moved back there if need be."""
        if not isinstance(tensor.name, First):
            return tensor.name
        return self._moved(tensor.name, [0, *range(2, len(tensor.shape)), 1], str)

    def first(self, tensor: Tensor) -> First:
        """Return the name of ``tensor`` with its channels, last in Keras, on axis 1."""
        if isinstance(tensor.name, First):
            return tensor.name
        return First(self._moved(tensor.name, [0, len(tensor.shape) - 1, *range(1, len(tensor.shape) - 1)], First))

    def _moved(self, name: str, perm: list[int], layout: type[str]) -> str:
        moved = self._same.get((name, layout))
        if moved is None:
            moved = self._same[name, layout] = self.node("Transpose", str(name), perm=perm)
        return layout(moved)

    def _input(self, value: Any) -> str:
        if isinstance(value, Tensor):
            return str(self.keras(value))
        return str(value) if isinstance(value, str) else self.constant(value)
