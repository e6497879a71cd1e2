"""Converters of elementwise operations and activations, which work in any layout."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from keras import activations, layers

from zukan.export.convert import converts
from zukan.export.graph import Graph, Tensor

Formula = Callable[[Graph, Any, str], str]

DIRECT = {"Abs": "Abs", "Absolute": "Abs", "Arccos": "Acos", "Arccosh": "Acosh", "Arcsin": "Asin", "Arcsinh": "Asinh",
          "Arctan": "Atan", "Arctanh": "Atanh", "Ceil": "Ceil", "Cos": "Cos", "Cosh": "Cosh", "Erf": "Erf",
          "Exp": "Exp", "Floor": "Floor", "Log": "Log", "LogicalNot": "Not", "Negative": "Neg",
          "Reciprocal": "Reciprocal", "Relu": "Relu", "Round": "Round", "Selu": "Selu", "Sigmoid": "Sigmoid",
          "Sign": "Sign", "Sin": "Sin", "Sinh": "Sinh", "Softplus": "Softplus", "Softsign": "Softsign", "Sqrt": "Sqrt",
          "Tan": "Tan", "Tanh": "Tanh"}
BINARY = {"Add": "Add", "Subtract": "Sub", "Multiply": "Mul", "Divide": "Div", "TrueDivide": "Div", "Power": "Pow",
          "Maximum": "Max", "Minimum": "Min", "Greater": "Greater", "GreaterEqual": "GreaterOrEqual", "Less": "Less",
          "LessEqual": "LessOrEqual", "Equal": "Equal", "LogicalAnd": "And", "LogicalOr": "Or"}


@converts(*DIRECT)
def _direct(graph: Graph, operation: Any, x: Tensor) -> str:
    return x.like(graph.node(DIRECT[type(operation).__name__], x.name))


@converts("Copy", "StopGradient", "ConvertToTensor", layers.Identity, layers.Dropout, layers.SpatialDropout1D,
          layers.SpatialDropout2D, layers.SpatialDropout3D, layers.AlphaDropout, layers.GaussianDropout,
          layers.GaussianNoise, layers.ActivityRegularization)
def _same(graph: Graph, operation: Any, x: Tensor) -> Tensor:  # noqa: ARG001 has no effect after training
    return x


def _formula(*names: Any) -> Callable[[Formula], Formula]:
    """Return a decorator that registers an elementwise formula of one tensor as a converter."""
    def add(formula: Formula) -> Formula:
        @converts(*names)
        def convert(graph: Graph, operation: Any, x: Tensor) -> str:
            return x.like(formula(graph, operation, x.name))

        return formula

    return add


@_formula("Square")
def _square(g: Graph, _: Any, x: str) -> str:
    return g.node("Mul", x, x)


@_formula("Rsqrt")
def _rsqrt(g: Graph, _: Any, x: str) -> str:
    return g.node("Reciprocal", g.node("Sqrt", x))


@_formula("Log1p")
def _log1p(g: Graph, _: Any, x: str) -> str:
    return g.node("Log", g.node("Add", x, 1.0))


@_formula("Log2", "Log10")
def _log_to_base(g: Graph, op: Any, x: str) -> str:
    return g.node("Div", g.node("Log", x), math.log(int(type(op).__name__.removeprefix("Log"))))


@_formula("Expm1")
def _expm1(g: Graph, _: Any, x: str) -> str:
    return g.node("Sub", g.node("Exp", x), 1.0)


@_formula("Clip")
def _clip(g: Graph, op: Any, x: str) -> str:
    low, high = ("" if bound is None else float(bound) for bound in (op.x_min, op.x_max))
    return g.node("Clip", x, low, high)


@_formula("ReLU")  # of keras.activations, the general form
def _relu(g: Graph, op: Any, x: str) -> str:
    if not op.threshold and not op.negative_slope:
        return g.node("Relu", x) if op.max_value is None else g.node("Clip", x, 0.0, float(op.max_value))
    below = g.node("Mul", float(op.negative_slope), g.node("Sub", x, float(op.threshold)))
    y = g.node("Where", g.node("Less", x, float(op.threshold)), below, x)
    return y if op.max_value is None else g.node("Min", y, float(op.max_value))


@_formula("Relu6")
def _relu6(g: Graph, _: Any, x: str) -> str:
    return g.node("Clip", x, 0.0, 6.0)


@_formula("LeakyRelu")
def _leaky_relu(g: Graph, op: Any, x: str) -> str:
    return g.node("LeakyRelu", x, alpha=float(op.negative_slope))


@_formula("Elu")
def _elu(g: Graph, op: Any, x: str) -> str:
    return g.node("Elu", x, alpha=float(op.alpha))


@_formula("Celu")
def _celu(g: Graph, op: Any, x: str) -> str:
    return g.node("Celu", x, alpha=float(op.alpha))


@_formula("Silu")
def _silu(g: Graph, _: Any, x: str) -> str:
    return g.node("Mul", x, g.node("Sigmoid", x))


@_formula("HardSilu", activations.hard_silu)  # Keras cannot trace this function
def _hard_silu(g: Graph, _: Any, x: str) -> str:
    return g.node("HardSwish", x)


@_formula("Mish", activations.mish)
def _mish(g: Graph, _: Any, x: str) -> str:
    return g.node("Mul", x, g.node("Tanh", g.node("Softplus", x)))


@_formula("Gelu")
def _gelu(g: Graph, op: Any, x: str) -> str:
    if op.approximate:
        cubic = g.node("Mul", g.node("Mul", x, x), g.node("Mul", x, 0.044715))
        gate = g.node("Tanh", g.node("Mul", g.node("Add", x, cubic), math.sqrt(2 / math.pi)))
    else:
        gate = g.node("Erf", g.node("Mul", x, math.sqrt(0.5)))
    return g.node("Mul", g.node("Mul", x, 0.5), g.node("Add", gate, 1.0))


@_formula("HardSigmoid")
def _hard_sigmoid(g: Graph, _: Any, x: str) -> str:
    return g.node("HardSigmoid", x, alpha=1 / 6, beta=0.5)


@_formula("SparseSigmoid")
def _sparse_sigmoid(g: Graph, _: Any, x: str) -> str:
    return g.node("HardSigmoid", x, alpha=0.5, beta=0.5)


@_formula("HardTanh")
def _hard_tanh(g: Graph, _: Any, x: str) -> str:
    return g.node("Clip", x, -1.0, 1.0)


@_formula("LogSigmoid")
def _log_sigmoid(g: Graph, _: Any, x: str) -> str:
    return g.node("Neg", g.node("Softplus", g.node("Neg", x)))


@_formula("Squareplus")
def _squareplus(g: Graph, op: Any, x: str) -> str:
    root = g.node("Sqrt", g.node("Add", g.node("Mul", x, x), float(op.b)))
    return g.node("Mul", g.node("Add", x, root), 0.5)


@_formula("SparsePlus")
def _sparse_plus(g: Graph, _: Any, x: str) -> str:
    inside = g.node("Add", g.node("Clip", x, -1.0, 1.0), 1.0)  # 0 below -1, 2 above 1
    return g.node("Max", x, g.node("Mul", g.node("Mul", inside, inside), 0.25))


@_formula("TanhShrink")
def _tanh_shrink(g: Graph, _: Any, x: str) -> str:
    return g.node("Sub", x, g.node("Tanh", x))


@_formula("SoftShrink", "HardShrink")
def _shrink(g: Graph, op: Any, x: str) -> str:
    bias = float(op.threshold) if type(op).__name__ == "SoftShrink" else 0.0
    return g.node("Shrink", x, lambd=float(op.threshold), bias=bias)


@_formula("Threshold")
def _threshold(g: Graph, op: Any, x: str) -> str:
    return g.node("Where", g.node("Greater", x, float(op.threshold)), x, float(op.default_value))


@converts(layers.PReLU)
def _prelu(graph: Graph, layer: Any, x: Tensor) -> str:
    return graph.node("PRelu", x, layer.alpha)


@converts(layers.Rescaling)
def _rescaling(graph: Graph, layer: Any, x: Tensor) -> str:
    return graph.node("Add", graph.node("Mul", x, layer.scale), layer.offset)


@converts(*BINARY)
def _binary(graph: Graph, operation: Any, a: Any, b: Any) -> str:
    return broadcast(graph, BINARY[type(operation).__name__], a, b)


@converts("Where")
def _where(graph: Graph, operation: Any, condition: Any, a: Any, b: Any) -> str:  # noqa: ARG001
    return broadcast(graph, "Where", condition, a, b)


def broadcast(graph: Graph, kind: str, *operands: Any) -> str:
    """Add an operator that broadcasts its operands.

    Tensors of the same shape and layout keep their layout. Otherwise the operator works in Keras's layout.
    """
    tensors = [operand for operand in operands if isinstance(operand, Tensor)]
    only_numbers = all(isinstance(operand, (Tensor, int, float)) for operand in operands)
    if only_numbers and len({(x.shape, type(x.like(""))) for x in tensors}) == 1:
        names = (operand.name if isinstance(operand, Tensor) else float(operand) for operand in operands)
        return tensors[0].like(graph.node(kind, *names))
    return graph.node(kind, *(float(operand) if isinstance(operand, int) else operand for operand in operands))
