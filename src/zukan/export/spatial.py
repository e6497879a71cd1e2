"""Helpers for spatial layers: the position of the channels, and the padding of Keras."""

from __future__ import annotations

from collections.abc import Sequence

from zukan.export.graph import ChannelsFirst, Graph, Tensor, Unsupported


def to_channels_first(graph: Graph, x: Tensor, data_format: str) -> tuple[str, list[int]]:
    """Return the name of ``x`` with its channels on axis 1, and its spatial sizes."""
    last = data_format == "channels_last"
    sizes = x.shape[1:-1] if last else x.shape[2:]
    if None in sizes:
        raise Unsupported("its input has a size that is not fixed")
    return graph.channels_first(x) if last else graph.keras(x), [size for size in sizes if size is not None]


def from_channels_first(name: str, data_format: str) -> str:
    """Return ``name``, a result with its channels on axis 1, marked with its layout relative to ``data_format``."""
    return ChannelsFirst(name) if data_format == "channels_last" else name


def same_pads(sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int],
              dilation: Sequence[int]) -> list[int]:
    """Return the pads of ONNX for Keras's ``padding="same"``, with an odd row at the end.

    The result has ``ceil(size / stride)`` rows.
    """
    totals = [max((-(-size // stride) - 1) * stride + (k - 1) * step + 1 - size, 0)
              for size, k, stride, step in zip(sizes, kernel, strides, dilation, strict=True)]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]
