"""Connections between process 0 and each other one: they carry messages, and close when a process dies."""

from __future__ import annotations

import contextlib
import json
import queue
import secrets
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

from zukan import checks

HEAD = struct.Struct("!cQ")  # the kind of a message and the length of its content
DATA, FAILED, ENDED, LEFT = b"d", b"f", b"e", b"l"
IDLE, PAUSE, TRIES = 10, 5, 3  # seconds and probes after which a machine that vanished counts as dead
PATIENCE = 60.0  # seconds for a connection to come about
TOKEN = 16  # bytes that show that a connection comes from a process of this group


class Link:
    """A connection to one other process, with a thread that reads its messages.

    Parameters
    ----------
    index : int
        Which process is at the other end.
    connection : socket
    heard : callable
        Called in that thread with ``index``, the kind and the content of each message that is not data; with None as
        the kind when the connection closes.
    """

    def __init__(self, index: int, connection: socket.socket,
                 heard: Callable[[int, bytes | None, bytes], None]) -> None:
        self.index, self.connection, self.heard = index, connection, heard
        self.inbox: queue.Queue[bytes] = queue.Queue()
        self.has_left = False
        self._sending = threading.Lock()
        connection.settimeout(None)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for name, value in (("TCP_KEEPIDLE", IDLE), ("TCP_KEEPINTVL", PAUSE), ("TCP_KEEPCNT", TRIES)):
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def start(self) -> None:
        """Start to read."""
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, kind: bytes, content: bytes = b"") -> None:
        """Send a message; a connection that is closed is left to the reading thread."""
        with self._sending, contextlib.suppress(OSError):
            self.connection.sendall(HEAD.pack(kind, len(content)))
            self.connection.sendall(content)

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def _read(self) -> None:
        try:
            while True:
                kind, length = HEAD.unpack(received(self.connection, HEAD.size))
                content = received(self.connection, length)
                if kind == DATA:
                    self.inbox.put(content)
                elif kind == LEFT:
                    self.has_left = True
                else:
                    self.heard(self.index, kind, content)
        except OSError:
            if not self.has_left:
                self.heard(self.index, None, b"")


def received(connection: socket.socket, length: int) -> bytes:
    """Return the next ``length`` bytes; raise ``OSError`` if the connection ends before."""
    content = bytearray(length)
    view = memoryview(content)
    done = 0
    while done < length:
        count = connection.recv_into(view[done:])
        if not count:
            raise ConnectionError("closed")
        done += count
    return bytes(content)


class Listener:
    """The end of process 0 before the others connect."""

    def __init__(self) -> None:
        self.token = secrets.token_bytes(TOKEN)
        self._socket = _server(0)

    @property
    def address(self) -> bytes:
        """What the others need to connect."""
        return json.dumps([self._socket.getsockname()[1], self.token.hex(), socket.gethostname()]).encode()

    def accept(self, size: int) -> dict[int, socket.socket]:
        """Return the connections to processes 1 to ``size - 1``."""
        connections: dict[int, socket.socket] = {}
        self._socket.settimeout(PATIENCE)
        with self._socket:
            while len(connections) < size - 1:
                connection, _ = self._socket.accept()
                connection.settimeout(PATIENCE)
                try:
                    token, index = received(connection, TOKEN), received(connection, 4)
                except OSError:
                    token, index = b"", b""
                if secrets.compare_digest(token, self.token):
                    connections[int.from_bytes(index, "big")] = connection
                else:
                    connection.close()
        return connections


def connect(address: bytes, index: int, host: str | None) -> socket.socket:
    """Return the connection of process ``index`` to process 0, on ``host`` or on the machine that it names."""
    port, token, name = json.loads(address)
    connection = socket.create_connection((host or name, port), PATIENCE)
    connection.sendall(bytes.fromhex(token) + index.to_bytes(4, "big"))
    return connection


def check_free(address: str) -> None:
    """Raise `checks.InputError` unless the port of this address is free on this machine."""
    port = int(address.rpartition(":")[2])
    try:
        _server(port).close()
    except OSError as error:
        raise checks.InputError(f"coordinator must name a free port of the machine of process 0, got {address!r}, but "
                                f"{port} is in use; choose another") from error


def _server(port: int) -> socket.socket:
    """Return a socket that listens on all addresses of this machine."""
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))


def packed(parts: list[bytes]) -> bytes:
    """Return several contents as one; `unpacked` returns them again."""
    return struct.pack(f"!I{len(parts)}Q", len(parts), *map(len, parts)) + b"".join(parts)


def unpacked(content: bytes) -> list[bytes]:
    """Return the parts of ``packed(parts)``."""
    (count,) = struct.unpack_from("!I", content)
    lengths: tuple[Any, ...] = struct.unpack_from(f"!{count}Q", content, 4)
    start, parts = 4 + 8 * count, []
    for length in lengths:
        parts.append(content[start : start + length])
        start += length
    return parts
