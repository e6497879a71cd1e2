"""The worked example of CONTRIBUTING.md, executed as printed: a new part is one file and one line of the table."""

import re
from pathlib import Path

import keras
import pytest
from contract_members import MEMBERS, in_a_model

import zukan
from zukan.objectives import objectives
from zukan.registry import describe

PAGE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def capacity(monkeypatch):
    monkeypatch.setattr(objectives, "members", dict(objectives.members))
    code = re.search(r"<!-- worked example -->\n```python\n(.*?)```", PAGE, re.DOTALL)[1]
    scope = {"__name__": "capacity"}
    exec(compile(code, "capacity.py", "exec"), scope)
    line = re.search(r"^ +(Member\(objectives, \"capacity\".*\)),$", PAGE, re.MULTILINE)[1]
    return eval(line, {"Member": type(MEMBERS[0]), "objectives": objectives})


def test_the_example_holds_the_kl_at_its_target(capacity, x, tmp_path):
    part = capacity.make()
    assert describe(part) == {"name": "capacity", "nats": 3.0, "gamma": 5.0}
    vae = zukan.VAE(**in_a_model(capacity, event_shape=x.shape[1:]))
    vae.compile(keras.optimizers.Adam(0.01))
    history = vae.fit(x, epochs=150, batch_size=20, verbose=0).history
    assert abs(history["kl"][-1] - 3.0) < 0.5 < abs(history["kl"][0] - 3.0)
    vae.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    assert loaded.objective.get_config() == part.get_config()
    assert "|KL(q(z|x) ‖ p(z)) − 3|" in loaded.objective.formula()
