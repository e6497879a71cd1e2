"""Numbers about a trained model: likelihood, latent space, classes, and what looks wrong."""
