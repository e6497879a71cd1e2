"""The model: `VAE`, wired from parts, and `load`."""

from zukan.model.saving import load
from zukan.model.vae import VAE

__all__ = ["VAE", "load"]
