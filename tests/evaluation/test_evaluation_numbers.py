"""The numbers about a trained model against oracles and hand-made cases."""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.metrics import confusion_matrix

import zukan
from zukan.evaluation.classes import NEIGHBORS, classes
from zukan.evaluation.diagnosis import diagnosis
from zukan.evaluation.latent import latent
from zukan.evaluation.likelihood import likelihood


def clusters(centres, n, seed=0, spread=0.3):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(centres)), n)
    return np.asarray(centres, float)[y] + spread * rng.standard_normal((len(y), len(centres[0]))), y


def test_clusters_that_lie_apart():
    train_z, train_y = clusters([[0, 0], [10, 0], [0, 10]], 30)
    test_z, test_y = clusters([[0, 0], [10, 0], [0, 10]], 7, seed=1)
    found = classes(train_z, train_y, test_z, test_y, ("a", "b", "c"))
    assert found["knn_accuracy"] == 1.0
    assert found["confusion"] == (7 * np.eye(3, dtype=int)).tolist()
    assert found["recall"] == [1.0, 1.0, 1.0]
    assert (found["names"], found["labels"]) == (["a", "b", "c"], [0, 1, 2])
    assert np.allclose(found["centres"], [[0, 0], [10, 0], [0, 10]], atol=0.3)
    assert [pair["share"] for pair in found["overlaps"]] == [0.0, 0.0, 0.0]


def test_against_a_vote_by_hand():
    train_z, train_y = clusters([[0, 0], [1, 0], [0, 1], [3, 3]], 60, spread=0.8)
    test_z, test_y = clusters([[0, 0], [1, 0], [0, 1], [3, 3]], 40, seed=1, spread=0.8)
    found = classes(train_z, train_y, test_z, test_y)
    _, nearest = cKDTree(train_z).query(test_z, k=NEIGHBORS)
    vote = np.array([np.bincount(train_y[rows], minlength=4).argmax() for rows in nearest])
    wanted = confusion_matrix(test_y, vote)
    assert found["neighbours"] == NEIGHBORS == 15
    assert found["knn_accuracy"] == pytest.approx((vote == test_y).mean())
    assert 0.3 < found["knn_accuracy"] < 0.95
    assert np.array_equal(found["confusion"], wanted)
    assert found["recall"] == pytest.approx(np.diag(wanted) / 40)
    shares = {(a, b): (wanted[a, b] + wanted[b, a]) / 80 for a in range(4) for b in range(a + 1, 4)}
    assert [pair["share"] for pair in found["overlaps"]] == pytest.approx(sorted(shares.values(), reverse=True)[:5])
    for pair in found["overlaps"]:
        assert pair["share"] == pytest.approx(shares[pair["a"], pair["b"]])
    for label in range(4):
        assert np.allclose(found["centres"][label], train_z[train_y == label].mean(axis=0))


def test_what_lies_between_two_classes():
    """The third class sits in the middle of the other two, as an 8 between a 1 and a 5."""
    train_z, train_y = clusters([[-4, 0], [4, 0], [0, 0]], 40)
    found = classes(train_z, train_y, train_z, train_y)
    pair = next(pair for pair in found["overlaps"] if (pair["a"], pair["b"]) == (0, 1))
    assert np.allclose(pair["midpoint"], [0, 0], atol=0.2)
    assert (pair["reads_as"], pair["votes"]) == (2, 1.0)


def test_labels_with_gaps_and_a_class_that_only_one_split_has():
    train_z, train_y = clusters([[0, 0], [9, 0], [0, 9]], 20)
    labels = np.array([3, 7, 40])
    test_z = np.array([[0, 0], [9, 0], [9, 9.0]])
    found = classes(train_z, labels[train_y], test_z, np.array([3, 7, 99]))
    assert found["labels"] == [3, 7, 40, 99]
    assert found["names"] == ["3", "7", "40", "99"]
    confusion = np.array(found["confusion"])
    assert confusion[0, 0] == confusion[1, 1] == 1
    assert confusion[2].sum() == 0
    assert confusion[3, 3] == 0
    assert found["knn_accuracy"] == pytest.approx(2 / 3)
    assert np.allclose(found["centres"][3], [9, 9])
    assert all(0 <= pair["reads_as"] < 4 for pair in found["overlaps"])


def test_the_vote_between_classes_counts_by_label_where_one_has_no_training_item():
    train_z, train_y = clusters([[0, 0], [8, 0]], 20)
    found = classes(train_z, np.array([1, 2])[train_y], np.zeros((1, 2)), np.array([0]))
    pair = next(pair for pair in found["overlaps"] if (pair["a"], pair["b"]) == (0, 1))
    assert found["labels"][pair["reads_as"]] == 1


def test_one_class_and_few_items():
    found = classes(np.zeros((3, 2)), np.zeros(3, int), np.zeros((2, 2)), np.zeros(2, int))
    assert found["neighbours"] == 3
    assert found["knn_accuracy"] == 1.0
    assert found["overlaps"] == []


