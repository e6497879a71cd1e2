"""The report is well-formed, self-contained, safe with any name, and shows the numbers."""

import base64
import json
import re
import struct
from html.parser import HTMLParser

import numpy as np
import pytest
import scipy.stats

from zukan import likelihoods, objectives, plots, posteriors, priors, report
from zukan.checks import InputError
from zukan.context import Shapes
from zukan.data import ColumnType, Dataset, Scaling, Schema, Split, load
from zukan.data.conditions import Condition
from zukan.evaluation.classes import classes
from zukan.evaluation.confusion import Confusion
from zukan.evaluation.diagnosis import Finding
from zukan.model import VAE
from zukan.report import captions, formatting
from zukan.report.page import SECTIONS
from zukan.runs import Run
from zukan.training.recipe import Recipe

VOID = {"meta", "link", "img"}
INLINE = {"a", "span", "sub", "small", "i"}
HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "plain & simple")
FORMULA = "loss = −E_q[log p(x|z)] + 2 · KL(q(z|x) ‖ p(z)) <b>"
SMALL = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 1600, 320)  # the page reads only the header


class Page(HTMLParser):
    """Parsed HTML; raises an error if tags are not balanced."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), (tag, names)
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        self.texts.append("" if tag in INLINE else " ")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        return re.sub(r"[ \n]+", " ", "".join(self.texts))


class Decoder:
    """The methods of a VAE that the figures need, without training."""

    missing = False
    density = True

    def __init__(self, latent_dim, event_shape):
        self.latent_dim, self.event_shape = latent_dim, event_shape
        self.shapes = Shapes(event_shape, latent_dim)
        self.posterior, self.prior = posteriors.Normal(), priors.Normal()
        self.likelihood, self.objective = likelihoods.Normal(), objectives.ELBO()

    def decode(self, z, condition=None):
        level = 0.5 + 0.1 * np.tanh(z[:, 0])
        return np.broadcast_to(level.reshape(-1, *[1] * len(self.event_shape)), (len(z), *self.event_shape))

    def reconstruct(self, x, condition=None, sample=False, seed=0):
        return x * (0.5 if sample else 0.9)

    def sample(self, n, condition=None, draw=False, seed=0, as_frame=False):
        return self.decode(np.random.default_rng(seed).normal(size=(n, self.latent_dim)))

    def interpolate(self, a, b, steps, condition=None):
        return self.decode(np.linspace(-1, 1, steps * self.latent_dim).reshape(steps, -1))

    def count_params(self):
        return 404244


def make(folder, latent_dim=2, event=(4, 4, 1), names=None, labels=None, name="mnist", findings=(), elbo=-149.3, n=60,
         **recipe):
    """Return the arguments of `report.page` for a run on random data."""
    rng = np.random.default_rng(0)
    x, z = rng.uniform(size=(n, *event)).astype("float32"), rng.normal(size=(n, latent_dim)).astype("float32")
    dataset = Dataset(name, Split(x, labels), Split(x, labels), names, (-1.0, 1.0),
                      {"source": name, "sha256": "ab" * 32, "scaling": "none", "split": "as given"})
    kl = np.linspace(3.0, 0.001, latent_dim)
    metrics = {"test": {"elbo": elbo, "reconstruction": -elbo - 6.6, "kl": 6.6, "bound": elbo + 3.0, "bound_elbo": elbo,
                        "bound_examples": 50, "bound_samples": 100},
               "latent": {"variables": [f"z{i}" for i in range(latent_dim)], "variance": kl.tolist(), "active_units": latent_dim, "kl_per_dimension": kl.tolist(),
                          "order": list(range(latent_dim))}, "formula": FORMULA, "diagnosis": [finding.to_json() for finding in findings]}
    if labels is not None:
        metrics["classes"] = classes(z, labels, z, labels, names)
    run = Run.create(folder, Recipe.of(**{"epochs": 3, "latent_dim": latent_dim, **recipe}),
                     {"format_version": 1, "python": "3.11.9", "devices": ["cpu:0"], "packages": {"keras": "3.15.1"}})
    rows = [f"{epoch},{160 - epoch},{155 - epoch},5,{159 - epoch},{154 - epoch},5,0.5" for epoch in (1, 2, 3)]
    head = "epoch,loss,reconstruction,kl,val_loss,val_reconstruction,val_kl,seconds"
    run.file("history.csv").write_text("\n".join([head, *rows]) + "\n")
    vae = Decoder(latent_dim, event)
    return run, vae, dataset, metrics, report.draw(vae, dataset, z, run.history, metrics)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """The report of a run with three classes and two dimensions, and the arguments of `report.page`."""
    arguments = make(tmp_path_factory.mktemp("runs") / "first <i>'d", names=HOSTILE, labels=np.arange(60) % 3,
                 name=HOSTILE[0], findings=[Finding("collapse", "note", "The KL of 1 <dimension> is low.", {"KL <of> z1": 0.01}, "Use <fewer>."),
                           Finding("blur", "fine", "Sharp.")], beta=2.0,
                 encoder={"name": "mlp", "units": [8]})
    return report.page(*arguments), arguments


@pytest.fixture
def quick(monkeypatch):
    """Replace the rendering of pictures, which takes most of the time."""
    monkeypatch.setattr(plots.Display, "png", lambda _: SMALL)


def test_it_is_well_formed_and_internal_links_are_valid(labelled):
    html = labelled[0]
    page = Page(html)
    assert html.startswith("<!doctype html>")
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] for a in page.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_it_loads_nothing_and_needs_no_script(labelled):
    page = Page(labelled[0])
    assert not {"script", "iframe", "object", "embed", "audio", "video", "form", "base"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    sources = [value for tag, attributes in page.tags for name, value in attributes.items()
               if name in {"src", "srcset", "data", "background"} or (name == "href" and tag != "a")]
    assert all(source.startswith("data:") for source in sources)
    style = labelled[0].split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_untrusted_names_are_text(labelled):
    html, (run, *_) = labelled
    page = Page(html)
    assert {"onerror", "x"}.isdisjoint({name for _, attributes in page.tags for name in attributes})
    for name in HOSTILE:
        assert name in page.text
    assert "The KL of 1 <dimension> is low." in page.text
    assert f"zukan.Run.open({str(run.path)!r}).model" in page.text


def test_each_figure_has_its_size_caption_and_alternative_text(labelled):
    html, (*_, figures) = labelled
    assert set(figures) == {"loss", "reconstructions", "map", "grid", "samples", "morph", "confusion", "between"}
    page = Page(html)
    images = page.all("img")
    assert [figure["id"] for figure in page.all("figure")] == [
        name for names in SECTIONS.values() for name in names if name in figures]
    for number, image in enumerate(images, 1):
        title, caption = image["alt"].split(": ", 1)
        assert len(caption) > 60
        assert f"Figure {number}. {title} {caption}" in page.text
        png = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"))
        width, height = struct.unpack(">II", png[16:24])
        assert png.startswith(b"\x89PNG")
        assert width / height == pytest.approx(int(image["width"]) / int(image["height"]), rel=0.01)
        assert int(image["width"]) < 1000


def test_the_numbers_are_explained(labelled):
    html, (*_, metrics, _) = labelled
    text = Page(html).text
    class_metrics = metrics["classes"]
    assert "149.3 nats per image: 142.7 for the reconstruction and 6.6 for the code (KL)" in text
    assert " 146.3 nats" in text
    assert "importance-weighted with 100 samples, on the first 50 test images. Their −ELBO is 149.3." in text
    assert f"{formatting.percent(class_metrics['knn_accuracy'])} of the 60 test images" in text
    assert "Always choosing the largest class would reach 33.3%." in text
    assert "2 latent dimensions, trained for 3 epochs on 60 images of" in text
    assert "404\N{NARROW NO-BREAK SPACE}244 parameters" in text
    assert "After epoch 3, the loss is 157.0 nats on the training set and 156.0 nats on the test set, 1.0 lower." in text
    largest = class_metrics["overlaps"][0]
    assert f"{HOSTILE[largest['a']]} – {HOSTILE[largest['b']]}" in text
    assert formatting.percent(largest["share"]) in text
    for recall in class_metrics["recall"]:
        assert formatting.percent(recall) in text


def test_an_evaluation_is_shown_by_section(labelled, quick):
    html, (run, *rest) = labelled
    assert 'href="#evaluation"' not in html
    numbers = {"bound": {"bound": -101.25, "bound_standard_error": 0.5, "above_elbo": 2.0, "draws": 5000, "items": 60},
               "classes": {"neighbors": 15, "knn_accuracy": 0.5, "five_neighbors": 0.25, "names": list(HOSTILE),
                           "overlaps": [{"a": 0, "b": 1, "share": 0.125}]}, "absent": {"ais": "Not asked for."}}
    run.file(run.EVALUATION).write_text(json.dumps(numbers))
    shown = Page(report.page(run, *rest))
    run.file(run.EVALUATION).unlink()
    assert "#evaluation" in [a["href"] for a in shown.all("a")]
    assert "Importance-weighted bound −bound 101.25 ± 0.50 nats importance-weighted, 5,000 draws" in shown.text
    assert f"{HOSTILE[0]}–{HOSTILE[1]} (12.5%)" in shown.text
    assert "Annealed" not in shown.text


def test_the_formula_has_subscripts_and_is_escaped(labelled):
    assert "loss = −E<sub>q</sub>[log p(x|z)] + 2 · KL(q(z|x) ‖ p(z)) &lt;b&gt;" in labelled[0]


def test_the_recipe_marks_settings_that_differ_from_the_default(labelled):
    rows = re.findall(r'<tr class="changed"><th scope="row">(\w+)</th><td>([^<]*)</td><td>[^<]*Default: ([^<]*)\.</td>',
                      labelled[0])
    assert rows == [("encoder", "mlp (units = [8])", "mlp"), ("beta", "2", "1"), ("epochs", "3", "100")]


def test_settings_without_a_value_are_not_set(labelled):
    rows = re.findall(r'<th scope="row">(\w+)</th><td>not set</td>', labelled[0])
    assert {"label", "decoder", "split_seed"} <= set(rows)


def test_provenance_and_versions(labelled):
    text = Page(labelled[0]).text
    for part in ("ab" * 32, "as given", "3.11.9", "cpu:0", "keras 3.15.1", "−1 to 1"):
        assert part in text


def test_commands_quote_a_path_with_blanks_and_quotes(labelled):
    html, (run, *_) = labelled
    text = Page(html).text
    quoted = "'" + str(run.path).replace("'", "'\"'\"'") + "'"
    for command in ("sample", "reconstruct", "interpolate", "encode", "report", "resume"):
        assert f"zukan {command} {quoted}" in text


def test_one_dimension_vectors_and_no_labels(tmp_path, quick):
    arguments = make(tmp_path / "line", latent_dim=1, event=(12,), likelihood="normal", elbo=5.25)
    page = Page(report.page(*arguments))
    assert "classes" not in {attributes.get("id") for _, attributes in page.tags}
    assert len(page.all("img")) == len(arguments[-1]) == 6
    assert "1 latent dimension, trained" in page.text
    assert "each item (a vector of 12 numbers) into one number" in page.text
    assert "−5.2 nats" in page.text
    assert "it can be negative, since p(x|z) is a density" in page.text
    assert "The diagnosis found nothing to change" in page.text
    assert "so the latent space is a line" in page.text
    share = (np.abs(arguments[-1]["map"].numbers["points"]) <= 2).mean()
    assert f"{formatting.percent(float(share))} of the 60 test items have their code in this range." in page.text


def test_sixty_four_dimensions_and_more_classes_than_the_table_shows(tmp_path, quick):
    arguments = make(tmp_path / "many", latent_dim=64, labels=np.arange(60) % 30, findings=[Finding("a", "note", "a"), Finding("b", "problem", "b")])
    html = report.page(*arguments)
    page = Page(html)
    assert {figure["id"] for figure in page.all("figure")} == set(arguments[-1]) >= {"pca", "traversals", "activity"}
    assert "z1 and z2 are the two most active of 64 dimensions" in page.text
    assert "Each of the 10 most active dimensions is varied from −2.5 to 2.5" in page.text
    assert "63 of 64 dimensions carry more than 0.01 nats" in page.text
    assert html.count('class="bar"') == 20
    assert "The 20 of 30 classes with the lowest recall" in page.text
    assert [item.strip() for item in page.texts if item.strip() in {"a", "b"}] == ["a", "b"]


def test_a_class_without_test_items_and_no_overlap(tmp_path, quick):
    run, vae, dataset, metrics, figures = make(tmp_path / "apart", labels=np.arange(60) % 2)
    confusion = Confusion.of([0] * 30 + [1] * 30, [0] * 30 + [1] * 30, 3).to_json()
    metrics["classes"] |= {"confusion": confusion, "recall": [1.0, 1.0, 0.0], "names": ["a", "b", "c"],
                           "knn_accuracy": 1.0, "overlaps": [{**metrics["classes"]["overlaps"][0], "share": 0.0}]}
    page = Page(report.page(run, vae, dataset, metrics, figures))
    assert "Well separated: a and b" in page.text
    assert "No test image is assigned to another class." in page.text
    assert "class at the midpoint" not in page.text
    assert "c 0 –" in page.text


def test_a_run_on_arrays_has_the_name_of_its_folder(tmp_path, quick):
    page = Page(report.page(*make(tmp_path / "mine", name="data", data="data.npz")))
    assert "on 60 images from arrays." in page.text
    assert "mine · an atlas by zukan" in page.text


def test_every_figure_with_a_caption_belongs_to_a_section():
    placed = [name for names in SECTIONS.values() for name in names]
    assert sorted(placed) == sorted(captions.CAPTIONS)


def model_of(event=(4, 4, 1), n=40, labels=None, missing=False, names=None, **arguments):
    """Return the folder-free parts of an atlas of an untrained model: the model, its data, its metrics, its figures."""
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(n, *event)).astype("float32")
    if missing:
        x[rng.uniform(size=x.shape) < 0.3] = np.nan
    condition = None if labels is None else Condition.fitted([{"label": labels if names is None else np.array(names)[labels]}])
    split = Split(x, labels, condition=labels if "condition" in arguments else None)
    dataset = Dataset("mnist", split, split, names, (0.0, 1.0), {"source": "mnist"}, condition=condition)
    vae = VAE(event, encoder={"name": "mlp", "units": [8]}, missing=missing, **arguments)
    return vae, dataset


def atlas_of(folder, vae, dataset, **recipe):
    """Write the atlas, and return the run, its page and its figures' names."""
    run = Run.create(folder, Recipe.of(epochs=3, latent_dim=vae.latent_dim, likelihood="bernoulli", **recipe),
                     {"format_version": 1, "packages": {}})
    names = ["loss", "reconstruction", *(["kl", "elbo"] if vae.posterior.density else [])]
    rows = [",".join([str(epoch), *["9.5"] * 2 * len(names), "0.5"]) for epoch in (1, 2, 3)]
    head = ",".join(["epoch", *names, *(f"val_{name}" for name in names), "seconds"])
    run.file("history.csv").write_text("\n".join([head, *rows]) + "\n")
    report.write_atlas(run, vae, dataset)
    return run, Page(run.file(run.REPORT).read_text()), {path.stem for path in run.file(run.FIGURES).iterdir()}


