"""A registry of images in memory: as much of the OCI distribution API as a push needs."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

DENIED = b'{"errors":[{"code":"DENIED","message":"not yours"}]}'


@dataclass(kw_only=True)
class Registry:
    """What was pushed; ``manifests`` by repository and tag."""

    address: str = ""
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], bytes] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    refuses: bool = False


@contextmanager
def registry() -> Iterator[Registry]:
    """A registry that serves on this machine for the body."""
    held = Registry()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, code: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def do_GET(self) -> None:
            self._answer(200, b"{}")

        def do_HEAD(self) -> None:
            found = self.path.rpartition("/")[2] in held.blobs
            self._answer(200 if found else 404)

        def do_POST(self) -> None:
            if held.refuses:
                self._answer(403, DENIED)
                return
            upload = uuid.uuid4().hex
            held.uploads[upload] = b""
            self._answer(202, Location=f"{self.path.rstrip('/')}/{upload}")

        def do_PATCH(self) -> None:
            upload = urlparse(self.path).path.rpartition("/")[2]
            held.uploads[upload] += self._body()
            last = len(held.uploads[upload]) - 1
            self._answer(202, Location=self.path, Range=f"0-{last}")

        def do_PUT(self) -> None:
            place = urlparse(self.path)
            parts = place.path.split("/")
            body = self._body()
            if held.refuses:
                self._answer(403, DENIED)
                return
            if parts[-2] == "manifests":
                held.manifests["/".join(parts[2:-2]), parts[-1]] = body
            else:
                body = held.uploads.pop(parts[-1]) + body
                digest = parse_qs(place.query)["digest"][0]
                if digest != f"sha256:{hashlib.sha256(body).hexdigest()}":
                    self._answer(400)
                    return
                held.blobs[digest] = body
            digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
            self._answer(201, Docker_Content_Digest=digest, Location=place.path)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        held.address = f"127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever).start()
        try:
            yield held
        finally:
            server.shutdown()
