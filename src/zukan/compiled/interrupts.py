"""Ctrl-C while a model trains: the batches that run are finished, and the model is whole afterwards."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self

import keras


class Interrupts(keras.callbacks.Callback):
    """Raises ``KeyboardInterrupt`` before the next batches once Ctrl-C is pressed; a second press raises at once.

    Raised where it falls, the exception is mostly lost: Keras waits for the device under a bare ``except``.

    Parameters
    ----------
    testing : bool, default False
        Whether batches of an evaluation count. Within a training they do not, so that its epoch is whole.
    """

    def __init__(self, *, testing: bool = False) -> None:
        super().__init__()
        self.testing = testing
        self.pressed = False
        self._ours = False

    def __enter__(self) -> Self:
        # A handler of the program's own stays, and only the main thread may set one.
        self._ours = (threading.current_thread() is threading.main_thread()
                      and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        if self._ours:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._ours and signal.getsignal(signal.SIGINT) == self._press:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        pressed, self.pressed = self.pressed, False  # a list of callbacks may be used again
        if pressed and (kind is None or issubclass(kind, Exception)):  # after the last batch, or beside a mistake
            raise KeyboardInterrupt

    def _press(self, number: int, frame: Any) -> None:
        if self.pressed:
            signal.default_int_handler(number, frame)
        self.pressed = True

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Stop between two batches."""
        if self.pressed:
            raise KeyboardInterrupt

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Stop an evaluation."""
        if self.testing:
            self.on_train_batch_begin(batch, logs)
