"""The model: `VAE`, wired from parts, and `load`."""

from zukan import backend

backend.start()

from zukan.model.saving import load  # noqa: E402 Keras starts first
from zukan.model.vae import VAE  # noqa: E402

__all__ = ["VAE", "load"]
