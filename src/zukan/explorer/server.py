"""A local web server for one folder, reachable from this machine only.

It serves a fixed list of files. A request is looked up in this list and is never used as a path.
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
IDLE = 60  # seconds until a connection without requests is closed


class Server(ThreadingHTTPServer):
    """A server that listens as soon as it is created and answers requests while `serve` runs.

    Parameters
    ----------
    port : int
        0 for any free port.

    Raises
    ------
    zukan.InputError
        If the port is not a valid port number, or is in use.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # on Windows, it would let two servers share a port
    request_queue_size = 64  # a browser requests many files at the same time

    def __init__(self, port: int = 0) -> None:
        checks.integer("port", port, minimum=0, maximum=65535)
        self.files: dict[str, Path] = {}
        try:
            super().__init__((ADDRESS, port), Handler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                rule = f"free, got {port}, on which another program listens"
            else:
                rule = f"one on which zukan may listen, got {port} ({os.strerror(error.errno or 0).lower()})"
            raise checks.InputError(f"port must be {rule}; choose another, or omit it to use any free port") from error

    def server_bind(self) -> None:
        """Bind the socket without the standard library's lookup of the host name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    def publish(self, folder: Path) -> None:
        """Serve the files that ``folder`` contains now; files that are added later are not served."""
        self.files = listing(folder)

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://{ADDRESS}:{self.server_port}/"

    @property
    def hosts(self) -> set[str]:
        """Values of the Host header that a browser on this machine sends."""
        names = (ADDRESS, "localhost")
        return {f"{name}:{self.server_port}" for name in names} | (set(names) if self.server_port == 80 else set())

    def serve(self) -> None:
        """Answer requests until Ctrl-C, or until a signal that `signals_as_ctrl_c` handles."""
        with contextlib.suppress(KeyboardInterrupt):
            self.serve_forever()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors of a browser that closes the connection during a response; report all others."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def signals_as_ctrl_c() -> Iterator[None]:
    """Handle SIGTERM and SIGHUP like Ctrl-C within the block, so that temporary folders are removed.

    A closed terminal sends SIGHUP.
    """
    if threading.current_thread() is not threading.main_thread():  # Python handles signals in the main thread only
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.default_int_handler) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "zukan", ""
    error_message_format, error_content_type = "%(code)d %(message)s\n", "text/plain; charset=utf-8"
    timeout = IDLE

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Send the headers of `do_GET` without the file."""
        self._answer(body=False)

    def parse_request(self) -> bool:
        """Reject every request that is not a plain request of a browser on this machine."""
        if not super().parse_request():
            return False
        if len(hosts := self.headers.get_all("Host", [])) != 1 or hosts[0].strip().lower() not in self.server.hosts:
            # A foreign page whose host name resolves to this machine (DNS rebinding) sends its own host name.
            return self._reject(HTTPStatus.FORBIDDEN, "Host must be this machine")
        if self.command not in {"GET", "HEAD"}:
            return self._reject(HTTPStatus.METHOD_NOT_ALLOWED, "GET and HEAD only")
        if self.headers.get("Content-Length", "0").strip() != "0" or "Transfer-Encoding" in self.headers:
            return self._reject(HTTPStatus.BAD_REQUEST, "a request must have no body")
        return True

    def end_headers(self) -> None:
        """Add the headers that all responses have, including errors."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Write no log, so that requests do not fill the terminal."""

    def _reject(self, status: HTTPStatus, reason: str) -> bool:
        self.send_error(status, reason)  # also closes the connection
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
