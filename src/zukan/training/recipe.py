"""The recipe: everything needed to train a model again, with every default in one block.

Imported for ``--help``, so nothing heavy is imported here.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zukan import checks, files

FORMAT_VERSION = 2
# What an earlier version did where it had no such field yet.
EARLIER = {1: {"likelihood": "bernoulli", "scaling": "none", "stratify": False}}


def _field(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Recipe:
    """What to train, on what, and how; the defaults are the 2018 tutorial's.

    A part is a name (``"conv"``) or a mapping (``{"name": "conv", "filters": [16, 32]}``).
    """

    data: str = _field("mnist", "A built-in name or a file.")
    test_fraction: float = _field(1 / 6, "Share held out as test set, where the data brings none.")
    stratify: bool = _field(True, "Hold out the same share of each class.")  # noqa: FBT003
    label: str | None = _field(None, "Column of a table that holds the labels.")
    scaling: str = _field("auto", "Of features, fitted on the training items: standard, minmax or none; auto is "
                          "standard for tables and none for arrays.")
    image_size: str | None = _field(None, "HEIGHTxWIDTH that images are brought to; by default the most common size.")
    image_fit: str = _field("crop", "How images of other proportions are brought to it: crop, pad or resize.")
    channels: int | None = _field(None, "Channels of images: 1, 3 or 4; by default 3 where any has colour.")
    memory: float | None = _field(None, "GiB that the items may take as float32; above, they are read from disk when "
                                  "needed, with the same results. By default half of what is free.")
    workers: int = _field(0, "Processes that read them then; with 0, threads do.")
    latent_dim: int = _field(2, "Dimensions of the latent space.")
    encoder: Any = _field("mlp", "Network: mlp or conv, or a table such as '{name=\"mlp\", units=[512, 256]}'.")
    decoder: Any = _field(None, "Network; the encoder's mirror when not given.")
    posterior: Any = _field("normal", "q(z|x).")
    prior: Any = _field("normal", "p(z): normal or mixture.")
    likelihood: Any = _field("auto", "p(x|z): bernoulli or normal; auto looks at the data.")
    objective: Any = _field("elbo", "What is minimised: elbo or iwae.")
    beta: float = _field(1.0, "Weight of the KL in the ELBO.")
    warmup_epochs: int = _field(0, "Epochs over which beta climbs from 0.")
    free_bits: float = _field(0.0, "Nats per latent dimension that cost nothing.")
    epochs: int = _field(100, "Passes over the training set.")
    batch_size: int = _field(64, "Examples per step.")
    optimizer: str = _field("adam", "Any Keras optimizer, by name.")
    learning_rate: float = _field(1e-3, "Step size of the optimizer.")
    decay: str = _field("constant", "Learning rate over time: constant, or cosine (down to zero).")
    seed: int = _field(0, "Fixes weights, order and draws.")
    split_seed: int | None = _field(None, "Fixes which items are held out, where the data brings no test set; "
                                    "the seed when not given.")

    def __post_init__(self) -> None:
        for name in ("data", "optimizer", "scaling", "image_fit", "label", "image_size"):
            if not isinstance(getattr(self, name), (str, type(getattr(Recipe, name)))):
                raise checks.InputError(
                    f"{name} must be text, got {checks.show(getattr(self, name))}; put it in quotes")
        for name in ("latent_dim", "epochs", "batch_size"):
            checks.integer(name, getattr(self, name))
        for name in ("warmup_epochs", "workers", "seed", "held_out_by"):
            checks.integer(name.replace("held_out_by", "split_seed"), getattr(self, name), minimum=0)
        checks.number("beta", self.beta, minimum=0.0)
        checks.number("free_bits", self.free_bits, minimum=0.0)
        checks.number("learning_rate", self.learning_rate, above=0.0)
        if self.memory is not None:
            checks.number("memory", self.memory, above=0.0)
        checks.number("test_fraction", self.test_fraction, above=0.0, maximum=0.9)
        if not isinstance(self.stratify, bool):
            raise checks.InputError(f"stratify must be true or false, got {checks.show(self.stratify)}")
        checks.choice("decay", self.decay, ("constant", "cosine"))
        weighted = (self.beta, self.warmup_epochs, self.free_bits) != (1, 0, 0)
        if weighted and self.objective not in ("elbo", {"name": "elbo"}):
            raise checks.InputError(
                f"beta, warmup_epochs and free_bits belong to objective 'elbo', got objective "
                f"{checks.show(self.objective)}; leave them out, or give them inside the objective")

    @property
    def held_out_by(self) -> int:
        """The seed of the split: runs that differ in ``seed`` alone can share one."""
        return self.seed if self.split_seed is None else self.split_seed

    @property
    def reading(self) -> dict[str, Any]:
        """What `zukan.data.load` and `zukan.data.items` are asked for, beyond the source."""
        return {name: getattr(self, name) for name in ("label", "image_size", "image_fit", "channels", "memory",
                                                          "workers")}

    @property
    def splitting(self) -> dict[str, Any]:
        """What `zukan.data.load` alone is asked for."""
        return {"test_fraction": self.test_fraction, "seed": self.held_out_by, "stratify": self.stratify,
                "scaling": self.scaling}

    @classmethod
    def of(cls, **given: Any) -> Recipe:
        """Return the recipe with these fields; parts may be objects, which are written down as mappings."""
        names = [f.name for f in dataclasses.fields(cls)]
        for name in given:
            checks.choice("a field of the recipe", name, names)
        return cls(**{name: _plain(name, value) for name, value in given.items()})

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read what `to_toml` wrote.

        Raises
        ------
        zukan.InputError
            For a file that is missing, not TOML, of a newer format, or with a field that is unknown or out of range.
        """
        try:
            fields = tomllib.loads(files.read_text(path))
        except (OSError, ValueError, RecursionError) as error:
            raise checks.InputError(
                f"recipe {str(path)!r} cannot be read: {error}; restore it, or train again") from error
        version = fields.pop("format_version", None)
        if version != FORMAT_VERSION and version not in EARLIER:
            raise checks.InputError(
                f"recipe {str(path)!r} must have format_version {FORMAT_VERSION} or an earlier one, "
                f"got {checks.show(version)}; use the version of zukan that wrote it")
        fields = EARLIER.get(version, {}) | fields
        try:
            return cls.of(**fields)
        except checks.InputError as error:
            raise checks.InputError(f"recipe {str(path)!r}: {error}") from error

    def to_toml(self) -> str:
        """Return the recipe as TOML, with its format version."""
        import tomli_w  # noqa: PLC0415 not needed for --help

        fields = {name: value for name, value in dataclasses.asdict(self).items() if value is not None}
        return tomli_w.dumps({"format_version": FORMAT_VERSION, **fields})


def _plain(name: str, value: Any) -> Any:
    """Return ``value`` in a form that TOML can hold."""
    if name == "image_size" and isinstance(value, (int, tuple, list)):
        return "x".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
    if value is None or isinstance(value, (str, int, float, dict)):
        return value
    from zukan.registry import describe  # noqa: PLC0415 imports keras

    return describe(value, name)
