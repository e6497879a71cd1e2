"""Conversion of a functional model to a complete ONNX model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx
from keras import tree
from onnx import TensorProto, helper

from zukan import __version__
from zukan.export import convolutions, elementwise, layers, resizing, shapes  # noqa: F401 registers converters
from zukan.export.convert import walk
from zukan.export.graph import IR_VERSION, OPSET, Graph, Tensor, Unsupported


def onnx_model(model: Any, name: str, inputs: Sequence[str], outputs: str = "") -> onnx.ModelProto:
    """Return a functional model as a valid ONNX model for batches of any size.

    Parameters
    ----------
    model : keras.Model
    name : str
        Name of the graph.
    inputs : sequence of str
        Names of the inputs.
    outputs : str
        Name of a single output. If the model returns a dict, its keys are the names of the outputs.

    Raises
    ------
    NotExportable, Unsupported
        If a layer or operation cannot be exported, or a converter added invalid nodes.
    """
    graph = Graph()
    tensors = [Tensor(graph_input, tuple(symbol.shape))
               for graph_input, symbol in zip(inputs, model.inputs, strict=True)]
    for tensor in tensors:
        graph.name(tensor.name)
    results = walk(graph, model, tensors)
    by_name = results if isinstance(results, dict) else {outputs: tree.flatten(results)[0]}
    order = sorted(by_name, key=lambda key: (key != "mean", key))  # the backends do not agree on the order of a dict
    by_name = {key: by_name[key] for key in order}
    for key, tensor in by_name.items():
        graph.nodes.append(helper.make_node("Identity", [str(graph.keras(tensor))], [key], f"output_{key}"))
    finished = helper.make_graph(graph.nodes, name, [_value_info(tensor.name, tensor.shape) for tensor in tensors],
                                 [_value_info(key, tensor.shape) for key, tensor in by_name.items()], graph.constants)
    proto = helper.make_model(finished, ir_version=IR_VERSION, producer_name="zukan", producer_version=__version__,
                              opset_imports=[helper.make_opsetid("", OPSET)])
    try:
        onnx.checker.check_model(proto, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise Unsupported(
            f"its converters do not return a valid ONNX model ({str(error).strip().splitlines()[0]})") from error
    return proto


def _value_info(name: Any, shape: tuple[int | None, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape[1:]])
