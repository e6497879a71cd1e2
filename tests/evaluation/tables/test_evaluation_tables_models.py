"""Measures by trained models against scikit-learn by hand: utility and detection."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from table_of_all_kinds import NAN, SCHEMA, rows

import zukan
from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables import inputs
from zukan.evaluation.tables.detection import detection
from zukan.evaluation.tables.utility import utility

GENRE = ColumnType("genre", "category", stored="text", levels=("a", "b", "c"))
SIMPLE = Schema((ColumnType("x"), ColumnType("y"), GENRE, ColumnType("size")))


def simple(n, seed, noise=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    return np.column_stack([x * 7 + 3, np.clip(np.rint(1 + x @ [1, -1] + noise * rng.normal(size=n)), 0, 2), 100 * x @ [1, 2] + 50 * rng.normal(size=n)])


def test_inputs_by_hand():
    raw = np.array([[1.0, 4, 0, 0, 0, NAN], [3.0, 4, 1, 2, 0, 1], [NAN, 4, NAN, NAN, 0, 1]])
    found = inputs.preparing(SCHEMA, np.arange(6)).fit_transform(raw)
    root = np.sqrt(1.5)
    length = np.column_stack([[-root, root, 0], [0, 0, 0], [0, 0, 0], [-root / np.sqrt(3), -root / np.sqrt(3), 2 * root / np.sqrt(3)]])
    np.testing.assert_allclose(found[:, :3], length[:, :3], atol=1e-12)  # length, pages, printed
    assert found[2, 3] > 0 > found[0, 3] == found[1, 3]  # the gap of length
    np.testing.assert_array_equal(found[:, 4:], [[1, 0, 0, 1, 0, 0, 0, 1], [0, 1, 0, 0, 1, 0, 1, 0], [0, 0, 1, 0, 0, 1, 1, 0]])


def test_scores_of_levels_are_those_of_scikit_learn():
    train, test, synthetic = simple(150, 0), simple(100, 1), simple(150, 2, noise=4.0)
    found = utility(SIMPLE, train, test, synthetic, seed=5)
    assert (found["target"], found["metric"], found["rows"]) == ("genre", "macro F1", 150)
    for source, raw in (("real", train), ("synthetic", synthetic)):
        scaler = StandardScaler().fit(raw[:, [0, 1, 3]])
        for name, model in (("linear", LogisticRegression(max_iter=300)),
                            ("boosting", HistGradientBoostingClassifier(random_state=5))):
            with inputs.training():
                predicted = model.fit(scaler.transform(raw[:, [0, 1, 3]]), raw[:, 2]).predict(scaler.transform(test[:, [0, 1, 3]]))
            assert found["models"][name][source] == pytest.approx(f1_score(test[:, 2], predicted, average="macro"))
            assert found["models"][name][f"accuracy_{source}"] == pytest.approx((predicted == test[:, 2]).mean())
    mean = {source: np.mean([found["models"][name][source] for name in found["models"]]) for source in ("real", "synthetic")}
    assert found["score"] == pytest.approx(mean["synthetic"] / mean["real"])
    assert found["score"] < 0.95


def test_scores_of_numbers_are_those_of_scikit_learn():
    schema = Schema((SIMPLE.columns[0], SIMPLE.columns[1], SIMPLE.columns[3]))
    train, test, synthetic = (simple(n, seed)[:, [0, 1, 3]] for n, seed in ((120, 0), (80, 1), (120, 2)))
    found = utility(schema, train, test, synthetic, target="size", seed=2)
    assert utility(schema, train, test, synthetic, seed=2) == found  # the last column
    for source, raw in (("real", train), ("synthetic", synthetic)):
        scaler, middle, width = StandardScaler().fit(raw[:, :2]), raw[:, 2].mean(), raw[:, 2].std()
        for name, model in (("linear", Ridge()), ("boosting", HistGradientBoostingRegressor(random_state=2))):
            with inputs.training():
                predicted = model.fit(scaler.transform(raw[:, :2]), (raw[:, 2] - middle) / width).predict(scaler.transform(test[:, :2]))
            assert found["models"][name][source] == pytest.approx(r2_score(test[:, 2], predicted * width + middle))
    assert found["metric"] == "R²"
    assert found["score"] > 0.9


def test_copies_are_as_good_as_the_training_rows():
    train, test = rows(120), rows(80, 1)
    assert utility(SCHEMA, train, test, train)["score"] == 1.0
    assert utility(SCHEMA, train, test, train, target="printed")["score"] == 1.0


def test_levels_that_the_synthetic_rows_lack():
    train, test = simple(150, 0), simple(100, 1)
    two = train[train[:, 2] != 2]
    found = utility(SIMPLE, train, test, two)
    assert 0 < found["score"] < 0.9
    one = utility(SIMPLE, train, test, train[train[:, 2] == 1])["models"]["linear"]["synthetic"]
    assert one == pytest.approx(f1_score(test[:, 2], np.ones(100), average="macro", zero_division=0.0))
    none = train.copy()
    none[:, 2] = NAN
    assert utility(SIMPLE, train, test, none)["score"] == 0.0
    assert utility(SIMPLE, none, test, train)["score"] is None
    with pytest.raises(zukan.InputError, match="target must be one of .*did you mean 'genre'"):
        utility(SIMPLE, train, test, train, target="gendre")
    with pytest.raises(zukan.InputError, match="at least two columns"):
        utility(Schema((GENRE,)), train[:, 2:3], test[:, 2:3], train[:, 2:3])


def test_detection_is_a_cross_validation_of_scikit_learn():
    schema = Schema((ColumnType("x"), ColumnType("y")))
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(90, 2)), rng.normal([0.7, 0], size=(90, 2))
    found = detection(schema, real, synthetic, seed=4)
    both, label = np.concatenate([real, synthetic]), np.repeat([0, 1], 90)
    for name, model in (("linear", LogisticRegression(max_iter=300)), ("boosting", HistGradientBoostingClassifier(random_state=4))):
        probability = np.empty(180)
        for fit, judged in StratifiedKFold(3, shuffle=True, random_state=4).split(both, label):
            scaler = StandardScaler().fit(both[fit])
            with inputs.training():
                probability[judged] = model.fit(scaler.transform(both[fit]), label[fit]).predict_proba(scaler.transform(both[judged]))[:, 1]
        assert found[name] == pytest.approx(roc_auc_score(label, probability))
    assert found["score"] == pytest.approx(1 - np.mean([2 * max(found[name] - 0.5, 0) for name in ("linear", "boosting")]))


def test_detection_of_the_same_and_of_other_rows():
    real = rows(300)
    assert detection(SCHEMA, real, rows(300, 1))["score"] > 0.85
    far = rows(300, 1)
    far[:, 0] += 100
    assert detection(SCHEMA, real, far)["score"] == pytest.approx(0.0, abs=0.03)
    gone = rows(300, 1, gaps=0.0)  # only the gaps give them away
    assert detection(SCHEMA, real, gone)["score"] < 0.75
    assert detection(SCHEMA, real[:2], real)["score"] is None


def test_wide_tables_are_judged_by_fewer_rows():
    assert inputs.row_limit(SCHEMA, 10_000) == 10_000
    assert inputs.row_limit(Schema(tuple(ColumnType(str(i), "boolean") for i in range(784))), 10_000) == 3_000_000 // 1568
