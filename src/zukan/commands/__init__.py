"""The commands of the command line as functions of the same name, one file per command.

Functions are imported on first use, because importing all of them takes seconds.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zukan.commands.compare import compare
    from zukan.commands.data import data
    from zukan.commands.diagnose import diagnose
    from zukan.commands.encode import encode
    from zukan.commands.evaluate import evaluate
    from zukan.commands.explore import explore
    from zukan.commands.export import export
    from zukan.commands.impute import impute
    from zukan.commands.interpolate import interpolate
    from zukan.commands.parts import parts
    from zukan.commands.reconstruct import reconstruct
    from zukan.commands.report import report
    from zukan.commands.resume import resume
    from zukan.commands.sample import sample
    from zukan.commands.score import score
    from zukan.commands.train import train
    from zukan.commands.train_many import train_many
    from zukan.commands.tune import tune

__all__ = ["compare", "data", "diagnose", "encode", "evaluate", "explore", "export", "impute", "interpolate",
           "parts", "reconstruct", "report", "resume", "sample", "score", "train", "train_many", "tune"]


class _Package(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        """Store the function ``train`` when Python, after importing the file ``train.py``, stores its module here."""
        super().__setattr__(name, getattr(value, name) if name in __all__ and isinstance(value, ModuleType) else value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'zukan.commands' has no attribute {name!r}")
    return getattr(importlib.import_module(f"zukan.commands.{name}"), name)
