"""Training: recipe, presets and callbacks."""
