"""Export of trained models to ONNX files; of the optional packages, only ``onnx`` is required.

This package can be imported without ``onnx``: `write` and `converts` import the modules that need it.
"""

from zukan.export.writing import comparison, converts, write

__all__ = ["comparison", "converts", "write"]
