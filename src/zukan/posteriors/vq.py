"""The posterior of vector quantization."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from zukan import checks, numerics
from zukan.context import Context, Shapes
from zukan.posteriors.base import posteriors
from zukan.posteriors.codebooks import k_means, replacements
from zukan.posteriors.quantized import Quantizing, straight_through, usage

VECTORS = 32  # for each entry, in the k-means start
RECENT = 0.99  # decay of the counts by which entries are found dead


@posteriors.register("vq")
class VQ(Quantizing):
    """q(z|x): the nearest entry of a codebook for each vector: vector quantization (arXiv:1711.00937).

    The loss adds the commitment: the squared distance of each vector from its entry, which has no gradient there. With
    ``depth``, each stage quantizes what the stages before it left (arXiv:2107.03312); z holds the entries of all stages
    side by side, whose sum approaches the vector, so that codes can be read from z.

    Parameters
    ----------
    entries : int, default 512
        Entries of a codebook.
    groups : int, default 1
        Codes side by side, at each position if the encoder keeps them; each group has a codebook of its own
        (doi:10.1109/TPAMI.2010.57).
    depth : int, default 1
        Stages of residual quantization, each with a codebook of its own.
    codebook : {"average", "gradient"}, default "average"
        Entries are moving averages of their vectors, or follow the gradient of their squared distance from them.
    start : {"k-means", "random"}, default "k-means"
        Entries start as the k-means of the vectors of training items, or as small random numbers.
    decay : float, default 0.9
        Of the moving averages of the entries.
    revive : float, default 0.03
        An entry whose use, averaged over some hundred steps, is below this share of the average entry's is replaced by
        a vector of the batch that is far from its own entry. 0 for never.
    commitment : float, default 0.25
    gradient : {"straight-through", "rotation"}, default "straight-through"
        How the gradient passes the quantization: unchanged, or rotated and scaled as the vector is to its entry
        (arXiv:2410.06424).
    """

    argument: ClassVar[str] = "groups and depth"
    extras: ClassVar[tuple[str, ...]] = (*Quantizing.extras, "commitment")
    numbers: ClassVar[tuple[str, ...]] = ("commitment",)

    def __init__(self, entries: int = 512, groups: int = 1, depth: int = 1, codebook: str = "average",
                 start: str = "k-means", decay: float = 0.9, revive: float = 0.03, commitment: float = 0.25,
                 gradient: str = "straight-through") -> None:
        super().__init__()
        self.entries = checks.integer("entries", entries, minimum=2)
        self.groups = checks.integer("groups", groups)
        self.depth = checks.integer("depth", depth)
        self.codebook = checks.choice("codebook", codebook, ("average", "gradient"))
        self.start = checks.choice("start", start, ("k-means", "random"))
        self.decay = checks.number("decay", decay, minimum=0.0, maximum=1.0)
        self.revive = checks.number("revive", revive, minimum=0.0, maximum=1.0)
        self.commitment = checks.number("commitment", commitment, minimum=0.0)
        self.gradient = checks.choice("gradient", gradient, ("straight-through", "rotation"))
        self.choices, self.unit, self.codebooks = entries, groups * depth, groups * depth

    def size(self, shapes: Shapes) -> int:
        """Return the width of an entry."""
        return shapes.latent_dim // (math.prod(shapes.positions) * self.unit)

    def build(self, shapes: Shapes) -> None:
        """Create the codebooks, and the moving averages of how often and by which vectors entries are used."""
        books = (self.depth, self.groups, self.entries)
        small = keras.initializers.RandomUniform(-1.0 / self.entries, 1.0 / self.entries)
        shape = (*books, self.size(shapes))
        # What has no gradient: the entries themselves, or what revived entries moved by.
        self.moved = self.add_weight(shape=shape, initializer=small, trainable=False, name="moved")
        self.used = self.add_weight(shape=books, initializer="ones", trainable=False, name="used")
        self.recent = self.add_weight(shape=books, initializer="ones", trainable=False, name="recent")
        if self.codebook == "gradient":
            self.learned = self.add_weight(shape=shape, initializer="zeros", name="learned")
        super().build(shapes)

    @property
    def books(self) -> Any:
        """The codebooks, shape ``(depth, groups, entries, size)``."""
        moved = ops.convert_to_tensor(self.moved)
        return moved + ops.convert_to_tensor(self.learned) if self.codebook == "gradient" else moved

    def begin(self, x: Any, seed: int, infer: Callable[[Any], dict[str, Any]]) -> None:
        """Set the entries to the k-means of the vectors of training items."""
        if self.start == "random":
            return
        rng = np.random.default_rng(seed)
        vectors_each = self.latent_dim // (self.width * self.depth)
        items = min(len(x), -(-VECTORS * self.entries * self.groups // vectors_each))
        vectors = infer(np.sort(rng.choice(len(x), items, replace=False)))["vectors"]
        rest = vectors.reshape(-1, self.groups, self.width)
        books = np.zeros(self.moved.shape, vectors.dtype)
        for stage in range(self.depth):
            for group in range(self.groups):
                books[stage, group], rest[:, group] = k_means(rest[:, group], self.entries, rng)
        self.moved.assign(books)

    def points(self, vectors: Any) -> Any:
        """Return the nearest entries of all stages, ``(batch * vectors / groups, groups, depth, size)``.

        Each stage has its share of the gradient, so that the sum of the stages follows the vector.
        """
        rule = rotated if self.gradient == "rotation" else straight_through
        passed = [rule(point, rest) for rest, _, point in self._stages(vectors)]
        if self.depth == 1:
            return passed[0]
        return ops.stack([straight_through(point, point / self.depth) for point in passed], axis=2)

    def _stages(self, vectors: Any) -> Iterator[tuple[Any, Any, Any]]:
        """Yield what each stage quantizes, ``(n, groups, size)``, its codes, ``(n, groups)``, and their entries."""
        rest = ops.reshape(vectors, (-1, self.groups, self.width))
        for stage in range(self.depth):  # a tensor of TensorFlow cannot be iterated in a graph
            book = self.books[stage]
            codes = self._nearest(ops.stop_gradient(rest), book)
            point = self._entries(codes, book)
            yield rest, codes, point
            rest = rest - ops.stop_gradient(point)

    def _nearest(self, vectors: Any, book: Any) -> Any:
        """Return the numbers of the nearest entries, ``(n, groups)``, the first of equally near ones."""
        book = ops.stop_gradient(book)
        products = ops.einsum("ngs,gks->ngk", vectors, book)
        return ops.argmax(products - 0.5 * ops.sum(ops.square(book), axis=-1), axis=-1)

    def _entries(self, codes: Any, book: Any) -> Any:
        """Return entries by number, ``(n, groups, size)``."""
        first = np.arange(self.groups, dtype="int32") * self.entries
        return ops.take(ops.reshape(book, (-1, self.width)), ops.cast(codes, "int32") + first, axis=0)

    def codes(self, z: Any) -> Any:
        """Return the number of the entry at each piece of z, ``(..., pieces)``."""
        pieces = ops.reshape(z, (-1, self.groups, self.depth, self.width))
        found = [self._nearest(pieces[:, :, stage], self.books[stage]) for stage in range(self.depth)]
        return ops.reshape(ops.stack(found, axis=2), (*numerics.sizes(z)[:-1], self.latent_dim // self.width))

    def embed(self, codes: Any) -> Any:
        """Return the entries of codes side by side, ``(..., latent_dim)``."""
        numbers = ops.reshape(codes, (-1, self.groups, self.depth))
        found = [self._entries(numbers[:, :, stage], self.books[stage]) for stage in range(self.depth)]
        return ops.reshape(ops.stack(found, axis=2), (*numerics.sizes(codes)[:-1], self.latent_dim))

    def terms(self, params: dict[str, Any], context: Context) -> tuple[Any, dict[str, Any]]:
        """Return the commitment, and the usage of the codes; in training, move the codebooks."""
        width = math.prod(params["vectors"].shape[1:])
        commitment: Any = 0.0
        attraction: Any = 0.0
        shares, changes = [], []
        for stage, (rest, codes, point) in enumerate(self._stages(params["vectors"])):
            hot = ops.one_hot(codes, self.entries, dtype=rest.dtype)
            counts = ops.sum(hot, axis=0)
            shares.append(counts / ops.sum(counts, axis=-1, keepdims=True))
            commitment = commitment + _squares(rest - ops.stop_gradient(point), width)
            attraction = attraction + _squares(ops.stop_gradient(rest) - point, width)
            if context.training:
                fixed = ops.stop_gradient(rest), hot, ops.stop_gradient(point)
                changes.append(self._moved(stage, *fixed, context))
        if changes:
            for weight, values in zip((self.moved, self.used, self.recent), zip(*changes, strict=True), strict=True):
                weight.assign(ops.stack(values))
        added = self.number("commitment") * commitment
        if self.codebook == "gradient":
            added = added + attraction
        return added, {**usage(ops.stack(shares)), "commitment": commitment}

    def _moved(self, stage: int, vectors: Any, hot: Any, points: Any, context: Context) -> tuple[Any, Any, Any]:
        """Return the new values of ``moved``, ``used`` and ``recent`` of a stage."""
        book, before, used = self.books[stage], self.moved[stage], self.used[stage]
        counts = ops.sum(hot, axis=0)
        average = ops.sum(counts, axis=-1, keepdims=True) / self.entries
        recent = RECENT * self.recent[stage] + (1.0 - RECENT) * counts
        now = self.decay * used + (1.0 - self.decay) * counts
        new = before
        if self.codebook == "average":  # the average of the vectors, weighted by their age
            sums = ops.einsum("ngk,ngs->gks", hot, vectors)
            total = self.decay * used[..., None] * before + (1.0 - self.decay) * sums
            new = ops.where(now[..., None] > 0, total / ops.maximum(now, 1e-30)[..., None], before)
        if not self.revive:
            return new, now, recent
        dead = recent < self.revive * average
        others = replacements(vectors, points, dead, context.draws) - (book - before)
        new = ops.where(dead[..., None], others, new)
        now, recent = (ops.where(dead, average, count) for count in (now, recent))
        return new, now, recent


def rotated(value: Any, vectors: Any) -> Any:
    """Return ``value``, exactly, with the gradient of the rotation and scaling that takes ``vectors`` to it."""
    e, q = ops.stop_gradient(vectors), ops.stop_gradient(value)
    lengths = [ops.sqrt(ops.maximum(ops.sum(ops.square(v), axis=-1, keepdims=True), 1e-12)) for v in (e, q)]
    e, q = e / lengths[0], q / lengths[1]
    r = e + q
    r = r / ops.sqrt(ops.maximum(ops.sum(ops.square(r), axis=-1, keepdims=True), 1e-12))
    along = [ops.sum(vectors * v, axis=-1, keepdims=True) for v in (r, e)]
    turned = lengths[1] / lengths[0] * (vectors - 2.0 * along[0] * r + 2.0 * along[1] * q)
    return straight_through(value, turned)


def _squares(difference: Any, width: int) -> Any:
    return ops.sum(ops.reshape(ops.square(difference), (-1, width)), axis=-1)
