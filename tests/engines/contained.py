"""What a step may see and what it must not leave: a third part of what every engine has to do."""

from __future__ import annotations

import base64
import json
import os
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pytest
from conformance import EngineConformance, eventually
from runs import RunConformance
from stepfolder import Code, StepFolder, make_step

from jupyter_mlops.engines import Engine
from jupyter_mlops.model.pipeline import Containment, Resources, Secret
from jupyter_mlops.runner import RunRequest
from jupyter_mlops.store import Store

PASSWORD = 'hunter2 "se/cret"+ä\'x'
TOKEN = "tok-0123456789abcdef"
MARKED = "[secret DB_PASSWORD]"

TALK = r"""
import base64, json, os, subprocess, sys, time, urllib.parse
from IPython.display import HTML, display
pw = os.environ["DB_PASSWORD"]
token = open(os.environ["API_TOKEN_FILE"]).read()
print("plain", pw, token)
print("forms", json.dumps(pw), repr(pw), urllib.parse.quote(pw), pw.encode().hex())
print("auth", base64.b64encode(b"user:" + pw.encode()).decode())
for part in (pw[:5], pw[5:9], pw[9:]):
    print(part, end="", flush=True)
    time.sleep(0.2)
print("\x1b[31m" + token[:4] + "\x1b[0m" + token[4:], file=sys.stderr)
display(HTML(f"<b>{pw}</b>"))
print(pw[:5], end="")
display({"kept": pw})
print(pw[5:])
os.system('echo "$DB_PASSWORD"')
subprocess.run(["sh", "-c", 'printf %s "$DB_PASSWORD" > /proc/$PPID/fd/1'], check=False)
held = {"user": "ada", "login": (1, [pw])}
basic = "Basic " + base64.b64encode(f"ada:{pw}".encode()).decode()
url = f"pg://ada:{pw}@host"
os.environ["URL"], os.environ["PLAIN"] = url, "plain"
fine = len(pw)
pw
"""

WITHOUT = r"""
import os
print(fine, os.environ["PLAIN"], sorted({"DB_PASSWORD", "URL", "API_TOKEN_FILE"} & {*os.environ}))
"""
WITH = r"""
import os
print(os.environ["URL"] == "pg://ada:" + os.environ["DB_PASSWORD"] + "@host")
"""

BOTH = ["DB_PASSWORD", {"name": "API_TOKEN", "as": "file"}]
PASS = ["DB_PASSWORD"]


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A step, the secrets that it asks for, and how it ends: state, kind of error, its message."""

    name: str
    source: str
    secrets: list[Any] = field(default_factory=lambda: PASS)
    state: str = "succeeded"
    error: tuple[str, str] | None = None
    prints: str | None = None


PLANTED = [
    Planted(name="talk", source=TALK, secrets=BOTH),
    Planted(name="without", source=WITHOUT, secrets=[], prints="21 plain []\n"),
    Planted(name="with", source=WITH, prints="True\n"),
    *(
        Planted(
            name=f"ask-{name}",
            source=f"print({name})",
            secrets=[],
            state="failed",
            error=("Refused", f"{path} is a value that holds the secret DB_PASSWORD"),
        )
        for name, path in (("held", "held['login'][1][0]"), ("basic", "basic"), ("url", "url"))
    ),
    Planted(
        name="raise",
        source="import os\nif fine:\n    raise ValueError('no ' + os.environ['DB_PASSWORD'])",
        state="failed",
        error=("ValueError", f"no {MARKED}"),
    ),
    Planted(
        name="write",
        source="import os\nopen('out.ini', 'wb').write(b'\\0' * 99 + os.environb[b'DB_PASSWORD'])",
        state="failed",
        error=("SecretStored", "file out.ini, which the step wrote, holds the secret DB_PASSWORD"),
    ),
]

READS = r"""
import subprocess
near = [subprocess.check_output(["cat", p], text=True) for p in ("../data/a.csv", "inner/b.csv")]
print(*near, open({absolute!r}).read())
for path in ("../data/new.csv", "inner/b.csv", {absolute!r}):
    try:
        open(path, "a")
    except OSError as error:
        print(error.strerror)
