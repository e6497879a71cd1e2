"""AAE and VAE-GAN against NumPy, what each term trains, and two players that reach their goal."""

import jax
import keras
import numpy as np
import pytest
import scipy.special
from jax import numpy as jnp

import zukan
from zukan.context import Draws
from zukan.optimizers import Adversarial

AAE = {"name": "aae", "weight": 3.0, "units": [5, 4]}
GAN = {"name": "vae-gan", "weight": 0.7, "likelihood": 0.5, "beta": 0.25,
       "network": {"name": "mlp", "units": [5], "activation": "tanh"}}


def build(objective, **options):
    vae = zukan.VAE((6,), 3, encoder={"name": "mlp", "units": [8]}, objective=objective, **options)
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:
        weight.assign(weight + 0.5 * rng.normal(size=weight.shape))
    return vae


def told_apart(real, other):
    return -0.5 * (scipy.special.log_expit(real) + scipy.special.log_expit(-other))


def logit(vae, z):
    """Compute the discriminator of codes in NumPy."""
    *hidden, (w, b) = [(w, b) for w, b in zip(*[iter(vae.objective.get_weights())] * 2, strict=True)]
    for weight, bias in hidden:
        z = z @ weight + bias
        z = np.where(z > 0, z, 0.2 * z)
    return (z @ w + b)[:, 0]


@pytest.mark.parametrize("posterior", ["normal", "delta"])
def test_aae_equals_numpy(double, x, posterior):
    x = x.astype("float64")
    vae = build(AAE, posterior=posterior)
    outputs = vae(x)
    forward = vae.forward_pass(x, outputs)
    terms = vae.objective(forward)
    real = np.asarray(forward.p_z.sample(len(x), Draws(outputs["state"], purpose=1)))
    z = np.asarray(forward.z)[0]
    fooling = -scipy.special.log_expit(logit(vae, z))
    adversary = told_apart(logit(vae, real), logit(vae, z))
    np.testing.assert_allclose(terms.extra["fooling"], fooling, rtol=1e-5)
    np.testing.assert_allclose(terms.extra["adversary"], adversary, rtol=1e-5)
    np.testing.assert_allclose(terms.loss, np.asarray(forward.reconstruction) + 3.0 * fooling + adversary, rtol=1e-5)
    assert terms.kl is None


def test_vae_gan_equals_numpy(double, x):
    x = x.astype("float64")
    vae = build(GAN)
    outputs = vae(x)
    forward = vae.forward_pass(x, outputs)
    terms = vae.objective(forward)
    w1, b1, w2, b2 = vae.objective.get_weights()

    def judge(x):
        h = np.tanh(x @ w1 + b1)
        return h, (h @ w2 + b2)[:, 0]

    drawn = forward.p_z.sample(len(x), Draws(outputs["state"], purpose=1))
    made = [np.asarray(vae.decoder(np.asarray(codes))) for codes in (forward.z[0], drawn)]
    features = 0.5 * ((judge(x)[0] - judge(made[0])[0]) ** 2).sum(-1)
    fooling = np.mean([-scipy.special.log_expit(judge(each)[1]) for each in made], axis=0)
    adversary = np.mean([told_apart(judge(x)[1], judge(each)[1]) for each in made], axis=0)
    for name, expected in (("features", features), ("fooling", fooling), ("adversary", adversary)):
        np.testing.assert_allclose(terms.extra[name], expected, rtol=1e-5)
    expected = 0.5 * np.asarray(forward.reconstruction) + 0.25 * np.asarray(forward.kl) + features + 0.7 * fooling + adversary
    np.testing.assert_allclose(terms.loss, expected, rtol=1e-5)


PARTS = ("encoder", "decoder", "prior", "objective")
TRAINED = {  # by the terms of the loss: the parts that follow them
    "aae": {"fooling": {"encoder"}, "adversary": {"objective"}},
    "vae-gan": {"features": {"encoder", "decoder"}, "fooling": {"decoder"}, "adversary": {"objective"}},
}


@pytest.mark.parametrize("objective", [AAE, GAN], ids=lambda objective: objective["name"])
@pytest.mark.parametrize("prior", ["mixture", "vamp"])
def test_every_term_trains_its_own_part(x, objective, prior):
    vae = build(objective, prior={"name": prior, "components": 2})
    variables, fixed = vae.trainable_variables, [(v, v.value) for v in vae.non_trainable_variables]
    owners = {id(weight): part for part in PARTS for weight in vae.context().weights(part)}
    assert len(owners) == len(variables)

    def gradients(term):
        def total(values):
            with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), *fixed]):
                return jnp.mean(term(vae.objective(vae.forward_pass(jnp.asarray(x), vae(jnp.asarray(x))))))

        return [np.asarray(g) for g in jax.grad(total)([v.value for v in variables])]

    for name, parts in TRAINED[objective["name"]].items():
        moved = {owners[id(v)] for v, g in zip(variables, gradients(lambda t, name=name: t.extra[name]), strict=True)
                 if np.abs(g).max() > 0}
        assert moved == parts, name


@pytest.mark.parametrize("posterior", ["normal", "delta"])
def test_the_codes_of_an_aae_become_draws_from_the_prior(posterior):
    """Items are points of a ring of radius 3; the reconstruction counts next to nothing."""
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 1024)
    x = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1).astype("float32")
    vae = zukan.VAE((2,), 2, encoder={"name": "mlp", "units": [32]}, likelihood={"name": "normal", "scale": 20.0},
                    posterior=posterior, objective={"name": "aae", "weight": 1.0, "units": [32, 32]})
    vae.compile(Adversarial(keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(3e-3, beta_1=0.5)))

    def distance():
        codes = vae.encode(x, sample=True)
        prior = np.random.default_rng(1).normal(size=codes.shape).astype("float32")
        return float(zukan.objectives.discrepancy.mmd(jnp.asarray(codes), jnp.asarray(prior), "imq", [4.0]))

    before = distance()
    vae.fit(x, batch_size=128, epochs=60, verbose=0)
    assert distance() < 0.25 * before


def test_a_vae_gan_learns_to_reconstruct_by_features_alone(x):
    vae = zukan.VAE((6,), 2, encoder={"name": "mlp", "units": [16]},
                    objective={"name": "vae-gan", "weight": 0.1, "beta": 0.1, "network": {"name": "mlp", "units": [16]}})
    vae.compile(Adversarial(keras.optimizers.Adam(3e-3), keras.optimizers.Adam(1e-3)))
    before = np.square(vae.reconstruct(x) - x).mean()
    vae.fit(x, batch_size=8, epochs=150, verbose=0)
    assert np.square(vae.reconstruct(x) - x).mean() < 0.3 * before


def test_missing_values_are_zeros_for_the_judge(x):
    gaps = x.copy()
    gaps[:, 2:] = np.nan
    vae = build(GAN, missing=True)
    outputs = vae(gaps)
    expected = vae.objective(vae.forward_pass(gaps, outputs))
    w1, *_ = (weight for weight in vae.objective.weights)
    kernel = np.array(w1)
    kernel[2:] = 100.0  # of elements that are never there
    w1.assign(kernel)
    changed = vae.objective(vae.forward_pass(gaps, outputs))
    for name in ("features", "fooling", "adversary"):
        np.testing.assert_allclose(changed.extra[name], expected.extra[name], rtol=1e-6)
