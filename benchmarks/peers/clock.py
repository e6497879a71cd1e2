"""Time the epochs of Keras's ``fit``, and repeated calls of a function."""

from __future__ import annotations

import time
from collections.abc import Callable

import keras


class Clock(keras.callbacks.Callback):
    """Records the seconds of each epoch, and the last loss."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
        self.loss = float(logs["loss"])


def fitting(model: keras.Model, batch_size: int, *data) -> Callable:
    """Return a turn that continues ``model.fit``; its first epoch includes the set-up and is not counted."""
    clock, done = Clock(), 0

    def turn(epochs: int):
        nonlocal done
        model.fit(*data, epochs=done + epochs + 1, initial_epoch=done, batch_size=batch_size, verbose=0,
                  callbacks=[clock])
        done += epochs + 1
        return clock.seconds[1:], clock.loss

    return turn


def repeated(function: Callable, *arguments) -> Callable:
    """Return a turn that calls ``function`` several times and times each call."""
    def turn(times: int):
        seconds, result = [], None
        for _ in range(times):
            start = time.perf_counter()
            result = function(*arguments)
            seconds.append(time.perf_counter() - start)
        return seconds, float(result.mean())

    return turn
