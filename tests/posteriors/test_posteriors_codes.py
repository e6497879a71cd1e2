"""Discrete posteriors: which code is chosen, how gradients pass, how codebooks move, and bounds that hold."""

import itertools

import jax
import keras
import numpy as np
import pytest
import scipy.special
from jax import numpy as jnp

import zukan
from zukan.context import Context, Draws, Piece, Shapes
from zukan.objectives import ELBO
from zukan.posteriors import FSQ, LFQ, VQ
from zukan.posteriors.codebooks import k_means, replacements
from zukan.posteriors.vq import rotated

KINDS = {
    "vq": ({"name": "vq", "entries": 5, "groups": 2}, 4),
    "residual": ({"name": "vq", "entries": 4, "groups": 1, "depth": 3}, 6),
    "gradient": ({"name": "vq", "entries": 4, "groups": 2, "codebook": "gradient", "gradient": "rotation"}, 4),
    "fsq": ({"name": "fsq", "levels": [4, 3]}, 4),
    "lfq": ({"name": "lfq", "bits": 2}, 4),
    "categorical": ({"name": "categorical", "classes": 3}, 6),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def models(make, x):
    made = {}

    def get(kind):
        if kind not in made:
            posterior, latent_dim = KINDS[kind]
            vae = make(posterior=posterior, latent_dim=latent_dim, prior={"name": "categorical", "learned": True})
            vae.fit(x, epochs=2, batch_size=8, verbose=0)
            made[kind] = vae
        return made[kind]

    return get


def every_code(vae):
    return np.array(list(itertools.product(*(range(piece.choices) for piece in vae.shapes.layout))), "int32")


@each_kind
def test_codes_become_z_and_z_the_codes(kind, models):
    vae = models(kind)
    codes = every_code(vae)
    z = np.asarray(vae.posterior.embed(codes))
    assert z.shape == (len(codes), vae.latent_dim)
    np.testing.assert_array_equal(vae.posterior.codes(jnp.asarray(z)), codes)
    assert len(np.unique(z, axis=0)) == len(codes)


@each_kind
def test_a_draw_is_exactly_the_point_of_its_codes(kind, models, x):
    vae = models(kind)
    for training in (False, True):
        forward = vae.forward_pass(x, vae.run_pass(x, 2, keras.random.SeedGenerator(0), training=training), training=training)
        if not training or kind != "categorical":
            np.testing.assert_array_equal(vae.posterior.embed(vae.posterior.codes(forward.z)), forward.z)
    codes = vae.codes(x)
    assert codes.shape == (len(x), len(vae.shapes.layout))
    if kind != "categorical":
        np.testing.assert_allclose(vae.decode_codes(codes), vae.reconstruct(x), rtol=1e-5, atol=1e-6)


@each_kind
def test_the_bound_holds_against_the_sum_over_all_codes(kind, models, x):
    """log p(x) = log sum_c p(c) p(x|c), over every code, in NumPy."""
    vae = models(kind)
    codes, rows = every_code(vae), x[:12].astype("float64")
    z = np.asarray(vae.posterior.embed(codes))
    logits = np.asarray(vae._generation(z)["logits"], "float64")
    log_x = rows @ logits.T - np.logaddexp(0, logits).sum(-1)
    by_piece = np.asarray(vae.prior.logits, "float64").reshape(len(vae.shapes.layout), -1)
    by_piece = by_piece - scipy.special.logsumexp(by_piece, axis=-1, keepdims=True)
    log_p = sum(by_piece[i, codes[:, i]] for i in range(codes.shape[1]))
    exact = scipy.special.logsumexp(log_x + log_p, axis=1)
    chosen = vae.codes(x[:12])
    if kind == "categorical":
        elbo = vae.elbo(x[:12], samples=4000)
        many = vae.log_likelihood(x[:12], samples=4000)
        np.testing.assert_allclose(many, exact, atol=0.05)
    else:
        row = np.array([np.flatnonzero((codes == c).all(1))[0] for c in chosen])
        elbo = vae.elbo(x[:12])
        np.testing.assert_allclose(elbo, (log_x + log_p)[np.arange(12), row], rtol=1e-5)
        np.testing.assert_allclose(vae.log_likelihood(x[:12], samples=7), elbo, rtol=1e-5)
        terms = vae.kl_terms(x[:12])
        np.testing.assert_allclose(terms, -np.stack([by_piece[i, chosen[:, i]] for i in range(codes.shape[1])], 1), rtol=1e-4)
    assert (elbo <= exact + 1e-4).all()
    assert np.isfinite(vae.score(x[:12])).all()


def vq(shape=(2, 3), **options):
    """Return a built posterior for (groups, size), with random codebooks."""
    posterior = VQ(**{"entries": 7, "groups": shape[0], **options})
    posterior.build(Shapes((4,), shape[0] * shape[1] * posterior.depth))
    rng = np.random.default_rng(0)
    posterior.moved.assign(rng.normal(size=posterior.moved.shape))
    return posterior


def test_a_vector_becomes_the_nearest_entry_of_its_group():
    posterior, e = vq(), np.random.default_rng(1).normal(size=(9, 2, 3)).astype("float32")
    q = posterior.distribution({"vectors": jnp.asarray(e)}, Context())
    books = np.asarray(posterior.books)[0]
    for i, group in itertools.product(range(9), range(2)):
        distances = [((e[i, group] - entry) ** 2).sum() for entry in books[group]]
        np.testing.assert_array_equal(np.asarray(q.mean)[i, 3 * group : 3 * group + 3], books[group, int(np.argmin(distances))])


def test_each_stage_quantizes_what_is_left_and_the_stages_add_up():
    posterior, e = vq((2, 3), depth=3), np.random.default_rng(1).normal(size=(9, 2, 3)).astype("float32")
    z = np.asarray(posterior.distribution({"vectors": jnp.asarray(e)}, Context()).mean).reshape(9, 2, 3, 3)
    rest = e.copy()
    for stage in range(3):
        for i, group in itertools.product(range(9), range(2)):
            book = np.asarray(posterior.books)[stage, group]
            entry = book[np.argmin(((rest[i, group] - book) ** 2).sum(-1))]
            np.testing.assert_array_equal(z[i, group, stage], entry)
            rest[i, group] -= entry
    np.testing.assert_allclose(z.sum(2), e - rest, atol=1e-6)
    jacobian = jax.jacobian(lambda e: posterior.points(e).reshape(9, 2, 3, 3).sum(2))(jnp.asarray(e)).reshape(54, 54)
    np.testing.assert_allclose(jacobian, np.eye(54), atol=1e-6)  # the sum of the stages follows the vector


def test_straight_through_passes_the_gradient_unchanged(x64):
    posterior, e = vq((1, 3)), jnp.asarray(np.random.default_rng(1).normal(size=(1, 1, 3)))
    np.testing.assert_allclose(jax.jacobian(posterior.points)(e).reshape(3, 3), np.eye(3), atol=1e-12)


def test_the_rotation_trick_rotates_and_scales_the_gradient(x64):
    """Against the rotation in the plane of both vectors, built from its basis (arXiv:2410.06424, section 4)."""
    rng = np.random.default_rng(0)
    for _ in range(5):
        e, q = rng.normal(size=(2, 4))
        jacobian = np.asarray(jax.jacobian(lambda v, q=q: rotated(jnp.asarray(q), v))(jnp.asarray(e)))
        u = e / np.linalg.norm(e)
        v = q - (q @ u) * u
        v /= np.linalg.norm(v)
        cos = e @ q / np.linalg.norm(e) / np.linalg.norm(q)
        sin = np.sqrt(1 - cos**2)
        rotation = np.eye(4) - np.outer(u, u) - np.outer(v, v) + cos * (np.outer(u, u) + np.outer(v, v)) \
            + sin * (np.outer(v, u) - np.outer(u, v))
        np.testing.assert_allclose(jacobian, np.linalg.norm(q) / np.linalg.norm(e) * rotation, atol=1e-10)
        np.testing.assert_allclose(jacobian @ e, q, atol=1e-10)
        np.testing.assert_array_equal(rotated(jnp.asarray(q), jnp.asarray(e)), q)


def step(posterior, e, seed=0):
    state = keras.random.SeedGenerator(seed).next()
    return posterior.terms({"vectors": jnp.asarray(e)}, Context(training=True, draws=Draws(state, purpose=1)))


def test_entries_are_moving_averages_of_their_vectors():
    posterior, rng = vq((2, 3), decay=0.8, revive=0.0), np.random.default_rng(1)
    books, used = np.asarray(posterior.books, "float64")[0], np.ones((2, 7))
    totals = books * used[..., None]
    for _ in range(3):
        e = rng.normal(size=(20, 2, 3)).astype("float32")
        added, logged = step(posterior, e)
        chosen = np.array([[np.argmin(((e[i, g] - books[g]) ** 2).sum(-1)) for g in range(2)] for i in range(20)])
        distances = [sum(((e[i, g] - books[g, chosen[i, g]]) ** 2).sum() for g in range(2)) for i in range(20)]
        np.testing.assert_allclose(logged["commitment"], distances, rtol=1e-4)
        np.testing.assert_allclose(added, 0.25 * np.array(distances), rtol=1e-4)
        shares = np.stack([np.bincount(chosen[:, g], minlength=7) / 20 for g in range(2)])
        entropy = [-(s[s > 0] * np.log(s[s > 0])).sum() for s in shares]
        assert float(logged["perplexity"]) == pytest.approx(np.exp(entropy).mean(), rel=1e-5)
        assert float(logged["used_codes"]) == (shares > 0).sum(1).mean()
        used, totals = 0.8 * used, 0.8 * totals
        for i, g in itertools.product(range(20), range(2)):
            used[g, chosen[i, g]] += 0.2
            totals[g, chosen[i, g]] += 0.2 * e[i, g]
        books = totals / used[..., None]
        np.testing.assert_allclose(posterior.books[0], books, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(posterior.used[0], used, rtol=1e-5)


@pytest.mark.parametrize("codebook", ["average", "gradient"])
def test_entries_that_are_not_used_become_vectors_of_the_batch(codebook):
    posterior, rng = vq((1, 3), decay=0.0, revive=0.5, codebook=codebook), np.random.default_rng(1)
    books = np.array(posterior.books)
    books[0, 0, 2:] += 100  # too far from all vectors
    posterior.moved.assign(books)
    e = rng.normal(size=(20, 1, 3)).astype("float32")
    step(posterior, e)
    revived = np.asarray(posterior.books)[0, 0, 2:]
    rows = [np.flatnonzero(np.isclose(e[:, 0], entry, atol=1e-4).all(1)) for entry in revived]
    assert all(len(row) == 1 for row in rows)
    assert len({int(row[0]) for row in rows}) == 5
    assert np.abs(np.asarray(posterior.books)[0, 0, :2]).max() < 10


def test_replacements_follow_the_error():
    vectors = np.zeros((30, 1, 2), "float32")
    vectors[:, 0, 0] = np.arange(30)
    points = vectors.copy()
    points[[4, 9, 20], 0, 1] = 2.0  # three vectors with an error
    dead = jnp.asarray([[True, False, True, True]])
    found = np.asarray(replacements(jnp.asarray(vectors), jnp.asarray(points), dead, Draws(keras.random.SeedGenerator(0).next())))
    assert set(found[0, [0, 2, 3], 0].tolist()) == {4.0, 9.0, 20.0}


def test_evaluation_leaves_the_codebook_as_it_is():
    posterior = vq(decay=0.5)
    before = np.array(posterior.moved)
    posterior.terms({"vectors": jnp.ones((5, 2, 3))}, Context())
    np.testing.assert_array_equal(posterior.moved, before)


def test_a_gradient_codebook_is_pulled_by_its_vectors(x64):
    posterior, e = vq((1, 3), codebook="gradient", commitment=0.5), np.random.default_rng(1).normal(size=(6, 1, 3))

    def loss(values, vectors):
        with keras.StatelessScope(state_mapping=[(posterior.learned, values)]):
            return posterior.terms({"vectors": vectors}, Context())[0].sum()

    books = np.asarray(posterior.books, "float64")[0, 0]
    of_book, of_vectors = jax.grad(loss, (0, 1))(jnp.asarray(posterior.learned, "float64"), jnp.asarray(e))
    chosen = [np.argmin(((row - books) ** 2).sum(-1)) for row in e[:, 0]]
    expected = np.zeros((7, 3))
    for row, c in zip(e[:, 0], chosen, strict=True):
        expected[c] += 2 * (books[c] - row)
    np.testing.assert_allclose(of_book[0, 0], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(of_vectors[:, 0], 0.5 * 2 * (e[:, 0] - books[chosen]), rtol=1e-5, atol=1e-6)


def test_k_means_finds_separate_clusters_and_what_is_left():
    rng = np.random.default_rng(0)
    vectors = (10 * np.eye(4)[rng.integers(4, size=200)] + 0.01 * rng.normal(size=(200, 4))).astype("float32")
    centers, left = k_means(vectors.copy(), 4, np.random.default_rng(0))
    np.testing.assert_allclose(np.sort(centers.max(1)), 10, atol=0.02)
    assert sorted(centers.argmax(1)) == [0, 1, 2, 3]
    assert np.abs(left).max() < 0.1
    few, _ = k_means(vectors[:1].repeat(9, 0), 4, np.random.default_rng(0))
    assert few.shape == (4, 4)
    np.testing.assert_allclose(few, vectors[:1].repeat(4, 0), atol=0.02)


def test_a_codebook_starts_as_the_k_means_of_the_encoders_vectors_and_fit_prior_keeps_the_trained_one(make, x):
    vae = make(posterior={"name": "vq", "entries": 4, "depth": 2}, latent_dim=4, prior="categorical")
    vae.begin(x)
    vectors = np.asarray(vae.inference(x)["vectors"])
    with_start = ((vectors[:, 0, None] - np.asarray(vae.posterior.books)[0, 0]) ** 2).sum(-1).min(1).mean()
    assert with_start < 0.3 * vectors.var(axis=0).sum()
    vae.fit(x, epochs=2, batch_size=8, verbose=0)
    new = vae.fit_prior(x, prior={"name": "categorical", "learned": True}, epochs=30)
    for ours, theirs in zip(new.posterior.get_weights(), vae.posterior.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(new.reconstruct(x), vae.reconstruct(x), rtol=1e-6)
    assert new.elbo(x).mean() > vae.elbo(x).mean() + 0.1


@pytest.mark.parametrize("levels", [[8, 5, 5, 5], [3], [2, 4]])
def test_finite_scalars_are_those_of_the_paper(levels):
    """The paper's own code (arXiv:2309.15505, appendix A), in NumPy."""
    posterior, rng = FSQ(levels), np.random.default_rng(0)
    posterior.build(Shapes((4,), 2 * len(levels)))
    e = rng.normal(size=(50, 2, len(levels))).astype("float32") * 3
    n = np.array(levels)
    half_l = (n - 1) * (1 - 1e-3) / 2
    offset = np.where(n % 2 == 1, 0.0, 0.5)
    rounded = np.round(np.tanh(e.astype("float64") + np.tan(offset / half_l)) * half_l - offset)
    z = np.asarray(posterior.distribution({"vectors": jnp.asarray(e)}, Context()).mean)
    np.testing.assert_allclose(z.reshape(e.shape), rounded / (n // 2), atol=1e-6)
    for i, level in enumerate(levels):
        assert len(np.unique(z.reshape(e.shape)[..., i])) == level
    basis = np.concatenate([[1], np.cumprod(n[:-1])])
    np.testing.assert_array_equal(posterior.codes(jnp.asarray(z)), ((rounded + n // 2) * basis).sum(-1))
    gradient = np.asarray(jax.grad(lambda e: (posterior.points(e) * (n // 2)).sum())(jnp.asarray(e)))
    np.testing.assert_allclose(gradient, (1 - np.tanh(e + np.tan(offset / half_l)) ** 2) * half_l, atol=1e-4)


def test_the_entropies_of_lookup_free_codes_are_the_enumerated_ones(x64):
    posterior, e = LFQ(bits=3, commitment=0.25, entropy=0.1, temperature=1.7), np.random.default_rng(0).normal(size=(5, 2, 3))
    posterior.build(Shapes((4,), 6))
    codes = np.array(list(itertools.product([-1, 1], repeat=3)))
    p = scipy.special.softmax(-((e[:, :, None] - codes) ** 2).sum(-1) / 1.7, axis=-1)
    mean = p.mean((0, 1))
    expected = -(p * np.log(p)).sum((1, 2)) + 2 * (mean * np.log(mean)).sum()
    np.testing.assert_allclose(posterior.entropy_difference(jnp.asarray(e)), expected, rtol=1e-9)
    added, logged = posterior.terms({"vectors": jnp.asarray(e)}, Context())
    commitment = ((e - np.sign(e)) ** 2).sum((1, 2))
    np.testing.assert_allclose(logged["commitment"], commitment, rtol=1e-9)
    np.testing.assert_allclose(added, 0.25 * commitment + 0.1 * expected, rtol=1e-9)


def test_a_temperature_falls_with_the_steps_and_draws_are_discrete_afterwards(make, x):
    vae = make(posterior={"name": "categorical", "classes": 3, "temperature": {"name": "warmup", "steps": 10, "start": 1.0, "value": 0.1}},
               latent_dim=6, prior="categorical")
    posterior, logits = vae.posterior, jnp.zeros((4, 2, 3))
    for at, temperature in [(0.0, 1.0), (5.0, 0.55), (10.0, 0.1)]:
        q = posterior.distribution({"logits": logits}, Context(training=True, step=jnp.float32(at)))
        assert float(q.temperature) == pytest.approx(temperature)
    z = vae.encode(x, sample=True)
    assert set(np.unique(z)) == {0.0, 1.0}
    assert vae.shapes.layout == (Piece("categorical", 3),) * 2
    for bad in (0, -1.0):
        with pytest.raises(zukan.InputError, match="temperature must be a finite number above 0"):
            zukan.VAE((6,), 6, posterior={"name": "categorical", "temperature": bad}, prior="categorical")


def test_positions_of_a_grid_become_codes_row_by_row():
    vae = zukan.VAE((8, 4, 1), 16, encoder={"name": "conv", "filters": [3, 4]}, posterior={"name": "vq", "entries": 3, "groups": 2},
                    prior="categorical")
    assert vae.shapes.positions == (2, 1)
    x = np.random.default_rng(0).random((5, 8, 4, 1), "float32")
    vectors = np.asarray(vae.inference(x)["vectors"])
    assert vectors.shape == (5, 4, 4)
    assert vae.codes(x).shape == (5, 4)
    assert vae.decode_codes(np.zeros((2, 4), int)).shape == (2, 8, 4, 1)


class Path(ELBO):
    """Needs a gradient along the draws, as DReG does."""

    needs = ("density", "reparameterized")


@pytest.mark.parametrize(("options", "words"), [
    ({"posterior": "vq"}, ["'code'", "VQ", "prior='categorical'", "'autoregressive'"]),
    ({"posterior": "categorical", "latent_dim": 10}, ["'categorical'", "Categorical", "prior='categorical'"]),
    ({"posterior": "joint", "latent_dim": 12}, ["'categorical'", "prior='joint'"]),
    ({"posterior": "categorical", "latent_dim": 10, "prior": "categorical", "objective": Path()}, ["Path", "gradient"]),
    ({"posterior": "vq", "prior": "categorical", "objective": Path()}, ["Path", "gradient"]),
    ({"posterior": "categorical", "latent_dim": 12, "prior": "categorical"}, ["multiple of 10", "got 12", "10 or 20"]),
    ({"posterior": "fsq", "latent_dim": 3, "prior": "categorical"}, ["levels", "multiple of 4", "got 3", "use 4"]),
    ({"posterior": {"name": "vq", "groups": 2, "depth": 2}, "latent_dim": 6, "prior": "categorical"}, ["groups and depth", "4 or 8"]),
    ({"posterior": "joint", "latent_dim": 10, "prior": "joint"}, ["more than 10", "got 10", "12"]),
    ({"posterior": "vq", "prior": "pixelcnn"}, ["grid", "'autoregressive'"]),
    ({"prior": "categorical"}, ["'real'", "Categorical", "'normal'"]),
    ({"posterior": "joint", "latent_dim": 12, "prior": {"name": "joint", "discrete": "normal"}}, ["discrete", "'categorical'"]),
    ({"posterior": "joint", "latent_dim": 12, "prior": {"name": "joint", "real": "vamp"}}, ["real", "'normal'"]),
    ({"posterior": {"name": "fsq", "levels": []}, "prior": "categorical"}, ["levels", "2 to"]),
], ids=str)
def test_what_does_not_fit_is_refused_in_a_sentence(options, words):
    with pytest.raises(zukan.InputError) as caught:
        zukan.VAE((6,), **options)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_codes_are_refused_where_there_are_none(make, trained, x, models):
    for method in (lambda: trained.codes(x), lambda: trained.decode_codes(np.zeros((2, 2), int))):
        with pytest.raises(zukan.InputError, match="discrete") as caught:
            method()
        assert "\n" not in str(caught.value)
    vae = models("fsq")
    for codes, words in [(np.zeros((2, 3), int), r"shape \(n, 2\)"), (np.zeros((2, 2)), "whole numbers"),
                         (np.full((2, 2), 12), "from 0 to 11, got values from 12 to 12"), (-np.ones((2, 2), int), "from -1")]:
        with pytest.raises(zukan.InputError, match=words):
            vae.decode_codes(codes)


def test_a_joint_posterior_has_terms_for_numbers_and_classes(make, x):
    vae = make(posterior={"name": "joint", "classes": 3, "discrete": 2}, prior="joint", latent_dim=8)
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    assert vae.shapes.layout == (Piece("real", 2), Piece("categorical", 3), Piece("categorical", 3))
    params = {name: np.asarray(value, "float64") for name, value in vae.inference(x).items()}
    m, v = params["normal_mean"], np.exp(params["normal_log_var"])
    p = scipy.special.softmax(params["logits"], axis=-1)
    expected = np.concatenate([0.5 * (v + m**2 - 1 - np.log(v)), (p * np.log(3 * p)).sum(-1)], axis=-1)
    np.testing.assert_allclose(vae.kl_terms(x), expected, rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(vae.codes(x), p.argmax(-1))
    assert vae.elbo(x, samples=500).mean() < vae.log_likelihood(x, samples=500).mean() - 0.002
    samples = vae.prior.distribution(vae.context()).sample(50, 0)
    assert set(np.unique(samples[:, 2:])) == {0.0, 1.0}
    assert vae.sample(3).shape == (3, 6)


@pytest.mark.parametrize("kind", ["vq", "residual", "fsq", "lfq"])
def test_what_lies_between_two_items_are_codes(kind, models, x, monkeypatch):
    vae, decoded = models(kind), []
    monkeypatch.setattr(vae, "decode", lambda z, **_: decoded.append(z))
    vae.interpolate(x[0], x[1], steps=7)
    np.testing.assert_allclose(decoded[0], vae.posterior.embed(vae.posterior.codes(decoded[0])), atol=1e-6)
    np.testing.assert_allclose(decoded[0][[0, -1]], vae.encode(x[:2]), atol=1e-6)
