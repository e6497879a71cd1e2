"""Estimators for scikit-learn."""

from zukan import backend

backend.start()

from zukan.sklearn.imputer import VAEImputer  # noqa: E402 Keras starts first
from zukan.sklearn.transformer import VAETransformer  # noqa: E402

__all__ = ["VAEImputer", "VAETransformer"]
