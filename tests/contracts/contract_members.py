"""The contract table: one line for each registered part, with arguments that are small and differ from the defaults."""

import os
import tempfile
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import keras
import numpy as np

import zukan
from zukan.augmentations import augmentations
from zukan.likelihoods import Likelihood, Mixed, likelihoods
from zukan.networks import networks
from zukan.objectives import LearnedObjective, objectives
from zukan.optimizers import Adversarial
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.registry import Registry
from zukan.schedules import schedules


class Member(NamedTuple):
    """A registered part, the arguments that the tests give it, and what else a model with it needs."""

    registry: Registry
    name: str
    arguments: dict[str, Any]
    model: Mapping[str, Any] = MappingProxyType({})

    def make(self):
        return self.registry.make({"name": self.name, **self.arguments})


def features():
    """Return the path of a network for any image of one channel, which lasts as long as the process."""
    folder = tempfile.TemporaryDirectory(prefix="zukan-features-")
    x = keras.Input((None, None, 1))
    first = keras.layers.Conv2D(2, 2, padding="same", activation="tanh", name="first")(x)
    keras.Model(x, keras.layers.Conv2D(2, 2, padding="same", name="second")(first)).save(f"{folder.name}/features.keras")
    FOLDERS.append(folder)
    return f"{folder.name}/features.keras"


FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
FEATURES = features()
MEMBERS = [
    Member(networks, "mlp", {"units": [6, 5], "activation": "tanh", "spectral_norm": True}),
    Member(networks, "conv", {"filters": [3, 4], "units": 6, "kernel_size": 2, "activation": "tanh", "spectral_norm": True}),
    Member(networks, "gated", {"units": [6, 5], "spectral_norm": True}),
    Member(networks, "resnet", {"filters": [4], "units": 6, "blocks": 2, "groups": 2, "heads": 2, "kernel_size": 2,
                                "activation": "tanh", "spectral_norm": True}),
    Member(networks, "conv1d", {"filters": [3, 4], "units": 6, "kernel_size": 4, "activation": "tanh", "spectral_norm": True},
           {"event_shape": (9, 2)}),
    Member(networks, "transformer", {"width": 6, "depth": 1, "heads": 2, "hidden": 5, "order": "sinusoidal", "pooling": "token",
                                     "activation": "tanh"}, {"event_shape": (5, 3)}),
    Member(posteriors, "normal", {}),
    Member(posteriors, "planar", {"flows": 2}),
    Member(posteriors, "full", {}),
    Member(posteriors, "iaf", {"flows": 2, "units": [5], "context": 3}),
    Member(posteriors, "realnvp", {"flows": 2, "units": [5], "context": 3}),
    Member(posteriors, "laplace", {}),
    Member(posteriors, "hamiltonian", {"steps": 2, "step_size": 0.1, "temperature": 0.5, "learned": False}),
    Member(posteriors, "delta", {}, {"objective": "reconstruction"}),
    Member(posteriors, "categorical", {"classes": 2, "temperature": 0.7}, {"prior": "categorical"}),
    Member(posteriors, "joint", {"classes": 2, "discrete": 2, "temperature": 0.6}, {"prior": "joint", "latent_dim": 6}),
    Member(posteriors, "vq", {"entries": 4, "groups": 2, "depth": 2, "codebook": "gradient", "start": "random", "decay": 0.8,
                              "revive": 0.2, "commitment": 0.5, "gradient": "rotation"},
           {"prior": "categorical", "latent_dim": 4}),
    Member(posteriors, "fsq", {"levels": [4, 3]}, {"prior": "categorical"}),
    Member(posteriors, "lfq", {"bits": 1, "commitment": 0.5, "entropy": 0.2, "temperature": 0.8}, {"prior": "categorical"}),
    Member(posteriors, "spatial", {}, {"encoder": {"name": "conv", "filters": [3], "kernel_size": 2}, "latent_dim": 24}),
    Member(posteriors, "sphere", {"spheres": 2}, {"prior": "sphere", "latent_dim": 4}),
    Member(posteriors, "poincare", {}, {"prior": "poincare"}),
    Member(posteriors, "ladder", {"widths": [1, 2, 2], "units": 3}, {"prior": "ladder", "latent_dim": 5}),
    Member(priors, "normal", {}),
    Member(priors, "mixture", {"components": 3}),
    Member(priors, "categorical", {"learned": True}, {"posterior": {"name": "categorical", "classes": 2}}),
    Member(priors, "autoregressive", {"units": 4, "depth": 1, "heads": 2}, {"posterior": {"name": "fsq", "levels": [3]}}),
    Member(priors, "pixelcnn", {"units": 3, "depth": 2, "kernel_size": 3}, {
        "posterior": {"name": "vq", "entries": 4, "groups": 2},
        "encoder": {"name": "conv", "filters": [3], "kernel_size": 2}, "latent_dim": 24}),
    Member(priors, "joint", {"real": "mixture", "discrete": "autoregressive"},
           {"posterior": {"name": "joint", "classes": 2}, "latent_dim": 4}),
    Member(priors, "vamp", {"components": 3}),
    Member(priors, "maf", {"flows": 2, "units": [5]}),
    Member(priors, "realnvp", {"flows": 2, "units": [5]}),
    Member(priors, "two-stage", {"units": [5]}, {"objective": "reconstruction"}),
    Member(priors, "conditional", {}, {"condition": 3}),
    Member(priors, "sphere", {}, {"posterior": "sphere", "latent_dim": 3}),
    Member(priors, "poincare", {"curvature": 0.5}, {"posterior": "poincare"}),
    Member(priors, "ladder", {"units": 3}, {"posterior": {"name": "ladder", "widths": [2, 3]}, "latent_dim": 5}),
    Member(likelihoods, "bernoulli", {}),
    Member(likelihoods, "normal", {"scale": "heads", "floor": 0.1, "start": 0.5}),
    Member(likelihoods, "hyperbolic-secant", {"scale": "heads", "floor": 0.2, "start": 0.5}),
    Member(likelihoods, "laplace", {"scale": "heads", "floor": 0.2, "start": 0.5}),
    Member(likelihoods, "student-t", {"scale": "feature", "floor": 0.2, "df": 4.0, "start": 0.5}),
    Member(likelihoods, "continuous-bernoulli", {}),
    Member(likelihoods, "logistic-mixture", {"components": 2}),
    Member(likelihoods, "categorical", {"width": 3}),
    Member(likelihoods, "mixed", {"numeric": {"name": "student-t", "scale": "feature"}, "counts": "poisson", "columns": [
        {"name": "a"}, {"name": "b", "kind": "category", "levels": ["x", "y", "z"]}, {"name": "c", "kind": "count"},
        {"name": "d", "kind": "boolean"}, {"name": "e", "kind": "date"}, {"name": "f", "kind": "category", "levels": ["x", "y"]}]},
        {"event_shape": (6,)}),
    Member(likelihoods, "poisson", {"size_factor": True, "zero_inflated": True}),
    Member(likelihoods, "negative-binomial", {"dispersion": "heads", "size_factor": True, "zero_inflated": True}),
    Member(objectives, "elbo", {"beta": {"name": "warmup", "steps": 7}, "free_bits": 0.1, "samples": 2}),
    Member(objectives, "iwae", {"k": 3, "m": 2, "elbo_weight": 0.25, "partial": True, "gradient": "dreg"}),
    Member(objectives, "not-miwae", {"k": 3, "mechanism": "self-masking-high"}, {"likelihood": "normal", "missing": True}),
    Member(objectives, "capacity", {"nats": {"name": "warmup", "steps": 7}, "gamma": 2.0}),
    Member(objectives, "beta-tc", {"beta": 2.0, "alpha": 0.5, "gamma": 1.5, "sampling": "weighted"}),
    Member(objectives, "dip", {"kind": "I", "off_diagonal": 0.5, "diagonal": 0.25}),
    Member(objectives, "mmd", {"weight": 2.0, "beta": 0.5, "kernel": "rbf", "scales": [0.5, 1.5]}),
    Member(objectives, "sliced", {"weight": 2.0, "beta": 0.5, "slices": 3}),
    Member(objectives, "rae", {"weight": 0.01, "decay": 0.001, "gradient_penalty": 0.1}, {"posterior": "delta"}),
    Member(objectives, "ms-ssim", {"weight": 3.0, "likelihood": 0.5, "beta": 0.5, "scales": 2, "window": 2, "span": 2.0}),
    Member(objectives, "perceptual", {"network": FEATURES, "layers": ["first", "second"], "weight": 3.0,
                                      "likelihood": 0.5, "beta": 0.5}),
    Member(objectives, "factor", {"gamma": 2.0, "units": [4]}),
    Member(objectives, "aae", {"weight": 2.0, "units": [4]}, {"posterior": "delta"}),
    Member(objectives, "vae-gan", {"weight": 0.5, "likelihood": 0.5, "beta": 0.5,
                                   "network": {"name": "mlp", "units": [4]}}),
    Member(objectives, "reconstruction", {}),
    Member(schedules, "constant", {"value": 0.5}),
    Member(schedules, "warmup", {"steps": 7, "value": 2.0, "start": 0.25}),
    Member(schedules, "exponential", {"value": 0.25, "start": 2.0, "rate": 0.01}),
    Member(augmentations, "flip", {}),
    Member(augmentations, "shift", {"pixels": 2}),
    Member(augmentations, "binarize", {"share": 0.5}),
    Member(schedules, "cyclic", {"period": 8, "value": 2.0, "ratio": 0.25}),
]

