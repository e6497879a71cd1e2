"""Export of the encoder and the decoder of a VAE as two ONNX files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zukan import checks, files
from zukan.backend import keras_defaults

if TYPE_CHECKING:
    from zukan.model import VAE

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"


@keras_defaults()
def write(vae: VAE, folder: str | Path, metadata: Mapping[str, str] | None = None) -> dict[str, float | None]:
    """Write ``encoder.onnx`` (x -> the code and q(z|x)) and ``decoder.onnx`` (z -> ``x``, the mean of p(x|z)).

    The encoder's output ``mean`` is the code, the mean of q(z|x); its other outputs are the posterior's parameters by
    name. If values of x may be missing, the encoder has a second input, ``observed``: 1 for an observed value, 0 for a
    missing one, which must be 0 in x. If the model has a condition, it is the last input of both networks,
    ``condition``, shape (batch, condition_dim).

    Inputs and outputs are float32 in Keras's layout (channels last); the batch may have any size. If onnxruntime is
    installed, both networks are compared with the Keras model on random inputs before anything is written.

    Parameters
    ----------
    vae : VAE
    folder : path
        Created if needed. Existing files with these names are replaced.
    metadata : mapping of str, optional
        Written into both files as ``metadata_props``.

    Returns
    -------
    dict
        The largest difference by file name, relative to the largest output, or absolute if that is below 1; None if
        onnxruntime is not installed.

    Raises
    ------
    zukan.InputError
        If the package onnx is not installed, a layer cannot be exported, the files cannot be written, or the export
        differs from the model by more than 1e-5 (more is accepted for a precision below float32).
    """
    _check_installed()
    from zukan.export import compare  # noqa: PLC0415 onnx is an extra

    folder = Path(folder)
    networks = {ENCODER: (_encoder(vae), vae.likelihood.support), DECODER: (vae.decoder, (-3.0, 3.0))}
    inputs = _inputs(vae)
    protos = {name: _serialize(name, model, inputs[name], metadata or {}) for name, (model, _) in networks.items()}
    errors: dict[str, float | None] = dict.fromkeys(protos)
    if compare.installed():
        for name, (model, support) in networks.items():
            errors[name] = error = compare.error(model, protos[name], support)
            if not error <= compare.tolerance(model):
                raise checks.InputError(
                    f"{name} must give the outputs of the Keras model within {compare.tolerance(model):g}, got a "
                    f"difference of {error:.2g}, so nothing was written; use another Keras backend, or report this")
    with files.replacing(folder / ENCODER) as encoder, files.replacing(folder / DECODER) as decoder:
        encoder.write_bytes(protos[ENCODER])
        decoder.write_bytes(protos[DECODER])
    return errors


def comparison(error: float | None) -> str:
    """Return an error that `write` returned as a phrase."""
    if error is None:
        return "not compared with Keras, since onnxruntime is not installed; pip install onnxruntime, and export again"
    return f"differs from Keras by at most {error:.1g}"


def converts(*kinds: type | str) -> Callable[[Any], Any]:
    """Return a decorator that registers a function to export layers of these classes.

    It also applies to subclasses that do not change the computation.

    The function receives the graph (`zukan.export.graph.Graph`), the layer, and a `Tensor` for each tensor argument
    of the layer. It adds nodes to the graph and returns the name of the result.

    Examples
    --------
    >>> @zukan.export.converts(Doubled)
    ... def doubled(graph, layer, x):
    ...     return graph.node("Mul", x, 2.0)
    """
    _check_installed()
    from zukan.export.convert import converts as register  # noqa: PLC0415 onnx is an extra

    return register(*kinds)


def _encoder(vae: VAE) -> Any:
    """Return a functional model from x to the parameters of q(z|x) and its mean."""
    import keras  # noqa: PLC0415 slow to import

    from zukan.posteriors import Mean  # noqa: PLC0415 imports keras

    params, read = vae.inference.output, vae.prior if vae.posterior.priors else None
    return keras.Model(vae.inference.inputs, {**params, "mean": Mean(vae.posterior, read, name="mean_z")(params)})


def _inputs(vae: VAE) -> dict[str, list[str]]:
    """Return the names of the inputs of each network."""
    condition = ["condition"] if vae.shapes.condition_dim else []
    return {ENCODER: ["x", *(["observed"] if vae.missing else []), *condition], DECODER: ["z", *condition]}


def _serialize(name: str, model: Any, inputs: list[str], metadata: Mapping[str, str]) -> bytes:
    import onnx  # noqa: PLC0415 an extra

    from zukan.export.convert import NotExportable  # noqa: PLC0415 onnx is an extra
    from zukan.export.graph import Unsupported  # noqa: PLC0415
    from zukan.export.models import onnx_model  # noqa: PLC0415

    try:
        proto = onnx_model(model, name.removesuffix(".onnx"), inputs, "" if name == ENCODER else "x")
    except (NotExportable, Unsupported) as error:
        raise checks.InputError(
            f"{name} cannot be written: {error}; build that part from Keras layers and keras.ops, or register a "
            f"converter with zukan.export.converts") from error
    onnx.helper.set_model_props(proto, dict(metadata))
    return bytes(proto.SerializeToString())


def _check_installed() -> None:
    try:
        import onnx  # noqa: F401, PLC0415 an extra
    except ImportError as error:
        raise checks.not_installed("the export", "onnx", "onnx") from error