import os
print(sorted(os.listdir("../data")), os.path.exists(os.path.join(os.pardir, "beside")))
"""

HERMETIC = [
    ("own", "print(open('here.txt').read(), open('../data/a.csv').read())", None),
    (
        "made",
        "import tempfile\nf = tempfile.NamedTemporaryFile('w+')\nf.write('1')\nf.flush()\n"
        "print(open(f.name).read())",
        None,
    ),
    ("undeclared", "open({beside!r})", "UndeclaredRead"),
    ("swallowed", "try:\n    open({beside!r})\nexcept OSError:\n    pass", "CaptureFailed"),
    (
        "network",
        "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=9)",
        "OSError",
    ),
    ("environment", "import os\nos.environ['NOT_DECLARED']", "KeyError"),
]


def occurrences(values: Iterable[str], *contents: bytes) -> list[str]:
    """The ways in which one of the values stands in the contents."""
    found = []
    for value in values:
        data = value.encode()
        auth = base64.b64encode(b"user:" + data).decode()[8:-4]
        forms = {
            "plain": data,
            "json": json.dumps(value)[1:-1].encode(),
            "repr": repr(value)[1:-1].encode(),
            "url": quote(value).encode(),
            "hex": data.hex().encode(),
            "base64": base64.b64encode(data),
            "base64 within": auth.encode(),
            "utf-16": value.encode("utf-16-le"),
            "half": data[5:],
        }
        found += [f"{n}: {form!r}" for n, form in forms.items() if any(form in c for c in contents)]
    return found


def spoken_in(step: str, heard: Iterable[Mapping[str, Any]]) -> str:
    """All output of a step."""
    return "".join(e["text"] for e in heard if e.get("step") == step and e["event"] == "output")


def contents(root: Path) -> list[bytes]:
    """The bytes and the path of every file below a folder."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert files, f"nothing below {root}"
    return [os.fsencode(path) + b"\n" + path.read_bytes() for path in files]


