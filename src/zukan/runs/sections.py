"""The sections of ``evaluation.json``: what each one measures, and how it reads.

A new measure is a function in `zukan.evaluation`, a short function in `zukan.runs.measures` that calls it with the data
of the run, and a line in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from zukan.evaluation import readable
from zukan.evaluation.disentanglement import readable as of_factors
from zukan.evaluation.generation import readable as of_images
from zukan.evaluation.tables import readable as of_tables
from zukan.runs import disentanglement, generation, measures
from zukan.runs.subject import Subject


class Section(NamedTuple):
    """A section of the evaluation.

    Attributes
    ----------
    title : str
        Its name for readers.
    measure : callable
        Subject -> numbers by name that JSON can hold, or one sentence that says why there are none.
    read : callable
        These numbers -> rows of a table: what it is, the value, and a remark or "".
    """

    title: str
    measure: Callable[[Subject], measures.Result]
    read: Callable[[Mapping[str, Any]], list[readable.Row]]


SECTIONS: dict[str, Section] = {
    "elbo": Section("ELBO", measures.elbo, readable.elbo),
    "bound": Section("Importance-weighted bound", measures.bound, readable.bound),
    "ais": Section("Annealed importance sampling", measures.ais, readable.ais),
    "rate_distortion": Section("Rate and distortion", measures.rate_distortion, readable.rate_distortion),
    "bits": Section("Bits per dimension", measures.bits, readable.bits),
    "latent": Section("Latent variables", measures.latent, readable.latent),
    "information": Section("Information", measures.information, readable.information),
    "classes": Section("Classes", measures.classes, readable.classes),
    "map": Section("Map", measures.neighborhoods, readable.neighborhoods),
    "factors": Section("Disentanglement", disentanglement.factors, of_factors.factors),
    "generation": Section("Generated images", generation.generation, of_images.generation),
    "quality": Section("Synthetic rows", measures.quality, of_tables.quality),
    "imputation": Section("Filled gaps", measures.imputation, of_tables.imputation),
}
"""The sections by name, in the order in which they are measured and shown."""
