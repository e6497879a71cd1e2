"""The forward pass: x -> q(z|x) -> z -> p(x|z)."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import ops

from zukan import checks
from zukan.augmentations import Augmentation
from zukan.backend import float_type
from zukan.compiled import CompiledEpochs
from zukan.context import Context, Draws, Shapes
from zukan.distributions import Distribution, Observed
from zukan.likelihoods import Likelihood
from zukan.model.checking import Inputs
from zukan.model.programs import Programs
from zukan.objectives import ForwardPass, Objective
from zukan.posteriors import Posterior
from zukan.priors import Prior

ROWS_DECODED = 4096  # rows of z in one call of the decoder when examples get many samples
BYTES_DECODED = 4096 * 784 * 4  # of parameters of p(x|z) in such a call


class Passes(CompiledEpochs):
    """The parts of a model, and what they compute together; `zukan.VAE` is the only subclass.

    ``inputs`` are x, or ``{"x": x, "condition": condition}`` if the model has a condition.
    """

    shapes: Shapes
    missing: bool
    posterior: Posterior
    prior: Prior
    likelihood: Likelihood
    objective: Objective
    augmentations: tuple[Augmentation, ...]
    corruptions: tuple[Augmentation, ...]
    programs: Programs
    """Compiled functions of the weights; models of one kind can share them."""
    _inference: keras.Model
    _generation: keras.Model
    _draws: keras.random.SeedGenerator
    _counters: keras.random.SeedGenerator
    """Its state counts: the examples of the training set, and the updates made so far."""

    @property
    def event_shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return self.shapes.event_shape

    @property
    def latent_dim(self) -> int:
        """Width of z."""
        return self.shapes.latent_dim

    @property
    def density(self) -> bool:
        """Whether q(z|x) and p(z) have densities, so that there are a KL and bounds on log p(x)."""
        return self.posterior.density and self.prior.density

    def check_density(self, what: str, fix: str = "") -> None:
        """Raise `checks.InputError` if ``what`` needs densities that this model has not."""
        if not self.posterior.density:
            raise checks.InputError(f"{what} needs a posterior with a density, got {type(self.posterior).__name__}, "
                                    f"whose codes are points; use {fix}posterior='normal'")
        if not self.prior.density:
            raise checks.InputError(f"{what} needs a prior with a density, got {type(self.prior).__name__}, which is "
                                    f"known by its draws; use {fix}the model before fit_prior")

    @property
    def float_type(self) -> str:
        """The dtype of data, codes and densities: float32, or float64 under a dtype policy of that name."""
        return float_type(self.dtype_policy)

    @property
    def compute_dtype(self) -> str:
        """The dtype of all that the model computes itself; only the layers of its networks follow the policy."""
        return self.float_type

    def run_pass(self, inputs: Any, samples: int, draws: keras.random.SeedGenerator, *,
                 training: bool = False) -> dict[str, Any]:
        """Return the tensors of one pass.

        Parameters
        ----------
        inputs : tensor, shape (batch, *event_shape), or dict
        samples : int
            Draws of z per example.
        draws : SeedGenerator
            One state of it serves all random draws of the pass.
        training : bool
            Whether layers such as dropout are in training mode.

        Returns
        -------
        dict
            ``state``: the state of ``draws``. ``q``: the parameters of q(z|x) by name. ``z``: shape
            ``(samples, batch, latent_dim)``. ``p_x``: the parameters of p(x|z) by name, leading axes
            ``(samples, batch)``. ``log_q``, if only the samples' own path gives it: log q(z|x), ``(samples, batch)``.
            ``x``, in training if there are augmentations: the items as the pass sees them.
        """
        state = draws.next()
        augmented = self._changed(inputs, self.augmentations if training else (), Draws(state, purpose=4))
        inputs = _with_x(inputs, augmented)
        context = self.context(inputs, state, training=training)
        corrupted = self._changed(inputs, self.corruptions if training else (), Draws(state, purpose=5))
        seen = self.context(_with_x(inputs, corrupted), state, training=training) if corrupted else context
        params = self._infer(seen.x, seen.observed, seen.condition, training=training)
        q = self.posterior.distribution(params, context)
        outputs = {**augmented, "state": state, "q": params}
        if type(q).sample_and_log_prob is Distribution.sample_and_log_prob or not self.posterior.density:
            outputs["z"] = q.sample(samples, Draws(state))
        else:  # flows know the density of a draw better along its own path
            outputs["z"], outputs["log_q"] = q.sample_and_log_prob(samples, Draws(state))
        return {**outputs, "p_x": self._generate(outputs["z"], context.condition, training=training)}

    def forward_pass(self, inputs: Any, outputs: dict[str, Any], *, training: bool = False) -> ForwardPass:
        """Return the tensors of `run_pass` as the distributions that an objective works with."""
        context = self.context(_with_x(inputs, outputs), outputs["state"], training=training)

        def fixed_q() -> Distribution:
            with context.frozen("encoder", "prior"):  # a ladder reads the prior
                fixed = {name: ops.stop_gradient(value) for name, value in outputs["q"].items()}
                return self.posterior.distribution(fixed, context)

        return ForwardPass(context.x, self.posterior.distribution(outputs["q"], context), outputs["z"],
                           self.prior.distribution(context), self._likelihood_of(outputs["p_x"], context),
                           context, outputs.get("log_q"), fixed_q)

    def context(self, inputs: Any = None, state: Any = None, *, training: bool = False) -> Context:
        """Return a pass as its parts see it; without ``inputs``, of a model that only generates."""
        x, condition = (inputs["x"], inputs.get("condition")) if isinstance(inputs, dict) else (inputs, None)
        x = None if x is None else ops.cast(x, self.float_type)
        observed = None
        if self.missing and x is not None:
            observed = ops.logical_not(ops.isnan(x))
            x = ops.where(observed, x, ops.zeros_like(x))
        counts = ops.cast(self._counters.state, self.float_type)

        def encode(events: Any) -> Distribution:
            complete = ops.ones_like(events, dtype="bool") if self.missing else None
            return self.posterior.distribution(self._infer(events, complete, condition, training=training), context)

        def decode(z: Any) -> Distribution:
            return self._likelihood_of(self._generate(z, condition, training=training), context)

        def log_joint(z: Any) -> Any:
            return decode(z).log_prob(x) + self.prior.distribution(context).log_prob(z)

        context = Context(x, observed, condition, training, counts[1], counts[0],
                          None if state is None else Draws(state, purpose=1), self.shapes.layout,
                          encode, decode, log_joint, lambda: self.prior.distribution(context),
                          self.posterior.codes, self.posterior.embed, self._weights, self._frozen)
        return context

    def _changed(self, inputs: Any, changes: tuple[Augmentation, ...], draws: Draws) -> dict[str, Any]:
        """Return x after all ``changes``, which every pass draws anew; an empty mapping if there are none."""
        if not changes:
            return {}
        x = ops.cast(inputs["x"] if isinstance(inputs, dict) else inputs, self.float_type)
        for change in changes:
            x = change(x, draws)
        return {"x": x}

    def posterior_of(self, inputs: Any, state: Any = None) -> Distribution:
        """Return q(z|x) for tensors."""
        context = self.context(inputs, state)
        return self.posterior.distribution(
            self._infer(context.x, context.observed, context.condition, training=False), context)

    def decoded(self, z: Any, condition: Any = None) -> Any:
        """Return the mean of p(x|z) for codes z of shape ``(batch, latent_dim)``."""
        params = self._generation(z if condition is None else [z, condition])
        return self.likelihood.distribution(params, Context()).mean

    def _infer(self, x: Any, observed: Any, condition: Any, *, training: bool) -> dict[str, Any]:
        """Return the parameters of q(z|x)."""
        tensors = [x, None if observed is None else ops.cast(observed, x.dtype), condition]
        present = [tensor for tensor in tensors if tensor is not None]
        return self._inference(present[0] if len(present) == 1 else present, training=training)

    def _generate(self, z: Any, condition: Any, *, training: bool) -> dict[str, Any]:
        """Return the parameters of p(x|z) for z of shape ``(samples, batch, latent_dim)``."""
        rows = ops.reshape(z, (-1, self.latent_dim))
        codes = rows if condition is None else [rows, ops.tile(condition, (z.shape[0], 1))]
        params = self._generation(codes, training=training)
        return {name: ops.reshape(value, (z.shape[0], -1, *value.shape[1:])) for name, value in params.items()}

    def _likelihood_of(self, params: dict[str, Any], context: Context) -> Distribution:
        p_x = self.likelihood.distribution(params, context)
        return p_x if context.observed is None else Observed(p_x, context.observed)

    def _weights(self, name: str) -> list[Any]:
        """Return the trainable variables of the parts that a context calls ``name``."""
        parts = {"encoder": (self._inference, self.posterior), "decoder": (self._generation, self.likelihood),
                 "prior": (self.prior,), "objective": (self.objective,)}
        return [weight for part in parts[name] if isinstance(part, keras.Layer) for weight in part.trainable_variables]

    @contextlib.contextmanager
    def _frozen(self, *names: str) -> Iterator[None]:
        """Compute without gradients for the weights of these parts; see `Context.frozen`."""
        fixed = {id(weight) for name in names for weight in self._weights(name)}
        # A scope hides the one around it, in which the training step keeps its values: so it must hold every variable.
        with keras.StatelessScope(state_mapping=[
                (v, ops.stop_gradient(v.value) if id(v) in fixed else v.value) for v in self.variables]):
            yield

    def _samples_per_chunk(self, batch_size: int) -> int:
        """Return how many samples per example are decoded together: bounded rows of z, and bytes of parameters."""
        sizes = [math.prod(output.shape[1:]) * 4 for output in keras.tree.flatten(self._generation.output)]
        return max(1, min(ROWS_DECODED, BYTES_DECODED // sum(sizes)) // batch_size)

    def program(self, function: Callable[..., Any], *settings: Any) -> Callable[..., Any]:
        """Return ``function(model, *settings, *arrays, draws)`` as a program that runs with this model's weights."""
        return functools.partial(self.programs.get(function, *settings), [value.value for value in self.program_inputs])

    @property
    def program_inputs(self) -> list[Any]:
        """The variables that programs depend on: all weights, and the counters."""
        return [*self.weights, self._counters.state]

    def inputs_of(self, x: Any, condition: Any = None) -> Any:
        """Return items, and their condition if the model has one, as `program` takes them."""
        return self._inputs.check("x", x, condition)

    @property
    def _inputs(self) -> Inputs:
        return Inputs(self.shapes, self.likelihood, self.float_type, missing=self.missing)


def _with_x(inputs: Any, outputs: dict[str, Any]) -> Any:
    """Return ``inputs`` with the x in ``outputs``, if there is one."""
    if "x" not in outputs:
        return inputs
    return {**inputs, "x": outputs["x"]} if isinstance(inputs, dict) else outputs["x"]
