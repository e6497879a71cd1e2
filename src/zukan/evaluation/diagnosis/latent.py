"""Collapse: a z, or parts of it, that carry no information."""

from __future__ import annotations

from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding
from zukan.evaluation.latent import IDLE_KL

LISTED = 8
COLLAPSED = 0.1  # nats of the whole KL
SPARSE = 0.1  # perplexity / number of codes


def collapse(evidence: Evidence) -> Finding | None:
    """Return whether z, or some of its dimensions, are the same for all items."""
    latent, total = evidence.metrics["latent"], evidence.metrics["test"].get("kl")
    kl = latent["kl_per_dimension"]
    if total is None and kl is None:
        return None
    idle = [] if kl is None else [name for name, value in zip(latent["variables"], kl, strict=True) if value < IDLE_KL]
    numbers: dict[str, float | str] = {} if total is None else {"KL": total}
    if kl is not None:
        numbers |= {"latent dimensions": len(kl), f"with a KL below {IDLE_KL:g}": len(idle), "largest KL": max(kl)}
    if (total is not None and total < COLLAPSED) or (kl and len(idle) == len(kl)):
        size = "" if total is None else f" is {total:.2g} nats, so it"
        return Finding("collapse", "problem", f"The KL{size} tells nothing about the items: z carries no information, "
                                              f"and every item is decoded to the same.", numbers,
                       "Let beta grow from 0 (--warmup-epochs 10), use free bits (--free-bits 0.5), a lower --beta, or "
                       "a decoder that is less powerful.")
    if idle:
        names = ", ".join([*idle[:LISTED], "…"] if len(idle) > LISTED else idle)
        return Finding("collapse", "note", f"The KL of {len(idle)} of {len(kl)} latent dimensions is below "
                                           f"{IDLE_KL:g} nats ({names}): they carry no information.", numbers,
                       "Use fewer latent dimensions, or make the model use them with a warm-up of beta or free bits.")
    return Finding("collapse", "fine", "z carries information in all its dimensions.", numbers)


def codes(evidence: Evidence) -> Finding | None:
    """Return whether discrete codes are the same for all items, or most of them are never used."""
    usage = evidence.metrics.get("codes")
    if usage is None:
        return None
    used = usage["by_book"]["used_codes"]
    numbers: dict[str, float | str] = {"codes": usage["choices"], "used": usage["used_codes"],
                                       "perplexity": usage["perplexity"]}
    if 1 in used:
        return Finding("dead codes", "problem" if set(used) == {1} else "note",
                       f"In {used.count(1)} of {len(used)} codebooks or categorical variables, all test items have the "
                       f"same value, which carries no information.", numbers,
                       "Use a lower learning rate or, for categorical variables, a higher beta.")
    if usage["perplexity"] < SPARSE * usage["choices"]:
        return Finding("dead codes", "note", f"Of {usage['choices']} codes, only about {usage['perplexity']:.0f} are "
                                             f"in use (perplexity).", numbers,
                       "Use fewer codes, a lower learning rate, or finite scalar quantization (--posterior fsq).")
    return Finding("dead codes", "fine", "The codes are in use.", numbers)
