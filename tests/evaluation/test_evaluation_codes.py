"""How often codes are used, against a count by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from zukan.context import Piece, Shapes
from zukan.evaluation.codes import counts, discrete, majority, usage

CODES = np.random.default_rng(0).integers(0, 5, (40, 6)) ** 2 // 5  # of 0 to 3, 0 most often


def model(kind, books=None, positions=()):
    posterior = SimpleNamespace() if books is None else SimpleNamespace(codebooks=books)
    layout = (Piece("real", 2), *(Piece(kind, 4, 4 if kind == "code" else 0),) * 6)
    return SimpleNamespace(posterior=posterior, shapes=Shapes((3,), 26, positions=positions, layout=layout))


@pytest.mark.parametrize(("vae", "columns"), [
    (model("code", 1), [[0, 1, 2, 3, 4, 5]]), (model("code", 2), [[0, 2, 4], [1, 3, 5]]),
    (model("categorical"), [[0], [1], [2], [3], [4], [5]]), (model("categorical", positions=(3, 1)), [[0, 2, 4], [1, 3, 5]]),
], ids=["one codebook", "two codebooks", "variables", "variables on a grid"])
def test_codes_are_counted_by_codebook(vae, columns):
    expected = [[sum(int(code == value) for code in CODES[:, part].ravel()) for value in range(4)] for part in columns]
    np.testing.assert_array_equal(counts(vae, CODES), expected)


def test_usage_is_the_number_of_codes_and_the_exponential_of_their_entropy():
    result = usage(np.array([[3, 1, 0, 0], [2, 2, 2, 2]]))
    perplexity = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert result["by_book"]["used_codes"] == [2, 4]
    np.testing.assert_allclose(result["by_book"]["perplexity"], [perplexity, 4.0])
    assert (result["choices"], result["used_codes"]) == (4, 3.0)
    assert result["perplexity"] == pytest.approx((perplexity + 4) / 2)


def test_the_majority_is_that_of_each_latent_class():
    assert majority(np.array([0, 0, 0, 2, 2, 2]), np.array([7, 7, 1, 1, 1, 7])) == pytest.approx(4 / 6)


def test_a_space_without_pieces_is_not_discrete():
    assert discrete((Piece("code", 2, 3),))
    assert not discrete(())
    assert not discrete((Piece("real", 1), Piece("categorical", 2)))
