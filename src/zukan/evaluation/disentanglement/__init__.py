"""How well the latent dimensions keep known factors apart; one file a score."""

from zukan.evaluation.disentanglement.known_factors import factors

__all__ = ["factors"]
