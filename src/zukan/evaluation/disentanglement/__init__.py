"""How well the latent dimensions keep known factors apart; one file a score."""

from zukan.evaluation.disentanglement.factors import factors

__all__ = ["factors"]
