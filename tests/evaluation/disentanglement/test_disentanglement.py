"""Disentanglement scores, against their definitions written out, on codes made by hand."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from zukan.evaluation.disentanglement.dci import dci, scores
from zukan.evaluation.disentanglement.factor_vae import factor_vae_score
from zukan.evaluation.disentanglement.known_factors import factors as all_scores
from zukan.evaluation.disentanglement.mig import mig, mutual_information
from zukan.evaluation.disentanglement.sap import predictability, sap

SIZES = (3, 4, 5)
GRID = np.array(list(itertools.product(*map(range, SIZES))) * 10)  # 600 items
GENERATOR = np.random.default_rng(0)
NOISE = GENERATOR.normal(size=(len(GRID), 4))
PERFECT = np.column_stack([GRID[:, [2, 0, 1]] * [2.0, -1.0, 0.5], NOISE[:, :1] * 0.01]) + 3.0
STANDARD = (GRID - GRID.mean(0)) / GRID.std(0)
MIXED = STANDARD @ [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]  # each dimension is the sum of two factors
ROTATED = STANDARD @ np.linalg.qr(GENERATOR.normal(size=(3, 3)))[0]
SCORES = {"mig": mig, "sap": sap, "factor_vae": factor_vae_score, "disentanglement": lambda *a: dci(*a)["disentanglement"],
          "completeness": lambda *a: dci(*a)["completeness"]}
UNRELATED = {"mig": 0.02, "sap": 0.01, "factor_vae": 0.45, "disentanglement": 0.05, "completeness": 0.05}


@pytest.mark.parametrize("name", SCORES)
def test_a_dimension_for_each_factor_has_the_best_score(name):
    codes = PERFECT[:, :3] if name == "mig" else PERFECT  # of 600 items, noise has some information by chance
    assert SCORES[name](codes, GRID) == pytest.approx(1.0, abs=1e-9 if name != "sap" else 0.01)


@pytest.mark.parametrize("name", SCORES)
def test_noise_has_the_lowest_score_and_mixed_codes_lie_between(name):
    assert SCORES[name](NOISE, GRID) < UNRELATED[name]
    assert SCORES[name](NOISE, GRID) - 0.01 < SCORES[name](MIXED, GRID) < 0.75


@pytest.mark.parametrize("name", SCORES)
def test_order_sign_and_scale_of_the_dimensions_do_not_matter(name):
    changed = ROTATED[:, [2, 0, 1]] * [8.0, -0.5, 2.0]
    bound = 0.02 if name in {"disentanglement", "completeness"} else 1e-9  # trees break ties at random
    if name == "mig":  # an edge of a bin belongs to one side
        bound = 0.01
    assert SCORES[name](changed, GRID) == pytest.approx(SCORES[name](ROTATED, GRID), abs=bound)


@pytest.mark.parametrize("name", SCORES)
def test_one_dimension_alone_is_scored(name):
    assert 0 <= SCORES[name](GRID[:, :1] * 1.0, GRID) <= 1
    assert np.isfinite(SCORES[name](np.ones((len(GRID), 2)), GRID))


def entropy(values):
    return -sum(count / len(values) * math.log(count / len(values)) for count in Counter(values).values())


def test_mig_by_its_definition():
    gaps = []
    for factor in GRID.T.tolist():
        shared = []
        for code in ROTATED.T:
            width = (code.max() - code.min()) / 20
            bins = [min(int((value - code.min()) / width + 1e-12), 19) for value in code]
            shared.append(entropy(factor) + entropy(bins) - entropy(list(zip(factor, bins, strict=True))))
        first, second, *_ = sorted(shared, reverse=True)
        gaps.append((first - second) / entropy(factor))
    assert mig(ROTATED, GRID) == pytest.approx(np.mean(gaps), abs=1e-9)


def test_mutual_information_of_a_copy_is_the_entropy():
    assert mutual_information(GRID * 1.0, GRID).diagonal() == pytest.approx([math.log(size) for size in SIZES])


def test_sap_of_ordered_factors_is_the_gap_of_the_r_squared_of_a_line():
    gaps = []
    for factor in GRID.T:
        fits = []
        for code in ROTATED.T:
            line = np.polyval(np.polyfit(code, factor, 1), code)
            fits.append(1 - ((factor - line) ** 2).sum() / ((factor - factor.mean()) ** 2).sum())
        first, second, *_ = sorted(fits, reverse=True)
        gaps.append(first - second)
    assert sap(ROTATED, GRID) == pytest.approx(np.mean(gaps), abs=1e-9)


def test_sap_of_a_class_is_the_best_threshold_s_balanced_accuracy():
    code, factor = NOISE[:60, :1] + (GRID[:60, :1] > 0), (GRID[:60, :1] > 0).astype(int)
    best = max(max(np.mean([(side[factor[:, 0] == k] == k).mean() for k in (0, 1)]) for side in (above, 1 - above))
               for above in ((code[:, 0] > edge).astype(int) for edge in code[:, 0]))
    result = predictability(code, factor, classes=[0])[0, 0]
    assert best - 0.05 < result <= best + 1e-9  # the tree's threshold has the purest sides, which is nearly the same


def test_classes_without_an_order_are_separated_by_thresholds():
    mixed = np.array([1.0, 0.0, 2.0])[GRID[:, :1]]  # not a line of the class numbers
    assert predictability(mixed, GRID[:, :1], classes=[0])[0, 0] == 1.0
    assert predictability(mixed, GRID[:, :1])[0, 0] < 0.5


def test_disentanglement_and_completeness_by_their_definitions():
    matrix = GENERATOR.random((4, 3)) * [[1.0], [0.0], [2.0], [0.5]]
    total, expected = matrix.sum(), {"disentanglement": 0.0, "completeness": 0.0}
    for name, rows in (("disentanglement", matrix), ("completeness", matrix.T)):
        for row in rows[rows.sum(1) > 0]:
            shares = [value / row.sum() for value in row if value > 0]
            expected[name] += row.sum() / total * (1 + sum(p * math.log(p, len(row)) for p in shares))
    assert scores(matrix) == pytest.approx(expected)
    assert scores(np.eye(3)) == pytest.approx({"disentanglement": 1.0, "completeness": 1.0})
    assert scores(np.ones((3, 3))) == pytest.approx({"disentanglement": 0.0, "completeness": 0.0}, abs=1e-12)
    assert scores(np.array([[1.0, 1.0], [0.0, 0.0]])) == pytest.approx({"disentanglement": 0.0, "completeness": 1.0})


def test_informativeness_is_the_accuracy_on_items_that_were_held_out():
    assert dci(PERFECT, GRID)["informativeness"] == 1.0
    assert dci(NOISE, GRID)["informativeness"] == pytest.approx(np.mean([1 / size for size in SIZES]), abs=0.06)


def test_dimensions_of_noise_beside_noisy_factors_are_hardly_important():
    codes = np.column_stack([STANDARD + 0.5 * NOISE[:, :3], NOISE])
    result = dci(codes, GRID)
    assert min(result["disentanglement"], result["completeness"]) > 0.5  # 0.35 with leaves of one item


def test_the_factor_vae_score_by_its_definition():
    # With every item of the chosen value instead of 200 draws, the votes are known.
    codes = ROTATED / ROTATED.std(0)
    table = np.zeros((3, 3))
    for number, size in enumerate(SIZES):
        for value in range(size):
            table[codes[GRID[:, number] == value].var(0).argmin(), number] += 1 / size / 3
    assert factor_vae_score(ROTATED, GRID) == pytest.approx(table.max(axis=1).sum(), abs=0.12)


def test_dimensions_that_are_not_in_use_have_no_vote():
    unused = np.column_stack([PERFECT, GRID[:, 0] * 1e-3])
    assert factor_vae_score(unused, GRID) == factor_vae_score(PERFECT[:, :3], GRID) == 1.0
    assert factor_vae_score(PERFECT * 1e-4, GRID) == pytest.approx(1 / 3)


def test_all_scores_of_named_factors():
    known = {"kind": GRID[:, 0] * 10, "size": GRID[:, 1], "same": np.zeros(len(GRID), int)}
    labels = np.array(["c", "a", "b"])[GRID[:, 0]]
    result = all_scores(PERFECT, known, labels)
    assert (result["names"], result["items"]) == (["kind", "size"], 600)
    assert result["mig"] == mig(PERFECT, GRID[:, :2])
    assert result["sap"] == sap(PERFECT, GRID[:, :2], [0])  # the labels name the classes, in another order
    assert all_scores(PERFECT, known, np.array(["a", "a", "b"])[GRID[:, 0]])["sap"] == sap(PERFECT, GRID[:, :2])
    assert np.array(result["information"]).shape == (4, 2)
    np.testing.assert_allclose(result["information"][1:3], np.eye(2), atol=1e-9)
    assert all_scores(PERFECT, known, GRID[:, 0])["sap"] == sap(PERFECT, GRID[:, :2], [0])
    assert all_scores(PERFECT, {"same": known["same"]}) is None
    assert all_scores(PERFECT[[0, -1]], {"kind": GRID[[0, -1], 0]})["items"] == 2
