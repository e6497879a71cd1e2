"""Every registered part in a small VAE: it trains, is saved and loaded, and accepts every event shape."""

import keras
import numpy as np
import pytest
from contract_members import IMAGES, MEMBERS, VECTORS, in_a_model, name_of

import zukan

each_member = pytest.mark.parametrize("member", MEMBERS, ids=name_of)
NETWORKS = [member for member in MEMBERS if member.registry.kind == "network"]


def data(n, shape, seed=0):
    rng = np.random.default_rng(seed)
    levels = np.where(np.arange(n) % 2, 0.9, 0.1).reshape(-1, *[1] * len(shape))
    return np.clip(levels + 0.05 * rng.standard_normal((n, *shape)), 0, 1).astype("float32")


@each_member
def test_a_part_trains_and_is_saved_and_loaded(member, tmp_path):
    part = member.make()
    vae = zukan.VAE(**in_a_model(member, part))
    x = data(32, vae.event_shape)
    vae.compile(keras.optimizers.Adam(0.01))
    before = vae.elbo(x, samples=16).mean()
    history = vae.fit(x, epochs=2, batch_size=4, validation_data=x[:16], verbose=0).history

    terms = {"loss", "reconstruction", "kl", "elbo", *vae.objective.extras}
    assert set(history) == terms | {f"val_{term}" for term in terms}
    assert np.isfinite(list(history.values())).all()
    assert vae.elbo(x, samples=16).mean() > before
    np.testing.assert_allclose(history["elbo"], -np.add(history["reconstruction"], history["kl"]), rtol=1e-5)

    vae.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    assert loaded.get_config() == vae.get_config()
    np.testing.assert_array_equal(loaded.encode(x), vae.encode(x))
    np.testing.assert_array_equal(loaded.elbo(x, samples=16), vae.elbo(x, samples=16))
    np.testing.assert_array_equal(loaded.sample(3), vae.sample(3))


@pytest.mark.parametrize("member", [m for m in MEMBERS if not issubclass(m.registry.members[m.name], keras.Layer)],
                         ids=name_of)
def test_one_part_serves_two_models(member):
    part = member.make()
    first, second = (zukan.VAE(**in_a_model(member, part)) for _ in range(2))
    for one, other in zip(first.weights, second.weights, strict=True):
        assert one is not other
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("member", "shape"), [
    pytest.param(member, shape, id=f"{member.name}-{'x'.join(map(str, shape))}")
    for member in NETWORKS for shape in [*IMAGES, *VECTORS] if member.name != "conv" or shape in IMAGES])
def test_a_network_accepts_every_event_shape(member, shape):
    latent_dim = 1 + len(shape)
    vae = zukan.VAE(shape, latent_dim, encoder=member.make())
    x = data(3, shape)
    mean, log_var, z = vae.encoder(x)
    assert mean.shape == log_var.shape == z.shape == (3, latent_dim)
    image = np.asarray(vae.decoder(mean))
    assert image.shape == x.shape
    assert ((image >= 0) & (image <= 1)).all()
    assert len(set(image.ravel().tolist())) > 1 or image[0].size == 1, "the decoder must reach every element"


@pytest.mark.parametrize(("latent_dim", "shape", "prior", "likelihood"), [
    (1, (3, 2, 1), "mixture", "bernoulli"), (2, (7,), "normal", "bernoulli"), (5, (1,), "normal", "normal")])
def test_methods_return_the_documented_shapes(latent_dim, shape, prior, likelihood):
    vae = zukan.VAE(shape, latent_dim, encoder={"name": "mlp", "units": [4]}, prior=prior, likelihood=likelihood)
    x = data(5, shape)
    assert vae.encode(x).shape == vae.encode(x, sample=True).shape == (5, latent_dim)
    assert vae.decode(np.zeros((4, latent_dim))).shape == (4, *shape)
    assert vae.sample(3).shape == (3, *shape)
    assert vae.reconstruct(x).shape == x.shape
    assert vae.interpolate(x[0], x[1], steps=4).shape == (4, *shape)
    assert vae.elbo(x, samples=2).shape == vae.log_likelihood(x, samples=2).shape == (5,)
    assert vae.kl_terms(x).shape == (5, latent_dim if prior == "normal" else 1)
    assert all(array.dtype == np.float32 for array in (vae.encode(x), vae.sample(3), vae.elbo(x)))