def test_a_model_without_a_density(tmp_path, quick):
    vae, dataset = model_of(posterior="delta", objective="reconstruction", latent_dim=3)
    run, page, figures = atlas_of(tmp_path / "run", vae, dataset)
    metrics = run.metrics
    assert set(metrics["test"]) == {"reconstruction", "reconstruction_standard_error", "entropy"}
    assert metrics["test"]["reconstruction"] == pytest.approx(vae.reconstruction_terms(dataset.test.x).sum() / 40, rel=1e-5)
    assert "active_units" not in metrics["latent"]
    assert metrics["latent"]["kl_per_dimension"] is None
    assert "activity" not in figures
    assert "Test reconstruction error" in page.text
    assert "not a bound" in page.text
    for words in ("ELBO", "KL", "Tighter bound", "Active dimension", "posterior mean", "variational"):
        assert words not in page.text.split("Recipe")[0]
        assert words not in page.text.split("Glossary")[-1]
    assert "model.elbo" not in page.text


def test_levels_are_no_probabilities(tmp_path, quick):
    """The page says in one place, and contradicts nowhere, that the loss of levels is not a log-likelihood."""
    vae, dataset = model_of()
    run, page, _ = atlas_of(tmp_path / "levels", vae, dataset)
    x = dataset.test.x.astype("float64")
    entropy = scipy.stats.bernoulli(x).entropy().reshape(len(x), -1).sum(axis=1).mean()
    assert run.metrics["test"]["entropy"] == pytest.approx(entropy, rel=1e-5)
    assert page.text.count(f"{entropy:.1f} nats of it are the entropy of the levels") == 2  # the tile and the warning
    assert "average −log p(x) is at most this" not in page.text
    assert "gray levels" not in page.text
    assert "the log-likelihood of x" not in page.text
    assert "p(x) is no density of images" in page.text
    vae, dataset = model_of(likelihood="normal")
    run, page, _ = atlas_of(tmp_path / "density", vae, dataset)
    assert "entropy" not in run.metrics["test"]
    assert "average −log p(x) is at most this" in page.text
    assert "the log-likelihood of x" in page.text


