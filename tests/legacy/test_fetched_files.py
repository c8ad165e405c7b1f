"""Files of the network: fetched once, and read from where they are kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from drafts import draft_of

from jupyter_mlops.legacy.fetched import keep_fetched
from jupyter_mlops.legacy.project import copied
from jupyter_mlops.model.identity import of_bytes

CONTENT = b"a,b\n1,2\n"
KEPT = f"fetched/{of_bytes(CONTENT).partition(':')[2][:12]}-iris.csv"
AS_URL = f"__import__('pathlib').Path('{KEPT}').absolute().as_uri()"
PANDAS = "import pandas as pd\n"
URLLIB = "from urllib.request import urlopen, urlretrieve\n"


@dataclass
class Site:
    """A web server with one file."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(200 if self.path == "/data/iris.csv" else 404)
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, format: str, *arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


@dataclass(frozen=True, kw_only=True)
class Case:
    """A cell, in which URL stands for that of the file, and what becomes of it."""

    cell: str
    becomes: str
    file: str = KEPT


CASES = {
    "pandas": Case(
        cell=f"{PANDAS}df = pd.read_csv('URL', sep=',')",
        becomes=f"{PANDAS}df = pd.read_csv('{KEPT}', sep=',')",
    ),
    "NumPy": Case(
        cell="from numpy import loadtxt\nx = loadtxt('URL')",
        becomes=f"from numpy import loadtxt\nx = loadtxt('{KEPT}')",
    ),
    "urlopen": Case(
        cell=f"{URLLIB}urlopen('URL').read()", becomes=f"{URLLIB}urlopen({AS_URL}).read()"
    ),
    "urlretrieve": Case(
        cell=f"{URLLIB}urlretrieve('URL', 'iris.csv')",
        becomes=f"{URLLIB}urlretrieve({AS_URL}, 'iris.csv')",
    ),
    "a name": Case(
        cell=f"{PANDAS}url = 'URL'\na = pd.read_csv(url)\nb = pd.read_csv(url)",
        becomes=f"{PANDAS}url = '{KEPT}'\na = pd.read_csv(url)\nb = pd.read_csv(url)",
    ),
    "wget": Case(cell="!wget -q URL", becomes="# !wget -q URL", file="iris.csv"),
    "curl": Case(cell="!curl -sO 'URL'", becomes="# !curl -sO 'URL'", file="iris.csv"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_fetched_is_kept(name: str, site: Site, tmp_path: Path) -> None:
    case, url = CASES[name], f"{site.url}/data/iris.csv"
    old = tmp_path / "archive" / "sub" / "old.ipynb"
    old.parent.mkdir(parents=True)
    for _ in range(2):
        draft = draft_of(case.cell.replace("URL", url))
        kept = keep_fetched(draft, Path("sub"), tmp_path / "cache")
        assert kept.cells[0].source == case.becomes.replace("URL", url)
        assert [(patch.cell, patch.rule) for patch in kept.patches] == [(1, "fetch")]
    assert site.asked == ["/data/iris.csv"]
    with copied(tmp_path / "archive", old, tmp_path / "scratch", kept.files) as scene:
        assert (scene.folder / case.file).read_bytes() == CONTENT
    assert list((tmp_path / "archive").rglob("*.csv")) == []


STAY = {
    "a name with other uses": f"{PANDAS}url = 'URL/data/iris.csv'\npd.read_csv(url)\nprint(url)",
    "a name that is bound twice": f"{PANDAS}u = 'URL/data/iris.csv'\npd.read_csv(u)\nu = 'b.csv'",
    "another function": "import requests\nrequests.get('URL/data/iris.csv')",
    "what does not answer": f"{PANDAS}df = pd.read_csv('URL/gone.csv')",
    "no URL": f"{PANDAS}df = pd.read_csv('iris.csv')",
    "a text": "print('URL/data/iris.csv')",
}


@pytest.mark.parametrize("name", STAY)
def test_what_cannot_be_kept_stays(name: str, site: Site, tmp_path: Path) -> None:
    draft = draft_of(STAY[name].replace("URL", site.url))
    assert keep_fetched(draft, Path(), tmp_path / "cache") == draft
