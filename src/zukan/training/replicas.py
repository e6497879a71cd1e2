"""Models of one structure that train together as one compiled program over Keras's stateless steps."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import keras
import numpy as np

from zukan.compiled import Tables
from zukan.model import VAE
from zukan.training.nan import DivergedError


def fit(models: Sequence[VAE], x: np.ndarray, held_out: np.ndarray, *, epochs: int, batch_size: int,
        callbacks: Sequence[Sequence[keras.callbacks.Callback]], together: Sequence[keras.callbacks.Callback] = (),
        ) -> dict[int, DivergedError]:
    """Train compiled models of one structure, each as its own ``fit`` would, up to rounding.

    A model that goes astray does not stop the others; its callbacks are told no more.

    Parameters
    ----------
    models : sequence of VAE
        They may differ in seed, beta, free bits and learning rate.
    x, held_out : arrays, shapes (n, *event_shape) and (m, *event_shape)
        For training and validation.
    epochs, batch_size : int
    callbacks : sequence of sequences
        Each model's own; they see its weights and its logs.
    together : sequence of keras.callbacks.Callback
        See the averages over all models, and all their examples.

    Returns
    -------
    dict
        The error of each model that went astray, by its place.
    """
    program = _Program(models)
    x, held_out = jax.device_put(x), jax.device_put(held_out)
    feeds = [Tables((x,), batch_size, shuffle=True, seed=model.seed) for model in models]
    test_feeds = [Tables((held_out,), batch_size, pieces=1)] * len(models)
    told = {"epochs": epochs, "steps": feeds[0].num_batches}
    watchers = _Watchers(
        [keras.callbacks.CallbackList(list(own), model=model, examples=len(x), **told)
         for own, model in zip(callbacks, models, strict=True)],
        keras.callbacks.CallbackList(list(together), model=models[0], examples=len(x) * len(models), **told))
    watchers.tell("on_train_begin")
    for epoch in range(epochs):
        for feed in feeds:
            feed.start_epoch(epoch)
        watchers.tell("on_epoch_begin", epoch)
        logs: list[dict[str, float]] = []
        for piece, logs in enumerate(program.train(feeds)):
            watchers.tell("on_train_batch_end", piece, logs=logs)
        *_, tested = program.test(test_feeds)
        merged = [{**own, **{f"val_{name}": value for name, value in extra.items()}}
                  for own, extra in zip(logs, tested, strict=True)]
        watchers.tell("on_epoch_end", epoch, logs=merged)
        if len(watchers.astray) == len(models):
            break
    watchers.tell("on_train_end")
    return watchers.astray


class _Program:
    """The steps of all models at once; state is stacked along a first axis for the model."""

    def __init__(self, models: Sequence[VAE]) -> None:
        self.models = models
        for model in models:
            model.optimizer.build(model.trainable_variables)
        # An accelerator takes all models in one go. A CPU is no faster that way, and one by one they stay bit for bit.
        self.at_once = None if jax.default_backend() == "cpu" else len(models)
        scalars = [_scalars(model) for model in models]
        differ = [i for i, each in enumerate(zip(*scalars, strict=True)) if len({value for *_, value in each}) > 1]
        self.places = [scalars[0][i][:2] for i in differ]
        self.values = [np.array([own[i][-1] for own in scalars], "float32") for i in differ]
        self.train_step, self.test_step = self._compiled(models[0].train_step), self._compiled(models[0].test_step)

    def _compiled(self, step: Any) -> Any:
        def all_of_them(state: Any, values: Any, tables: Any, data: Any) -> Any:
            def one(own: Any) -> Any:
                state, values, table = own
                with _standing_in(self.places, values):
                    return step(state, {**data, "table": table})

            return jax.lax.map(one, (state, values, tables), batch_size=self.at_once)

        return jax.jit(all_of_them, donate_argnums=0)

    def train(self, feeds: Sequence[Tables]) -> Iterator[list[dict[str, float]]]:
        """Run an epoch, and yield every model's logs after each piece of it."""
        yield from self._run(self.train_step, feeds, lambda model: (
            model.trainable_variables, model.non_trainable_variables, model.optimizer.variables,
            model.metrics_variables))

    def test(self, feeds: Sequence[Tables]) -> Iterator[list[dict[str, float]]]:
        """Run the held-out data, with the same draws of z each time."""
        for model in self.models:
            model.restart_test_draws()
        yield from self._run(self.test_step, feeds, lambda model: (
            model.trainable_variables, model.non_trainable_variables, model.metrics_variables))

    def _run(self, step: Any, feeds: Sequence[Tables], variables: Any) -> Iterator[list[dict[str, float]]]:
        for model in self.models:
            model.reset_metrics()
        own = [[variable.value for part in variables(model) for variable in part] for model in self.models]
        lengths = [len(part) for part in variables(self.models[0])]
        state = _parts([jax.numpy.stack(values) for values in zip(*own, strict=True)], lengths)
        for piece in range(feeds[0].num_batches):
            items = [feed[piece] for feed in feeds]
            tables = np.stack([item.pop("table") for item in items])
            logs, state = step(state, self.values, tables, items[0])
            for i, model in enumerate(self.models):  # callbacks read them
                for part, stacked in zip(variables(model), state, strict=True):
                    for variable, value in zip(part, stacked, strict=True):
                        variable.assign(value[i])
            found = {name: np.asarray(value) for name, value in logs.items()}
            yield [{name: float(value[i]) for name, value in found.items()} for i in range(len(self.models))]


def _parts(flat: list[Any], lengths: list[int]) -> tuple[list[Any], ...]:
    rest = iter(flat)
    return tuple(list(itertools.islice(rest, length)) for length in lengths)


def _scalars(model: VAE) -> list[tuple[Any, str, float]]:
    """Return the numbers that a step reads off Python objects: owner, attribute, value."""
    places = [(getattr(model.objective, "schedule", None), "value"), (model.objective, "free_bits"),
              (getattr(model.optimizer, "_learning_rate", None), "initial_learning_rate")]
    return [(owner, name, getattr(owner, name)) for owner, name in places if hasattr(owner, name)]


@contextlib.contextmanager
def _standing_in(places: list[tuple[Any, str]], values: list[Any]) -> Iterator[None]:
    """While a step is traced, put the values of all models in the place of the numbers of one."""
    before = [getattr(owner, name) for owner, name in places]
    for (owner, name), value in zip(places, values, strict=True):
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name), value in zip(places, before, strict=True):
            setattr(owner, name, value)


class _Watchers:
    """Every model's callbacks, told its own logs, and those of all, told the averages."""

    def __init__(self, own: list[keras.callbacks.CallbackList], together: keras.callbacks.CallbackList) -> None:
        self.own, self.together = own, together
        self.astray: dict[int, DivergedError] = {}

    def tell(self, event: str, *position: int, logs: list[dict[str, float]] | None = None) -> None:
        for i, watcher in enumerate(self.own):
            if i not in self.astray:
                try:
                    getattr(watcher, event)(*position, *([] if logs is None else [logs[i]]))
                except DivergedError as error:
                    self.astray[i] = error
        sound = [each for i, each in enumerate(logs or []) if i not in self.astray]
        averages = [{name: float(np.mean([each[name] for each in sound])) for name in sound[0]}] if sound else []
        if logs is None or sound:
            getattr(self.together, event)(*position, *averages)