# Event shapes that every network must accept, except that some accept only images, and others only the rest.
IMAGES = [(28, 28, 1), (7, 13, 1), (1, 1, 1), (32, 24, 3), (5, 9, 4)]
SIGNALS = [(16, 1), (13, 3), (1, 1), (1, 4)]
VECTORS = [(1,), (17,)]
ACCEPTED = {"conv": IMAGES, "resnet": IMAGES, "conv1d": [*SIGNALS, *VECTORS], "transformer": [*SIGNALS, *VECTORS]}


def accepted(network: Member) -> list[tuple[int, ...]]:
    """Return the event shapes that the network must accept."""
    return ACCEPTED.get(network.name, [*IMAGES, *SIGNALS, *VECTORS])


def name_of(member: Member) -> str:
    """Return the name of the member in test ids and reports."""
    return f"{member.registry.kind}-{member.name}"


def in_a_model(member: Member, part: Any = None, **options: Any) -> dict[str, Any]:
    """Return the arguments of a tiny `zukan.VAE` that uses the member, or ``part`` in its place."""
    kind = member.registry.kind
    part = member.make() if part is None else part
    small = {"event_shape": (5, 4, 1), "encoder": {"name": "mlp", "units": [6]}, "latent_dim": 2}
    place = {"network": {"encoder": part}, "schedule": {"objective": {"name": "elbo", "beta": part}},
             "augmentation": {"augment": part}}
    return {**small, **place.get(kind, {kind: part}), **member.model, **options}


class Trial(NamedTuple):
    """A kind of model that every check of whole models trains.

    ``plain`` says that its part is a formula only, without a state or a mechanism of its own. Its checks then run with
    ``pytest -m thorough``.
    """

    name: str
    options: Callable[[], dict[str, Any]]
    optimizer: Callable[[], Any] = lambda: keras.optimizers.Adam(0.01)
    plain: bool = False

    def build(self, **options: Any) -> zukan.VAE:
        vae = zukan.VAE(**{**self.options(), **options})
        vae.compile(self.optimizer())
        return vae


def two_optimizers() -> Adversarial:
    return Adversarial(keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.02, momentum=0.5))


CONV, CONV1D = (next(member for member in MEMBERS if member.name == name) for name in ("conv", "conv1d"))
COUNTS = next(member for member in MEMBERS if member.name == "negative-binomial")
# Parts that bring a mechanism or a state of their own into the training loop. The others are formulas on the same loop:
# test_docs_models.py trains, saves and loads a model with each of them, and `pytest -m thorough` runs all checks for all.
MECHANISMS = {"network-mlp", "network-conv", "posterior-normal", "posterior-planar", "posterior-vq", "posterior-delta",
              "prior-vamp", "prior-pixelcnn", "likelihood-negative-binomial", "likelihood-mixed", "objective-iwae",
              "objective-factor", "objective-not-miwae", "schedule-warmup"}
