"""What a step fetched: seen by whatever Python library it used, and shown without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from carrying import Case, Zygote, observed

from jupyter_mlops.kernel_state import secrets
from jupyter_mlops.kernel_state.urls import MOST, Fetched, without_secrets


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        moved = self.path.startswith("/moved")
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("Location", "/a.csv")
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"x,y\n1,2\n")

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """A cell, and the addresses that it is seen to fetch; ``{at}`` is ``127.0.0.1:<port>``."""

    name: str
    cell: str
    urls: tuple[str, ...] = ("http://{at}/a.csv",)


FETCHING = [
    Fetching(name="nothing", cell="x = 1", urls=()),
    Fetching(
        name="urllib",
        cell="import urllib.request as r\nr.urlopen('http://{at}/a.csv?token=abc#part').read()",
        urls=("http://{at}/a.csv?token=***",),
    ),
    Fetching(
        name="urllib, moved",
        cell="import urllib.request as r\nr.urlopen('http://{at}/moved').read()",
        urls=("http://{at}/a.csv", "http://{at}/moved"),
    ),
    Fetching(
        name="http.client",
        cell="import http.client as c\nk = c.HTTPConnection('127.0.0.1', {port})\n"
        "k.request('GET', '/a.csv')\nk.getresponse().read()",
    ),
    Fetching(name="pandas", cell="import pandas as pd\npd.read_csv('http://{at}/a.csv')"),
    Fetching(
        name="requests, with a password",
        cell="import requests\nrequests.get('http://me:pw@{at}/a.csv', params={{'year': 2020}})",
        urls=("http://{at}/a.csv?year=2020",),
    ),
    Fetching(
        name="a socket, by name",
        cell="import socket\nsocket.create_connection(('localhost', {port})).close()",
        urls=("localhost:{port}",),
    ),
    Fetching(
        name="a socket, by number",
        cell="import socket\nwith socket.socket() as s: s.connect(('127.0.0.1', {port}))",
        urls=("{at}",),
    ),
    Fetching(
        name="asyncio, as aiohttp and httpx do",
        cell="import asyncio\nasync def f():\n"
        "    _, w = await asyncio.open_connection('localhost', {port})\n    w.close()\n"
        "asyncio.run(f())",
        urls=("localhost:{port}",),
    ),
    Fetching(
        name="a name that is looked up only, a datagram and a local socket",
        cell="import socket\nsocket.getaddrinfo('localhost', 80)\n"
        "with socket.socket(type=socket.SOCK_DGRAM) as s: s.connect(('127.0.0.1', 9))\n"
        "a, b = socket.socketpair()\na.close(); b.close()\ndel s, a, b",
        urls=(),
    ),
    Fetching(
        name="a server of its own",
        cell="import socket\nwith socket.create_server(('127.0.0.1', 0)): pass",
        urls=(),
    ),
]


@pytest.mark.parametrize("case", FETCHING, ids=lambda case: case.name)
def test_what_a_step_fetches(case: Fetching, zygote: Zygote, tmp_path: Path, port: int) -> None:
    values = {"at": f"127.0.0.1:{port}", "port": port}
    cell = case.cell.format(**values)
    outcome = zygote.stage(Case(name="", steps=(cell,), last=""), 0, tmp_path)
    assert outcome.error is None
    assert observed(tmp_path)["urls"] == [url.format(**values) for url in case.urls]


SHOWN = {
    "https://example.com": "https://example.com/",
    "https://example.com:443/a": "https://example.com/a",
    "http://example.com:8080/a#b": "http://example.com:8080/a",
    "https://me:pw@example.com/a": "https://example.com/a",
    "https://[::1]:8080/a": "https://[::1]:8080/a",
    "https://e.com/?id=7&from=2020-01-01": "https://e.com/?id=7&from=2020-01-01",
    "https://e.com/?api_key=x&q=a": "https://e.com/?api_key=***&q=a",
    "https://e.com/?a=1;X-Amz-Signature=x": "https://e.com/?a=1&X-Amz-Signature=***",
    "https://e.com/?%74oken=x": "https://e.com/?%74oken=***",
    "https://e.com/?a=d41d8cd98f00b204e980": "https://e.com/?a=***",
    "https://e.com/?d41d8cd98f00b204e980": "https://e.com/?***",
    "https://e.com/?u=https%3A%2F%2Fme%3Apw%40h%2F": "https://e.com/?u=***",
    "https://e.com/services/T0AB/x9aBcD3fGh1JkLmN0pQrS": "https://e.com/services/T0AB/***",
    "https://e.com/bot12:AbCdEfGhIjKlMnOpQrSt/get": "https://e.com/***/get",
    "https://e.com/a;jsessionid=1/b": "https://e.com/a;***/b",
    "https://e.com/Some-Long-Name-2024-Final.csv": "https://e.com/Some-Long-Name-2024-Final.csv",
    "https://e.com/raw/8578809d41d8cd98f00b2/a.csv": "https://e.com/raw/8578809d41d8cd98f00b2/a.csv",
    f"https://e.com/{'a' * 600}": f"https://e.com/{'a' * 486}…",
}


@pytest.mark.parametrize("url", SHOWN)
def test_urls_are_shown_without_secrets(url: str) -> None:
    assert without_secrets(url) == SHOWN[url]


def test_the_secrets_of_the_step_are_not_shown() -> None:
    fetched = Fetched()
    fetched.hear("urllib.Request", ("https://e.com/wonderland?q=wonderland", None, {}, "GET"))
    secrets.guard({"PW": "wonderland"})
    try:
        assert fetched.listed() == ["https://e.com/[secret PW]?q=[secret PW]"]
    finally:
        secrets.guard({})


def test_of_many_addresses_it_is_said_how_many() -> None:
    fetched = Fetched()
    for number in range(MOST + 2):
        fetched.hear("urllib.Request", (f"https://e.com/{number:05}", None, {}, "GET"))
    *listed, rest = fetched.listed()
    assert (len(listed), listed[-1], rest) == (MOST, "https://e.com/00999", "… and 2 more")
