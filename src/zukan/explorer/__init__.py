"""The latent space of a run as a page in the browser."""
