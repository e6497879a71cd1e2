"""How far q(z|x) is from the true posterior, and all codes together from the prior."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding
from zukan.evaluation.tables.inputs import training

GAP, SHARE = 1.0, 0.25  # the gap of the ELBO is noted if it exceeds so many nats, and this share of the KL
FEW, TWO = 0.03, 2.0  # share of the draws that count, and their number: of few draws, one alone has a large share
DRAWS = 10  # with fewer, the share says nothing
APART, FAR_APART = 0.7, 0.85  # AUC of a classifier of codes against draws from the prior
WIDEST = 64  # dimensions that the classifier sees
FEWEST = 30  # items that the classifier needs: with fewer, its trees have a single leaf


def weights(evidence: Evidence) -> Finding | None:
    """Return whether the ELBO is far below the importance-weighted bound, and whether few draws make up that bound."""
    log_weights = None if evidence.probe is None else evidence.probe.log_weights
    test = evidence.metrics["test"]
    if log_weights is None or "bound" not in test:
        return None
    relative = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    share = float(np.median(relative.sum(axis=1) ** 2 / np.square(relative).sum(axis=1)) / log_weights.shape[1])
    gap, kl = test["bound"] - test["bound_elbo"], test["kl"]
    numbers = {"gap of the ELBO": gap, "KL": kl, "variance of the log-weights": float(log_weights.var(axis=1).mean()),
               "effective share of the draws": share, "draws": log_weights.shape[1]}
    if gap > GAP and gap > SHARE * kl:
        return Finding("importance weights", "note", f"The ELBO is {gap:.1f} nats below the importance-weighted bound: "
                                                     f"q(z|x) is too simple for the true posterior.", numbers,
                       "Use a more flexible posterior (--posterior full or iaf), or --objective iwae.")
    draws = log_weights.shape[1]
    if draws >= DRAWS and share < max(FEW, TWO / draws):
        return Finding("importance weights", "note", f"Of the draws from q(z|x), {share:.1%} make up the "
                                                     f"importance-weighted bound, so it is loose.", numbers,
                       "Compare models by it with many draws (zukan.VAE.log_likelihood, samples=5000).")
    return Finding("importance weights", "fine", "q(z|x) is close to the true posterior.", numbers)


def prior(evidence: Evidence) -> Finding | None:
    """Return whether a classifier tells the codes of items from draws of the prior.

    The codes are draws from q(z|x). Boosted trees are trained on two thirds and judged on the rest, three times
    (a classifier two-sample test, arXiv:1610.06545).
    """
    if evidence.probe is None or len(evidence.probe.z) < FEWEST:
        return None
    codes, draws = (z if z.shape[1] <= WIDEST else
                    z[:, np.random.default_rng(0).choice(z.shape[1], WIDEST, replace=False)]
                    for z in (evidence.probe.z, evidence.probe.prior_z))
    auc = _auc(codes, draws)
    scale = np.maximum(draws.std(axis=0), 1e-6)
    ratio = codes.std(axis=0) / scale
    numbers: dict[str, float | str] = {
        "AUC": auc, "largest shift of a mean": float(np.abs((codes.mean(axis=0) - draws.mean(axis=0)) / scale).max()),
        "spread of codes / of the prior": f"{ratio.min():.2f} to {ratio.max():.2f}"}
    if auc < APART:
        return Finding("prior", "fine", "The codes of all items together look like draws from the prior.", numbers)
    return Finding("prior", "problem" if auc >= FAR_APART else "note",
                   f"The codes of all items together differ from the prior (a classifier tells them apart with an AUC "
                   f"of {auc:.2f}; 0.5 is best), so some samples come from places that no item has.", numbers,
                   better_samples(evidence))


def better_samples(evidence: Evidence) -> str:
    """Return how the prior and the codes can come closer to each other."""
    if not evidence.fits:
        return "Train with a higher --beta, or longer."
    fit = f"Fit a prior to the codes and sample from it (zukan sample RUN --prior {evidence.fits}, or vae.fit_prior)"
    if evidence.fits != "maf":
        return f"{fit}."
    return f"{fit}, or train with a higher --beta{' or --prior vamp' if evidence.pseudo else ''}."


def _auc(a: np.ndarray, b: np.ndarray) -> float:
    """Return how well boosted trees tell rows of ``a`` from rows of ``b``: the cross-validated area under the curve."""
    both, which = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0)
    with training():
        probability = cross_val_predict(model, both, which, cv=StratifiedKFold(3, shuffle=True, random_state=0),
                                        method="predict_proba")[:, 1]
    return float(roc_auc_score(which, probability))
