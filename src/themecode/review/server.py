"""The server: one address of this computer, closed to all others unless the lead opens it over TLS."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.workers.threadpool import _SHUTDOWNREQUEST  # type: ignore[attr-defined]

from themecode.errors import ThemecodeError
from themecode.review.app import ReviewApp
from themecode.review.guards import allowed_hosts, security_headers

if TYPE_CHECKING:
    from themecode.store import Study

LOOPBACK = "127.0.0.1"
#: Where the review is served unless it is said otherwise: links in an e-mail go on working.
PORT = 8765
#: Reviewers answered at the same moment; more wait their turn for a few milliseconds.
THREADS = 12
#: A request's first lines and headers, and its body, at most, in bytes.
LONGEST_HEAD, LONGEST_BODY = 32_768, 400_000


@dataclass(frozen=True, slots=True)
class Network:
    """How the review is opened to other computers.

    Args:
        host: this computer's address there.
        certificate, key: files in PEM; what is sent is closed to everybody else on the network.
    """

    host: str
    certificate: Path
    key: Path


class _Request(HTTPRequest):
    """A request whose very first lines are wrong is refused with the same headers as any other."""

    def simple_response(self, status: Any, msg: str = "") -> None:
        """Refuse a request that never reached the application."""
        from contextlib import suppress

        body = msg.encode("utf-8", "replace")
        lines = [
            f"{self.server.protocol} {status}",
            f"Content-Length: {len(body)}",
            "Content-Type: text/plain; charset=utf-8",
            *(f"{name}: {value}" for name, value in security_headers("none").items()),
            "Connection: close",
        ]
        self.close_connection = True
        with suppress(OSError):
            self.conn.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Server(wsgi.Server):
    """Cheroot, telling nothing of itself, and no words of anybody's in what it reports."""

    ConnectionClass = _Connection
    report: Callable[[str], None] = staticmethod(lambda _: None)

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Say that a connection failed, without what was sent on it."""
        del msg  # it may hold what was sent
        if traceback or level >= 40:
            self.report("a connection ended badly")


@contextmanager
def open_server(
    study: Study,
    *,
    port: int,
    network: Network | None,
    now: Callable[[], datetime],
    report: Callable[[str], None],
    make_app: Callable[..., ReviewApp] = ReviewApp,
) -> Iterator[tuple[str, Callable[[], None]]]:
    """A server that listens already; the second of what it gives serves until it is stopped.

    Args:
        study: open while it is served.
        port: 0 for any that is free.
        network: None: this computer alone.
        now: the clock.
        report: told of faults, without anybody's words.
        make_app: what is served.

    Yields:
        The address, and what to call to serve.

    Raises:
        ThemecodeError: the port is taken, or the certificate cannot be used.
    """
    host = network.host if network else LOOPBACK
    _check_port(host, port)
    server = _Server((host, port), None, numthreads=THREADS, server_name="themecode")
    server.report = report
    server.max_request_header_size, server.max_request_body_size = LONGEST_HEAD, LONGEST_BODY
    server.timeout = 30
    server.keep_alive_conn_limit = 64  # a phone and a laptop each, and no waiting for a new one
    server.shutdown_timeout = 2
    if network is not None:
        server.ssl_adapter = _make_tls(network)
    try:
        server.prepare()
        used = server.bind_addr[1]
        names = [host] if network else [LOOPBACK, "localhost"]
        address = f"{'https' if network else 'http'}://{_bracket(host)}:{used}"
        server.wsgi_app = make_app(
            study, hosts=allowed_hosts(names, used), address=address, now=now, report=report
        )
        yield address, lambda: _serve(server)
    finally:
        _stop(server)


def _check_port(host: str, port: int) -> None:
    """See that nobody listens there yet; the server itself would leave a socket open on failing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # what the server does: a port that has just been left is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ThemecodeError(
                f"The pages cannot be opened on {host}, port {port}: it is taken, or may not be "
                "used. Another review may be open already; give another port with `--port`."
            ) from error


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _serve(server: _Server) -> None:
    """Serve until Ctrl+C, or until the computer asks the program to end."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(server: _Server) -> None:
    """End the server, and every worker of it: one that missed its notice would be waited for without end."""
    again = threading.Timer(1.0, _tell_again, [server])
    again.daemon = True
    again.start()
    server.stop()
    again.cancel()


def _tell_again(server: _Server) -> None:
    for _ in range(THREADS):
        server.requests.put(_SHUTDOWNREQUEST)


def _make_tls(network: Network) -> Any:
    from cheroot.ssl.builtin import BuiltinSSLAdapter

    try:
        return BuiltinSSLAdapter(str(network.certificate), str(network.key))
    except (OSError, ValueError) as error:
        raise ThemecodeError(
            "The certificate and key cannot be used. They are two files in PEM form, one made for "
            "the other; docs/reviewing.md shows how to make them."
        ) from error


def check_network(host: str) -> None:
    """See that an address is one of this computer's, and a single one.

    Raises:
        ThemecodeError: it is every address at once, or another computer's.
    """
    if host in {"0.0.0.0", "::", "*", ""}:  # noqa: S104  refused, not bound
        raise ThemecodeError(
            "Name the one address of this computer that reviewers will use, not all of them: "
            "`--network 192.168.1.20`, say."
        )
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
    except (OSError, UnicodeError) as error:
        raise ThemecodeError(
            f"{host} is not an address of this computer. Its network settings show the right one."
        ) from error
