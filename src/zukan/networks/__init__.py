"""Networks: layers that map an event or a latent vector to features."""

from zukan.networks.base import Network, networks
from zukan.networks.conv import Conv
from zukan.networks.mlp import MLP

__all__ = ["MLP", "Conv", "Network", "networks"]
