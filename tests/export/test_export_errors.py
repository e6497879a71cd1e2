"""Errors of the export name the layer and the fix, and no files are written."""

import sys

import keras
import numpy as np
import onnx
import pytest
from keras import layers, ops

import zukan
from zukan import export
from zukan.checks import InputError
from zukan.export import compare, convert
from zukan.export.models import onnx_model


class Strange(keras.Layer):
    def call(self, x):
        return ops.sort(x, axis=-1)

    def compute_output_shape(self, shape):
        return shape


class Numeric(keras.Layer):
    def call(self, x):
        return ops.convert_to_tensor(np.asarray(x) + 1)

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


def with_encoder(layer, decoder=None):
    inner = keras.Sequential([layers.Flatten(), layers.Dense(4), layer])
    return zukan.VAE((2, 3, 1), 2, encoder=inner, decoder=decoder or layers.Dense(6))


@pytest.mark.parametrize(("layer", "says"), [
    (Strange(name="odd"), ["layer 'odd' (class Strange)", "zukan cannot convert the operation Sort"]),
    (Numeric(name="numeric"), ["layer 'numeric' (class Numeric)", "cannot be expressed as operations of keras.ops"]),
    (keras.Sequential([layers.Reshape((2, 2)), layers.LSTM(3, name="memory")]), ["layer 'memory' (class LSTM)"]),
    (layers.Dense(3, activation="sparsemax", name="sparse"), ["layer 'sparse' (class Dense)", "activation 'sparsemax'"]),
    (layers.Dense(3, activation=ops.argsort, name="sorting"), ["layer 'sorting'", "operation Argsort"]),
    (keras.Sequential([layers.Reshape((2, 2, 1)), layers.UpSampling2D(2, interpolation="bicubic", name="up"),
                       layers.Flatten()]),
     ["layer 'up' (class UpSampling2D)", "'bicubic'; only nearest and bilinear can be exported"]),
], ids=lambda part: getattr(part, "name", ""))
def test_a_layer_that_cannot_be_exported(layer, says, tmp_path):
    vae = with_encoder(layer)
    with pytest.raises(InputError) as caught:
        export.write(vae, tmp_path / "out")
    text = str(caught.value)
    for part in ["encoder.onnx cannot be written", *says, "keras.ops", "zukan.export.converts"]:
        assert part in text
    assert "\n" not in text
    assert len(text) < 600
    assert not (tmp_path / "out").exists()


