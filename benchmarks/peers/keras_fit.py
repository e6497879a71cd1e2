"""The tutorial's model in Keras 3, with Keras's own ``fit`` and ``predict``, on any backend."""

from __future__ import annotations

import keras
from keras import layers, ops

from benchmarks.peers.clock import fitting, repeated


class Sampling(layers.Layer):
    """The reparameterization trick."""

    def __init__(self, **options):
        super().__init__(**options)
        self.draws = keras.random.SeedGenerator(0)

    def call(self, mean, log_var):
        return mean + ops.exp(0.5 * log_var) * keras.random.normal(ops.shape(mean), seed=self.draws)


class PlainVAE(keras.Model):
    """Encoder, sampling and decoder, with the loss in nats per image."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.sampling, self.decoder = encoder, Sampling(), decoder

    def call(self, x):
        mean, log_var = self.encoder(x)
        kl = 0.5 * ops.sum(ops.exp(log_var) + mean**2 - 1 - log_var, axis=-1)
        self.add_loss(ops.mean(kl))
        return self.decoder(self.sampling(mean, log_var))


def reconstruction(x, logits):
    return ops.sum(ops.softplus(logits) - x * logits, axis=(1, 2, 3))


def _dense():
    x, z = keras.Input((28, 28, 1)), keras.Input((2,))
    h = layers.Dense(256, "relu")(layers.Flatten()(x))
    logits = layers.Reshape((28, 28, 1))(layers.Dense(784)(layers.Dense(256, "relu")(z)))
    return x, h, z, logits


def _conv():
    x, z = keras.Input((28, 28, 1)), keras.Input((16,))
    h = x
    for filters in (16, 32):
        h = layers.Conv2D(filters, 3, 2, "same", activation="relu")(h)
    h = layers.Dense(256, "relu")(layers.Flatten()(h))
    up = layers.Dense(7 * 7 * 32, "relu")(layers.Dense(256, "relu")(z))
    up = layers.Reshape((7, 7, 32))(up)
    for filters in (16, 16):
        up = layers.Conv2D(filters, 3, padding="same", activation="relu")(layers.UpSampling2D()(up))
    return x, h, z, layers.Dense(1)(up)


def _model(network: str):
    x, h, z, logits = {"dense": _dense, "conv": _conv}[network]()
    heads = [layers.Dense(z.shape[-1])(h), layers.Dense(z.shape[-1])(h)]
    vae = PlainVAE(keras.Model(x, heads), keras.Model(z, logits))
    vae.compile("adam", loss=reconstruction)
    return vae


def trainer(x, batch_size: int, network: str):
    return fitting(_model(network), batch_size, x, x)


def predictor(x, call: str, **options):
    vae = _model("dense")
    mean = vae.encoder.outputs[0]
    encoder = keras.Model(vae.encoder.inputs, mean)
    through = keras.Model(vae.encoder.inputs, ops.sigmoid(vae.decoder(mean)))
    model = {"encode": encoder, "reconstruct": through}[call]

    def predict(x):
        return model.predict(x, verbose=0, **options)

    return repeated(predict, x)
