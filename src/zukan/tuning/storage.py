"""Where trials are stored: an Optuna study in SQLite or another database, which several processes can share."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import warnings
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from zukan import checks

FILE = "study.db"
BEAT, GRACE = 5, 45  # seconds between signs of life of a trial, and without one before it counts as dead
_ATTEMPTS = 5  # at creating the tables, if several processes do it at the same time
_WAIT = 60.0  # seconds for which SQLite waits while another process writes
SETTINGS = "settings"


def import_optuna() -> Any:
    """Return the package Optuna, or raise `InputError` if it is not installed."""
    try:
        import optuna  # noqa: PLC0415 an extra
    except ImportError as error:
        raise checks.not_installed("tune", "optuna", "tune") from error
    return optuna


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence Optuna's own messages, and its warnings that a feature may change."""
    optuna = import_optuna()
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            warnings.filterwarnings("ignore", "Heartbeat of storage", UserWarning)  # `alive` gives the signs of life
            yield
    finally:
        optuna.logging.set_verbosity(before)


def open_study(folder: Path, url: str | None, name: str, direction: str, settings: Mapping[str, Any]) -> Any:
    """Return the Optuna study ``name``, which is created if it is new.

    Parameters
    ----------
    folder : Path
        Without ``url``, it holds the database.
    url : str, optional
        As SQLAlchemy writes it: ``postgresql://user:password@host/database``.
    name : str
    direction : {"maximize", "minimize"}
    settings : mapping
        What must be the same in all processes and when the study is continued; JSON can hold it.

    Raises
    ------
    zukan.InputError
        If the database cannot be opened, or the study has other settings.
    """
    optuna = import_optuna()
    place = "storage" if url else str(folder / FILE)
    for attempt in range(_ATTEMPTS):
        try:
            study = optuna.create_study(storage=_storage(optuna, folder, url), study_name=name, direction=direction,
                                        load_if_exists=True)
            break
        except ImportError as error:
            raise checks.InputError(
                "storage needs the driver of its database, which is not installed; for postgresql://, pip install "
                "'psycopg[binary]'; for mysql+pymysql://, pip install pymysql") from error
        except Exception as error:
            if attempt + 1 < _ATTEMPTS and _is_race(error):
                time.sleep(0.2 * (attempt + 1))
                continue
            line = str(error).splitlines()[0]
            raise checks.InputError(f"the study in {place!r} cannot be opened ({type(error).__name__}: {line}); check "
                                    "--storage, or choose another --out") from error
    settings = json.loads(json.dumps(settings))
    stored = study.user_attrs.get(SETTINGS)
    if stored is None:
        study.set_user_attr(SETTINGS, settings)
    elif stored != settings:
        raise checks.InputError(
            f"study {name!r} must be continued with its own settings, got {_differences(stored, settings)}; use these, "
            "or start another study with --out")
    return study


@contextlib.contextmanager
def alive(study: Any, trials: Collection[Any]) -> Iterator[None]:
    """Give signs of life of running trials, so that no other process takes them for dead."""
    storage, ended = study._storage, threading.Event()  # noqa: SLF001 Optuna's own loop does it, but not ask and tell

    def beat() -> None:
        for trial in trials:
            with contextlib.suppress(Exception):  # the next sign follows soon
                storage.record_heartbeat(trial._trial_id)  # noqa: SLF001

    def beats() -> None:
        while not ended.wait(BEAT):
            beat()

    beat()
    thread = threading.Thread(target=beats, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def end_dead_trials(study: Any) -> None:
    """Mark running trials as failed whose process has died."""
    with quiet():
        import_optuna().storages.fail_stale_trials(study)


def _storage(optuna: Any, folder: Path, url: str | None) -> Any:
    is_sqlite = url is None or url.startswith("sqlite")
    options = {"connect_args": {"timeout": _WAIT}} if is_sqlite else {"pool_pre_ping": True}
    return optuna.storages.RDBStorage(url or f"sqlite:///{folder / FILE}", engine_kwargs=options,
                                      heartbeat_interval=BEAT, grace_period=GRACE)


def _is_race(error: Exception) -> bool:
    """Return whether another process may have created the tables, or the study, at the same time."""
    return any(kind.__name__ in {"OperationalError", "IntegrityError", "ProgrammingError", "StorageInternalError"}
               for kind in type(error).__mro__)


def _differences(stored: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Return the settings that differ: "beta 2 instead of 1"."""
    flat = [dict(_flat(values)) for values in (stored, settings)]
    return checks.listed(f"{name} {flat[1].get(name, 'the default')} instead of {flat[0].get(name, 'the default')}"
                         for name in sorted({*flat[0], *flat[1]}) if flat[0].get(name) != flat[1].get(name))


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict) and "name" not in value:
            yield from _flat(value)
        else:
            yield name, value
