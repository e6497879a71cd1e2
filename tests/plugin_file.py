"""The text of a plugin that registers a prior under a name of your choice."""

FILE = """
from zukan.distributions import Normal
from zukan.priors import Prior, priors
from keras import ops

@priors.register("{name}")
class Wide(Prior):
    def build(self, shapes):
        self.width = shapes.latent_dim
        super().build(shapes)

    def distribution(self, context):
        return Normal(ops.zeros(self.width), ops.ones(self.width))
"""
