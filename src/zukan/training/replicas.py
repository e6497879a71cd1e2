"""Replicas: models of one structure that train together as one compiled program."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import keras
import numpy as np

from zukan import checks
from zukan.backend import keras_defaults
from zukan.compiled import Tables
from zukan.compiled.items import Steps
from zukan.model import VAE
from zukan.optimizers import players
from zukan.registry import Part, substituted
from zukan.training.divergence import DivergedError


@keras_defaults()
def fit(models: Sequence[VAE], x: Any, held_out: Any, *, epochs: int, batch_size: int,
        callbacks: Sequence[Sequence[keras.callbacks.Callback]], together: Sequence[keras.callbacks.Callback] = (),
        ) -> dict[int, DivergedError]:
    """Train models of one structure, each as its own ``fit`` would, up to rounding.

    A model that diverges does not stop the others; its callbacks are no longer called.

    Parameters
    ----------
    models : sequence of VAE
        Compiled by Keras. They may differ in seed, beta, free bits and learning rate.
    x, held_out : arrays, shapes (n, *event_shape) and (m, *event_shape)
        For training and validation; with a condition, mappings of ``x`` and ``condition``, shape (n, condition_dim).
    epochs, batch_size : int
    callbacks : sequence of sequences
        The callbacks of each model; they get its weights and its logs.
    together : sequence of keras.callbacks.Callback
        Callbacks that get the averages over all models.

    Returns
    -------
    dict
        The errors of the models that diverged, by their index.
    """
    for model in models:
        model.begin(x)
    program = _Program(models)
    x, held_out = jax.device_put(x), jax.device_put(held_out)
    feeds = [Tables((x,), batch_size, shuffle=True, seed=model.seed) for model in models]
    test_feeds = [Tables((held_out,), batch_size, pieces=1)] * len(models)
    params = {"epochs": epochs, "steps": feeds[0].num_batches}
    examples = feeds[0].length
    listeners = _Listeners(
        [keras.callbacks.CallbackList(list(of_model), model=model, examples=examples, **params)
         for of_model, model in zip(callbacks, models, strict=True)],
        keras.callbacks.CallbackList(list(together), model=models[0], examples=examples * len(models), **params))
    listeners.call("on_train_begin")
    for epoch in range(epochs):
        for feed in feeds:
            feed.start_epoch(epoch)
        listeners.call("on_epoch_begin", epoch)
        logs: list[dict[str, float]] = []
        for piece, logs in enumerate(program.train(feeds)):
            listeners.call("on_train_batch_end", piece, logs=logs)
        *_, tested = program.test(test_feeds)
        merged = [{**trained, **{f"val_{name}": value for name, value in validated.items()}}
                  for trained, validated in zip(logs, tested, strict=True)]
        listeners.call("on_epoch_end", epoch, logs=merged)
        if len(listeners.diverged) == len(models):
            break
    listeners.call("on_train_end")
    return listeners.diverged


class _Program:
    """The training and test steps of all models; their state is stacked along a first axis."""

    def __init__(self, models: Sequence[VAE]) -> None:
        self.models = models
        for model in models:
            model.optimizer.build(model.trainable_variables)
        # An accelerator runs all models together. A CPU runs them one by one: this is as fast, and exact.
        self.together = None if jax.default_backend() == "cpu" else len(models)
        declared = [_numbers(model) for model in models]
        values = [[getattr(part, name) for part, name in numbers] for numbers in declared]
        if len({str(configs) for configs in map(_undeclared_schedules, models)}) > 1:
            raise checks.InputError(
                "models that train together must have one learning rate schedule, got several of Keras's; "
                "use zukan.rates.CosineDecay, or train them one by one")
        differ = [i for i, of_models in enumerate(zip(*values, strict=True)) if len(set(of_models)) > 1]
        # The step is traced once, with the parts of the first model; it reads these numbers as inputs.
        self.keys = [(id(part), name) for part, name in (declared[0][i] for i in differ)]
        self.values = [np.array([of_model[i] for of_model in values], "float32") for i in differ]
        self.train_step, self.test_step = self._of_all(models[0].train_step), self._of_all(models[0].test_step)

    def _of_all(self, step: Any) -> Any:
        def run(state: Any, values: Any, rows: Any, item: Steps) -> Any:
            def one(model: Any) -> Any:
                state, values, rows = model
                with substituted(dict(zip(self.keys, values, strict=True))):
                    return step(state, item._replace(rows=rows))

            return jax.lax.map(one, (state, values, rows), batch_size=self.together)

        return jax.jit(run, donate_argnums=0)

    def train(self, feeds: Sequence[Tables]) -> Iterator[list[dict[str, float]]]:
        """Run an epoch and yield the logs of all models after each item of it."""
        yield from self._run(self.train_step, feeds, lambda model: (
            model.trainable_variables, model.non_trainable_variables, model.optimizer.variables,
            model.metrics_variables))

    def test(self, feeds: Sequence[Tables]) -> Iterator[list[dict[str, float]]]:
        """Run the validation data, with the same draws of z each time."""
        for model in self.models:
            model.restart_test_draws()
        yield from self._run(self.test_step, feeds, lambda model: (
            model.trainable_variables, model.non_trainable_variables, model.metrics_variables))

    def _run(self, step: Any, feeds: Sequence[Tables], variables: Any) -> Iterator[list[dict[str, float]]]:
        for model in self.models:
            model.reset_metrics()
        values = [[variable.value for part in variables(model) for variable in part] for model in self.models]
        lengths = [len(part) for part in variables(self.models[0])]
        state = _split([jax.numpy.stack(of_all) for of_all in zip(*values, strict=True)], lengths)
        for index in range(feeds[0].num_batches):
            items = [feed[index] for feed in feeds]
            rows = np.stack([item.rows for item in items])
            logs, state = step(state, self.values, rows, items[0])
            for i, model in enumerate(self.models):  # callbacks read the variables
                for part, stacked in zip(variables(model), state, strict=True):
                    for variable, value in zip(part, stacked, strict=True):
                        variable.assign(value[i])
            arrays = {name: np.asarray(value) for name, value in logs.items()}
            yield [{name: float(value[i]) for name, value in arrays.items()} for i in range(len(self.models))]


def _split(flat: list[Any], lengths: list[int]) -> tuple[list[Any], ...]:
    """Split a list into lists of these lengths."""
    rest = iter(flat)
    return tuple(list(itertools.islice(rest, length)) for length in lengths)


def _numbers(model: VAE) -> list[tuple[Part, str]]:
    """Return the declared numbers of a model's parts and of its learning rate, as pairs of part and name."""
    parts = [model.objective, model.posterior, model.prior, model.likelihood, *_schedules(model)]
    return [number for part in parts if isinstance(part, Part) for number in part.declared()]


