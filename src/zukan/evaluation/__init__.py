"""Numbers about a trained model: likelihood, latent dimensions, classes, anomaly thresholds and warnings."""
