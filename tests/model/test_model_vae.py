"""The model as users meet it: its facts, its loss and gradients, its draws, and what it returns."""

import random

import jax
import keras
import numpy as np
import pytest
from jax import numpy as jnp
from jax.scipy.stats import norm

import zukan
from zukan.schedules import Cyclic, LinearWarmup


def test_the_default_is_the_tutorials_model():
    vae = zukan.VAE()
    assert vae.encoder.count_params() == 201_988
    assert vae.decoder.count_params() == 202_256
    assert vae.count_params() == 404_244
    assert sum(int(np.prod(w.shape)) for w in vae.trainable_variables) == 404_244
    assert vae.encoder.input_shape == (None, 28, 28, 1)
    assert vae.encoder.output_names == ["mean", "log_var", "z"]
    assert vae.encoder.output_shape == [(None, 2)] * 3
    assert vae.decoder.input_shape == (None, 2)
    assert vae.decoder.output_shape == (None, 28, 28, 1)
    lines = []
    vae.encoder.summary(print_fn=lambda line, line_break=True: lines.append(line))
    text = "\n".join(lines)
    for words in ("201,988", "mean (Dense)", "log_var (Dense)", "z (Sampling)"):
        assert words in text


def test_encoder_and_decoder_share_the_trained_layers(trained, x):
    mean, log_var, z = trained.encoder.predict(x, verbose=0)
    np.testing.assert_allclose(mean, trained.encode(x), rtol=1e-6)
    np.testing.assert_allclose(trained.decoder.predict(mean, verbose=0), trained.decode(mean), rtol=1e-6)
    noise = (z - mean) / np.exp(log_var / 2)
    assert 0.5 < noise.std() < 1.5
    assert len(np.unique(noise)) == noise.size


