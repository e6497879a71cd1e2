"""The contract table: one line for each registered part, with arguments that are small and differ from the defaults."""

from typing import Any, NamedTuple

from zukan.likelihoods import likelihoods
from zukan.networks import networks
from zukan.objectives import objectives
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.registry import Registry
from zukan.schedules import schedules


class Member(NamedTuple):
    """A registered part and the arguments that the tests give it."""

    registry: Registry
    name: str
    arguments: dict[str, Any]

    def make(self):
        return self.registry.make({"name": self.name, **self.arguments})


MEMBERS = [
    Member(networks, "mlp", {"units": [6, 5], "activation": "tanh"}),
    Member(networks, "conv", {"filters": [3, 4], "units": 6, "kernel_size": 2, "activation": "tanh"}),
    Member(posteriors, "normal", {}),
    Member(priors, "normal", {}),
    Member(priors, "mixture", {"components": 3}),
    Member(likelihoods, "bernoulli", {}),
    Member(likelihoods, "normal", {"scale": 0.5}),
    Member(objectives, "elbo", {"beta": {"name": "warmup", "steps": 7}, "free_bits": 0.1, "samples": 2}),
    Member(objectives, "iwae", {"k": 3}),
    Member(schedules, "constant", {"value": 0.5}),
    Member(schedules, "warmup", {"steps": 7, "value": 2.0, "start": 0.25}),
    Member(schedules, "cyclic", {"period": 8, "value": 2.0, "ratio": 0.25}),
]

# Event shapes that every network must accept, except that the convolutional network accepts only images.
IMAGES = [(28, 28, 1), (7, 13, 1), (1, 1, 1), (32, 24, 3), (5, 9, 4)]
VECTORS = [(1,), (17,)]


def name_of(member: Member) -> str:
    """Return the name of the member in test ids and reports."""
    return f"{member.registry.kind}-{member.name}"


def in_a_model(member: Member, part: Any = None, **options: Any) -> dict[str, Any]:
    """Return the arguments of a tiny `zukan.VAE` that uses the member, or ``part`` in its place."""
    kind = member.registry.kind
    part = member.make() if part is None else part
    small = {"event_shape": (5, 4, 1), "encoder": {"name": "mlp", "units": [6]}, "latent_dim": 2}
    place = {"network": {"encoder": part}, "schedule": {"objective": {"name": "elbo", "beta": part}}}
    return {**small, **place.get(kind, {kind: part}), **options}
