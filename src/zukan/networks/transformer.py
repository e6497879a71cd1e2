"""A small transformer for sets and sequences of vectors."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import activations, layers

from zukan import checks
from zukan.networks.attention import AddPositions, Attention, PrependToken
from zukan.networks.base import Network, as_signal, networks, refused, with_condition

ORDERS, POOLINGS = ("learned", "sinusoidal", "none"), ("mean", "token")


@networks.register("transformer")
class Transformer(Network):
    """A small pre-norm transformer (arXiv:1706.03762, arXiv:2002.04745) for sets and sequences of vectors.

    Without an order, the encoder is invariant to permutations of the items. The likelihood still compares the first
    item with the first, and so on: sort the items of a set by some rule, so that the decoder can tell them apart.
    In the decoder, each position starts from z and a learned vector of its own.

    Parameters
    ----------
    width : int, default 64
        Width of the vectors inside the network.
    depth : int, default 2
        Number of blocks of attention and two dense layers.
    heads : int, default 4
        Attention heads. Where it does not divide the width, the greatest common divisor of both is used.
    hidden : int, default 128
        Width of the hidden dense layer of a block.
    order : {"learned", "sinusoidal", "none"}, default "learned"
        How the encoder knows the position of an item: by trained vectors, by fixed sines, or not at all, which makes
        the items a set.
    pooling : {"mean", "token"}, default "mean"
        What represents all items: the mean over them, or one more position, a class token.
    activation : str, default "gelu"
        The name of a Keras activation.
    """

    reads: ClassVar[str] = "(items, features) or (items,)"
    signals: ClassVar[bool] = True

    def __init__(self, width: int = 64, depth: int = 2, heads: int = 4, hidden: int = 128, order: str = "learned",
                 pooling: str = "mean", activation: str = "gelu") -> None:
        self.width = checks.integer("width", width)
        self.depth = checks.integer("depth", depth)
        self.heads = checks.integer("heads", heads)
        self.hidden = checks.integer("hidden", hidden)
        self.order = checks.choice("order", order, ORDERS)
        self.pooling = checks.choice("pooling", pooling, POOLINGS)
        self.activation = activation
        activations.get(activation)  # raises here, not in the first layer, if the name is unknown

    def positions(self, event_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the number of items."""
        if len(event_shape) > 2:
            raise refused(self, event_shape)
        return tuple(event_shape[:1])

    def encode(self, x: Any, condition: Any = None) -> Any:
        """Apply the blocks and pool the items: ``(batch, width)``.

        The condition becomes further features of each item.
        """
        h = self._embedded(x, condition)
        if self.pooling == "token":
            return self._blocks(PrependToken(name="token")(h))[:, 0]
        return layers.GlobalAveragePooling1D(name="pooled")(self._blocks(h))

    def encode_grid(self, x: Any, condition: Any = None) -> Any:
        """Apply the blocks: ``(batch, items, width)``."""
        return self._blocks(self._embedded(x, condition))

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Apply the blocks to z and the learned vectors of the positions: ``(batch, items, width)``."""
        (items,) = self.positions(event_shape)
        return self.decode_grid(layers.RepeatVector(items, name="repeat")(layers.Dense(self.width, name="from_z")(z)),
                                event_shape)

    def decode_grid(self, z: Any, event_shape: tuple[int, ...]) -> Any:  # noqa: ARG002 z has the items already
        """Apply the blocks to a vector for each item: ``(batch, items, width)``."""
        h = layers.Dense(self.width, name="embed")(z) if z.shape[-1] != self.width else z
        return self._blocks(AddPositions(name="queries")(h))

    def _embedded(self, x: Any, condition: Any) -> Any:
        """Return the items as vectors of the inner width, with their positions."""
        x = as_signal(x)
        self.positions(tuple(x.shape[1:]))  # raises unless the events are items
        h = layers.Dense(self.width, name="embed")(with_condition(x, condition))
        return h if self.order == "none" else AddPositions(self.order, name="order")(h)

    def _blocks(self, h: Any) -> Any:
        """Apply all blocks, and normalize."""
        for i in range(1, self.depth + 1):
            attended = Attention(self.heads, name=f"attention_{i}")(layers.LayerNormalization(name=f"norm_{i}a")(h))
            h = layers.Add(name=f"attended_{i}")([h, attended])
            inner = layers.Dense(self.hidden, activation=self.activation, name=f"hidden_{i}")(
                layers.LayerNormalization(name=f"norm_{i}b")(h))
            h = layers.Add(name=f"block_{i}")([h, layers.Dense(self.width, name=f"outer_{i}")(inner)])
        return layers.LayerNormalization(name="norm")(h)