def test_spelling_the_default_out_changes_nothing(x):
    options = {"event_shape": (6,), "latent_dim": 2, "seed": 5}
    short = zukan.VAE(**options)
    long = zukan.VAE(**options, encoder=zukan.networks.MLP([256]), decoder={"name": "mlp", "units": [256]},
                     posterior="normal", prior=zukan.priors.Normal(), likelihood={"name": "bernoulli"},
                     objective=zukan.objectives.ELBO(beta=1.0))
    for ours, theirs in zip(short.weights, long.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(short.elbo(x), long.elbo(x))


def test_a_mirrored_network_runs_backwards():
    vae = zukan.VAE((6,), encoder={"name": "mlp", "units": [5, 3]})
    widths = [layer.units for layer in vae._generation.layers if isinstance(layer, keras.layers.Dense)]
    assert widths == [3, 5, 6]


# The loss and its gradients against an independently written program


def log_normal(z, mean, log_var):
    return norm.logpdf(z, mean, jnp.exp(log_var / 2)).sum(-1)


def independent_loss(weights, x, noise, objective, prior, likelihood):
    """Return the loss of the model whose parts are named, written out by hand in plain JAX."""
    weights = list(weights)
    mixture = [weights.pop(0) for _ in range(3)] if prior == "mixture" else None
    scale = weights.pop(0) if likelihood == "normal" else None
    w1, b1, wv, bv, wm, bm, w2, b2, w3, b3 = weights
    h = jnp.maximum(x @ w1 + b1, 0)
    mean, log_var = h @ wm + bm, h @ wv + bv
    z = mean + jnp.exp(log_var / 2) * noise
    out = jnp.maximum(z @ w2 + b2, 0) @ w3 + b3
    if likelihood == "normal":
        log_p_x = norm.logpdf(x, out, jnp.exp(scale / 2)).sum(-1)
    else:
        p = jax.nn.sigmoid(out)
        log_p_x = (x * jnp.log(p) + (1 - x) * jnp.log(1 - p)).sum(-1)
    if prior == "mixture":
        logits, centers, log_vars = mixture
        weight = jnp.exp(logits) / jnp.exp(logits).sum()
        log_p_z = jnp.log(sum(weight[k] * jnp.exp(log_normal(z, centers[k], log_vars[k])) for k in range(3)))
    else:
        log_p_z = log_normal(z, 0.0, jnp.zeros(2))
    log_q = log_normal(z, mean, log_var)
    if objective == "iwae":
        return jnp.mean(-jnp.log(jnp.mean(jnp.exp(log_p_x + log_p_z - log_q), axis=0)))
    kl = (0.5 * (jnp.exp(log_var) + mean**2 - 1 - log_var).sum(-1) if prior == "normal" else (log_q - log_p_z).mean(0))
    return jnp.mean(-log_p_x.mean(0) + 4.0 * kl)


@pytest.mark.parametrize(("objective", "prior", "likelihood"), [
    ("elbo", "normal", "bernoulli"), ("elbo", "mixture", "normal"), ("iwae", "normal", "normal"),
    ("iwae", "mixture", "bernoulli")])
def test_loss_and_gradients_equal_an_independent_program(make, x, objective, prior, likelihood):
    parts = {"elbo": {"name": "elbo", "beta": 4.0, "samples": 3}, "iwae": {"name": "iwae", "k": 3}}
    priors = {"normal": "normal", "mixture": {"name": "mixture", "components": 3}}
    vae = make(objective=parts[objective], prior=priors[prior], likelihood=likelihood)
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:  # zeros would hide mistakes
        weight.assign(weight + 0.3 * rng.normal(size=weight.shape))
    vae.optimizer.build(vae.trainable_variables)
    weights = [w.value for w in vae.trainable_variables]
    frozen = [w.value for w in vae.non_trainable_variables]

    outputs, _ = vae.stateless_call(weights, frozen, x, training=True)
    noise = (outputs["z"] - outputs["q"]["mean"]) * jnp.exp(-outputs["q"]["log_var"] / 2)
    assert noise.shape == (3, 40, 2)

    def loss(weights):
        return vae.compute_loss_and_updates(weights, frozen, [m.value for m in vae.metrics_variables], x, None, None,
                                            training=True,
                                            optimizer_variables=[v.value for v in vae.optimizer.variables])[0]

    ours, our_gradients = jax.value_and_grad(loss)(weights)
    theirs, their_gradients = jax.value_and_grad(independent_loss)(weights, x, noise, objective, prior, likelihood)
    assert float(ours) == pytest.approx(float(theirs), rel=1e-5)
    for variable, mine, other in zip(vae.trainable_variables, our_gradients, their_gradients, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-5, err_msg=variable.path)


def test_images_are_summed_over_every_axis():
    rng = np.random.default_rng(0)
    images = rng.random((8, 4, 3, 2), dtype="float32")
    flat = zukan.VAE((24,), encoder={"name": "mlp", "units": [8]})
    shaped = zukan.VAE((4, 3, 2), encoder={"name": "mlp", "units": [8]})
    for ours, theirs in zip(flat.weights, shaped.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(flat.elbo(images.reshape(8, 24)), shaped.elbo(images), rtol=1e-6)


# Training


def test_history_holds_every_term(trained):
    terms = {"loss", "reconstruction", "kl", "elbo", "beta"}
    history = trained.history.history
    assert set(history) == terms | {f"val_{term}" for term in terms}
    for prefix in ("", "val_"):
        part = {term: np.array(history[prefix + term]) for term in terms}
        assert (part["beta"] == 1).all()
        np.testing.assert_allclose(part["loss"], part["reconstruction"] + part["kl"], rtol=1e-5)
        np.testing.assert_allclose(part["elbo"], -part["loss"], rtol=1e-5)
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize("schedule", [LinearWarmup(12, value=2.0), Cyclic(10, value=4.0)], ids=repr)
@pytest.mark.parametrize("stock", [False, True])
def test_a_schedule_steps_once_an_update(make, x, schedule, stock):
    vae = make(objective=zukan.objectives.ELBO(beta=schedule))
    fit = (lambda *a, **k: keras.Model.fit(vae, *a, **k)) if stock else vae.fit
    history = fit(x, epochs=3, batch_size=8, validation_data=x[:8], verbose=0).history
    weights = [float(schedule(jnp.float32(step))) for step in range(15)]
    np.testing.assert_allclose(history["beta"], np.reshape(weights, (3, 5)).mean(1), rtol=1e-6)
    after = [float(schedule(jnp.float32(step))) for step in (5, 10, 15)]
    np.testing.assert_allclose(history["val_beta"], after, rtol=1e-6)
    np.testing.assert_allclose(np.array(history["elbo"]), -np.add(history["reconstruction"], history["kl"]), rtol=1e-5)


def test_one_seed_gives_one_model(make, x):
    runs = []
    for seed in (1, 1, 2):
        vae = make(seed=seed)
        start = [np.array(w) for w in vae.weights]
        history = vae.fit(x, epochs=2, batch_size=8, verbose=0).history
        runs.append((start, [np.array(w) for w in vae.weights], history))
        np.random.default_rng().random()
    for first, second in zip(runs[0][0] + runs[0][1], runs[1][0] + runs[1][1], strict=True):
        np.testing.assert_array_equal(first, second)
    assert runs[0][2] == runs[1][2]
    assert any((first != other).any() for first, other in zip(runs[0][0], runs[2][0], strict=True))
    assert runs[0][2] != runs[2][2]


def test_global_generators_are_left_alone(make, x):
    random.seed(11)
    np.random.seed(11)  # noqa: NPY002 the legacy generator is what a stray draw would move
    keras_state = np.array(keras.src.random.seed_generator.global_seed_generator().state)
    python, numpy = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    vae = make()
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    vae.sample(2)
    vae.elbo(x)
    assert random.getstate() == python
    assert np.random.get_state()[1].tolist() == numpy  # noqa: NPY002
    np.testing.assert_array_equal(np.array(keras.src.random.seed_generator.global_seed_generator().state), keras_state)


def test_the_initial_weights_do_not_depend_on_what_ran_before(make):
    first = make(seed=4)
    random.random()
    keras.layers.Dense(3).build((None, 2))
    second = make(seed=4)
    for ours, theirs in zip(first.weights, second.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_every_batch_is_drawn_anew(make, x):
    vae = make(keras.optimizers.SGD(0.0), seed=2)
    losses = vae.fit(np.repeat(x[:1], 8, 0), epochs=6, batch_size=8, verbose=0).history["reconstruction"]
    assert len(set(losses)) == 6


def test_evaluate_repeats_itself_and_leaves_training_alone(make, x):
    vae = make()
    first = vae.evaluate(x, batch_size=16, verbose=0, return_dict=True)
    assert set(first) == {"loss", "reconstruction", "kl", "elbo", "beta"}
    assert vae.evaluate(x, batch_size=16, verbose=0, return_dict=True) == first
    before = [np.array(w) for w in vae.trainable_variables]
    draws = np.array(vae._draws.state)
    vae.evaluate(x, verbose=0)
    np.testing.assert_array_equal(np.array(vae._draws.state), draws)
    for ours, theirs in zip(vae.trainable_variables, before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_evaluate_and_elbo_agree(trained, x):
    evaluated = np.mean([trained.evaluate(np.tile(x, (200, 1)), batch_size=1000, verbose=0, return_dict=True)["elbo"]])
    assert evaluated == pytest.approx(trained.elbo(x, samples=500).mean(), abs=0.03)


def test_sample_weights_weigh_the_examples(make, x):
    weights = np.where(np.arange(40) < 8, 1.0, 0.0).astype("float32")
    chosen = make(keras.optimizers.SGD(0.0)).evaluate(x, sample_weight=weights, batch_size=40, verbose=0, return_dict=True)
    plain = make(keras.optimizers.SGD(0.0)).evaluate(x, batch_size=40, verbose=0, return_dict=True)
    ones = make(keras.optimizers.SGD(0.0)).evaluate(x, sample_weight=np.ones(40, "float32"), batch_size=40, verbose=0,
                                                     return_dict=True)
    assert ones == pytest.approx(plain)
    assert chosen["loss"] * 40 / 8 == pytest.approx(chosen["reconstruction"] + chosen["kl"], rel=1e-5)  # Keras: sum / n
    assert chosen["kl"] != pytest.approx(plain["kl"])


def test_fit_takes_any_float_and_lists(make, x):
    reference = make().fit(x, epochs=1, batch_size=8, verbose=0).history
    for same in (x.astype("float64"), x.tolist(), jnp.asarray(x), np.asfortranarray(x)):
        assert make().fit(same, epochs=1, batch_size=8, verbose=0).history == reference


# What users call


def test_predict_and_reconstruct_go_through_the_mean(trained, x):
    through_mean = trained.decode(trained.encode(x))
    np.testing.assert_array_equal(trained.reconstruct(x), through_mean)
    np.testing.assert_allclose(trained.predict(x, verbose=0), through_mean, rtol=1e-5)
    np.testing.assert_allclose(trained.predict(x, batch_size=7, verbose=0), through_mean, rtol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 7, 16, 40, 1000])
def test_results_do_not_depend_on_the_batch_size(trained, x, batch_size):
    np.testing.assert_allclose(trained.encode(x, batch_size=batch_size), trained.encode(x), rtol=1e-5, atol=1e-6)
    z = trained.encode(x)
    np.testing.assert_allclose(trained.decode(z, batch_size=batch_size), trained.decode(z), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(trained.reconstruct(x, batch_size=batch_size), trained.reconstruct(x), rtol=1e-5, atol=1e-6)


def test_an_example_is_scored_without_its_neighbors(trained, x):
    other = x.copy()
    other[1:] = 1 - other[1:]
    for score in (trained.elbo, trained.log_likelihood, trained.kl_terms):
        options = {} if score == trained.kl_terms else {"samples": 8}
        np.testing.assert_array_equal(score(x, **options)[0], score(other, **options)[0])
        assert (score(x, **options)[1:] != score(other, **options)[1:]).any()


def test_scores_repeat_under_a_seed_and_differ_between_seeds(trained, x):
    for score in (trained.elbo, trained.log_likelihood):
        np.testing.assert_array_equal(score(x, samples=2, seed=3), score(x, samples=2, seed=3))
        assert (score(x, samples=2, seed=3) != score(x, samples=2, seed=4)).all()
    np.testing.assert_array_equal(trained.encode(x, sample=True, seed=1), trained.encode(x, sample=True, seed=1))
    assert (trained.encode(x, sample=True, seed=1) != trained.encode(x, sample=True, seed=2)).all()


def test_batches_of_one_call_get_draws_of_their_own(trained, x):
    same = np.repeat(x[:1], 8, 0)
    draws = trained.encode(same, sample=True, batch_size=2)
    assert len(np.unique(draws[:, 0])) == 8
    assert len(np.unique(trained.elbo(same, batch_size=2, same_draws=False))) == 8
    assert len(np.unique(trained.elbo(same, batch_size=2))) == 1


def test_the_elbo_and_a_sampled_code_are_of_the_same_draw(trained, x):
    rows = np.tile(x, (30, 1))  # more than one batch
    z = trained.encode(rows, sample=True, seed=3)
    p_x = trained.decode(z)
    log_prob = (rows * np.log(p_x) + (1 - rows) * np.log1p(-p_x)).sum(1)
    np.testing.assert_allclose(trained.elbo(rows, seed=3, same_draws=False), log_prob - trained.kl_terms(rows).sum(1), rtol=1e-4)


def test_a_sampled_code_is_a_draw_from_the_posterior(trained, x):
    mean, log_var, _ = trained.encoder.predict(x[:1], verbose=0)
    draws = trained.encode(np.repeat(x[:1], 20_000, 0), sample=True)
    scale = np.exp(log_var[0] / 2)
    np.testing.assert_array_less(np.abs(draws.mean(0) - mean[0]), 5 * scale / np.sqrt(20_000))
    np.testing.assert_allclose(draws.std(0), scale, rtol=0.03)


def test_kl_terms_sum_to_the_kl(trained, x):
    mean, log_var, _ = trained.encoder.predict(x, verbose=0)
    np.testing.assert_allclose(trained.kl_terms(x), 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var), atol=1e-5)


def test_sample_decodes_the_prior(make):
    vae = make()
    np.testing.assert_array_equal(vae.sample(5, seed=1), vae.sample(5, seed=1))
    assert (vae.sample(5, seed=1) != vae.sample(5, seed=2)).any()
    assert len(np.unique(vae.sample(50).round(6), axis=0)) == 50
    assert vae.sample().shape == (16, 6)


def test_interpolation_starts_and_ends_at_the_reconstructions(trained, x):
    between = trained.interpolate(x[0], x[1], steps=5)
    np.testing.assert_allclose(between[[0, -1]], trained.reconstruct(x[:2]), rtol=1e-5)
    middle = trained.encode(x[:2]).mean(0, keepdims=True)
    np.testing.assert_allclose(between[2:3], trained.decode(middle), rtol=1e-5)
    assert trained.interpolate(x[0], x[1]).shape == (9, 6)


def test_results_follow_the_weights(make, x):
    vae = make()
    before = vae.encode(x), vae.elbo(x), vae.decode(np.zeros((1, 2)))
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    for old, new in zip(before, (vae.encode(x), vae.elbo(x), vae.decode(np.zeros((1, 2)))), strict=True):
        assert (old != new).any()


def test_a_learned_scale_is_learned(make, x):
    vae = make(keras.optimizers.Adam(0.05), likelihood="normal")
    assert float(vae.likelihood.log_var.numpy()) == 0.0
    vae.fit(x, epochs=20, batch_size=8, verbose=0)
    assert float(vae.likelihood.log_var.numpy()) < -1.0
    assert make(likelihood={"name": "normal", "scale": 0.5}).likelihood.log_var is None


METHODS = {"elbo": {"samples": 3}, "kl_terms": {}, "log_likelihood": {"samples": 8}, "score": {}, "attribution": {},
           "reconstruction_terms": {"samples": 2}}


@pytest.mark.parametrize("prior", ["normal", "mixture"])
@pytest.mark.parametrize("method", METHODS)
def test_one_item_has_one_number(make, method, prior):
    vae, options = make(prior=prior), METHODS[method]
    x = np.random.default_rng(0).random((200, 6)).astype("float32")
    together = getattr(vae, method)(x, seed=4, **options)
    order = np.random.default_rng(1).permutation(200)
    np.testing.assert_array_equal(getattr(vae, method)(x[order], seed=4, **options), together[order])
    for count in (1, 7, 130):
        np.testing.assert_array_equal(getattr(vae, method)(x[5 : 5 + count], seed=4, **options), together[5 : 5 + count])
    np.testing.assert_allclose(getattr(vae, method)(x, seed=4, batch_size=33, **options), together, rtol=1e-4, atol=1e-5)


def test_an_average_can_have_draws_of_its_own_for_every_example(trained, x):
    together = trained.log_likelihood(x, samples=150, seed=4)  # in chunks of 128 and 22 draws
    alone = [trained.log_likelihood(row[None], samples=150, seed=4)[0] for row in x[:3]]
    np.testing.assert_allclose(together[:3], alone, rtol=1e-5)
    own = trained.log_likelihood(x, samples=150, seed=4, same_draws=False)
    assert abs(together.mean() - own.mean()) < 0.5
    assert np.abs(together - own).max() > 1e-3
    assert np.abs(trained.log_likelihood(x[::-1], samples=150, seed=4, same_draws=False)[::-1] - own).max() > 1e-3
