"""Progress: loops tell a listener how far they are."""

import numpy as np
import pytest

from zukan import progress
from zukan.data.duplicates import duplicates
from zukan.evaluation.classes import classes


def told(work):
    heard = []
    with progress.told_to(lambda *words: heard.append(words)):
        work()
    return heard


def test_steps_tell_how_much_is_done():
    assert told(lambda: list(progress.steps("Counting", [3, 4, 5], 10, lambda piece: piece))) == [
        ("Counting", 3, 10), ("Counting", 7, 10), ("Counting", 10, 10)]
    assert list(progress.steps("Counting", "ab", 2)) == ["a", "b"]  # nobody listens
    assert told(lambda: None) == []


def test_a_listener_is_forgotten_after_an_error():
    heard = []
    with pytest.raises(ZeroDivisionError), progress.told_to(lambda *words: heard.append(words)):
        raise ZeroDivisionError
    list(progress.steps("Counting", "ab", 2))
    assert heard == []


def test_long_loops_tell_their_progress(trained, x):
    """Each of these takes minutes on large data."""
    z, y = np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 4
    for work, what in ((lambda: trained.encode(x, batch_size=16), "Encoding"),
                       (lambda: trained.decode(z, batch_size=16), "Decoding"),
                       (lambda: trained.reconstruct(x, batch_size=16), "Reconstructing"),
                       (lambda: trained.score(x, batch_size=16), "Measuring"),
                       (lambda: trained.elbo(x, batch_size=16, same_draws=False), "Measuring")):
        assert told(work) == [(what, 16, 40), (what, 32, 40), (what, 40, 40)]
    assert told(lambda: classes(z, y, z, y)) == [("Classifying", 40, 40)]
    assert told(lambda: duplicates(x, x[:3])) == [("Looking for duplicates", 40, 40), ("Looking for duplicates", 3, 3)]