LEARNED = [member for member in MEMBERS if issubclass(member.registry.members[member.name], LearnedObjective)]
TRIALS = [
    *(Trial(name_of(member), lambda member=member: in_a_model(member), plain=name_of(member) not in MECHANISMS)
      for member in MEMBERS),
    *(Trial(f"{name_of(member)}, two optimizers", lambda member=member: in_a_model(member), two_optimizers,
            plain=member.name != "factor") for member in LEARNED),
    Trial("weights of likelihoods, images", lambda: in_a_model(
        COUNTS, likelihood={"name": "negative-binomial"}, encoder=CONV.make())),
    Trial("counts, missing values", lambda: in_a_model(COUNTS, missing=True)),
    Trial("condition, images", lambda: in_a_model(CONV, condition=3)),
    Trial("augmentations, missing values, condition",
          lambda: in_a_model(MEMBERS[0], missing=True, condition=3, augment="flip,shift", corrupt="binarize")),
    Trial("missing values", lambda: in_a_model(MEMBERS[0], missing=True)),
    Trial("missing values, condition, images", lambda: in_a_model(CONV, missing=True, condition=3)),
    Trial("missing values, condition, signals of one channel",
          lambda: in_a_model(CONV1D, missing=True, condition=3, event_shape=(9,))),
]

# What runs on the other backends: with ZUKAN_THOROUGH=1 all parts, else networks, posteriors, likelihoods and what brings a
# mechanism, without the likelihoods whose functions other likelihoods use as well.
COVERED = {"likelihood-normal", "likelihood-laplace", "likelihood-hyperbolic-secant", "likelihood-poisson"}
ON_BACKENDS = [member for member in MEMBERS if os.environ.get("ZUKAN_THOROUGH") or name_of(member) in MECHANISMS
               or (member.registry.kind in {"network", "posterior", "likelihood"} and name_of(member) not in COVERED)]

# Methods that run on the other backends for the mechanisms, for missing values with a condition, and for the kind of part
# that they pass through.
SOME_METHODS = {"decode", "sample", "attribution", "predict", "interpolate", "elbo"}
OF_KIND = {"posterior": {"interpolate"}, "likelihood": {"attribution"}}


def methods_for(name: str) -> set[str]:
    """Return those of ``SOME_METHODS`` that run for a model, by its name in reports."""
    if name in MECHANISMS or name == "missing values" or os.environ.get("ZUKAN_THOROUGH"):
        return SOME_METHODS
    return OF_KIND.get(name.split("-")[0], set())


def data(n, shape, seed=0):
    """Return ``n`` items of two kinds, dark and bright."""
    rng = np.random.default_rng(seed)
    levels = np.where(np.arange(n) % 2, 0.9, 0.1).reshape(-1, *[1] * len(shape))
    return np.clip(levels + 0.05 * rng.standard_normal((n, *shape)), 0, 1).astype("float32")


def suited(vae: zukan.VAE, x: np.ndarray) -> np.ndarray:
    """Return items in [0, 1] as whole multiples of the unit of the model's likelihood, if it or a column has one."""
    if isinstance(vae.likelihood, Mixed):
        x, likelihood = x.copy(), vae.likelihood
        for places, member in zip(likelihood.places, likelihood.members, strict=True):
            x[:, places] = in_units(member, x[:, places])
        x[:, 5] = np.rint(x[:, 5] / 2)  # a category of two levels beside one of three
        return x
    return in_units(vae.likelihood, x)


def in_units(likelihood: Likelihood, x: np.ndarray) -> np.ndarray:
    """Return items in [0, 1] as whole multiples of the unit of a likelihood; Bernoulli takes any."""
    unit, largest = likelihood.unit, min(likelihood.support[1], 9)
    return (np.rint(x * largest / unit) * unit).astype("float32") if unit else x


def items_for(vae: zukan.VAE, n: int, seed: int = 0) -> np.ndarray:
    """Return items for this model: some values are missing, if it allows that."""
    x = suited(vae, data(n, vae.event_shape, seed))
    if vae.missing:
        x[np.random.default_rng(seed).random(x.shape) < 0.2] = np.nan
    return x


def condition_for(vae: zukan.VAE, n: int) -> dict[str, Any]:
    """Return the argument ``condition`` for ``n`` items, if this model has one."""
    width = vae.shapes.condition_dim
    return {"condition": np.arange(n) // 2 % width} if width else {}
