"""The server, tested over real sockets: what it serves and what it rejects."""

import contextlib
import http.client
import os
import signal
import socket
import threading

import pytest

from zukan.checks import InputError
from zukan.explorer import server as module
from zukan.explorer.server import POLICY, Server, signals_as_ctrl_c

FILES = {"index.html": b"<!doctype html>", "assets/explorer.js": b"export default {}", "assets/explorer.css": b"body {}",
         "assets/ort.wasm.gz": b"\x1f\x8b12", "assets/ort.wasm": b"\0asm", "atlas.json": b"{}", "data/means.f32": b"\0\0\0\0",
         "models/encoder.onnx": b"\x08", "data/a b%20c.u8": b"spaced"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    top = tmp_path_factory.mktemp("served")
    inside = top / "export"
    for name, content in FILES.items():
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(content)
    (top / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(top / "secret.txt")
    (inside / "linked").symlink_to(top)
    return inside


@pytest.fixture(scope="module")
def server(folder):
    with Server() as running:
        running.publish(folder)
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server, target="/", method="GET", host=None, **headers):
    """Send a request without any normalization; return status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    with contextlib.closing(connection):
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def raw(server, request):
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize(("name", "kind"), [
    ("index.html", "text/html; charset=utf-8"), ("assets/explorer.js", "text/javascript; charset=utf-8"),
    ("assets/explorer.css", "text/css; charset=utf-8"), ("assets/ort.wasm.gz", "application/gzip"),
    ("assets/ort.wasm", "application/wasm"), ("atlas.json", "application/json"),
    ("data/means.f32", "application/octet-stream"), ("models/encoder.onnx", "application/octet-stream")])
def test_files_are_served_with_their_type(server, name, kind):
    status, headers, body = ask(server, f"/{name}")
    assert (status, body) == (200, FILES[name])
    assert headers["Content-Type"] == kind
    assert headers["Content-Length"] == str(len(body))
    assert "Content-Encoding" not in headers


def test_the_root_is_the_page_and_queries_are_ignored(server):
    assert ask(server, "/")[2] == ask(server, "/index.html?v=1&z=0.5,2")[2] == FILES["index.html"]
    assert ask(server, "/data/a%20b%2520c.u8")[2] == b"spaced"


def test_head_has_no_body(server):
    status, headers, body = ask(server, "/atlas.json", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "2", b"")


def test_every_response_has_the_headers(server):
    for target, method, host in (("/", "GET", None), ("/", "HEAD", None), ("/nothing", "GET", None), ("/", "POST", None),
                                 ("/", "GET", "evil.example")):
        headers = ask(server, target, method, host)[1]
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Server"].strip() == "zukan"
    assert "'unsafe-inline'" not in POLICY
    assert "'unsafe-eval'" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "http" not in POLICY


@pytest.mark.parametrize("target", [
    "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "/data/../../secret.txt",
    "/..%5csecret.txt", "/%252e%252e/secret.txt", "/....//secret.txt", "/link.txt", "/linked/secret.txt", "/etc/passwd",
    "//etc/passwd", "/%2fetc/passwd", "/%00", "/index.html%00.js", "/data", "/data/", "/.", "/nothing", "/index.html/",
    "/file:///etc/passwd", "/C:%5cWindows", "/?", "/./index.html"])
def test_other_paths_are_not_served(server, folder, target):
    status, _, body = ask(server, target)
    if target == "/?":
        assert body == FILES["index.html"]
        return
    assert (status, body) == (404, b"404 not part of the export\n")


def test_an_absolute_path_is_not_served(server, folder):
    absolute = folder.parent / "secret.txt"
    for target in (str(absolute), f"/{absolute}", f"/%2f{str(absolute)[1:]}"):
        assert ask(server, target)[0] == 404


def test_files_added_later_are_not_served(server, folder):
    later = folder / "later.txt"
    later.write_text("x")
    assert ask(server, "/later.txt")[0] == 404
    later.unlink()


def test_a_deleted_file_is_not_found(server, folder):
    content = (folder / "atlas.json").read_bytes()
    (folder / "atlas.json").unlink()
    assert ask(server, "/atlas.json")[0] == 404
    (folder / "atlas.json").write_bytes(content)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1", "localhost:80",
                                  "127.0.0.1.evil.example:{port}", "[::1]:{port}", "0.0.0.0:{port}", "127.0.0.2:{port}",
                                  "user@127.0.0.1:{port}", "127.0.0.1:{port}, evil.example"])
def test_a_foreign_host_is_rejected(server, host):
    status, _, body = ask(server, "/", host=host.format(port=server.server_port))
    assert (status, body) == (403, b"403 Host must be this machine\n")


def test_no_host_and_two_hosts_are_rejected(server):
    own = b"Host: 127.0.0.1:%d\r\n" % server.server_port
    assert b" 403 " in raw(server, b"GET / HTTP/1.1\r\n\r\n")
    assert b" 403 " in raw(server, b"GET / HTTP/1.0\r\n\r\n")
    assert b" 403 " in raw(server, b"GET / HTTP/1.1\r\n" + own + own + b"\r\n")
    assert b" 200 " in raw(server, b"GET / HTTP/1.1\r\n" + own + b"\r\n")


def test_localhost_is_accepted(server):
    assert ask(server, "/", host=f"localhost:{server.server_port}")[0] == 200
    assert ask(server, "/", host=f"LocalHost:{server.server_port}")[0] == 200


def test_a_target_with_a_host_is_not_served(server):
    assert ask(server, f"http://127.0.0.1:{server.server_port}/index.html")[0] == 404
    assert ask(server, "http://evil.example/index.html")[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "PROPFIND"])
def test_other_methods_are_rejected(server, method):
    status, headers, _ = ask(server, "/", method)
    assert status == 405
    assert headers["Allow"] == "GET, HEAD"


def test_a_request_with_a_body_is_rejected_and_the_body_is_ignored(server):
    own = b"Host: 127.0.0.1:%d\r\n" % server.server_port
    smuggled = b"GET /atlas.json HTTP/1.1\r\n" + own + b"\r\n"
    for header in (b"Content-Length: %d\r\n" % len(smuggled), b"Transfer-Encoding: chunked\r\n"):
        answer = raw(server, b"GET / HTTP/1.1\r\n" + own + header + b"\r\n" + smuggled)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("request_", [b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                                      b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"GET <script> HTTP/1.1\r\n\r\n",
                                      b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"])
def test_malformed_requests(server, request_, capsys):
    answer = raw(server, request_)
    assert b" 200 " not in answer
    assert b"<script>" not in answer
    assert ask(server)[0] == 200
    assert capsys.readouterr() == ("", "")


def test_a_connection_serves_several_requests(server):
    own = b"Host: 127.0.0.1:%d\r\n" % server.server_port
    answers = raw(server, 2 * (b"GET /atlas.json HTTP/1.1\r\n" + own + b"\r\n"))
    assert answers.count(b"HTTP/1.1 200 ") == 2


def test_it_listens_on_loopback_only(server):
    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_port}/"


def test_a_browser_that_closes_the_connection_is_not_an_error(server, folder, capsys):
    (folder / "big.bin").write_bytes(bytes(30_000_000))
    server.publish(folder)
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(b"GET /big.bin HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.server_port)
        connection.recv(10)
    assert ask(server)[0] == 200
    assert capsys.readouterr() == ("", "")
    (folder / "big.bin").unlink()
    server.publish(folder)


def test_other_errors_are_reported(server, monkeypatch, capsys):
    monkeypatch.setattr(module, "unquote", None)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        ask(server)
    monkeypatch.undo()
    assert ask(server)[0] == 200
    assert "TypeError" in capsys.readouterr().err


def test_a_port_in_use(server):
    with pytest.raises(InputError, match=rf"port must be free, got {server.server_port}, .*; choose another"):
        Server(server.server_port)


@pytest.mark.parametrize(("port", "rule"), [(-1, "at least 0"), (65536, "at most 65535"), (1.5, "whole number")])
def test_an_invalid_port(port, rule):
    with pytest.raises(InputError, match=rule):
        Server(port)


def test_a_port_without_permission(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.socketserver.TCPServer, "server_bind", refuse)
    with pytest.raises(InputError, match=r"port must be one on which zukan may listen, got 80 \(permission denied\)"):
        Server(80)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_cleanly(name, folder):
    """A thread sends the signal to this process after the server has answered."""
    number, before = getattr(signal, name), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the tests may run in a process that ignores it
    left = [signal.getsignal(getattr(signal, other)) for other in ("SIGTERM", "SIGHUP")]
    answers = []

    def visit():
        answers.append(ask(server)[0])
        os.kill(os.getpid(), number)

    try:
        with Server() as server, signals_as_ctrl_c():
            server.publish(folder)
            threading.Thread(target=visit).start()
            server.serve()
    finally:
        signal.signal(signal.SIGINT, before)
    assert answers == [200]
    assert [signal.getsignal(getattr(signal, other)) for other in ("SIGTERM", "SIGHUP")] == left
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.server_port))


def test_signals_are_unchanged_outside_the_main_thread():
    def enter():
        with signals_as_ctrl_c():
            entered.append(signal.getsignal(signal.SIGTERM))

    entered, before = [], signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [before]
