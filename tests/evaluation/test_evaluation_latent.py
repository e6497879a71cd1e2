"""The activity of latent dimensions."""

import numpy as np
import pytest

from zukan.context import Piece, Shapes
from zukan.evaluation.latent import latent, variables
from zukan.posteriors import Delta, Normal


class Fake:
    """A model with fixed KL terms."""

    latent_dim = 4
    posterior = Normal()
    shapes = Shapes((4,), 4, layout=(Piece("real", 4),))

    def __init__(self, terms):
        self.terms = terms

    @property
    def density(self):
        return self.posterior.density

    def kl_terms(self, *_, **__):
        return self.terms


def test_active_units_and_order():
    rng = np.random.default_rng(0)
    means = rng.standard_normal((500, 4)) * [0.01, 2.0, 0.5, 0.0]
    terms = np.tile([0.002, 2.5, 3.0, 0.0], (500, 1))
    result = latent(Fake(terms), None, means)
    assert result["variance"] == pytest.approx(means.var(axis=0))
    assert result["active_units"] == 2
    assert result["kl_per_dimension"] == pytest.approx([0.002, 2.5, 3.0, 0.0])
    assert result["order"] == [2, 1, 0, 3]


def test_active_units_if_the_kl_has_no_terms_by_dimension():
    means = np.random.default_rng(0).standard_normal((500, 4)) * [0.01, 2.0, 0.5, 0.0]
    result = latent(Fake(np.ones((500, 1))), None, means)
    assert result["kl_per_dimension"] is None
    assert result["order"] == [1, 2, 0, 3]


def test_latent_of_a_model(trained, x):
    result = latent(trained, x, trained.encode(x))
    q_mean, log_var, _ = trained.encoder.predict(x, verbose=0)
    expected = 0.5 * (q_mean**2 + np.exp(log_var) - log_var - 1)
    assert result["kl_per_dimension"] == pytest.approx(expected.mean(axis=0), rel=1e-4)
    assert sorted(result["order"]) == [0, 1]


def test_variables_follow_the_layout():
    pieces = (Piece("real", 2), Piece("categorical", 3), Piece("sphere", 2))
    assert variables(pieces) == [slice(0, 1), slice(1, 2), slice(2, 5), slice(5, 7)]


def test_pieces_of_several_dimensions_count_once():
    model = Fake(np.tile([0.5, 1.5], (500, 1)))
    model.shapes = Shapes((4,), 4, layout=(Piece("real", 1), Piece("categorical", 3)))
    result = latent(model, None, np.random.default_rng(0).standard_normal((500, 4)))
    assert result["variables"] == ["z1", "z2\N{EN DASH}z4"]
    assert (result["active_units"], result["kl_per_dimension"]) == (2, [0.5, 1.5])
    assert result["order"] == [1, 2, 3, 0]


def test_latent_without_a_density():
    model = Fake(None)
    model.posterior = Delta()
    result = latent(model, None, np.random.default_rng(0).standard_normal((500, 4)) * [1, 3, 2, 0])
    assert "active_units" not in result
    assert (result["kl_per_dimension"], result["order"]) == (None, [1, 2, 0, 3])
