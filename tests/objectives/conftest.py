"""Models in double precision."""

import keras
import pytest


@pytest.fixture
def double(x64):
    """Let Keras and JAX compute in double precision."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(policy)
