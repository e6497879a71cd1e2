"""Ctrl-C while a model trains: the batches that run are finished, and the model is whole afterwards."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self

import keras


class Interrupts(keras.callbacks.Callback):
    """Raises ``KeyboardInterrupt`` before the next batches once Ctrl-C is pressed; a second press raises at once.

    Raised where it falls, the exception is mostly lost: Keras waits for the device under a bare ``except``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pressed = False
        self._ours = False

    def __enter__(self) -> Self:
        # A handler of the program's own stays, and only the main thread may set one.
        self._ours = (threading.current_thread() is threading.main_thread()
                      and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        if self._ours:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *raised: object) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.pressed = False  # a list of callbacks may be used again

    def _press(self, number: int, frame: Any) -> None:
        if self.pressed:
            signal.default_int_handler(number, frame)
        self.pressed = True

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Stop between two batches."""
        if self.pressed:
            raise KeyboardInterrupt

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Stop after the last batch, when all epochs are kept."""
        if self.pressed:
            raise KeyboardInterrupt
