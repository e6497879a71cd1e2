"""A functional model and its export must give the same numbers: onnxruntime is the oracle."""

import jax
import keras
import numpy as np
import onnxruntime
import pytest

from zukan.export.models import onnx_model


def shaken(model, seed=0):
    """Give every weight a value of its own, so that none that is left out goes unnoticed."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        positive = "variance" in weight.path
        if "float" in str(weight.dtype):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape) if positive else 0.5 * rng.standard_normal(weight.shape))
    return model


def exported(model, x):
    """Return what the export gives for ``x``, by output name."""
    proto = onnx_model(model, "net", "x", "y")
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([each.name for each in session.get_outputs()], session.run(None, {"x": x}), strict=True))


def agree(models, inputs, tolerance=1e-5):
    """Compare each model with its export, with the weights shaken and the batch at two sizes."""
    for model in models.values():
        shaken(model)
    inputs = {name: x.astype("float32") for name, x in inputs.items()}
    # One compilation for all branches of all models: that is most of the time.
    wanted = jax.jit(lambda given: {name: models[name](x, training=False) for name, x in given.items()})(inputs)
    for name, model in models.items():
        results = wanted[name]
        results = results if isinstance(results, dict) else {"y": results}
        for count in (len(inputs[name]), 1):
            found = exported(model, inputs[name][:count])
            assert set(found) == set(results)
            for key, values in found.items():
                exact = np.asarray(results[key])[:count]
                assert values.shape == exact.shape, key
                np.testing.assert_allclose(values, exact, rtol=0, atol=tolerance * max(1.0, np.abs(exact).max()),
                                           err_msg=key)


@pytest.fixture
def same():
    """Return a function that compares a layer, or a function from tensor to tensors, with its export."""

    def compare(build, shape, seed=1, tolerance=1e-5):
        x = keras.Input(shape)
        agree({"net": keras.Model(x, build(x))}, {"net": np.random.default_rng(seed).normal(size=(3, *shape))}, tolerance)

    return compare


@pytest.fixture
def compare_models():
    return agree
