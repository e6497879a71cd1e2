"""Disentanglement scores as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan.evaluation.latent import dimension_name
from zukan.evaluation.readable import Row

NAMES = {"mig": ("MIG", "mutual information gap"), "sap": ("SAP", "gap of how well a dimension predicts a factor"),
         "disentanglement": ("DCI disentanglement", "each dimension is important for one factor"),
         "completeness": ("DCI completeness", "one dimension is important for each factor"),
         "informativeness": ("DCI informativeness", "accuracy of a forest that predicts each factor"),
         "factor_vae": ("FactorVAE score", "the dimension that varies least names the factor that is fixed")}


def factors(numbers: Mapping[str, Any]) -> list[Row]:
    """Return a row for each score, and one that says where each factor is."""
    rows = [(name, f"{numbers[key]:.3f}", remark) for key, (name, remark) in NAMES.items()]
    information = np.array(numbers["information"])
    places = [f"{factor} {dimension_name(int(column.argmax()))} ({column.max():.2f})"
              for factor, column in zip(numbers["names"], information.T, strict=True)]
    return [*rows, ("best dimension", ", ".join(places), "and its share of the entropy of the factor")]
