"""What everything that works in space shares: where the channels are, and Keras's padding."""

from __future__ import annotations

from collections.abc import Sequence

from zukan.export.graph import First, Graph, Tensor, Unsupported


def entering(graph: Graph, x: Tensor, data_format: str) -> tuple[str, list[int]]:
    """Return ``x`` with its channels on axis 1, and its sizes in space."""
    last = data_format == "channels_last"
    sizes = x.shape[1:-1] if last else x.shape[2:]
    if None in sizes:
        raise Unsupported("its input has a size that is not fixed")
    return graph.first(x) if last else graph.keras(x), [size for size in sizes if size is not None]


def leaving(name: str, data_format: str) -> str:
    """Return the name of a result whose channels are on axis 1, as being in the layout it has for Keras."""
    return First(name) if data_format == "channels_last" else name


def same_pads(sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int],
              dilation: Sequence[int]) -> list[int]:
    """Return ONNX's pads for Keras's ``padding="same"``: as many rows out as strides fit in, the odd one at the end."""
    totals = [max((-(-size // stride) - 1) * stride + (k - 1) * step + 1 - size, 0)
              for size, k, stride, step in zip(sizes, kernel, strides, dilation, strict=True)]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]
