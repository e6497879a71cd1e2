"""How many processes there are and which one this is: from options, SLURM and MPI."""

import importlib.util
import re
from pathlib import Path

import pytest

from zukan import checks, processes
from zukan.cli.app import app
from zukan.processes import Launch

SCALING = Path(__file__).parents[2] / "docs" / "scaling.md"

SLURM = {"SLURM_JOB_ID": "7", "SLURM_STEP_NODELIST": "node[1-2]", "SLURM_NTASKS": "4", "SLURM_PROCID": "3", "SLURM_LOCALID": "1"}
MPI = {"OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3"}
ADDRESS = "node1:4321"


@pytest.fixture(autouse=True)
def _without_mpi4py(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "mpi4py" else found(name))


@pytest.mark.parametrize(("options", "environment", "launch"), [
    ((), {}, None),
    ((1, 0, ADDRESS), {}, None),
    ((2, 1, ADDRESS), {}, Launch(2, 1, ADDRESS)),
    ((2, 1, "[::1]:4321"), {}, Launch(2, 1, "[::1]:4321")),
    ((), SLURM, Launch(4, 3, method="slurm")),
    ((), {**SLURM, "SLURM_NTASKS": "1", "SLURM_PROCID": "0"}, None),
    ((), {**SLURM, "SLURM_STEP_NODELIST": ""}, None),  # the shell of an allocation
    ((1,), SLURM, None),
    ((None, None, ADDRESS), SLURM, Launch(4, 3, ADDRESS)),
    ((2, 0, ADDRESS), SLURM, Launch(2, 0, ADDRESS)),
    ((), {**MPI, "OMPI_MCA_orte_hnp_uri": "4096.0;tcp://10.0.0.1:1"}, Launch(4, 3, method="ompi")),
    ((None, None, ADDRESS), MPI, Launch(4, 3, ADDRESS)),
    ((None, None, ADDRESS), {"PMI_SIZE": "4", "PMI_RANK": "3"}, Launch(4, 3, ADDRESS)),
    ((), {"OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"}, None),
])
def test_the_place_of_a_process(options, environment, launch):
    assert processes.find(*options, environment=environment) == launch


def test_mpi4py_finds_the_address_if_it_is_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)
    assert processes.find(environment=MPI) == Launch(4, 3, method="mpi4py")


@pytest.mark.parametrize(("options", "environment", "says"), [
    ((2, None, None), {}, "got no --process-id and no --coordinator"),
    ((2, 1, None), {}, "got no --coordinator"),
    ((2, None, ADDRESS), {}, "got no --process-id"),
    ((None, None, ADDRESS), {}, "got no --processes and no --process-id"),
    ((None, 1, ADDRESS), {}, "got no --processes"),
    ((0, 0, ADDRESS), {}, "processes must be a whole number of at least 1, got 0"),
    ((2, 2, ADDRESS), {}, "process_id must be a whole number of at most 1, got 2"),
    ((2, -1, ADDRESS), {}, "process_id must be a whole number of at least 0, got -1"),
    ((2, 1, "node1"), {}, "got 'node1'; give node1:4321"),
    ((2, 1, "node1:x"), {}, "got 'node1:x'; give node1:4321"),
    ((2, 1, ":4321"), {}, "coordinator must be HOST:PORT"),
    ((2, 1, "node1:65536"), {}, "coordinator must be HOST:PORT"),
    ((), MPI, "add --coordinator HOST:PORT"),
    ((), {**SLURM, "SLURM_PROCID": "one"}, "SLURM_NTASKS and SLURM_PROCID must be whole numbers, got '4' and 'one'"),
])
def test_what_is_incomplete_or_wrong_is_refused(options, environment, says):
    with pytest.raises(checks.InputError) as error:
        processes.find(*options, environment=environment)
    assert says in str(error.value)


def test_only_the_first_of_several_talks():
    assert processes.talks({})
    assert processes.talks({**SLURM, "SLURM_PROCID": "0"})
    assert not processes.talks(SLURM)
    assert not processes.talks(MPI)
    assert processes.talks({**SLURM, "SLURM_PROCID": "one"})


def test_the_commands_for_clusters_are_valid():
    text = re.sub(r"[;']|\|\|", "\n", SCALING.read_text("utf-8"))
    together = re.search(r'TOGETHER="(.*)"', text)[1].replace("$JOB_COMPLETION_INDEX", "3")
    lines = [line.replace("$TOGETHER", together).rstrip(" &") for line in re.findall(
        r"^.*(?:srun.*|ssh \S+|mpirun -n 4|exec) zukan (.*)$", text, re.MULTILINE)]
    assert len(lines) == 8
    for line in lines:
        _, bound, _ = app.parse_args(line.split(), exit_on_error=False, print_error=False)
        group = bound.arguments.get("group") or {}
        assert group in ({}, {"coordinator": "node1:4321"}) or processes.find(**group)
