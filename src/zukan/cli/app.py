"""The application: every command, under its name.

Heavy imports wait until a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from cyclopts import App

from zukan import __version__
from zukan.cli import applying, inspecting, publishing, training, tuning

app = App(name="zukan", version=__version__, result_action="return_value",
          help="Train a variational autoencoder on images or a table, and draw an atlas of its latent space.",
          help_epilogue="After a mistake, zukan prints one line and exits with code 2; --debug shows the traceback.")

for command in (training.train, training.resume, tuning.tune,
                inspecting.data, inspecting.parts, inspecting.presets, inspecting.compare,
                inspecting.evaluate, inspecting.diagnose,
                applying.encode, applying.reconstruct, applying.sample, applying.interpolate, applying.score,
                applying.impute,
                publishing.report, publishing.export, publishing.explore):
    app.command(command)
