"""Estimators for scikit-learn."""

from zukan import backend

backend.start()

from zukan.sklearn.transformer import VAETransformer  # noqa: E402 Keras starts first

__all__ = ["VAETransformer"]
