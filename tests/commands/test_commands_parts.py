"""The list of parts: every registered member, its arguments, its paper, and an option that chooses it."""

import shlex
import tomllib

import keras
import pytest

import zukan
from zukan import cli, commands
from zukan.commands.parts import OPTIONS, REGISTRIES
from zukan.training.recipe import Recipe

NEEDED = {"widths": "[2, 2]", "network": '"features.keras"', "steps": "7", "period": "7"}  # arguments without a default


@pytest.fixture
def _features(tmp_path, monkeypatch):
    """Save a small network as features.keras, in the working folder."""
    x = keras.Input((8, 8, 1))
    keras.Model(x, keras.layers.Conv2D(2, 3)(x)).save(tmp_path / "features.keras")
    monkeypatch.chdir(tmp_path)


def test_every_part_is_listed_with_its_meaning():
    listed = {(part.kind, part.name): part for part in commands.parts()}
    assert set(listed) == {(registry.kind, name) for registry in REGISTRIES for name in registry.members}
    vamp = listed["prior", "vamp"]
    assert vamp.meaning == "p(z) = 1/K sum_k q(z|u_k), with pseudo-inputs u_k that are trained with the model."
    assert (vamp.arguments, vamp.signature, vamp.paper) == ({"components": 500}, "components=500", "arXiv:1705.07120")
    assert listed["schedule", "warmup"].arguments["steps"] is ...
    own = {(registry.kind, name) for registry in REGISTRIES for name, member in registry.members.items()
           if member.__module__.startswith("zukan.")}  # tests of plugins in this process may have registered others
    for part in (listed[key] for key in own):
        assert part.meaning
        assert "\n" not in part.meaning


@pytest.mark.parametrize("part", commands.parts(), ids=lambda part: f"{part.kind}-{part.name}")
@pytest.mark.usefixtures("_features")
def test_the_option_of_a_part_makes_it(part):
    option, value = shlex.split(part.example)
    assert option == ("--corrupt" if part.name == "binarize" else f"--{OPTIONS.get(part.kind, part.kind)}")
    filled = value
    for name, text in NEEDED.items():
        filled = filled.replace(f"{name}=…", f"{name}={text}")
    table = tomllib.loads(f"part = {filled}")["part"] if value.startswith("{") else {"name": value}
    Recipe.of(**{option.removeprefix("--"): table})  # raises if the recipe refuses it
    table = table["beta"] if part.kind == "schedule" else table
    registry = next(registry for registry in REGISTRIES if registry.kind == part.kind)
    made = registry.make(table)
    assert type(made) is registry.members[part.name]
    assert {name: value for name, value in part.arguments.items() if value not in (..., None)}.items() <= {
        name: list(value) if isinstance(value, tuple) else value for name, value in made.get_config().items()}.items()


def test_words_choose_by_kind_and_name():
    assert {part.name for part in commands.parts(["prior"])} == set(zukan.priors.priors.members)
    assert {part.kind for part in commands.parts(["normal"])} == {"posterior", "prior", "likelihood"}
    assert [(part.kind, part.name) for part in commands.parts(["prior", "normal"])] == [("prior", "normal")]
    with pytest.raises(zukan.InputError, match=r"PART must be one of .* got 'priro'; did you mean 'prior'\?"):
        commands.parts(["priro"])
    with pytest.raises(zukan.InputError, match="PART must be one of .* got 'delta'"):
        commands.parts(["prior", "delta"])


def test_the_command_prints_a_table_or_one_part_in_full(capsys):
    assert cli.run(["parts", "prior"]) == 0
    table = capsys.readouterr().out
    assert all(name in table for name in zukan.priors.priors.members)
    assert "components=500" in table
    assert "Number of pseudo-inputs" not in table
    assert cli.run(["parts", "vamp"]) == 0
    shown = capsys.readouterr().out
    assert "Number of pseudo-inputs" in shown
    assert """zukan train --prior '{name="vamp", components=500}'""" in shown


def test_a_part_of_ones_own_is_listed(tmp_path, capsys):
    path = tmp_path / "own_parts.py"
    path.write_text("from zukan.priors import Normal, priors\n\n\n@priors.register('own')\nclass Own(Normal):\n"
                    "    '''A prior of the user.'''\n", "utf-8")
    try:
        assert cli.run(["parts", "own", "--plugin", str(path)]) == 0
    finally:
        zukan.priors.priors.members.pop("own", None)
    assert "A prior of the user." in capsys.readouterr().out