def test_a_model_with_a_condition(tmp_path, quick):
    vae, dataset = model_of(condition=3, labels=np.arange(40) % 3, names=("cat", "dog", "owl"))
    run, page, figures = atlas_of(tmp_path / "run", vae, dataset)
    assert {"samples", "styles", "morph", "grid", "map", "confusion"} <= figures
    assert "between" not in figures
    assert run.metrics["test"]["elbo"] == pytest.approx(vae.elbo(dataset.test.x, condition=dataset.test.y, same_draws=False).mean())
    assert "24 new images, 8 of each class" in page.text
    assert "All are decoded under the class cat, the most frequent." in page.text
    assert "its code is decoded under every class." in page.text
    assert "the model was trained without it" not in page.text
    assert "model.encode(x, condition=c)" in page.text


def test_classes_that_do_not_occur_are_not_drawn(tmp_path, quick):
    vae, dataset = model_of(condition=30, labels=np.arange(40) % 20 + 5)
    numbers = report.draw(vae, dataset, vae.encode(dataset.test.x, condition=dataset.test.y),
                          {"loss": [1.0], "reconstruction": [1.0]},
                          {"latent": {"order": [0, 1], "kl_per_dimension": None, "variables": ["z0", "z1"]}})
    assert numbers["styles"].numbers == {"rows": 6, "class_names": [str(label) for label in range(5, 15)]}
    assert numbers["samples"].numbers == {"count": 80, "rows": 10, "columns": 8}