def test_results_are_json():
    import json

    train_z, train_y = clusters([[0, 0], [1, 0]], 10)
    found = classes(train_z.astype("float32"), train_y, train_z.astype("float32"), train_y)
    assert json.loads(json.dumps(found)) == found


class Fake:
    """A model whose KL is given."""

    latent_dim = 4

    def __init__(self, terms):
        self.terms = terms

    def kl_terms(self, *_, **__):
        return self.terms


def test_active_units_and_their_order():
    rng = np.random.default_rng(0)
    means = rng.standard_normal((500, 4)) * [0.01, 2.0, 0.5, 0.0]
    terms = np.tile([0.002, 2.5, 3.0, 0.0], (500, 1))
    found = latent(Fake(terms), None, means)
    assert found["variance"] == pytest.approx(means.var(axis=0))
    assert found["active_units"] == 2
    assert found["kl_per_dimension"] == pytest.approx([0.002, 2.5, 3.0, 0.0])
    assert found["order"] == [2, 1, 0, 3]


def test_active_units_where_the_kl_does_not_split():
    means = np.random.default_rng(0).standard_normal((500, 4)) * [0.01, 2.0, 0.5, 0.0]
    found = latent(Fake(np.ones((500, 1))), None, means)
    assert found["kl_per_dimension"] is None
    assert found["order"] == [1, 2, 0, 3]


def test_latent_of_a_model(trained, x):
    found = latent(trained, x, trained.encode(x))
    q_mean, log_var, _ = trained.encoder.predict(x, verbose=0)
    wanted = 0.5 * (q_mean**2 + np.exp(log_var) - log_var - 1)
    assert found["kl_per_dimension"] == pytest.approx(wanted.mean(axis=0), rel=1e-4)
    assert sorted(found["order"]) == [0, 1]


def test_likelihood_adds_up(trained, x):
    found = likelihood(trained, x, seed=1)
    assert found["elbo"] == pytest.approx(-(found["reconstruction"] + found["kl"]))
    assert found["elbo"] == pytest.approx(trained.elbo(x, seed=1).mean(), rel=1e-6)
    assert found["kl"] == pytest.approx(trained.kl_terms(x).sum(axis=1).mean(), rel=1e-6)
    assert found["bound_elbo"] == found["elbo"]
    assert found["bound"] >= found["bound_elbo"]
    assert (found["bound_examples"], found["bound_samples"]) == (40, 100)
    assert found == likelihood(trained, x, seed=1)
    assert found["elbo"] != likelihood(trained, x, seed=2)["elbo"]


def test_likelihood_takes_the_bound_over_the_first_items(trained, x, monkeypatch):
    monkeypatch.setattr("zukan.evaluation.likelihood.BOUND_EXAMPLES", 10)
    found = likelihood(trained, x)
    assert found["bound_examples"] == 10
    assert found["bound_elbo"] == pytest.approx(trained.elbo(x)[:10].mean(), rel=1e-6)
    assert found["bound"] == pytest.approx(trained.log_likelihood(x[:10], samples=100).mean(), rel=1e-5)


def test_likelihood_is_close_to_what_training_reports(trained, x):
    reported = trained.evaluate(x, verbose=0, return_dict=True)["loss"]
    assert likelihood(trained, x)["elbo"] == pytest.approx(-reported, rel=0.1)


def test_likelihood_with_a_monte_carlo_kl(make, x):
    found = likelihood(make(prior=zukan.priors.Mixture(components=2)), x)
    assert found["elbo"] == pytest.approx(-(found["reconstruction"] + found["kl"]))
    assert found["bound"] >= found["bound_elbo"]


def told(kl=(1.0, 2.0), val=(5.0, 4.0, 3.0), **options):
    history = {"epoch": np.arange(1, len(val) + 1), "val_loss": np.array(val)} if val else {"epoch": np.array([1])}
    return diagnosis(history, {"latent": {"kl_per_dimension": None if kl is None else list(kl)}}, **options)


@pytest.mark.parametrize("options", [
    {}, {"kl": None}, {"val": ()}, {"val": (7.0,)}, {"kl": (0.011, 0.5)}, {"val": (5.0, 4.0, 4.9)}])
def test_nothing_to_say(options):
    assert told(**options) == []


def test_idle_dimensions():
    (warning,) = told(kl=(0.001, 2.0, 0.009))
    for words in ("2 of 3 latent dimensions", "0.01 nats", "(z0, z2)", "warm-up", "free bits"):
        assert words in warning
    (many,) = told(kl=[0.0] * 12)
    assert "(z0, z1, z2, z3, z4, z5, z6, z7, …)" in many


def test_overfitting():
    (warning,) = told(val=(9.0, 4.0, 5.0, 6.5))
    for words in ("epoch 2", "4.0 nats", "2.5 nats since", "overfits"):
        assert words in warning


def test_grey_levels():
    (warning,) = told(grey=True)
    assert "Bernoulli" in warning
    assert len(told(kl=(0.0, 1.0), val=(1.0, 5.0), grey=True)) == 3
