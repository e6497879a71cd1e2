"""MLflow: experiments in a database, a file or a server."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zukan import checks
from zukan.training.tracking.base import Tracker

DATABASE, ARTIFACTS = "mlflow.db", "mlartifacts"  # beside the run folder, so that all runs there are compared


class MLflow(Tracker):
    """Writes to the store that ``MLFLOW_TRACKING_URI`` names; without it, to ``mlflow.db`` beside the run folder."""

    name = "mlflow"

    @classmethod
    def load(cls) -> Any:
        """Import MLflow, and SQLAlchemy for its database."""
        try:
            import sqlalchemy  # noqa: F401, PLC0415 an extra
            from mlflow.tracking import MlflowClient  # noqa: PLC0415
        except ImportError as error:
            raise checks.not_installed("mlflow", "mlflow-skinny", "mlflow") from error
        return MlflowClient

    def start(self, state: dict[str, str]) -> dict[str, str]:
        """Create a run in the experiment ``zukan`` with the recipe as its parameters, or go on with it."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)  # it logs every table that it creates
        beside = self.folder.resolve().parent
        place = os.environ.get("MLFLOW_TRACKING_URI")
        self.client = self.package(place or f"sqlite:///{beside / DATABASE}")
        if state:
            with contextlib.suppress(MlflowException):  # another store does not know this run, so it gets a new one
                self.client.set_terminated(state["run"], "RUNNING")
                self.id = state["run"]
                return state
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", "zukan")
        experiment = self.client.get_experiment_by_name(name)
        if experiment is None:
            number = self.client.create_experiment(name, None if place else (beside / ARTIFACTS).as_uri())
        else:
            number = experiment.experiment_id
        self.id = self.client.create_run(number, run_name=self.folder.resolve().name).info.run_id
        for key, value in self.parameters.items():
            self.client.log_param(self.id, key, value)
        return {"run": self.id}

    def write(self, epoch: int, terms: Mapping[str, float]) -> None:
        """Write every term with the epoch as its step."""
        self._log(terms, epoch)

    def publish(self, numbers: Mapping[str, float], report: Path) -> None:
        """Write the results, keep the report as an artifact, and end the run."""
        self._log({f"final_{name}": value for name, value in numbers.items()}, 0)
        self.client.log_artifact(self.id, str(report))
        self.client.set_terminated(self.id, "FINISHED")

    def _log(self, numbers: Mapping[str, float], step: int) -> None:
        from mlflow.entities import Metric  # noqa: PLC0415

        now = int(1000 * time.time())
        self.client.log_batch(self.id, metrics=[Metric(name, value, now, step) for name, value in numbers.items()])
