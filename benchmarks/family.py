"""Time an epoch of ten named models beside pythae's own, model by model.

    python -m benchmarks.family [--rounds 3] [--images 10000] [--batch-size 64] [--write]

Both use binarized MNIST, dense networks (784-256-16 and the mirror), Adam and batches of 64. The two take turns in each
round, so that the noise of the machine affects both; the ratio compares medians within one run.
"""

from __future__ import annotations

import argparse
import statistics

from benchmarks import markdown
from benchmarks.environments import OURS
from benchmarks.processes import FailedError, Peer, alternate, started

LATENT = 16
BCE = {"reconstruction_loss": "bce"}
POINT = {"posterior": "delta"}
# The name of pythae's model, our arguments, pythae's settings, and how pythae trains it.
MODELS: dict[str, tuple[dict, dict, dict]] = {
    "VAE": ({}, BCE, {}),
    "BetaTCVAE": ({"objective": {"name": "beta-tc", "beta": 2.0}}, {**BCE, "beta": 2.0}, {}),
    "FactorVAE": ({"objective": {"name": "factor", "units": [1000] * 5}}, BCE, {"adversarial": True}),
    "IWAE": ({"objective": {"name": "iwae", "k": 5}}, {**BCE, "number_samples": 5}, {}),
    "VAMP": ({"prior": {"name": "vamp", "components": 50}}, {**BCE, "number_components": 50}, {}),
    "VAE_IAF": ({"posterior": {"name": "iaf", "flows": 2}}, {**BCE, "n_made_blocks": 2, "n_hidden_in_made": 1}, {}),
    "HVAE": ({"posterior": {"name": "hamiltonian", "steps": 3}}, {**BCE, "n_lf": 3, "learn_eps_lf": True},
             {"logits": True}),
    "WAE_MMD": ({**POINT, "objective": "mmd"}, {}, {"points": True}),
    "RAE_GP": ({**POINT, "objective": {"name": "rae", "gradient_penalty": 1e-3}}, {}, {"points": True}),
    "VQVAE": ({"posterior": "vq", "prior": "categorical"}, {"num_embeddings": 512}, {"points": True}),
    "Adversarial_AE": ({"objective": "aae"}, BCE, {"adversarial": True}),
}


def measure(rounds: int, batch_size: int, images: int, names: list[str]) -> str:
    """Return the table: seconds of an epoch by model, and how many times longer pythae takes."""
    rows = []
    for name in names:
        ours, theirs, training = MODELS[name]
        peers = [Peer("zukan", OURS, "ours_family", {"arguments": ours}),
                 Peer("pythae 0.1.2", "pythae", "pythae_family", {"model": name, "settings": theirs, **training})]
        settings = {"batch_size": batch_size, "images": images, "latent_dim": LATENT}
        with started(peers, "trainer", "cpu", **settings) as (ready, absent):
            missing = dict(absent)
            try:
                seconds, _ = alternate(ready, rounds, 1)
            except FailedError as error:
                seconds, missing = {}, {name: str(error)}
        medians = {peer: statistics.median(values) for peer, values in seconds.items()}
        both = len(medians) == len(peers)
        ratio = f"{medians['pythae 0.1.2'] / medians['zukan']:.1f}×" if both else "; ".join(missing.values())
        line = ", ".join(f"{key}={value!r}" for key, value in ours.items())
        rows.append([name, f"`VAE({line})`", *(f"{medians[peer]:.3f}" if peer in medians else "–"
                                               for peer in ("zukan", "pythae 0.1.2")), ratio])
        print(rows[-1], flush=True)
    return markdown.table(["pythae's name", "zukan's line", "zukan, s", "pythae, s", "pythae / zukan"], rows)


def main() -> None:
    """Measure, and write the table into docs/performance.md if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--only", nargs="*", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    options = parser.parse_args()
    text = measure(options.rounds, options.batch_size, options.images, options.only)
    markdown.put("family", f"{text}\n{markdown.machine('cpu')}", write=options.write)


if __name__ == "__main__":
    main()