def test_a_model_with_a_condition_and_data_without_labels():
    vae, dataset = model_of(condition=3)
    with pytest.raises(InputError, match="data must hold the condition of each item"):
        report.draw(vae, dataset, np.zeros((40, 2)), {"loss": [1.0], "reconstruction": [1.0]}, {})


def test_missing_values(tmp_path, quick):
    vae, dataset = model_of(missing=True)
    run, page, _ = atlas_of(tmp_path / "run", vae, dataset, corrupt="binarize")
    assert "The training loss is measured with noise for the encoder." in page.text
    assert np.isfinite(list(run.metrics["test"].values())).all()
    assert "All numbers in nats are of the observed values" in page.text
    assert "Missing values are drawn in the color of sand" in page.text
    share = formatting.percent(float(np.isnan(dataset.train.x).mean()))
    assert f"missing values {share}" in page.text


def test_other_posteriors_and_priors(tmp_path, quick):
    vae, dataset = model_of(posterior="planar", prior={"name": "mixture", "components": 4}, latent_dim=4,
                            objective={"name": "elbo", "free_bits": 0.5})
    run, page, figures = atlas_of(tmp_path / "run", vae, dataset)
    assert run.metrics["latent"]["kl_per_dimension"] is None
    assert "activity" not in figures
    assert "½ (mean² + variance" not in page.text
    assert "estimated from the drawn codes" in page.text
    assert "if its average over a batch is below 2 nats, it counts as 2 nats" in page.text
    assert "posterior mean" not in page.text


