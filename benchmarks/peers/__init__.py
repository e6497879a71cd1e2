"""The peers: one file each, importing only what its own environment holds.

Each function takes the data and returns a *turn*, which the instrument calls again and again, in alternation with the
other peers' turns: ``trainer(x, batch_size, network)`` gives ``turn(epochs) -> (seconds by epoch, last loss)``;
``scorer`` and ``predictor`` likewise, where a peer has them. Every file builds the same two networks: ``dense``
(784-256-2 and its mirror, the tutorial's) and ``conv`` (the preset: convolutions 16-32, dense 256, sixteen latent
dimensions, enlarge and convolve).
"""
