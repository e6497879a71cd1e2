"""Models of every event shape train, also when the last batch is small or there is only one item."""

import numpy as np
import pytest

import zukan

MLP, CONV = {"name": "mlp", "units": [4]}, {"name": "conv", "filters": [2]}
CONV1D, TRANSFORMER = {"name": "conv1d", "filters": [2]}, {"name": "transformer", "width": 4, "depth": 1}
SHAPES = [((1,), MLP), ((3000,), MLP), ((1, 1, 1), CONV), ((7, 13, 1), CONV), ((28, 28, 1), CONV), ((32, 32, 3), CONV),
          ((40, 24, 4), CONV), ((128, 128, 3), MLP), ((500, 1), CONV1D), ((31, 6), CONV1D), ((31, 6), TRANSFORMER), ((9,), TRANSFORMER)]


@pytest.mark.parametrize(("shape", "network"), SHAPES, ids=str)
def test_any_shape_trains(shape, network):
    x = np.random.default_rng(0).random((7, *shape), "float32")
    vae = zukan.VAE(shape, latent_dim=64 if len(shape) > 1 else 1, encoder=network)
    vae.compile(optimizer="adam")
    before = [np.array(weight) for weight in vae.trainable_variables]
    history = vae.fit(x, batch_size=3, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert any(np.abs(weight - old).max() > 0 for weight, old in zip(vae.trainable_variables, before, strict=True))
    assert vae.reconstruct(x[:1]).shape == (1, *shape)


def test_one_item_trains():
    x = np.random.default_rng(0).random((1, 7, 13), "float32")[..., None]
    dataset = zukan.data.load({"x_train": x, "x_test": x})
    vae = zukan.VAE((7, 13, 1), latent_dim=2, encoder=MLP)
    vae.compile(optimizer="adam")
    assert np.isfinite(vae.fit(dataset.train.x, validation_data=dataset.test.x, verbose=0).history["val_loss"]).all()
