"""Runs logged to a real MLflow server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from projects import Project, states

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops

pytestmark = pytest.mark.kernel

CELLS = (
    ("parameters", "n: int = 2\nname: str = 'iris'"),
    ("step:make", "x = [n] * 3\nsize = open('model.txt', 'w').write(name)"),
    (("metrics",), "total = sum(x)\nshare = 0.5"),
    ("step:use", "print(total)"),
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an MLflow server with a folder of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    store = ["--backend-store-uri", f"sqlite:///{folder}/db.sqlite", "--workers", "1"]
    files = ["--artifacts-destination", str(folder / "files")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *store, *files],
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=folder,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        )
    url = f"http://127.0.0.1:{port}"
    while not _answers(url):
        assert process.poll() is None, (folder / "log").read_text()
    yield url
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5):
            return True
    except (URLError, OSError):
        return False


def run(project: Project, uri: str) -> Run:
    store = project.store
    try:
        return run_pipeline(
            RunRequest(notebook=project.notebook, engine="local"),
            store=store,
            settings=Mlops(mlflow_tracking_uri=uri),
            on_event=project.events.append,
        )
    finally:
        store.close()


def test_runs_are_there_as_mlflow_users_expect_them(project: Project, server: str) -> None:
    from mlflow import MlflowClient

    project.write(*CELLS)
    away = run(project, "http://127.0.0.1:1")  # nobody listens there
    assert away.state == "succeeded"
    assert project.events[-1]["notice"].startswith("messages to MLflow wait in")
    ended = run(project, server)
    assert (set(states(ended).values()), project.events[-1]["notice"]) == ({"reused"}, "")

    client = MlflowClient(tracking_uri=server)
    experiment = client.get_experiment_by_name("book")
    found = client.search_runs([experiment.experiment_id])
    assert len(found) == 6  # two runs of two steps each; none twice
    for mlops_run in (away, ended):
        mine = [r for r in found if r.data.tags["jupyter_mlops.run"] == mlops_run.run]
        (top,) = [r for r in mine if "mlflow.parentRunId" not in r.data.tags]
        steps = {r.info.run_name: r for r in mine if r is not top}
        assert (top.info.run_name, top.info.status) == (mlops_run.run, "FINISHED")
        assert top.data.params == {"n": "2", "name": "iris"}
        assert top.data.metrics == {"total": 6.0, "share": 0.5}
        assert {name: r.data.tags["mlflow.parentRunId"] for name, r in steps.items()} == {
            "make": top.info.run_id,
            "use": top.info.run_id,
        }
        assert steps["make"].data.metrics == {"total": 6.0, "share": 0.5}
        assert [
            file.path for file in client.list_artifacts(steps["make"].info.run_id, "files")
        ] == ["files/model.txt"]
        path = client.download_artifacts(
            steps["use"].info.run_id, "notebook/use.ipynb", str(project.home)
        )
        assert '"6\\n"' in Path(path).read_text().replace(" ", "")
