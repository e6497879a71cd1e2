"""Networks: layers that map an event or a latent vector to features."""

from zukan.networks.base import Network, networks
from zukan.networks.conv import Conv
from zukan.networks.conv1d import Conv1D
from zukan.networks.gated import Gated
from zukan.networks.mlp import MLP
from zukan.networks.resnet import ResNet
from zukan.networks.transformer import Transformer

__all__ = ["MLP", "Conv", "Conv1D", "Gated", "Network", "ResNet", "Transformer", "networks"]
