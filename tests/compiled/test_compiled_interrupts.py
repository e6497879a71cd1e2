"""Ctrl-C during training: it always stops the training, and the model stays usable."""

import contextlib
import signal
import threading

import keras
import numpy as np
import pytest
from tiny_models import build

from blobs import blobs

X = blobs(200)
EPOCHS, SIZE = 3, 8


@pytest.fixture(autouse=True)
def as_in_a_terminal():
    """Give Ctrl-C its usual effect, because a process that starts in the background may ignore it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


class Press(keras.callbacks.Callback):
    """Presses Ctrl-C in ``on_train_batch_end``, from which Keras lets no exception through."""

    def __init__(self, after, times=1):
        super().__init__()
        self.after, self.times, self.epochs, self.steps = after, times, [], None

    def on_train_batch_end(self, batch, logs=None):
        self.after -= 1
        if not self.after:
            self.steps = int(self.model._jax_state["optimizer_variables"][0])
            with contextlib.suppress(BaseException):
                signal.raise_signal(signal.SIGINT)
            for _ in range(self.times - 1):
                signal.raise_signal(signal.SIGINT)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)


FIT = {
    "compiled epochs": lambda vae, press: vae.fit(X, batch_size=SIZE, epochs=EPOCHS, callbacks=[press], verbose=0),
    "one callback": lambda vae, press: vae.fit(X, batch_size=SIZE, epochs=EPOCHS, callbacks=press, verbose=0),
    "a list of Keras's": lambda vae, press: vae.fit(X, batch_size=SIZE, epochs=EPOCHS, verbose=0, callbacks=(
        keras.callbacks.CallbackList([press], model=vae, epochs=EPOCHS, add_history=True))),
    "single steps": lambda vae, press: vae.fit(X, batch_size=SIZE, epochs=EPOCHS, steps_per_epoch=25, callbacks=[press],
                                               verbose=0)}


@pytest.mark.parametrize("way", FIT)
def test_ctrl_c_stops_training_and_the_model_can_train_further(way):
    vae, press = build(), Press(after=13)
    with pytest.raises(KeyboardInterrupt):
        FIT[way](vae, press)
    assert 0 < press.steps < EPOCHS * 25
    assert int(vae.optimizer.iterations) == press.steps
    assert np.isfinite(vae.encode(X)).all()
    vae.fit(X, batch_size=SIZE, verbose=0)
    assert int(vae.optimizer.iterations) == press.steps + 25
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_ctrl_c_the_model_equals_one_trained_up_to_that_step():
    vae, whole = build(), build()
    whole.fit(X, batch_size=SIZE, epochs=1, verbose=0)
    with pytest.raises(KeyboardInterrupt):
        FIT["compiled epochs"](vae, Press(after=vae._feed((X,), SIZE).num_batches))
    for mine, theirs in zip(vae.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_ctrl_c_after_the_last_batch_finishes_the_last_epoch():
    vae = build()
    press = Press(after=EPOCHS * vae._feed((X,), SIZE).num_batches)
    with pytest.raises(KeyboardInterrupt):
        FIT["compiled epochs"](vae, press)
    assert press.epochs == [0, 1, 2]


def test_a_second_ctrl_c_stops_immediately():
    press = Press(after=13, times=2)
    with pytest.raises(KeyboardInterrupt) as caught:
        FIT["compiled epochs"](build(), press)
    assert "on_train_batch_end" in {frame.name for frame in caught.traceback}


def test_ctrl_c_is_raised_even_if_a_callback_fails():
    class Mistake(Press):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)
            if self.after <= 0:
                raise ValueError("a mistake")

    with pytest.raises(KeyboardInterrupt) as caught:
        FIT["compiled epochs"](build(), Mistake(after=13))
    assert isinstance(caught.value.__context__, ValueError)


def test_ctrl_c_lets_validation_finish_but_stops_an_evaluation():
    tested = []

    class Pressed(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            tested.append(batch)
            if batch == 1:
                with contextlib.suppress(BaseException):
                    signal.raise_signal(signal.SIGINT)

    vae, epochs = build(), []
    kept = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: epochs.append(epoch))
    vae._loops = lambda *_: False  # without the compiled loop, validation has batches
    with pytest.raises(KeyboardInterrupt):
        vae.fit(X, batch_size=SIZE, epochs=EPOCHS, validation_data=X, callbacks=[Pressed(), kept], verbose=0)
    assert (len(tested), epochs) == (25, [0])
    tested.clear()
    with pytest.raises(KeyboardInterrupt):
        vae.evaluate(X, batch_size=SIZE, callbacks=[Pressed()], verbose=0)
    assert len(tested) == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_callback_list_can_be_used_again():
    vae, press = build(), Press(after=13)
    callbacks = keras.callbacks.CallbackList([press], model=vae, epochs=EPOCHS, add_history=True)
    with pytest.raises(KeyboardInterrupt):
        vae.fit(X, batch_size=SIZE, epochs=EPOCHS, callbacks=callbacks, verbose=0)
    vae.fit(X, batch_size=SIZE, epochs=1, callbacks=callbacks, verbose=0)
    assert press.epochs[-1] == 0


def test_a_signal_handler_of_the_program_stays_in_place():
    pressed = []

    def mine(*_):
        pressed.append(True)

    signal.signal(signal.SIGINT, mine)
    assert FIT["compiled epochs"](build(), Press(after=13)).epoch == [0, 1, 2]
    assert pressed == [True]
    assert signal.getsignal(signal.SIGINT) is mine


def test_a_model_can_train_in_another_thread():
    vae, done = build(), []
    thread = threading.Thread(target=lambda: done.append(vae.fit(X, batch_size=SIZE, epochs=1, verbose=0)))
    thread.start()
    thread.join()
    assert len(done) == 1
