"""Replicas: models of one structure that train together as one compiled program."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import jax
import keras
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from zukan import checks
from zukan.backend import keras_defaults
from zukan.compiled import End, Interrupts, Steps, Tables, Validation
from zukan.model import VAE
from zukan.optimizers import players
from zukan.registry import Part, substituted
from zukan.training.divergence import DivergedError

MODELS, SHARED = PartitionSpec("models"), PartitionSpec()


@keras_defaults()
def fit(models: Sequence[VAE], x: Any, held_out: Any, *, epochs: int, batch_size: int,
        callbacks: Sequence[Sequence[keras.callbacks.Callback]], together: Sequence[keras.callbacks.Callback] = (),
        devices: Sequence[Any] | None = None) -> dict[int, DivergedError]:
    """Train models of one structure, each as its own ``fit`` would, up to rounding.

    The models are divided among the devices. A model that diverges, or whose callback sets ``stop_training``, does not
    stop the others; its callbacks are no longer called.

    Parameters
    ----------
    models : sequence of VAE
        Compiled by Keras. They may differ in seed, beta, free bits and learning rate.
    x, held_out : arrays, shapes (n, *event_shape) and (m, *event_shape)
        For training and validation; with a condition, mappings of ``x`` and ``condition``, shape (n, condition_dim).
    epochs, batch_size : int
    callbacks : sequence of sequences
        The callbacks of each model; they get its logs, and its weights if they use ``self.model``. What they change in
        the model has no effect.
    together : sequence of keras.callbacks.Callback
        Callbacks that get the averages over all models.
    devices : sequence of jax.Device, optional
        The models are divided among them; by default among all of this process.

    Returns
    -------
    dict
        The errors of the models that diverged, by their index.
    """
    for model in models:
        model.begin(x)
        model.stop_training = False
    program = _Program(models, x, held_out, batch_size, devices or jax.local_devices())
    params = {"epochs": epochs, "steps": program.feeds[0].num_batches}
    examples = program.feeds[0].length
    listeners = _Listeners(
        models, [keras.callbacks.CallbackList(list(of_model), model=model, examples=examples, **params)
         for of_model, model in zip(callbacks, models, strict=True)],
        keras.callbacks.CallbackList(list(together), model=models[0], examples=examples * len(models), **params))
    with Interrupts() as interrupts, program:
        listeners.call("on_train_begin")
        for epoch in range(epochs):
            listeners.call("on_epoch_begin", epoch)
            logs: list[dict[str, float]] = []
            for piece, logs in enumerate(program.epoch(epoch)):
                listeners.call("on_train_batch_end", piece, logs=logs)
                interrupts.on_train_batch_begin(piece + 1)
            listeners.call("on_epoch_end", epoch, logs=logs)
            if not listeners.listening:
                break
        listeners.call("on_train_end")
    return listeners.diverged


class _Program:
    """The steps of all models. Their state is stacked along a first axis, and stays on the devices until the end."""

    def __init__(self, models: Sequence[VAE], x: Any, held_out: Any, batch_size: int, devices: Sequence[Any]) -> None:
        self.models = models
        for model in models:
            model.optimizer.build(model.trainable_variables)
            model.reset_metrics()
        self.mesh = jax.sharding.Mesh(np.array(devices[: len(models)]), ("models",))
        # An accelerator runs its models together. A CPU runs them one by one: this is as fast, and exact.
        self.together = None if jax.default_backend() == "cpu" else -(-len(models) // self.mesh.size)
        self.keys, numbers = self._numbers()
        put = functools.partial(jax.device_put, device=NamedSharding(self.mesh, SHARED))
        arrays = jax.tree.map(put, (x,))
        self.feeds = [Tables((x,), batch_size, shuffle=True, seed=model.seed, held=arrays) for model in models]
        held = (held_out,)
        tested = Tables(held, batch_size, steps=len(jax.tree.leaves(held)[0]), held=jax.tree.map(put, held))[0]
        for feed in self.feeds:
            feed.validation = Validation(tested, None, None)  # the rest of it is in `epoch`
        self.shared = jax.tree.map(put, (arrays, tested))
        self.values = [self._stack([np.float32(number) for number in of_all]) for of_all in numbers]
        self.state: Any = jax.tree.map(lambda *of_all: self._stack(of_all), *map(_state, models))
        self.metrics = jax.tree.map(np.array, self.state[-1])
        starts = [{id(variable): value for variable, value in model.test_start()} for model in models]
        self.starts = {i: self._stack([of_model[id(model.non_trainable_variables[i])]
                                       for model, of_model in zip(models, starts, strict=True)])
                       for i, variable in enumerate(models[0].non_trainable_variables) if id(variable) in starts[0]}
        self.train = self._compiled(models[0].train_step)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give the models their state."""
        for model in self.models:
            model.jax_state_sync()

    def _numbers(self) -> tuple[list[tuple[int, str]], list[list[Any]]]:
        """Return the numbers in which the models differ: the step is traced once, and reads them as inputs."""
        declared = [_numbers(model) for model in self.models]
        values = [[getattr(part, name) for part, name in numbers] for numbers in declared]
        if len({str(configs) for configs in map(_undeclared_schedules, self.models)}) > 1:
            raise checks.InputError(
                "models that train together must have one learning rate schedule, got several of Keras's; "
                "use zukan.rates.CosineDecay, or train them one by one")
        differ = [i for i, of_models in enumerate(zip(*values, strict=True)) if len(set(of_models)) > 1]
        return ([(id(part), name) for part, name in (declared[0][i] for i in differ)],
                [[of_model[i] for of_model in values] for i in differ])

    def _stack(self, of_all: Sequence[Any]) -> Any:
        """Return one array for all models; the last one is repeated, so that all devices have the same number."""
        parts = [np.asarray(value) for value in of_all]
        stacked = np.stack(parts + parts[-1:] * (-len(parts) % self.mesh.size))
        return jax.device_put(stacked, NamedSharding(self.mesh, MODELS))

    def _compiled(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def run(state: Any, own: Any, shared: Any) -> Any:
            arrays, tested = shared

            def one(model: Any) -> Any:
                state, (values, batches, last, validation) = model
                if validation is not None:
                    validation = Validation(tested, *validation)
                with substituted(dict(zip(self.keys, values, strict=True))):
                    return step(state, Steps(arrays, batches, End(last, validation)))

            return jax.lax.map(one, (state, own), batch_size=self.together)

        return jax.jit(jax.shard_map(run, mesh=self.mesh, in_specs=(MODELS, MODELS, SHARED), out_specs=MODELS,
                                     check_vma=False), donate_argnums=0)

    def epoch(self, number: int) -> Iterator[list[dict[str, float]]]:
        """Run an epoch and yield the logs of all models after each item of it."""
        for feed in self.feeds:
            feed.start_epoch(number)
        self.state = (*self.state[:-1], jax.tree.map(self._again, self.metrics))
        for index in range(self.feeds[0].num_batches):
            spans = [feed.span(index) for feed in self.feeds]
            whole, last = (self._stack(of_all) for of_all in zip(*spans, strict=True))
            ends = index + 1 == self.feeds[0].num_batches
            validation = (jax.tree.map(self._again, self.metrics), self.starts) if ends else None
            own = (self.values, whole if whole.size else None, last if last.size else None, validation)
            logs, self.state = self.train(self.state, own, self.shared)
            self.of_each: Any = None
            for i, model in enumerate(self.models):
                model.pull = functools.partial(self._pull, i)
            arrays = jax.device_get(logs)
            yield [{name: float(value[i]) for name, value in arrays.items()} for i in range(len(self.models))]

    def _again(self, array: Any) -> Any:
        return jax.device_put(array, NamedSharding(self.mesh, MODELS))

    def _pull(self, i: int) -> None:
        """Give the variables of model ``i`` their values; those of all models are fetched together."""
        if self.of_each is None:
            if any(leaf.is_deleted() for leaf in jax.tree.leaves(self.state)):  # an error within the steps
                return
            host = jax.device_get(self.state)
            self.of_each = jax.device_put([jax.tree.map(lambda array, i=i: array[i], host)
                                           for i in range(len(self.models))])
        for part, values in zip(_variables(self.models[i]), self.of_each[i], strict=True):
            for variable, value in zip(part, values, strict=True):
                variable.assign(value)


def _variables(model: VAE) -> tuple[list[Any], ...]:
    """Return the variables that are the state of a training step."""
    return (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables,
            model.metrics_variables)


def _state(model: VAE) -> tuple[list[Any], ...]:
    return tuple([np.asarray(variable.value) for variable in part] for part in _variables(model))


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

    def __init__(self, models: Sequence[VAE], by_model: list[keras.callbacks.CallbackList],
                 together: keras.callbacks.CallbackList) -> None:
        self.models, self.by_model, self.together = models, by_model, together
        self.diverged: dict[int, DivergedError] = {}
        self.stopped: set[int] = set()

    @property
    def listening(self) -> list[int]:
        """The indices of the models that have neither diverged nor been stopped."""
        return [i for i in range(len(self.models)) if i not in self.diverged and i not in self.stopped]

    def call(self, event: str, *position: int, logs: list[dict[str, float]] | None = None) -> None:
        every = set(range(len(self.by_model))) - set(self.diverged)
        for i in sorted(every if event == "on_train_end" else every & set(self.listening)):
            try:
                getattr(self.by_model[i], event)(*position, *([] if logs is None else [logs[i]]))
            except DivergedError as error:
                self.diverged[i] = error
        finite = [of_model for i, of_model in enumerate(logs or []) if i in self.listening]
        if event == "on_epoch_end":
            self.stopped |= {i for i in self.listening if self.models[i].stop_training}
        names = finite[0] if finite else {}
        averages = [{name: float(np.mean([of_model[name] for of_model in finite])) for name in names}] if finite else []
        if logs is None or finite:
            getattr(self.together, event)(*position, *averages)
