"""Comparison of functional models with their exports, which onnxruntime executes."""

import jax
import keras
import numpy as np
import onnxruntime
import pytest

from zukan.export.models import onnx_model


def with_random_weights(model, seed=0):
    """Give every weight random values, so that the comparison detects a missing weight."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        positive = "variance" in weight.path
        if "float" in str(weight.dtype):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape) if positive else 0.5 * rng.standard_normal(weight.shape))
    return model


def exported(model, x):
    """Return the outputs of the exported model for ``x``, by name."""
    proto = onnx_model(model, "net", ["x"], "y")
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, {"x": x}), strict=True))


def compare_all(models, inputs, tolerance=1e-5):
    """Compare each model with its export, for random weights and two batch sizes."""
    for model in models.values():
        with_random_weights(model)
    inputs = {name: x.astype("float32") for name, x in inputs.items()}
    # All models are compiled together, since compiling takes most of the time.
    expected = jax.jit(lambda arrays: {name: models[name](x, training=False) for name, x in arrays.items()})(inputs)
    for name, model in models.items():
        results = expected[name]
        results = results if isinstance(results, dict) else {"y": results}
        for count in (len(inputs[name]), 1):
            outputs = exported(model, inputs[name][:count])
            assert set(outputs) == set(results)
            for key, values in outputs.items():
                reference = np.asarray(results[key])[:count]
                assert values.shape == reference.shape, key
                np.testing.assert_allclose(values, reference, rtol=0, atol=tolerance * max(1.0, np.abs(reference).max()),
                                           err_msg=key)


@pytest.fixture
def same():
    """Return a function that compares a layer, or a function of tensors, with its export."""

    def compare(build, shape, seed=1, tolerance=1e-5):
        x = keras.Input(shape)
        compare_all({"net": keras.Model(x, build(x))}, {"net": np.random.default_rng(seed).normal(size=(3, *shape))}, tolerance)

    return compare


@pytest.fixture
def compare_models():
    return compare_all
