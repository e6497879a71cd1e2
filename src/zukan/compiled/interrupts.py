"""Ctrl-C during training: the running batches are finished, so that the model stays usable."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self

import keras


class Interrupts(keras.callbacks.Callback):
    """Raise ``KeyboardInterrupt`` before the next batches after Ctrl-C; a second Ctrl-C raises it immediately.

    An exception within a batch would usually be lost, because Keras waits for the device under a bare ``except``.

    Parameters
    ----------
    testing : bool, default False
        Whether to stop between the batches of an evaluation. Within a training, the validation is finished first, so
        that its epoch is complete.
    """

    def __init__(self, *, testing: bool = False) -> None:
        super().__init__()
        self.testing = testing
        self.pressed = False
        self._installed = False

    def __enter__(self) -> Self:
        # A handler that the program installed is left alone, and only the main thread may install one.
        self._installed = (threading.current_thread() is threading.main_thread()
                           and signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        if self._installed:
            signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._installed and signal.getsignal(signal.SIGINT) == self._press:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        pressed, self.pressed = self.pressed, False  # the same list of callbacks may be used again
        if pressed and (kind is None or issubclass(kind, Exception)):  # pressed in the last batch, or before an error
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
