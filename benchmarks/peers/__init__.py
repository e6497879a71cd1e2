"""The peers, one file each; a file imports only what its environment has.

Each function takes the data and returns a *turn*, a function that the benchmark calls in alternation with the turns of
the other peers. ``trainer(x, batch_size, network)`` returns ``turn(epochs) -> (seconds of each epoch, last loss)``.
Some peers also have a ``scorer``, a ``predictor`` or ``replicas``. All build the same two networks: ``dense``
(784-256-2 and its mirror, as in the tutorial) and ``conv`` (as in the preset: convolutions 16-32, dense 256, sixteen
latent dimensions, then upsampling and convolutions).
"""