def _schedules(model: VAE) -> list[Any]:
    """Return the learning rate schedules of a model; a constant rate is a variable, which each model has anyway."""
    rates = [optimizer._learning_rate for optimizer in players(model.optimizer)]  # noqa: SLF001 Keras has no public way
    return [rate for rate in rates if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)]


def _undeclared_schedules(model: VAE) -> list[Any]:
    """Return the configurations of the learning rate schedules that declare no numbers."""
    return [schedule.get_config() for schedule in _schedules(model) if not isinstance(schedule, Part)]


class _Listeners:
    """The callbacks of each model, which get its logs, and the common callbacks, which get the averages."""

    def __init__(self, by_model: list[keras.callbacks.CallbackList], together: keras.callbacks.CallbackList) -> None:
        self.by_model, self.together = by_model, together
        self.diverged: dict[int, DivergedError] = {}

    def call(self, event: str, *position: int, logs: list[dict[str, float]] | None = None) -> None:
        for i, callbacks in enumerate(self.by_model):
            if i not in self.diverged:
                try:
                    getattr(callbacks, event)(*position, *([] if logs is None else [logs[i]]))
                except DivergedError as error:
                    self.diverged[i] = error
        finite = [of_model for i, of_model in enumerate(logs or []) if i not in self.diverged]
        names = finite[0] if finite else {}
        averages = [{name: float(np.mean([of_model[name] for of_model in finite])) for name in names}] if finite else []
        if logs is None or finite:
            getattr(self.together, event)(*position, *averages)