@pytest.mark.parametrize(("text", "expected"), [
    (formatting.count(1234567), "1 234 567"), (formatting.count(-5), "−5"), (formatting.decimal(149.26), "149.3"),
    (formatting.decimal(-0.0123), "−0.012"), (formatting.decimal(1234.56), "1 234.6"), (formatting.percent(0.7312), "73.1%"),
    (formatting.percent(0.0), "0%"), (formatting.percent(1.0), "100%"), (formatting.percent(0.00001), "under 0.1%"),
    (formatting.percent(0.99999), "over 99.9%"), (formatting.plural(1, "image"), "1 image"),
    (formatting.plural(2, "image"), "2 images"), (formatting.article("image"), "an image"),
    (formatting.article("row"), "a row"),
    (formatting.listing(["a"]), "a"), (formatting.listing(["a", "b", "c"]), "a, b and c"),
    (formatting.listing(list("abcd"), limit=2), "a, b and 2 more"), (formatting.duration(4.25), "4.2 seconds"),
    (formatting.duration(61), "61 seconds"), (formatting.duration(600), "10 minutes"), (formatting.duration(9000), "2.5 hours")])
def test_formatting(text, expected):
    assert text.replace("\N{NARROW NO-BREAK SPACE}", " ") == expected


@pytest.mark.parametrize(("spread", "kept"), [(0.5, True), (1.2, True), (6.0, False)])
def test_the_grid_covers_the_codes(spread, kept, tmp_path, quick):
    """It has the range of the tutorial as long as that holds at least half of the codes; else that of the codes."""
    run, vae, dataset, metrics, _ = make(tmp_path / "run", n=200)
    z = spread * np.random.default_rng(1).normal(size=(200, 2)).astype("float32")
    grid = report.draw(vae, dataset, z, run.history, metrics)["grid"].numbers
    first, second = grid["first"], grid["second"]
    if kept:
        np.testing.assert_allclose([first[0], first[-1], second[0], second[-1]], [-2, 2, -2, 2])
        return
    inside = ((z >= [first[0], second[0]]) & (z <= [first[-1], second[-1]])).all(axis=1)
    assert 0.9 < inside.mean() < 1


