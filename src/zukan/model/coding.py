"""From examples to codes and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan import checks, spaces
from zukan.backend import keras_defaults
from zukan.context import Draws
from zukan.model.batching import over_batches
from zukan.model.checking import check_codes, check_whole
from zukan.model.passes import Passes

DRAWN = 1 << 14  # examples that are drawn together


class Coding(Passes):
    """Encode, decode, reconstruct, sample, interpolate.

    ``condition`` is needed if, and only if, the model has one: a class for each example, one class for all, or rows of
    numbers, shape ``(n, condition_dim)``.
    """

    def encode(self, x: Any, *, condition: Any = None, sample: bool = False, seed: int = 0,
               batch_size: int = 1024) -> np.ndarray:
        """Return the codes of ``x``: the means of q(z|x), or one draw from each.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        sample : bool, default False
            Draw from q(z|x) instead of taking its mean.
        seed : int, default 0
            Seed of the draw.
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n, latent_dim)
        """
        program = self.program(_sample if sample else _mean)
        return over_batches(program, self._inputs.check("x", x, condition), batch_size, seed, what="Encoding")

    def decode(self, z: Any, *, condition: Any = None, batch_size: int = 1024) -> np.ndarray:
        """Return the means of p(x|z), shape ``(n, *event_shape)``, for codes ``z``, shape ``(n, latent_dim)``."""
        codes = check_codes(z, self.latent_dim, self.float_type)
        rows = self._inputs.conditions(condition, len(codes))
        inputs = codes if rows is None else {"z": codes, "condition": rows}
        return over_batches(self.program(_decode), inputs, batch_size, 0, what="Decoding")

    def codes(self, x: Any, *, condition: Any = None, batch_size: int = 1024) -> np.ndarray:
        """Return the discrete codes of ``x``, as whole numbers from 0: the classes or entries that are most probable.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n, pieces)
            One code for each discrete piece of z, in order; on a grid of positions row by row.

        Raises
        ------
        zukan.InputError
            If no piece of z is discrete.
        """
        inputs = self._inputs.check("x", x, condition)
        return over_batches(self.program(_codes), inputs, batch_size, 0, what="Encoding")

    def decode_codes(self, codes: Any, *, condition: Any = None, batch_size: int = 1024) -> np.ndarray:
        """Return the means of p(x|z), shape ``(n, *event_shape)``, for ``codes`` as `codes` returns them."""
        return self.decode(ops.convert_to_numpy(self.posterior.embed(check_whole(codes, self.shapes.layout))),
                           condition=condition, batch_size=batch_size)

    def reconstruct(self, x: Any, *, condition: Any = None, sample: bool = False, seed: int = 0,
                    batch_size: int = 1024) -> np.ndarray:
        """Return ``decode(encode(x))``: through the mean of q(z|x), or with ``sample=True`` through one draw."""
        program = self.program(_through_sample if sample else _through_mean)
        return over_batches(program, self._inputs.check("x", x, condition), batch_size, seed, what="Reconstructing")

    @keras_defaults()
    def sample(self, n: int = 16, *, condition: Any = None, draw: bool | None = None, seed: int = 0,
               as_frame: bool | None = None) -> Any:
        """Draw ``n`` codes from the prior and return new examples of them, shape ``(n, *event_shape)``.

        A model of a table (likelihood "mixed") returns a table: with the columns, units and types of the one that it
        was trained on, of the same library.

        Parameters
        ----------
        n : int, default 16
        condition : int or array, optional
        draw : bool, optional
            Draw each example from p(x|z) instead of taking its mean. By default for tables only.
        seed : int, default 0
        as_frame : bool, optional
            Whether to return a table; False for the values as the model sees them.
        """
        n, seed = checks.integer("n", n), checks.integer("seed", seed, minimum=0)
        is_table = self.likelihood.is_table
        rows = self._inputs.conditions(condition, n)
        codes = self.sample_codes(n, condition=rows, seed=seed)
        if draw if draw is not None else is_table:
            inputs = codes if rows is None else {"z": codes, "condition": rows}
            x = over_batches(self.program(drawn), inputs, DRAWN, seed)
        else:
            x = self.decode(codes, condition=rows)
        return self.likelihood.to_frame(x) if (is_table if as_frame is None else as_frame) else x

    @keras_defaults()
    def sample_codes(self, n: int = 16, *, condition: Any = None, seed: int = 0) -> np.ndarray:
        """Draw ``n`` codes from the prior, shape ``(n, latent_dim)``; arguments as for `sample`."""
        rows = self._inputs.conditions(condition, checks.integer("n", n))
        program = self.program(_of_prior, n)
        return ops.convert_to_numpy(program(*([] if rows is None else [rows]), (seed, 0)))

    def interpolate(self, a: Any, b: Any, *, condition: Any = None, steps: int = 9) -> np.ndarray:
        """Decode the shortest path between the codes of two examples.

        That is a straight line; on a sphere an arc of a great circle, and in the Poincaré ball a geodesic. Between
        quantised codes, it is the line between their vectors, each point moved to the nearest codes.

        Parameters
        ----------
        a, b : array, shape event_shape
        condition : int or array, optional
            One for both examples, or one for each; then it moves along a straight line as well.
        steps : int, default 9
            Number of images, both ends included.

        Returns
        -------
        array, shape (steps, *event_shape)
        """
        checks.integer("steps", steps, minimum=2)
        for name, end in (("a", a), ("b", b)):
            if np.shape(end) != self.event_shape:
                raise checks.InputError(
                    f"{name} must have shape {self.event_shape}, got {np.shape(end)}; give one example")
        ends = [self._inputs.items(name, np.asarray(end)[None]) for name, end in (("a", a), ("b", b))]
        rows = self._inputs.conditions(condition, 2) if self.shapes.condition_dim else None
        codes = self.encode(np.concatenate(ends), condition=condition if rows is None else rows)
        weights = np.linspace(0.0, 1.0, steps)
        between = None if rows is None else spaces.path(rows[0], rows[1], weights, ())
        points = spaces.path(codes[0], codes[1], weights, self.shapes.layout)
        if self.shapes.layout[0].kind == "code":
            points = ops.convert_to_numpy(self.posterior.embed(self.posterior.codes(ops.convert_to_tensor(points))))
        return self.decode(points, condition=between)


def _of_prior(model: Passes, n: int, *inputs: Any) -> Any:
    *rows, draws = inputs
    p_z = model.prior.distribution(model.context({"x": None, "condition": rows[0] if rows else None}))
    return p_z.sample(1, draws)[0] if p_z.batch_shape else p_z.sample(n, draws)


def _mean(model: Passes, inputs: Any, draws: Any) -> Any:  # noqa: ARG001 every program takes draws
    return model.posterior_of(inputs).mean


def _codes(model: Passes, inputs: Any, draws: Any) -> Any:
    return model.posterior.codes(_mean(model, inputs, draws))


def _sample(model: Passes, inputs: Any, draws: Any) -> Any:
    state = draws.next()
    return model.posterior_of(inputs, state).sample(1, Draws(state))[0]


def _decode(model: Passes, codes: Any, draws: Any) -> Any:  # noqa: ARG001
    return model.decoded(**codes) if isinstance(codes, dict) else model.decoded(codes)


def drawn(model: Passes, codes: Any, draws: Any) -> Any:
    """Return one draw from p(x|z) for each code."""
    z, condition = (codes["z"], codes["condition"]) if isinstance(codes, dict) else (codes, None)
    own = Draws(draws.next(), purpose=3)  # not the numbers of which the codes were made
    return model.context({"x": None, "condition": condition}).decode(z[None]).sample(1, own)[0, 0]


def _through_mean(model: Passes, inputs: Any, draws: Any) -> Any:
    return model.context(inputs).decode(_mean(model, inputs, draws)[None]).mean[0]


def _through_sample(model: Passes, inputs: Any, draws: Any) -> Any:
    return model.context(inputs).decode(_sample(model, inputs, draws)[None]).mean[0]
