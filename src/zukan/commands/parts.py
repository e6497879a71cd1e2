"""List the parts from which models are made."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zukan import checks, plugins
from zukan.augmentations import augmentations
from zukan.likelihoods import likelihoods
from zukan.networks import networks
from zukan.objectives import objectives
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.registry import parameters, plain
from zukan.schedules import schedules
from zukan.training.inline import inline

REGISTRIES = (networks, posteriors, priors, likelihoods, objectives, schedules, augmentations)
# Kinds whose option has another name.
OPTIONS = {"network": "encoder", "schedule": "objective", "augmentation": "augment"}
_PAPER = re.compile(r"arXiv:\d{4}\.\d{4,5}|doi:10\.\d+/[^\s),;]*[^\s),;.]|openreview \w+")


@dataclass(frozen=True)
class PartInfo:
    """What a registered part is.

    Attributes
    ----------
    kind, name : str
    meaning : str
        The first line of its documentation.
    arguments : dict
        The defaults of its arguments; ``...`` for one that must be given.
    paper : str
        Its first citation, such as ``arXiv:1705.07120``; empty if it has none.
    documentation : str
        All of its documentation.
    """

    kind: str
    name: str
    meaning: str
    arguments: dict[str, Any]
    paper: str
    documentation: str

    @property
    def signature(self) -> str:
        """The arguments with their defaults, as TOML writes them."""
        return ", ".join(name if value is ... else f"{name}={'none' if value is None else _toml(value)}"
                         for name, value in self.arguments.items())

    @property
    def example(self) -> str:
        """The options of ``zukan train`` that choose the part, with all of its arguments."""
        values = [f'name="{self.name}"', *(f"{name}={_toml(value)}" for name, value in self.arguments.items()
                                           if value is not None)]
        table = f"{{{', '.join(values)}}}" if len(values) > 1 else self.name
        if self.kind == "schedule":
            table = f'{{name="elbo", beta={table}}}'
        is_noise = (self.kind, self.name) == ("augmentation", "binarize")  # --augment refuses it
        option = "corrupt" if is_noise else OPTIONS.get(self.kind, self.kind)
        return f"--{option} " + (table if table == self.name else f"'{table}'")


def parts(words: Sequence[str] = ()) -> list[PartInfo]:
    """Return the registered parts, those of a user's own included.

    Parameters
    ----------
    words : sequence of str, default all parts
        The kind of a part, its name, or both.

    Raises
    ------
    zukan.InputError
        If no part has that kind or name.
    """
    plugins.load_installed()
    chosen = [_info(registry.kind, name, member) for registry in REGISTRIES
              for name, member in registry.members.items()]
    for word in words:
        known = {part.kind for part in chosen} | {part.name for part in chosen}
        checks.choice("PART", word, sorted(known))
        chosen = [part for part in chosen if word in {part.kind, part.name}]
    return chosen


def _info(kind: str, name: str, member: type) -> PartInfo:
    documentation = inspect.cleandoc(member.__doc__ or "").replace("``", "").replace("`", "")
    arguments = {key: ... if p.default is p.empty else plain(p.default) for key, p in parameters(member).items()}
    paper = _PAPER.search(documentation)
    meaning = re.sub(r" \((arXiv|doi|openreview)[^)]*\)", "", documentation.split("\n\n")[0].replace("\n", " "))
    return PartInfo(kind, name, meaning, arguments, paper[0] if paper else "", documentation)


def _toml(value: Any) -> str:
    """Return a value as TOML writes it in one line."""
    return "…" if value is ... else inline(value)
