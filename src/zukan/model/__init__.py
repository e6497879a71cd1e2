"""The model: ``zukan.VAE``, wired from parts, and `load`."""

from zukan.model.vae import VAE, load

__all__ = ["VAE", "load"]