@pytest.mark.parametrize(("kind", "options"), [("standard", "--scaling minmax or --scaling none"), ("minmax", "--scaling none")])
def test_scaled_values_far_from_all_others_are_named(kind, options, tmp_path, quick):
    """Case 25: a column that hardly varies among the training items."""
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(40, 3)), rng.normal(size=(20, 3))
    train[:, 1] = np.where(np.arange(40) == 0, 1e-3, 0)
    test[3, 1] = 5.0
    scaling = Scaling.fitted(kind, train)
    x, new = scaling.apply(train), scaling.apply(test)
    dataset = Dataset("table", Split(x), Split(new), None, (float(min(x.min(), new.min())), float(max(x.max(), new.max()))),
                      {"source": "table"}, scaling, schema=Schema(tuple(map(ColumnType, ("a", "p12", "c")))))
    vae = VAE((3,), encoder={"name": "mlp", "units": [4]}, likelihood="normal")
    run, page, _ = atlas_of(tmp_path / "run", vae, dataset)
    (finding,) = [finding for finding in run.metrics["diagnosis"] if "Scaled values" in finding["what"]]
    assert "1 feature beyond 50: 'p12'" in finding["what"]
    assert f"Use {options}, or leave" in finding["change"]
    (note,) = [text for text in load({"x_train": train, "x_test": test}, scaling=kind).notes if "hardly varies (feature 1)" in text]
    assert note.endswith(f"; use {options}")
    assert "overfits" not in page.text.split("Recipe")[0].split("Figure")[0]


def test_thousands_of_classes(tmp_path, quick):
    """Case 38: the page and its figures have a bounded size."""
    labels = np.arange(2000) % 1000
    html = report.page(*make(tmp_path / "many", labels=labels, n=2000))
    page = Page(html)
    assert "Of 1\N{NARROW NO-BREAK SPACE}000 classes, the" in page.text
    assert "The 20 of 1000 classes with the lowest recall" in page.text.replace("\N{NARROW NO-BREAK SPACE}", "")
    assert len(html) < 200_000


def test_names_that_figures_cannot_show_are_listed_with_their_colors():
    from zukan.report.page import _legend

    assert _legend(["cat", "dog"]) == []
    assert _legend(["猫", "dog"]) == [("#1f77b4", "猫"), ("#ff7f0e", "dog")]
