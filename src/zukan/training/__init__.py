"""Training: recipe, presets, callbacks."""