def test_an_operation_that_cannot_be_exported(tmp_path):
    z = keras.Input((2,))
    decoder = keras.Model(z, ops.sort(layers.Dense(6)(z), axis=-1))
    vae = zukan.VAE((2, 3, 1), 2, encoder=layers.Flatten(), decoder=decoder)
    with pytest.raises(InputError, match=r"decoder\.onnx cannot be written: .*the operation Sort; build"):
        export.write(vae, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_converter_for_a_custom_layer(tmp_path, monkeypatch):
    monkeypatch.setattr(convert, "_converters", dict(convert._converters))

    @export.converts(Strange)
    def strange(graph, layer, x):
        values, _ = graph.nodes_of("TopK", 2, x, np.array([x.shape[-1]]), largest=0)
        return values

    assert max(export.write(with_encoder(Strange()), tmp_path).values()) < 1e-5
    assert "TopK" in {node.op_type for node in onnx.load(tmp_path / "encoder.onnx").graph.node}


def test_a_subclass_with_its_own_computation(tmp_path):
    class Doubled(layers.Dense):
        def call(self, x):
            return 2.0 * super().call(x)

    vae = with_encoder(Doubled(3))
    assert max(export.write(vae, tmp_path).values()) < 1e-5


def test_a_subclass_that_does_not_change_the_computation(same):
    class Named(layers.Conv2D):
        """Changes only the constructor."""

        def __init__(self, **kwargs):
            super().__init__(3, 2, strides=2, **kwargs)

    same(Named(padding="same"), (5, 4, 2))


def test_a_subclass_that_changes_a_step_of_the_computation():
    class Twice(layers.Conv2D):
        def convolution_op(self, inputs, kernel):
            return 2.0 * super().convolution_op(inputs, kernel)

    x = keras.Input((5, 4, 2))
    with pytest.raises(convert.NotExportable, match=r"layer 'twice(_\d+)?' \(class Twice\)"):
        onnx_model(keras.Model(x, Twice(3, 2)(x)), "net", ["x"], "y")


def test_a_class_with_the_name_of_an_operation(tmp_path):
    class Sigmoid(keras.Layer):
        def call(self, x):
            return x * 3.0

    assert max(export.write(with_encoder(Sigmoid()), tmp_path).values()) < 1e-5


def test_a_wrong_converter_is_detected_and_nothing_is_written(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(convert, "_converters", dict(convert._converters))

    @export.converts(layers.Dense)
    def dense(graph, layer, x):
        return graph.node("Add", graph.node("MatMul", x, layer.kernel), 1e-3)

    (tmp_path / "encoder.onnx").write_bytes(b"before")
    with pytest.raises(InputError, match=r"encoder\.onnx must give the outputs of the Keras model within 1e-05, got"):
        export.write(trained, tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


@pytest.mark.parametrize(("nodes", "says"), [
    (lambda graph, x: graph.node("Add", x, x.unknown), "layer 'hidden_1' .* converter does not support one of its settings .*'unknown'"),
    (lambda graph, x: graph.node("NoSuchOperator", x), "do not return a valid ONNX model .*NoSuchOperator"),
    (lambda graph, x: graph.node("MatMul", x, np.ones((99, 2))), "do not return a valid ONNX model"),
])
def test_a_converter_that_fails(nodes, says, trained, tmp_path, monkeypatch):
    monkeypatch.setattr(convert, "_converters", dict(convert._converters))
    export.converts(layers.Dense)(lambda graph, layer, x: nodes(graph, x))
    with pytest.raises(InputError, match=says):
        export.write(trained, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nan_is_a_difference(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "error", lambda *_: float("nan"))
    with pytest.raises(InputError, match="got a difference of nan"):
        export.write(trained, tmp_path)


def test_the_error_is_the_largest_of_all_outputs_and_relative():
    x = keras.Input((2,))
    large = ops.multiply(x, 1000.0)
    exact = keras.Model(x, {"a": large, "b": ops.add(x, 0.0)})
    off = keras.Model(x, {"a": ops.add(large, 1.0), "b": ops.add(x, 1e-4)})
    error = compare.error(exact, onnx_model(off, "net", ["x"]).SerializeToString(), (0.0, 1.0))
    assert error == pytest.approx(1e-3, rel=0.05)  # 1 of about 1000, which is more than the other output's 1e-4


@pytest.mark.parametrize(("policy", "limit"), [("float32", 1e-5), ("mixed_float16", 2e-2), ("mixed_bfloat16", 2e-1)])
def test_the_tolerance_depends_on_the_precision(policy, limit):
    x = keras.Input((2,))
    assert compare.tolerance(keras.Model(x, layers.Dense(2, dtype=policy)(x))) == limit


def test_a_mixed_model_is_exported_in_full_precision(tmp_path, x):
    import onnxruntime

    keras.config.set_dtype_policy("mixed_float16")
    try:
        vae = zukan.VAE((6,), 2, encoder={"name": "mlp", "units": [8]})
        errors = export.write(vae, tmp_path)
    finally:
        keras.config.set_dtype_policy("float32")
    assert 0 < max(errors.values()) < 2e-2
    mean = onnxruntime.InferenceSession(tmp_path / "encoder.onnx").run(["mean"], {"x": x})[0]
    assert mean.dtype == np.float32


@pytest.fixture
def without(monkeypatch):
    """Return a function that makes packages appear not installed."""
    def hide(*names):
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)

    return hide


def test_without_onnx(trained, tmp_path, without):
    without("onnx")
    with pytest.raises(InputError, match=r"package onnx, which is not installed; pip install 'zukan\[onnx\]'"):
        export.write(trained, tmp_path / "out")
    with pytest.raises(InputError, match="onnx"):
        export.converts(Strange)
    assert not (tmp_path / "out").exists()


def test_without_onnxruntime(trained, tmp_path, without):
    without("onnxruntime")
    assert export.write(trained, tmp_path) == {"encoder.onnx": None, "decoder.onnx": None}
    assert "pip install onnxruntime" in export.comparison(None)
    assert "1e-07" in export.comparison(1.2e-7)


def test_a_folder_that_cannot_be_written(trained, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="not below a file"):
        export.write(trained, tmp_path / "file")
    (tmp_path / "out" / "decoder.onnx").mkdir(parents=True)
    with pytest.raises(InputError, match=r"decoder\.onnx.*cannot be written"):
        export.write(trained, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["decoder.onnx"]
