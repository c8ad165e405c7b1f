"""Index, credentials, certificates and proxies stay on the host."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from builder import Builder

pytestmark = pytest.mark.docker

SECRET = "planted-secret-7d1f"
LOGIN = base64.b64encode(f"me:{SECRET}".encode()).decode()


class Index(BaseHTTPRequestHandler):
    """A package index that asks for a password."""

    wheels: Path
    served: list[str]

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Basic {LOGIN}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()
            return
        name = self.path.rstrip("/").rpartition("/")[2]
        if name.endswith(".whl"):
            kind, body = "application/octet-stream", (self.wheels / name).read_bytes()
            self.served.append(name)
        else:
            kind = "text/html"
            files = sorted(self.wheels.glob(f"{name}-*.whl"))
            body = "".join(f'<a href="/files/{f.name}">{f.name}</a>' for f in files).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def index(builder: Builder) -> Iterator[str]:
    Index.wheels, Index.served = Path(builder.settings.wheelhouse), []
    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://me:{SECRET}@127.0.0.1:{server.server_port}/simple"
        server.shutdown()


def test_nothing_of_this_machine_is_in_an_image(
    builder: Builder, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = tmp_path / "ca.pem"
    certificates.write_text(f"# {SECRET}\n")
    builder.settings.wheelhouse = ""
    builder.settings.index_url = index
    builder.settings.extra_index_urls = [index]
    builder.settings.ca_bundle = str(certificates)
    monkeypatch.setenv("no_proxy", f"127.0.0.1,{SECRET}.test")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))

    image = builder.build(apt=("libgomp1",)).image

    assert Index.served == ["alpha-1.0-py3-none-any.whl"]
    saved, rest = 0, b""
    for chunk in builder.client.images.get(image.id).save():
        saved += len(chunk)
        assert SECRET.encode() not in rest + chunk
        rest = chunk[-200:]
    assert saved > image.size / 2
    assert SECRET not in json.dumps(builder.client.api.history(image.id))
    assert SECRET not in json.dumps(builder.client.api.inspect_image(image.id))
