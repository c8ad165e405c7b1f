"""Receivers on loopback: a web server that answers as it is told to, and a mail server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Call:
    """A request that a web server got; names of headers are in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """A web server, what it got, and what it answers: the statuses in turn, then 204."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def web_server() -> Iterator[Web]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            web.calls.append(Call(self.path, headers, body))
            status = web.answers.pop(0) if web.answers else 204
            self.send_response(status)
            self.send_header("Location", f"{web.url}/elsewhere")
            self.end_headers()
            if status >= 400:
                self.wfile.write(f"no {self.path}\nmore".encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        web.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield web
        server.shutdown()
        thread.join()


class _AnyPort(Controller):
    """A mail server at a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass
class Mail:
    """A mail server, and what it got."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[Mail]:
    mail = Mail()

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            parsed = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
            assert isinstance(parsed, EmailMessage)
            mail.letters.append(parsed)
            return "250 taken"

    controller = _AnyPort(Handler(), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        mail.url = f"mailto://127.0.0.1:{controller.port}?from=mlops@example.com&to=ops@example.com"
        yield mail
    finally:
        controller.stop()
