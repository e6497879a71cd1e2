"""The numbers of an evaluation as rows of a table, for the terminal and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, str, str]
"""What it is, the value, and a remark or ""."""

Numbers = Mapping[str, Any]


def with_error(numbers: Numbers, name: str, sign: int = 1, digits: int = 2) -> str:
    """Return an average of `zukan.evaluation.averages.average` with its standard error, if it has one."""
    error = numbers.get(f"{name}_standard_error")
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
    about = f"−log2 of the probability of {numbers['unit']}"
    if numbers["unit"] == "units of the data":
        about = "−log2 of the density in the units of the data; comparable with other densities only"
    return [("bits per dimension", f"{numbers['bits_per_dimension']:.3f}", about)]


def ais(numbers: Numbers) -> list[Row]:
    """Return the rows of annealed importance sampling."""
    starts = "; ".join(f"from {start} {-part['log_p']:.2f} ({part['accepted']:.0%} accepted)"
                       for start, part in numbers["starts"].items())
    of = f"{numbers['items']:,} items, {numbers['temperatures']:,} temperatures, {numbers['chains']} chains: {starts}"
    return [("−log p(x)", f"{with_error(numbers, 'log_p', -1)} nats", of),
            ("−bound of these items", f"{with_error(numbers, 'bound', -1)} nats", f"{numbers['draws']:,} draws"),
            ("above the bound", f"{with_error(numbers, 'above_bound')} nats", "what the bound misses, at least")]


def rate_distortion(numbers: Numbers) -> list[Row]:
    """Return the rows of the model's rate and distortion, and of two points of the curve."""
    rows = [("rate", f"{with_error(numbers, 'rate')} nats", "the KL"),
            ("distortion", f"{with_error(numbers, 'distortion')} nats", "the reconstruction")]
    curve = numbers.get("curve")
    if curve is None:
        return rows
    at = [len(curve["rate"]) // 2, len(curve["rate"]) - 1]
    text = ", ".join(f"{curve['rate'][i]:.1f} + {curve['distortion'][i]:.1f}" for i in at)
    own = f"{curve['model_rate']:.1f} + {curve['model_distortion']:.1f}"
    return [*rows, (f"model, {curve['items']:,} items", own, "rate + distortion"),
            ("best encoder", text, "what this decoder allows for these items, at two temperatures")]


def information(numbers: Numbers) -> list[Row]:
    """Return the rows of the two parts of the KL."""
    most = f"at most log({numbers['posteriors']:,}) = {numbers['most_information']:.2f} can be measured"
    return [("mutual information", f"{with_error(numbers, 'mutual_information')} nats", f"of x and z; {most}"),
            ("marginal KL", f"{with_error(numbers, 'marginal_kl')} nats", "of q(z), the average of q(z|x), to p(z)")]


def classes(numbers: Numbers) -> list[Row]:
    """Return the rows of the separation of the classes."""
    rows = [(f"{numbers['neighbors']}-NN accuracy", f"{numbers['knn_accuracy']:.4f}", "nearest training codes vote"),
            ("5-NN accuracy", f"{numbers['five_neighbors']:.4f}", "as in published comparisons")]
    if "linear_probe" in numbers:
        rows.append(("linear probe", f"{numbers['linear_probe']:.4f}", "accuracy of logistic regression on the codes"))
    if "silhouette" in numbers:
        rows.append(("silhouette", f"{numbers['silhouette']:.3f}", "1: classes far apart; 0: they touch; below: mixed"))
    pairs = [f"{numbers['names'][pair['a']]}–{numbers['names'][pair['b']]} ({pair['share']:.1%})"
             for pair in numbers["overlaps"][:3] if pair["share"]]
    return [*rows, ("largest overlaps", ", ".join(pairs), "confused with each other")] if pairs else rows


def neighborhoods(numbers: Numbers) -> list[Row]:
    """Return the rows of the map."""
    of = f"{numbers['compared']:,} items, {numbers['neighbors']} neighbors, on the map of {numbers['space']}"
    return [("trustworthiness", f"{numbers['trustworthiness']:.3f}", f"neighbors on the map are near items; {of}"),
            ("continuity", f"{numbers['continuity']:.3f}", "near items are neighbors on the map")]


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
