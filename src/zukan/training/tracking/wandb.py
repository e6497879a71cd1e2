"""Weights & Biases, offline by default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zukan import checks
from zukan.training.tracking.base import Tracker


class WandB(Tracker):
    """Writes into the folder ``wandb`` of the run, which ``wandb sync`` sends later.

    With ``WANDB_MODE=online``, it sends everything at once.
    """

    name = "wandb"

    @classmethod
    def load(cls) -> Any:
        """Import wandb."""
        try:
            import wandb  # noqa: PLC0415 an extra
        except ImportError as error:
            raise checks.not_installed("wandb", "wandb", "wandb") from error
        return wandb

    def start(self, state: dict[str, str]) -> dict[str, str]:
        """Create a run in the project ``zukan`` with the recipe as its configuration, or go on with it."""
        mode: Any = os.environ.get("WANDB_MODE", "offline")
        self.run = self.package.init(
            project=os.environ.get("WANDB_PROJECT", "zukan"), name=self.folder.resolve().name, dir=str(self.folder),
            config=self.parameters, id=state.get("id"), resume="allow" if state else None, reinit="create_new",
            mode=mode, settings=self.package.Settings(console="off", silent=True, disable_git=True, save_code=False))
        self.run.define_metric("*", step_metric="epoch")
        return {"id": self.run.id}

    def write(self, epoch: int, terms: Mapping[str, float]) -> None:
        """Write every term with the epoch."""
        self.run.log({**terms, "epoch": epoch})

    def publish(self, numbers: Mapping[str, float], report: Path) -> None:
        """Write the results into the summary, keep the report as an artifact, and end the run."""
        self.run.summary.update({f"final/{name}": value for name, value in numbers.items()})
        artifact = self.package.Artifact(f"report-{self.run.id}", type="report")
        artifact.add_file(str(report))
        self.run.log_artifact(artifact)
        self.run.finish()
