"""A step that failed in a container, opened in a container."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docker.errors import NotFound
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from projects import Project, states

import jupyter_mlops
from jupyter_mlops.errors import EngineError
from jupyter_mlops.lineage.debugkernel import OPENED
from jupyter_mlops.model.reproduction import OpenedStep
from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

pytestmark = [pytest.mark.docker, pytest.mark.kernel, pytest.mark.timeout(900)]

BOOK = (
    ("step:load", "rows = [1, 2]\nopen('more.txt', 'w').write('7')"),
    ("step:train", "import os\nextra = int(open('more.txt').read()) / (sum(rows) - 3)"),
)
LOOK = """\
print(rows, open('more.txt').read(), os.getcwd(), os.environ['TOKEN'])
print(open(os.environ['KEY_FILE']).read(), os.listdir('/sys/class/net'))
"""


NOTES = (
    "the secret TOKEN is not kept: set TOKEN before you start",
    "the secret KEY is not kept: set KEY_FILE before you start",
)


@pytest.fixture
def failed(project: Project, step_image: str, shared_cache: Path) -> Run:
    project.write(*BOOK)
    document = json.loads(project.notebook.read_bytes())
    document["cells"][1]["metadata"]["jupyter_mlops"] = {
        "network": "none",
        "secrets": ["TOKEN", {"name": "KEY", "as": "file"}],
    }
    project.notebook.write_text(json.dumps(document))
    secrets = project.home / "secrets"
    secrets.write_text("TOKEN=first-token\nKEY=first-key\n")
    secrets.chmod(0o600)
    (project.store.cache / "locks").symlink_to(shared_cache / "locks")
    run = run_pipeline(
        RunRequest(notebook=project.notebook, engine="docker", secrets_file=secrets),
        store=project.store,
        settings=load_settings(),
    )
    assert states(run) == {"load": "succeeded", "train": "failed"}
    return run


@contextmanager
def started(
    opened: OpenedStep, **options: str
) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """The kernel of an opened step, with what a person's client of it hears."""
    specs = KernelSpecManager(kernel_dirs=[f"{opened.jupyter_path}/kernels"])
    manager = KernelManager(kernel_name=opened.kernel, kernel_spec_manager=specs, **options)
    manager.start_kernel(cwd=opened.folder)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def printed(client: BlockingKernelClient, code: str) -> str:
    """What code prints; and the name of the exception that it ends with."""
    heard = []

    def hear(message: dict) -> None:
        content = message["content"]
        heard.append(content.get("text") or content.get("ename") or "")

    client.execute_interactive(code, timeout=120, output_hook=hear)
    return "".join(heard)


def containers(client: DockerClient, opened: OpenedStep) -> list[Container]:
    return client.containers.list(all=True, filters={"label": f"{OPENED}={opened.folder}"})


def test_a_failed_step_is_debugged_where_it_ran(
    project: Project,
    failed: Run,
    docker_client: DockerClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = project.home / "key"
    key.write_text("second-key")
    monkeypatch.setenv("TOKEN", "second-token")
    monkeypatch.setenv("KEY_FILE", str(key))
    with jupyter_mlops.Catalog(project.store.root) as catalog:
        opened = catalog.open_step(failed.run, "train", project.home / "debug")
    assert (opened.engine, opened.notes[:2]) == ("docker", NOTES)
    book = json.loads(Path(opened.notebook).read_bytes())
    sources = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    with started(opened) as (manager, client):
        assert "".join(printed(client, source) for source in sources) == "ZeroDivisionError"
        assert printed(client, LOOK) == (
            f"[1, 2] 7 {project.folder} second-token\nsecond-key ['lo']\n"
        )
        hear = client.execute("print('on')\nwhile True: pass")
        while client.get_iopub_msg(timeout=120)["content"].get("text") != "on\n":
            continue
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=120))["parent_header"]["msg_id"] != hear:
            continue
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        manager.restart_kernel(now=False)
        client.wait_for_ready(timeout=120)
        assert printed(client, "rows") == "NameError"
        assert len(containers(docker_client, opened)) == 1
    assert containers(docker_client, opened) == []

    with started(opened, transport="ipc", ip=f"{project.home}/k") as (manager, client):
        assert printed(client, "print(6 * 7)") == "42\n"
        (container,) = containers(docker_client, opened)
        os.kill(manager.provisioner.pid, signal.SIGKILL)
        with suppress(NotFound):
            container.wait(condition="removed", timeout=120)
        assert containers(docker_client, opened) == []


def test_without_an_engine_it_opens_here_and_says_so(
    project: Project, failed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project.home}/nobody")
    with jupyter_mlops.Catalog(project.store.root) as catalog:
        opened = catalog.open_step(failed.run, "train", project.home / "debug")
        with pytest.raises(EngineError, match="no Docker engine can be reached"):
            catalog.open_step(failed.run, "train", project.home / "other", engine="docker")
    assert opened.engine == "local"
    assert opened.notes[0].startswith("its kernel runs on this machine instead of in a container: ")
