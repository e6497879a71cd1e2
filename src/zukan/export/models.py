"""A functional model as a whole ONNX model."""

from __future__ import annotations

from typing import Any

import onnx
from keras import tree
from onnx import TensorProto, helper

from zukan import __version__
from zukan.export import convolutions, elementwise, layers, resizing, shapes  # noqa: F401 each adds its converters
from zukan.export.convert import walk
from zukan.export.graph import IR_VERSION, OPSET, Graph, Tensor, Unsupported


def onnx_model(model: Any, name: str, inputs: str, outputs: str = "") -> onnx.ModelProto:
    """Return a functional model of one input as ONNX, checked to be well-formed; the batch may have any size.

    Parameters
    ----------
    model : keras.Model
    name : str
        The graph's.
    inputs, outputs : str
        Names of the input and of a single output; outputs in a dict have their keys as names.

    Raises
    ------
    NotExportable, Unsupported
        Where a layer or operation has no counterpart, or a converter made nonsense.
    """
    graph = Graph()
    shape = tuple(model.inputs[0].shape)
    graph.name(inputs)
    results = walk(graph, model, [Tensor(inputs, shape)])
    named = results if isinstance(results, dict) else {outputs: tree.flatten(results)[0]}
    named = {key: named[key] for key in sorted(named, key=lambda key: (key != "mean", key))}  # backends order otherwise
    for key, tensor in named.items():
        graph.nodes.append(helper.make_node("Identity", [str(graph.keras(tensor))], [key], f"output_{key}"))
    made = helper.make_graph(graph.nodes, name, [_described(inputs, shape)],
                             [_described(key, tensor.shape) for key, tensor in named.items()], graph.constants)
    proto = helper.make_model(made, ir_version=IR_VERSION, producer_name="zukan", producer_version=__version__,
                              opset_imports=[helper.make_opsetid("", OPSET)])
    try:
        onnx.checker.check_model(proto, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise Unsupported(
            f"what its converters made is no valid ONNX ({str(error).strip().splitlines()[0]})") from error
    return proto


def _described(name: Any, shape: tuple[int | None, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape[1:]])
