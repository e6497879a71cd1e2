"""Encoder and decoder of a VAE as two ONNX files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zukan import checks, files

if TYPE_CHECKING:
    from zukan.model import VAE

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"


def write(vae: VAE, folder: str | Path, metadata: Mapping[str, str] | None = None) -> dict[str, float | None]:
    """Write ``encoder.onnx`` (x -> the posterior's parameters) and ``decoder.onnx`` (z -> ``x``, the mean of p(x|z)).

    Inputs and outputs are float32 in Keras's layout, channels last, the batch of any size. Where onnxruntime is
    installed both are compared with the Keras model on random inputs before anything is written.

    Parameters
    ----------
    vae : VAE
    folder : path
        Made if need be. Files of these names in it are replaced.
    metadata : mapping of str, optional
        Written into both files as ONNX's ``metadata_props``.

    Returns
    -------
    dict
        By file name, the greatest difference found, relative to the largest output or absolute where that is below
        one; None where onnxruntime is not installed.

    Raises
    ------
    zukan.InputError
        When the package onnx is missing, a layer has no counterpart, the export differs by more than 1e-5 from the
        model (more for one of lower precision than float32), or the files cannot be written.
    """
    _check_installed()
    from zukan.export import compare  # noqa: PLC0415 onnx is an extra

    folder = Path(folder)
    parts = {ENCODER: (vae.inference, vae.likelihood.support), DECODER: (vae.decoder, (-3.0, 3.0))}
    protos = {name: _serialized(name, model, metadata or {}) for name, (model, _) in parts.items()}
    errors: dict[str, float | None] = dict.fromkeys(protos)
    if compare.installed():
        for name, (model, support) in parts.items():
            errors[name] = found = compare.error(model, protos[name], support)
            if not found <= compare.tolerance(model):
                raise checks.InputError(
                    f"{name} must compute what the Keras model does within {compare.tolerance(model):g}, got a "
                    f"difference of {found:.2g}, so nothing was written; use another Keras backend, or report this")
    with files.replacing(folder / ENCODER) as encoder, files.replacing(folder / DECODER) as decoder:
        encoder.write_bytes(protos[ENCODER])
        decoder.write_bytes(protos[DECODER])
    return errors


def comparison(error: float | None) -> str:
    """Say what the comparison of a file with Keras gave, as `write` returned it."""
    if error is None:
        return "not compared with Keras, for which onnxruntime is needed: pip install onnxruntime, and export again"
    return f"differs from Keras by {error:.1g} at most"


def converts(*kinds: type | str) -> Callable[[Any], Any]:
    """Return a decorator that tells `write` how to export layers of these classes.

    Subclasses are exported alike when they override nothing that computes.

    The function gets the graph (`zukan.export.graph.Graph`), the layer, and a `Tensor` for each tensor that the layer
    is called with; it adds nodes and returns the name of the result.

    Examples
    --------
    >>> @zukan.export.converts(Doubled)
    ... def doubled(graph, layer, x):
    ...     return graph.node("Mul", x, 2.0)
    """
    _check_installed()
    from zukan.export.convert import converts as register  # noqa: PLC0415 onnx is an extra

    return register(*kinds)


def _serialized(name: str, model: Any, metadata: Mapping[str, str]) -> bytes:
    import onnx  # noqa: PLC0415 an extra

    from zukan.export.convert import NotExportable  # noqa: PLC0415 onnx is an extra
    from zukan.export.graph import Unsupported  # noqa: PLC0415
    from zukan.export.models import onnx_model  # noqa: PLC0415

    inputs, output = ("x", "") if name == ENCODER else ("z", "x")
    try:
        proto = onnx_model(model, name.removesuffix(".onnx"), inputs, output)
    except (NotExportable, Unsupported) as error:
        raise checks.InputError(
            f"{name} cannot be written: {error}; build that part from Keras layers and keras.ops, or say how with "
            f"zukan.export.converts") from error
    onnx.helper.set_model_props(proto, dict(metadata))
    return bytes(proto.SerializeToString())


def _check_installed() -> None:
    try:
        import onnx  # noqa: F401, PLC0415 an extra
    except ImportError as error:
        raise checks.InputError(
            "the export needs the package onnx, which is not installed; pip install 'zukan[onnx]'") from error
