"""A server for one folder and this machine alone.

What it will serve is listed once, at the start: a request is looked up in that list and never becomes a path.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import socketserver
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from zukan import checks
from zukan.explorer.site import listing

ADDRESS = "127.0.0.1"
POLICY = ("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
          "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
           "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
           "Cache-Control": "no-cache", "Allow": "GET, HEAD"}
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
         ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
         ".woff2": "font/woff2", ".gz": "application/gzip", ".webmanifest": "application/manifest+json"}
IDLE = 60  # seconds after which an open connection without a request is closed


class Server(ThreadingHTTPServer):
    """Listens as soon as it is made, and answers within ``serve_forever``.

    Parameters
    ----------
    port : int
        0 for any that is free.

    Raises
    ------
    zukan.InputError
        When the port is not a number of a port, or taken.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would let two servers share a port
    request_queue_size = 64  # a browser asks for many files at once

    def __init__(self, port: int = 0) -> None:
        checks.integer("port", port, minimum=0, maximum=65535)
        self.files: dict[str, Path] = {}
        try:
            super().__init__((ADDRESS, port), Handler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                what = f"free, got {port}, on which a program listens already"
            else:
                what = f"one that can be listened on, got {port} ({os.strerror(error.errno or 0).lower()})"
            raise checks.InputError(
                f"port must be {what}; choose another, or leave it out for any that is free") from error

    def server_bind(self) -> None:
        """Bind without the look-up of this machine's name that the standard library makes, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    def publish(self, folder: Path) -> None:
        """Serve the files that are in ``folder`` now."""
        self.files = listing(folder)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.server_port}/"

    @property
    def hosts(self) -> set[str]:
        """The values of a Host header that a browser on this machine sends."""
        names = (ADDRESS, "localhost")
        return {f"{name}:{self.server_port}" for name in names} | (set(names) if self.server_port == 80 else set())

    def serve(self) -> None:
        """Answer until Ctrl-C, or a signal that `ended_alike` turns into one."""
        with contextlib.suppress(KeyboardInterrupt):
            self.serve_forever()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a browser went away in the middle of an answer."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def ended_alike() -> Iterator[None]:
    """Let a closed terminal, or a polite kill, end what runs here as Ctrl-C does: temporary folders are removed."""
    if threading.current_thread() is not threading.main_thread():  # only there are signals handled
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {each: signal.signal(each, signal.default_int_handler) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "zukan", ""
    error_message_format, error_content_type = "%(code)d %(message)s\n", "text/plain; charset=utf-8"
    timeout = IDLE

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send what `do_GET` would, without the file."""
        self._answer(body=False)

    def parse_request(self) -> bool:
        """Refuse what is not a plain request of a browser on this machine, whatever it asks for."""
        if not super().parse_request():
            return False
        if len(hosts := self.headers.get_all("Host", [])) != 1 or hosts[0].strip().lower() not in self.server.hosts:
            # A page elsewhere whose name was made to lead here (DNS rebinding) sends its own name.
            return self._refuse(HTTPStatus.FORBIDDEN, "Host must be this machine")
        if self.command not in {"GET", "HEAD"}:
            return self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "GET and HEAD only")
        if self.headers.get("Content-Length", "0").strip() != "0" or "Transfer-Encoding" in self.headers:
            return self._refuse(HTTPStatus.BAD_REQUEST, "a request must have no body")
        return True

    def end_headers(self) -> None:
        """Add the headers that every answer has, errors included."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the terminal for the user."""

    def _refuse(self, status: HTTPStatus, reason: str) -> bool:
        self.send_error(status, reason)  # which also closes the connection: what follows is not read
        return False

    def _answer(self, *, body: bool) -> None:
        name = unquote(self.path.partition("?")[0].removeprefix("/"))
        try:
            path = self.server.files[name or "index.html"]
            with path.open("rb") as file:
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
                self.end_headers()
                if body:
                    shutil.copyfileobj(file, self.wfile)
        except (KeyError, FileNotFoundError):
            self.send_error(HTTPStatus.NOT_FOUND, "not part of the export")