class ContainConformance(EngineConformance, RunConformance):
    """Subclasses give the fixtures ``engine`` and ``image``."""

    def kept_by_engine(self, handle: str) -> bytes:
        """What the engine itself keeps of an attempt."""
        return b""

    def test_planted_secret(
        self,
        engine: Engine,
        image: str | None,
        tmp_path: Path,
        notebook_file: Callable[..., Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        notebook = notebook_file([(f"step:{p.name}", p.source) for p in PLANTED])
        _set(notebook, [{"secrets": p.secrets} for p in PLANTED])
        (notebook.parent / ".env").write_text(f"export API_TOKEN='{TOKEN}'\n")
        monkeypatch.setenv("DB_PASSWORD", PASSWORD)
        store, heard = Store(tmp_path / "store").open(), []
        request = RunRequest(notebook=notebook, secrets_file=notebook.parent / ".env")
        run = self.run(engine, image, request, store, heard.append)
        outcome = {s.step: (s.state, s.error and s.error.kind) for s in run.steps}
        assert outcome == {p.name: (p.state, p.error and p.error[0]) for p in PLANTED}
        for planted, step in zip(PLANTED, run.steps, strict=True):
            assert planted.error is None or planted.error[1] in str(step.error), planted.name
            assert planted.prints in (None, spoken_in(planted.name, heard)), planted.name
        spoken = spoken_in("talk", heard)
        assert spoken.count(MARKED) >= 9
        assert spoken.count("[secret API_TOKEN]") == 2
        store.close()
        told = json.dumps(heard).encode()
        assert occurrences((PASSWORD, TOKEN), *contents(store.root), told) == []

    def test_nothing_on_disk_in_mid_run(
        self, engine: Engine, image: str | None, tmp_path: Path
    ) -> None:
        source = (
            "import jupyter_mlops.kernel_state as _mlops\n_mlops.enter()\n_mlops.restore()\n"
            "import os, time\nx = {'a': os.environ['DB_PASSWORD']}\ny = 'z' * 3000000\n"
            "print(x)\n_mlops.capture('x', 'y')\nprint('ready')\ntime.sleep(600)"
        )
        containment = Containment(secrets=(Secret(name="DB_PASSWORD"),))
        step = make_step(tmp_path, Code(source=source), containment=containment)
        handle = engine.start(step.task(image=image, secrets={"DB_PASSWORD": PASSWORD}))
        self.wait_until_ready(step)
        assert occurrences([PASSWORD], *contents(tmp_path), self.kept_by_engine(handle)) == []
        self.kill_worker(engine, handle, step)
        self.wait(engine, handle)
        assert occurrences([PASSWORD], *contents(tmp_path), self.kept_by_engine(handle)) == []
        engine.stop(handle)

    @pytest.mark.parametrize("network", ["none", "default"])
    def test_network(
        self, engine: Engine, image: str | None, tmp_path: Path, network: Literal["none", "default"]
    ) -> None:
        if network == "none" and not engine.capabilities.network_none:
            pytest.skip("this system lets no user cut a process off from the network")
        with socket.create_server(("127.0.0.1", 0)) as server:
            place = server.getsockname()
            source = f"import socket\nprint(socket.socket().connect_ex({place!r}) == 0)"
            step = make_step(tmp_path, Code(source=source))
            resources = Resources(network=network)
            assert self.finish(engine, step.task(image=image, resources=resources)).code == 0
        (said,) = [event["text"] for event in step.events() if event["event"] == "output"]
        assert said == f"{network == 'default' and self.shares_the_network(engine)}\n"

    def shares_the_network(self, engine: Engine) -> bool:
        """True if a step on this engine sees the network of this machine."""
        return True

    def wait_until_ready(self, step: StepFolder) -> None:
        log = step.attempt() / "events.jsonl"
        eventually(lambda: log.exists() and "ready" in log.read_text())

    def test_data_folders(
        self,
        engine: Engine,
        image: str | None,
        tmp_path: Path,
        notebook_file: Callable[..., Path],
    ) -> None:
        absolute = tmp_path / "far" / "c.csv"
        notebook = notebook_file(
            [("step:read", READS.format(absolute=str(absolute)))],
            settings={"data": ["../data", "inner", str(absolute.parent)]},
        )
        inside, near = notebook.parent / "inner" / "b.csv", tmp_path / "data" / "a.csv"
        for path in (absolute, inside, near):
            path.parent.mkdir()
            path.write_text(path.stem)
            os.utime(path, (1, 1))
        (tmp_path / "beside").mkdir()
        store, heard = Store(tmp_path / "store").open(), []

        def states() -> list[tuple[str, str]]:
            run = self.run(engine, image, RunRequest(notebook=notebook), store, heard.append)
            return [(step.state, step.why) for step in run.steps]

        assert states() == [("succeeded", "first run")]
        printed = "".join(e["text"] for e in heard if e["event"] == "output")
        refused = "Read-only file system\n" * 3
        assert printed == f"a b c\n{refused}['a.csv'] False\n"
        (execution,) = store.catalog.list_runs(limit=1)[0].steps
        read = [i.path for i in execution.inputs if hasattr(i, "path")]
        assert read == sorted([str(near), f"{near.parent}/", str(absolute), "inner/b.csv"])
        assert states()[0][0] == "reused"
        for path in (near, inside, absolute):
            path.write_text("other")
            name = "inner/b.csv" if path == inside else str(path)
            os.utime(path, (2, 2))
            assert states() == [("succeeded", f"file {name} changed")]
        store.close()

    def test_hermetic(
        self,
        engine: Engine,
        image: str | None,
        tmp_path: Path,
        notebook_file: Callable[..., Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if not engine.capabilities.network_none:
            pytest.skip("this system lets no user cut a process off from the network")
        monkeypatch.setenv("NOT_DECLARED", "1")
        beside = Path.home() / f".{tmp_path.parent.name}-{tmp_path.name}"
        cells = [(f"step:{n}", text.format(beside=str(beside))) for n, text, _ in HERMETIC]
        notebook = notebook_file(cells, settings={"data": ["../data"]})
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "a.csv").write_text("a")
        (notebook.parent / "here.txt").write_text("here")
        beside.write_text("undeclared")
        store = Store(tmp_path / "store").open()
        try:
            request = RunRequest(notebook=notebook, hermetic=True)
            run = self.run(engine, image, request, store)
        finally:
            beside.unlink()
        kinds = {s.step: (s.error.kind if s.error else None) for s in run.steps}
        assert kinds == {name: self.hermetic_error(name, kind) for name, _, kind in HERMETIC}
        store.close()

    def hermetic_error(self, step: str, kind: str | None) -> str | None:
        """The kind of error with which a step of ``HERMETIC`` ends on this engine."""
        return kind


def _set(notebook: Path, settings: Iterable[Mapping[str, Any]]) -> None:
    document = json.loads(notebook.read_text())
    for cell, one in zip(document["cells"], settings, strict=True):
        cell["metadata"]["jupyter_mlops"] = one
    notebook.write_text(json.dumps(document))
