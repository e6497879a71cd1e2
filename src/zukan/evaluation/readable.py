"""The numbers of an evaluation as rows of a table, for the terminal and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, str, str]
"""What it is, the value, and a remark or ""."""

Numbers = Mapping[str, Any]


def with_error(numbers: Numbers, name: str, sign: int = 1, digits: int = 2) -> str:
    """Return an average of `zukan.evaluation.averages.average` with its standard error, if it has one."""
    error = numbers.get(f"{name}_error")
    value = f"{sign * numbers[name]:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return value if error is None else f"{value} ± {error:.{digits}f}"


def elbo(numbers: Numbers) -> list[Row]:
    """Return the rows of -ELBO, reconstruction and KL."""
    rows = [("reconstruction", f"{with_error(numbers, 'reconstruction')} nats", "−log p(x|z), averaged")]
    if "elbo" not in numbers:
        return rows
    return [("−ELBO", f"{with_error(numbers, 'elbo', -1)} nats", "with sampled z; the sum of the next two"), *rows,
            ("KL", f"{with_error(numbers, 'kl')} nats", "of q(z|x) to p(z): the rate")]


def bound(numbers: Numbers) -> list[Row]:
    """Return the rows of the importance-weighted bound."""
    return [("−bound", f"{with_error(numbers, 'bound', -1)} nats", f"importance-weighted, {numbers['draws']:,} draws"),
            ("above the ELBO", f"{with_error(numbers, 'above_elbo')} nats", "how far q(z|x) is from p(z|x), at least")]


def bits(numbers: Numbers) -> list[Row]:
    """Return the row of bits per dimension."""
    about = {"levels": "a probability of levels",
             "units of the data": "a density in the units of the data, not a probability"}[numbers["unit"]]
    return [("bits per dimension", f"{numbers['bits_per_dimension']:.3f}", about)]


def latent(numbers: Numbers) -> list[Row]:
    """Return the rows of active units and of the KL of each latent variable."""
    rows = []
    if "active_units" in numbers:
        rows.append(("active units", f"{numbers['active_units']} of {len(numbers['variables'])}",
                     "their means vary (variance above 0.01)"))
    if numbers["kl_per_dimension"] is not None:
        pairs = sorted(zip(numbers["kl_per_dimension"], numbers["variables"], strict=True), reverse=True)
        text = ", ".join(f"{name} {value:.2f}" for value, name in pairs[:LISTED])
        rows.append(("largest KL", text + (", …" if len(pairs) > LISTED else ""), "nats, by latent variable"))
    return rows


LISTED = 6  # latent variables
