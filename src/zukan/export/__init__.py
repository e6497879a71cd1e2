"""A trained model as ONNX files, written with the ``onnx`` package alone: no runtime, no other framework.

Importing this package needs nothing but zukan; what needs ``onnx`` is imported by `write`.
"""

from zukan.export.writing import comparison, converts, write

__all__ = ["comparison", "converts", "write"]
