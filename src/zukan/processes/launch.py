"""How many processes run this command, and which one this is: from options, SLURM or MPI."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from zukan import checks

# Variables with the number of processes and the number of this one, which each launcher sets, and one more that is only
# there if it started this very process: within an allocation, SLURM sets the first two for the shell as well.
_LAUNCHERS = {"slurm": ("SLURM_NTASKS", "SLURM_PROCID", "SLURM_STEP_NODELIST"),
              "ompi": ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
              "pmi": ("PMI_SIZE", "PMI_RANK", "PMI_SIZE")}
_OPTIONS = "--processes, --process-id and --coordinator"


@dataclass(frozen=True)
class Launch:
    """One of several processes that run the same command.

    Parameters
    ----------
    processes : int
        How many there are.
    process_id : int
        Which one this is, counted from 0.
    coordinator : str, optional
        ``HOST:PORT`` of process 0; by default what JAX finds by ``method``.
    method : str
        How JAX finds what is not given: the name of a cluster, or "deactivate".
    """

    processes: int
    process_id: int
    coordinator: str | None = None
    method: str = "deactivate"


def find(processes: int | None = None, process_id: int | None = None, coordinator: str | None = None,
         environment: Mapping[str, str] = os.environ) -> Launch | None:
    """Return which of several processes this is; None if it is the only one.

    Parameters
    ----------
    processes, process_id, coordinator
        As the user gave them; the variables of SLURM and MPI stand in for the first two.
    environment : mapping

    Raises
    ------
    zukan.InputError
        If they are incomplete or wrong.
    """
    launcher = _launcher(environment)
    if processes is None and launcher is not None:
        processes, found = launcher[1:]
        process_id = found if process_id is None else process_id
    given = {"--processes": processes, "--process-id": process_id, "--coordinator": coordinator}
    if processes is not None and checks.integer("processes", processes) == 1:
        return None
    if launcher is None and len({value is None for value in given.values()}) == 2:
        missing = [name for name, value in given.items() if value is None]
        raise checks.InputError(f"{_OPTIONS} must be given together, got no {' and no '.join(missing)}; add it, or "
                                "start the command with srun or mpirun")
    if processes is None or process_id is None:
        return None
    checks.integer("process_id", process_id, minimum=0, maximum=processes - 1)
    if coordinator is not None:
        _check_address(coordinator)
        return Launch(processes, process_id, coordinator)
    return Launch(processes, process_id, method=_method(launcher[0] if launcher else "", environment))


def talks(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether this process may print before it joins: SLURM and MPI start several, of which the first one may."""
    try:
        launcher = _launcher(environment)
    except checks.InputError:
        return True
    return launcher is None or launcher[2] == 0


def _launcher(environment: Mapping[str, str]) -> tuple[str, int, int] | None:
    """Return the launcher of this process, the number of processes, and the number of this one."""
    for name, (size, index, sign) in _LAUNCHERS.items():
        if all(environment.get(variable) for variable in (size, index, sign)):
            try:
                return name, int(environment[size]), int(environment[index])
            except ValueError as error:
                raise checks.InputError(f"{size} and {index} must be whole numbers, got {environment[size]!r} and "
                                        f"{environment[index]!r}; unset them, or give {_OPTIONS}") from error
    return None


def _method(launcher: str, environment: Mapping[str, str]) -> str:
    """Return by which method JAX finds the address of process 0."""
    if launcher == "slurm" or (launcher == "ompi" and "OMPI_MCA_orte_hnp_uri" in environment):
        return launcher
    if importlib.util.find_spec("mpi4py"):
        return "mpi4py"
    raise checks.InputError("processes that MPI started need the address of process 0, got none; add --coordinator "
                            "HOST:PORT with a free port of the machine of rank 0, or pip install mpi4py")


def _check_address(coordinator: str) -> None:
    host, _, port = coordinator.rpartition(":")
    if not host or not re.fullmatch(r"\d+", port) or not 0 < int(port) < 1 << 16:
        raise checks.InputError(f"coordinator must be HOST:PORT, the address of process 0 and a free port there, got "
                                f"{coordinator!r}; give {host or coordinator or 'HOST'}:4321, for example")
