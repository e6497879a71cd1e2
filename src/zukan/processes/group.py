"""The processes that run one command together: process 0 talks and writes, and all end if one does."""

from __future__ import annotations

import os
import threading
import time
import traceback
from typing import Any

from zukan import checks
from zukan.processes import links
from zukan.processes.errors import Errors, close_output, quietly
from zukan.processes.launch import Launch

ENDED = 3  # the exit code of a process that ends because another one has
GRACE = 5.0  # seconds for process 0 to report the same mistake itself
ADVICE = "start all of them again"


class Group:
    """The processes of this command; without any others, a group of one.

    Parameters
    ----------
    size : int
    index : int
        Which one this is, counted from 0.

    Attributes
    ----------
    advice : str
        What the user should do after a process has died.
    splits : bool
        Whether the processes share the rows of a computation, as `zukan.model.batching.over_batches` does.
    """

    def __init__(self, size: int = 1, index: int = 0) -> None:
        self.size, self.index = size, index
        self.advice, self.splits = ADVICE, False
        self.links: list[links.Link] = []
        self._errors: Errors | None = None
        self._address = ""
        self._ending = threading.Lock()
        self._failed = threading.Event()

    @property
    def is_first(self) -> bool:
        """Whether this is process 0, which talks and writes."""
        return self.index == 0

    def part(self, count: int) -> range:
        """Return which of ``count`` pieces of work this process does: all, if there are too few to split."""
        if not self.splits or count < self.size:
            return range(count)
        return range(count * self.index // self.size, count * (self.index + 1) // self.size)

    def exchange(self, what: str, content: bytes = b"") -> list[bytes]:
        """Return the contents that all processes pass, in their order; each waits for the others.

        Raises
        ------
        zukan.InputError
            If ``what``, the reason of the exchange, is not the same in all processes.
        """
        if not self.links:
            return [content]
        mine = links.packed([what.encode(), content])
        if self.is_first:
            messages = [mine, *(link.inbox.get() for link in self.links)]
            for link in self.links:
                link.send(links.DATA, links.packed(messages))
        else:
            self.links[0].send(links.DATA, mine)
            messages = links.unpacked(self.links[0].inbox.get())
        reasons, contents = zip(*map(links.unpacked, messages), strict=True)
        _check_equal("the work", [reason.decode() for reason in reasons])
        return list(contents)

    def of_first(self, what: str, text: str) -> str:
        """Return the text that process 0 passes."""
        return self.exchange(what, text.encode("utf-8", "surrogateescape"))[0].decode("utf-8", "surrogateescape")

    def check_same(self, what: str, value: object) -> None:
        """Raise `checks.InputError` unless all processes pass the same value."""
        _check_equal(what, [content.decode() for content in self.exchange(what, str(value).encode())])

    def leave(self) -> None:
        """Wait for all processes, and let each continue alone."""
        if not self.links:
            return
        import jax  # noqa: PLC0415 only JAX can have several processes

        self.exchange("the end")
        jax.distributed.shutdown()
        for link in self.links:
            link.send(links.LEFT)
        self.exchange("goodbye")
        for link in self.links:
            link.close()
        self.links, self.splits = [], False
        if self._errors:
            self._errors.close()

    def join(self, launch: Launch) -> None:
        """Wait until all processes are there.

        Raises
        ------
        zukan.InputError
            If they do not find each other.
        """
        import jax  # noqa: PLC0415

        if self.is_first and launch.coordinator:
            links.check_free(launch.coordinator)  # JAX would crash
        self._errors, self._address = Errors(self._aborted), launch.coordinator or "which JAX found"
        try:
            jax.distributed.initialize(launch.coordinator, launch.processes, launch.process_id,
                                       cluster_detection_method=launch.method)
            listener = links.Listener() if self.is_first else None
            address = quietly(lambda: _of_first(listener.address if listener else b""))
            if listener:
                connections = listener.accept(self.size)
            else:
                host = launch.coordinator.rpartition(":")[0].strip("[]") if launch.coordinator else None
                connections = {0: links.connect(address, self.index, host)}
        except Exception as error:
            self._errors.close()
            self._errors = None
            raise checks.InputError(self._unreached(_first_line(error))) from error
        self.links = [links.Link(index, connections[index], self._heard) for index in sorted(connections)]
        for link in self.links:
            link.start()

    def fail(self, error: BaseException, code: int) -> None:
        """End the other processes because of an error here; return in process 0 only."""
        if not self.links:
            return
        known = isinstance(error, (checks.InputError, KeyboardInterrupt, SystemExit))
        if not known:
            time.sleep(GRACE)  # it may follow from the death of another process, which ends this one meanwhile
        if self.is_first:
            self._failed.set()
            with self._ending:
                self._tell(code, "")
            return
        text = str(error) if known else "".join(traceback.format_exception(error))
        if isinstance(error, KeyboardInterrupt):
            text = f"stopped; {self.advice}"
        self.links[0].send(links.FAILED, links.packed([str(code).encode(), text.encode()]))
        threading.Event().wait()  # process 0 ends this one

    def end(self, code: int, text: str) -> None:
        """End this process now, with a message; process 0 also ends the others."""
        with self._ending:
            close_output()
            if text and self._errors:
                self._errors.say(f"zukan: {text}\n")
            late = threading.Timer(GRACE, os._exit, [code])  # a machine that vanished may keep messages waiting
            late.daemon = True
            late.start()
            if self.is_first:
                self._tell(code, text)
            os._exit(code)

    def _tell(self, code: int, text: str) -> None:
        for link in self.links:
            link.send(links.ENDED, links.packed([str(code).encode(), text.encode()]))

    def _heard(self, index: int, kind: bytes | None, content: bytes) -> None:
        """React to another process that has ended, has failed, or ends this one."""
        if self._failed.is_set():
            return  # process 0 ends the others, and says why
        if kind is None:
            self.end(ENDED, f"process {index} (of 0 to {self.size - 1}) has ended, so all end; {self.advice}")
        code, text = (part.decode("utf-8", "replace") for part in links.unpacked(content))
        if kind == links.FAILED and self._failed.wait(GRACE):
            return  # process 0 has failed as well, and says why
        self.end(int(code), f"process {index} (of 0 to {self.size - 1}): {text}" if kind == links.FAILED else text)

    def _aborted(self) -> None:
        """End this process after C++ has ended it, because another one has; that is known soon, if not yet."""
        held = (self._errors.held() if self._errors else "").strip().splitlines()
        found = next((line for line in held if line[:1] == "F"), held[0] if held else "no reason is known")
        reason = found.rpartition("absl::Status: ")[2]
        if not self.links:
            self.end(2, self._unreached(reason))
        time.sleep(2 * GRACE)
        self.end(ENDED, f"JAX has ended process {self.index} (of 0 to {self.size - 1}): {reason}; {self.advice}")

    def _unreached(self, reason: str) -> str:
        return (f"process {self.index} (of 0 to {self.size - 1}) must reach the others, but cannot ({reason}); check "
                f"that all are started, and the address of process 0, {self._address}")


def _of_first(content: bytes) -> bytes:
    """Return the content that process 0 passes, over JAX: at most 1,000 bytes."""
    import numpy as np  # noqa: PLC0415
    from jax.experimental import multihost_utils  # noqa: PLC0415

    padded: Any = np.frombuffer(content.ljust(1000), "uint8")
    return bytes(np.asarray(multihost_utils.broadcast_one_to_all(padded))).rstrip()


def _check_equal(what: str, values: list[str]) -> None:
    """Raise `checks.InputError` unless the values of all processes are equal."""
    for index, value in enumerate(values):
        if value != values[0]:
            raise checks.InputError(
                f"{what} must be the same for all processes, got {checks.show(values[0])} in process 0 and "
                f"{checks.show(value)} in process {index}; give all of them the same command, data and folders")


def _first_line(error: Exception) -> str:
    return " ".join(str(error).strip().split("\n")[0].split()) or type(error).__name__
