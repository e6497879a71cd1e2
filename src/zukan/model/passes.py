"""The forward pass: x -> q(z|x) -> z -> p(x|z)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from zukan.compiled import CompiledEpochs
from zukan.distributions import Distribution
from zukan.likelihoods import Likelihood
from zukan.model.checking import check_items
from zukan.model.programs import Programs
from zukan.objectives import ForwardPass, Objective
from zukan.posteriors import Posterior
from zukan.priors import Prior


class Passes(CompiledEpochs):
    """The parts of a model, and what they compute together; `zukan.VAE` is the only subclass."""

    event_shape: tuple[int, ...]
    latent_dim: int
    posterior: Posterior
    prior: Prior
    likelihood: Likelihood
    objective: Objective
    programs: Programs
    """Compiled functions of the weights; models of one kind can share them."""
    _inference: keras.Model
    _generation: keras.Model

    def run_pass(self, x: Any, samples: int, draws: Any, *, training: bool = False) -> dict[str, Any]:
        """Return the tensors of one pass.

        Parameters
        ----------
        x : tensor, shape (batch, *event_shape)
        samples : int
            Draws of z per example.
        draws : SeedGenerator
        training : bool
            Whether layers such as dropout are in training mode.

        Returns
        -------
        dict
            ``q``: the parameters of q(z|x) by name. ``z``: shape ``(samples, batch, latent_dim)``. ``p_x``: the
            parameters of p(x|z) by name, leading axes ``(samples, batch)``.
        """
        q = _full_precision(self._inference(x, training=training))
        z = self.posterior.distribution(q).sample(samples, draws)
        return {"q": q, "z": z, "p_x": self._decode_params(z, training=training)}

    def forward_pass(self, x: Any, outputs: dict[str, Any]) -> ForwardPass:
        """Return the tensors of `run_pass` as the distributions that an objective works with."""
        return ForwardPass(ops.cast(x, keras.config.floatx()), self.posterior.distribution(outputs["q"]), outputs["z"],
                           self.prior.distribution(self.posterior_of), self.likelihood_of(outputs["p_x"]))

    def posterior_of(self, x: Any) -> Distribution:
        """Return q(z|x) for a tensor x."""
        return self.posterior.distribution(_full_precision(self._inference(x)))

    def likelihood_of(self, params: dict[str, Any]) -> Distribution:
        """Return p(x|z) for its parameters."""
        return self.likelihood.distribution(params, len(self.event_shape))

    def decoded(self, z: Any) -> Any:
        """Return the mean of p(x|z) for codes z of shape ``(batch, latent_dim)``."""
        return self.likelihood_of(_full_precision(self._generation(z))).mean

    def _decode_params(self, z: Any, *, training: bool) -> dict[str, Any]:
        """Return the parameters of p(x|z) for z of shape ``(samples, batch, latent_dim)``."""
        params = _full_precision(self._generation(ops.reshape(z, (-1, self.latent_dim)), training=training))
        return {name: ops.reshape(value, (z.shape[0], -1, *value.shape[1:])) for name, value in params.items()}

    def _program(self, function: Callable[..., Any], *settings: Any) -> Callable[..., Any]:
        """Return ``function(model, *settings, *arrays, draws)`` as a program that runs with this model's weights."""
        return functools.partial(self.programs.get(function, *settings), [weight.value for weight in self.weights])

    def _check(self, argument: str, x: Any) -> Any:
        return check_items(argument, x, self.event_shape, self.likelihood)


def _full_precision(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters in Keras's float type, in which densities and KL are summed even in mixed precision."""
    return {name: ops.cast(value, keras.config.floatx()) for name, value in params.items()}
