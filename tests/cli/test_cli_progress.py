"""The progress of a training: a bar on a terminal, lines elsewhere."""

import io
import re

import pytest
from rich.console import Console

from zukan.cli import progress

LOGS = {"loss": 155.4, "reconstruction": 149.25, "kl": 6.15, "elbo": -155.4, "beta": 1.0}


@pytest.fixture
def clock(monkeypatch):
    """A clock that tests advance by hand."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    return now


def train(terminal, clock, first=0, epochs=4, stop=None, width=160):
    """Call the callback as a training would, with 600 items and two steps of 5 s per epoch; return what it wrote."""
    file = io.StringIO()
    callback = progress.TrainingProgress(Console(force_terminal=terminal, file=file, width=width))
    callback.set_params({"epochs": epochs, "steps": 2, "examples": 600})
    callback.on_train_begin()
    for epoch in range(first, stop or epochs):
        callback.on_epoch_begin(epoch)
        for batch in range(2):
            clock[0] += 5
            callback.on_train_batch_end(batch, LOGS)
            if callback.bar:
                callback.bar.refresh()
        callback.on_epoch_end(epoch, {**LOGS, "val_loss": 160.5})
        if callback.bar:
            callback.bar.refresh()
    callback.on_train_end()
    return file.getvalue()


def test_plain_lines(clock):
    terms = "loss 155.40 = reconstruction 149.25 + KL 6.15 · test 160.50 · 60 items/s"
    assert train(False, clock).splitlines() == [
        f"epoch 1/4 · {terms} · 0:30 left", f"epoch 2/4 · {terms} · 0:20 left",
        f"epoch 3/4 · {terms} · 0:10 left", f"epoch 4/4 · {terms} · 0:00 left"]


def test_the_time_left_of_a_resumed_training_is_estimated_from_its_own_epochs(clock):
    first, second = train(False, clock, first=2).splitlines()
    assert first.startswith("epoch 3/4")
    assert first.endswith("0:10 left")
    assert second.endswith("0:00 left")


def test_long_times_are_shown_in_minutes(clock):
    assert train(False, clock, epochs=100, stop=1).strip().endswith("16:30 left")


def test_a_line_without_validation_data(clock):
    file = io.StringIO()
    callback = progress.TrainingProgress(Console(file=file, width=20))  # lines are not broken on a narrow console
    callback.set_params({"epochs": 1, "steps": 1, "examples": 10})
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    clock[0] += 2
    callback.on_epoch_end(0, LOGS)
    assert file.getvalue() == ("epoch 1/1 · loss 155.40 = reconstruction 149.25 + KL 6.15 · 5 items/s · 0:00 left\n")


def test_the_bar_moves_within_an_epoch_and_goes_away(clock):
    written = train(True, clock)
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", written)
    half = "loss 155.40 = reconstruction 149.25 + KL 6.15 · test 160.50 · 60 items/s · 0:25 left"
    assert half in plain
    assert "test 160.50" in plain
    assert {f"epoch {i}/4" for i in (1, 2, 3, 4)} <= set(re.findall(r"epoch \d/4", plain))
    bars = [plain_line.count("━") for plain_line in re.split(r"[\r\n]", plain) if "loss" in plain_line]
    assert set(bars) <= {23, 24}  # a half-filled cell is another character
    assert "\x1b[?25l" in written  # the cursor is hidden and shown again
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
    assert written.endswith(("\x1b[2K", "\x1b[1A\x1b[2K", "\x1b[?25h\r\x1b[1A\x1b[2K"))  # the bar is erased


@pytest.mark.parametrize("width", [80, 100])
def test_the_bar_fits_a_narrow_terminal(width, clock):
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", train(True, clock, width=width))
    lines = [line for line in re.split(r"[\r\n]", plain) if "loss" in line]
    assert max(map(len, lines)) <= width
    assert "loss 155.4 = rec 149.2 + KL 6.2 · test 160.5 · 60/s · 0:25" in plain


def test_the_bar_can_be_closed_after_an_interruption(clock):
    file = io.StringIO()
    callback = progress.TrainingProgress(Console(force_terminal=True, file=file))
    callback.set_params({"epochs": 4, "steps": 2, "examples": 600})
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    callback.close()
    callback.close()
    assert file.getvalue().rindex("\x1b[?25h") > file.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_real_training(terminal, make, x):
    file = io.StringIO()
    make().fit(x, epochs=2, batch_size=8, validation_data=x[:8], verbose=0,
               callbacks=[progress.TrainingProgress(Console(force_terminal=terminal, file=file, width=160))])
    assert "epoch 2/2" in file.getvalue()
    assert "items/s" in file.getvalue()


def test_a_loss_with_further_terms_is_no_sum_of_two(clock, monkeypatch):
    monkeypatch.setitem(globals(), "LOGS", {"loss": 160.0, "reconstruction": 149.25, "kl": 6.15})
    assert train(False, clock).startswith("epoch 1/4 · loss 160.00 (reconstruction 149.25, KL 6.15) · test 160.50")


def test_a_model_without_a_density_shows_no_kl(clock, monkeypatch):
    monkeypatch.setitem(globals(), "LOGS", {"loss": 149.25, "reconstruction": 149.25})
    assert train(False, clock).startswith("epoch 1/4 · loss 149.25 = reconstruction 149.25 · test 160.50 · 60 items/s")
    assert "= rec 149.2 · test" in train(True, clock, width=80)
