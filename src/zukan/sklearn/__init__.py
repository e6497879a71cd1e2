"""Estimators for scikit-learn."""

from zukan.sklearn.transformer import VAETransformer

__all__ = ["VAETransformer"]
