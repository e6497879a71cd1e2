"""The recipe: everything needed to train a model again.

The command line reads its options from here, so nothing heavy is imported.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zukan import checks, files, precision
from zukan.data.options import Options

FORMAT_VERSION = 3


def _field(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})

ENDS: dict[str, Any] = {"patience": 0, "minutes": None}  # fields that end a training early, and values that do not


@dataclass(frozen=True)
class Recipe(Options):
    """What to train, on which data, and how. The defaults are those of the 2018 tutorial.

    The fields that say how the data is read and split are those of `zukan.data.Options`. A part of the model is a name
    (``"conv"``) or a mapping (``{"name": "conv", "filters": [16, 32]}``).
    """

    data: str = _field("mnist", "A built-in data set, or the path of a file or folder.")
    augment: Any = _field("", "Random changes of the training items, drawn anew in each step, separated by commas: "
                          "flip, shift; zukan parts augmentation lists all.")
    corrupt: Any = _field("", "Like augment, but only the encoder sees the changed items, and the likelihood scores "
                          "the unchanged ones. binarize reduces overfitting to values in [0, 1].")
    latent_dim: int = _field(2, "Dimensions of the latent space.")
    encoder: Any = _field("mlp", "Encoder network, by name or as a table like '{name=\"mlp\", units=[512, 256]}'; "
                          "zukan parts network lists them.")
    decoder: Any = _field(None, "Decoder network; by default the mirror image of the encoder.")
    posterior: Any = _field("normal", "Distribution q(z|x); zukan parts posterior lists them.")
    prior: Any = _field("normal", "Distribution p(z); zukan parts prior lists them.")
    likelihood: Any = _field("auto", "Distribution p(x|z); auto chooses bernoulli or normal by the data; zukan "
                             "parts likelihood lists all.")
    objective: Any = _field("elbo", "Objective that training minimizes; zukan parts objective lists them.")
    beta: float = _field(1.0, "Weight of the KL in the ELBO.")
    warmup_epochs: int = _field(0, "Epochs over which beta grows from 0.")
    free_bits: float = _field(0.0, "Nats that the KL of a latent variable counts at least, averaged over the batch.")
    epochs: int = _field(100, "Passes over the training set.")
    patience: int = _field(0, "Stop after this number of epochs without a lower test loss, and keep the best epoch; 0 "
                           "trains all epochs.")
    minutes: float | None = _field(None, "Minutes that the training may take: the time of an epoch is measured, and "
                                   "epochs set to what fits; if epochs is given too, it is the maximum.")
    batch_size: int = _field(64, "Items per training step.")
    optimizer: str = _field("adam", "Any Keras optimizer, by name.")
    learning_rate: float = _field(1e-3, "Learning rate of the optimizer.")
    decay: str = _field("constant", "Learning rate schedule: constant, or cosine (decays to 0).")
    precision: str = _field("auto", "auto (what the device does by default), float32, tf32 (products of matrices), or "
                            "bfloat16 (encoder and decoder); densities and losses stay float32.")
    seed: int = _field(0, "Seed of the initial weights, the order of the items and all random draws.")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("data", "optimizer"):
            if not isinstance(getattr(self, name), str):
                raise checks.InputError(
                    f"{name} must be text, got {checks.show(getattr(self, name))}; put it in quotes")
        for name in ("latent_dim", "epochs", "batch_size"):
            checks.integer(name, getattr(self, name))
        for name in ("warmup_epochs", "patience", "seed"):
            checks.integer(name, getattr(self, name), minimum=0)
        if self.minutes is not None:
            checks.number("minutes", self.minutes, above=0.0)
        checks.number("beta", self.beta, minimum=0.0)
        checks.number("free_bits", self.free_bits, minimum=0.0)
        checks.number("learning_rate", self.learning_rate, above=0.0)
        checks.choice("decay", self.decay, ("constant", "cosine"))
        checks.choice("precision", self.precision, precision.CHOICES)
        if self.binarize != "none" and self.likelihood not in ("auto", "bernoulli", {"name": "bernoulli"}):
            raise checks.InputError(
                f"binarize {self.binarize!r} needs the likelihood 'bernoulli', the distribution of zeros and ones, got "
                f"{checks.show(self.likelihood)}; leave likelihood or binarize out")
        if "binarize" in str(self.augment):
            raise checks.InputError(f"augment must not hold 'binarize', since the test items are binarized too, got "
                                    f"{checks.show(self.augment)}; use binarize='dynamic'")
        if self.binarize != "none" and "binarize" in str(self.corrupt):
            raise checks.InputError(f"corrupt must not hold 'binarize' if binarize is {self.binarize!r}, since the "
                                    f"items are black and white, got {checks.show(self.corrupt)}; leave one out")
        weighted = (self.beta, self.warmup_epochs, self.free_bits) != (1, 0, 0)
        if weighted and self.objective not in ("elbo", {"name": "elbo"}):
            raise checks.InputError(
                f"beta, warmup_epochs and free_bits belong to objective 'elbo', got objective "
                f"{checks.show(self.objective)}; leave them out, or set them inside the objective")

    @classmethod
    def fields(cls) -> list[dataclasses.Field[Any]]:
        """Return the fields, each with a help text in its metadata; ``data`` comes first."""
        return sorted(dataclasses.fields(cls), key=lambda item: item.name != "data")

    @property
    def options(self) -> dict[str, Any]:
        """The fields for `zukan.data.load`, by name."""
        names = [item.name for item in dataclasses.fields(Options)]
        return {**{name: getattr(self, name) for name in names}, "split_seed": self.split_seed_or(self.seed)}

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that differ from the default, by name; without the data."""
        return {item.name: value for item in self.fields()
                if (value := getattr(self, item.name)) != item.default and item.name != "data"}

    @classmethod
    def of(cls, **values: Any) -> Recipe:
        """Return the recipe with these values; parts may be objects, which are stored as mappings."""
        names = [item.name for item in cls.fields()]
        for name in values:
            checks.choice("a field of the recipe", name, names)
        return cls(**{name: _plain(name, value) for name, value in values.items()})

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a file that `to_toml` wrote.

        Raises
        ------
        zukan.InputError
            If the file is missing, is not TOML, has another format version, or holds an unknown or invalid field.
        """
        try:
            values = tomllib.loads(files.read_text(path))
        except (OSError, ValueError, RecursionError) as error:
            raise checks.InputError(
                f"recipe {str(path)!r} cannot be read: {error}; restore it, or train again") from error
        version = values.pop("format_version", None)
        if version != FORMAT_VERSION:
            raise checks.InputError(
                f"recipe {str(path)!r} must have format_version {FORMAT_VERSION}, got {checks.show(version)}; "
                "use the version of zukan that wrote it")
        try:
            return cls.of(**values)
        except checks.InputError as error:
            raise checks.InputError(f"recipe {str(path)!r}: {error}") from error

    def to_toml(self) -> str:
        """Return the recipe as TOML, with its format version."""
        import tomli_w  # noqa: PLC0415 not needed for --help

        values = {item.name: getattr(self, item.name) for item in self.fields()}
        return tomli_w.dumps({"format_version": FORMAT_VERSION,
                              **{name: value for name, value in values.items() if value is not None}})


def _plain(name: str, value: Any) -> Any:
    """Return ``value`` in a form that TOML can hold."""
    if value is None or isinstance(value, (str, int, float, dict)):
        return value  # plain already, and the registry would import Keras
    from zukan.registry import plain  # noqa: PLC0415

    return plain(value, name)
