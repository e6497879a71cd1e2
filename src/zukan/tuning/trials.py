"""Draw the recipes of trials, train them, and tell Optuna how they ended."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import keras

from zukan import checks, precision
from zukan.data import Dataset
from zukan.model import VAE
from zukan.training.build import build, inputs
from zukan.training.divergence import DivergedError, StopOnDivergence
from zukan.training.evidence import choose_likelihood
from zukan.training.recipe import Recipe
from zukan.tuning import space
from zukan.tuning.criteria import Criterion, measure
from zukan.tuning.pruning import PrunedError, Pruning, StopPruned
from zukan.tuning.records import RECIPE, best_first, records
from zukan.tuning.storage import alive, end_dead_trials, import_optuna, quiet

_WORDS = {"val_elbo": "validation ELBO lower than in other trials",
          "val_reconstruction": "validation reconstruction error higher than in other trials"}
POLL = 2.0  # seconds between looks at the trials of other processes


class _Drawn(NamedTuple):
    """A trial and its model."""

    trial: Any
    recipe: Recipe
    vae: VAE
    pruning: list[Pruning]  # one, or none if the criterion cannot be followed from epoch to epoch


@dataclass
class Search:
    """A search: what all its trials share.

    Parameters
    ----------
    study : optuna.Study
    space : Space
    recipe : Recipe
        The fields that are not searched.
    dataset : Dataset
        With validation items in place of test items.
    name : str
        Of the criterion.
    criterion : Criterion
    total : int
        How many trials the study has at the end.
    together : int, default 1
        How many trials are drawn at once, with one structure of the model, and train as one program.
    devices : list, optional
        What these are divided among.
    callbacks : sequence of keras.callbacks.Callback
    log : callable
    """

    study: Any
    space: space.Space
    recipe: Recipe
    dataset: Dataset
    name: str
    criterion: Criterion
    total: int
    together: int = 1
    devices: list[Any] | None = None
    callbacks: Sequence[keras.callbacks.Callback] = ()
    log: Callable[[str], None] = field(default=lambda _: None)
    _open: list[Any] = field(default_factory=list, init=False)  # trials of this process that are not over

    def run(self) -> None:
        """Make the trials that are missing; wait for trials of other processes, and replace the ones that die."""
        waiting = False
        while True:
            end_dead_trials(self.study)
            taken = [trial for trial in records(self.study) if trial.taken]
            missing = self.total - len(taken)
            if missing > 0:
                self.make(min(missing, self.together))
                waiting = False
            elif any(trial.state == "running" for trial in taken):
                if not waiting:
                    self.log("Waiting for the trials of other processes")
                waiting = True
                time.sleep(POLL)
            else:
                return

    def make(self, count: int) -> None:
        """Draw ``count`` trials and train them."""
        try:
            with quiet(), alive(self.study, self._open):
                for models in self._draw(count):
                    self._train(models)
        finally:
            for trial in list(self._open):  # after an error, or Ctrl-C
                self._tell(trial, "FAIL")
            self._open.clear()

    def _draw(self, count: int) -> list[list[_Drawn]]:
        """Return the models of new trials in groups that can train together; refused recipes end their trials."""
        numbers, structure = space.numbers(self.space, self.recipe), None
        groups: dict[str, list[_Drawn]] = {}
        for _ in range(count):
            trial = self.study.ask()
            self._open.append(trial)
            if sum(other.taken for other in records(self.study) if other.number < trial.number) >= self.total:
                self._end(trial, "FAIL", reason="other processes made all trials")
                continue
            self.study.sampler = self._sampler(trial.number, structure)
            drawn = space.suggest(trial, self.space, self.recipe)
            same = {name: value for name, value in drawn.items() if name not in numbers}
            structure = structure or same
            try:
                recipe = space.apply(self.recipe, drawn)
                trial.set_user_attr(RECIPE, recipe.to_toml())
                built = self._build(trial, recipe)
            except checks.InputError as error:
                self._fail(trial, error)
                continue
            groups.setdefault(str(same), []).append(built)
        return list(groups.values())

    def _sampler(self, number: int, structure: dict[str, Any] | None) -> Any:
        """Return the sampler of a trial: its draws depend on the seed, its number and the trials before it."""
        samplers = import_optuna().samplers
        sampler = samplers.TPESampler(seed=(self.recipe.seed * 1_000_003 + number) % 2**32, constant_liar=True)
        return samplers.PartialFixedSampler(structure, sampler) if structure else sampler

    def _build(self, trial: Any, recipe: Recipe) -> _Drawn:
        data = self.dataset
        recipe = choose_likelihood(recipe, data)
        vae = build(recipe, data.event_shape, len(data.train), data.condition, data.schema)
        for what, split in (("training data", data.train), ("validation data", data.test)):
            vae.likelihood.check(what, split.x, missing=vae.missing)
        if self.criterion.needs_density:
            vae.check_density(f"criterion {self.name!r}", "criterion 'reconstruction' or ")
        pruning = [Pruning(trial, self.criterion.logged)] if self.criterion.logged else []
        return _Drawn(trial, recipe, vae, pruning)

    def _train(self, models: list[_Drawn]) -> None:
        """Train models of one structure and tell how they ended; together, if epochs can be compiled."""
        data, recipe = inputs(self.dataset)[0], models[0].recipe
        if len(models) > 1 and not all(drawn.vae.compiles_epochs(data, recipe.batch_size) for drawn in models):
            for drawn in models:
                self._train([drawn])
            return
        started, failed = time.perf_counter(), {}
        try:
            with precision.products(recipe.precision):
                failed = self._fit(models, recipe)
        except PrunedError:
            pass
        except (checks.InputError, MemoryError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "RESOURCE_EXHAUSTED" not in str(error):
                raise
            failed = dict.fromkeys(range(len(models)), error)
        seconds = (time.perf_counter() - started) / len(models)
        for i, drawn in enumerate(models):
            if i in failed:
                self._fail(drawn.trial, failed[i])
            else:
                self._finish(drawn, seconds)
        gc.collect()  # a model is part of a cycle, and may be large

    def _fit(self, models: list[_Drawn], recipe: Recipe) -> dict[int, BaseException]:
        """Train models as one program, and return the errors of those that diverged, by index."""
        train, held = self.dataset.train, self.dataset.test
        largest = max(map(abs, self.dataset.value_range))
        own = [[StopOnDivergence(largest=largest), *drawn.pruning] for drawn in models]
        common = [StopPruned([pruning for drawn in models for pruning in drawn.pruning]), *self.callbacks]
        options = {"epochs": recipe.epochs, "batch_size": recipe.batch_size}
        if len(models) == 1:
            held_out = held.x if held.condition is None else (held.x, held.condition)
            models[0].vae.fit(train.x, condition=train.condition, validation_data=held_out,
                              callbacks=[*own[0], *common], verbose=0, **options)
            return {}
        from zukan.training import replicas  # noqa: PLC0415 imports jax

        x, held_out = inputs(self.dataset)
        return dict(replicas.fit([drawn.vae for drawn in models], x, held_out, callbacks=own, together=common,
                                 devices=self.devices, **options))

    def _finish(self, drawn: _Drawn, seconds: float) -> None:
        """Tell how a trial ended that did not diverge."""
        for pruning in drawn.pruning:
            if after := pruning.pruned_after:
                self._end(drawn.trial, "PRUNED", measures={"seconds": seconds, "epochs": after},
                          reason=f"{_WORDS[pruning.logged]} after {checks.plural(after, 'epoch')}")
                return
        with precision.products(drawn.recipe.precision):
            numbers = measure(drawn.vae, self.dataset, self.name, drawn.recipe.seed)
        value = numbers.pop("value")
        if not math.isfinite(value):
            self._fail(drawn.trial, checks.InputError(f"the {self.criterion.title} became {value} on validation items"))
            return
        numbers |= {"seconds": seconds, "parameters": drawn.vae.count_params(), "epochs": drawn.recipe.epochs}
        self._end(drawn.trial, "COMPLETE", value, measures=numbers)

    def _fail(self, trial: Any, error: BaseException) -> None:
        self._end(trial, "FAIL", reason=_reason(error), counts=True)

    def _end(self, trial: Any, state: str, value: float | None = None, **attributes: Any) -> None:
        """Store how a trial ended, and log it."""
        self._tell(trial, state, value, **attributes)
        self._open.remove(trial)
        self.log(self._line(trial.number))

    def _tell(self, trial: Any, state: str, value: float | None = None, **attributes: Any) -> None:
        optuna = import_optuna()
        try:
            for name, attribute in attributes.items():
                trial.set_user_attr(name, attribute)
            self.study.tell(trial, value, optuna.trial.TrialState[state], skip_if_finished=True)
        except optuna.exceptions.UpdateFinishedTrialError:
            self.log(f"Trial {trial.number} was taken for dead by another process; its result is not used")

    def _line(self, number: int) -> str:
        """Return how a trial ended, for a line of output."""
        all_trials = records(self.study)
        trial = all_trials[number]
        drawn = ", ".join(f"{name}={_short(value)}" for name, value in trial.fields.items())
        if trial.value is None:
            return f"Trial {number} {trial.state}: {trial.reason}; {drawn}"
        best = best_first(all_trials, self.criterion.sign)[0]
        unit = f" {self.criterion.unit}" if self.criterion.unit else ""
        standing = "the best so far" if best.number == number else f"best {best.value:.2f}, trial {best.number}"
        return (f"Trial {number}: {self.criterion.title} {trial.value:.2f}{unit} ({standing}), "
                f"{trial.measures['seconds']:.1f} s; {drawn}")


def _reason(error: BaseException) -> str:
    """Return why a trial failed; the last part of a divergence is about a run folder, which trials have not."""
    if isinstance(error, DivergedError):
        return str(error).rpartition("; ")[0]
    if isinstance(error, checks.InputError):
        return str(error)
    return "the device has not enough memory for this model"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
