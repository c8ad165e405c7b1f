"""A small project to run: a notebook, a store of its own, and what was heard of its last run."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store

DRIVER = """
import sys
from pathlib import Path
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.installation import Installation
from jupyter_mlops.settings import load_settings
values = dict(zip(sys.argv[3::2], sys.argv[4::2]))
request = RunRequest(notebook=Path(sys.argv[1]), engine="local", text_parameters=values)
store = Installation(store=sys.argv[2]).name_store()
settings = load_settings()
run = run_pipeline(request, store=store, settings=settings, on_event=lambda e: print(e, flush=True))
print(run.run, run.state)
"""


@dataclass(frozen=True)
class Project:
    """A project folder with one notebook, and a store beside it."""

    home: Path
    write_file: Callable[..., Path]
    events: list[Mapping[str, Any]] = field(default_factory=list)
    name: str = "book.ipynb"
    catalog: str = ""
    objects: str = ""

    @property
    def folder(self) -> Path:
        return self.home / "project"

    @property
    def notebook(self) -> Path:
        return self.folder / self.name

    @property
    def store(self) -> Store:
        return Store(self.home / "store", catalog=self.catalog, objects=self.objects).open()

    def write(self, *cells: tuple[str, str], **options: Any) -> None:
        """Write the notebook: (tag, source) a cell; ``options`` as ``notebook_file`` has them."""
        self.write_file(cells, name=str(self.notebook), **options)

    def edit(self, old: str, new: str) -> None:
        """Replace text in the notebook."""
        text = self.notebook.read_text()
        assert old in text
        self.notebook.write_text(text.replace(old, new))

    def run(
        self,
        *,
        react: Callable[[Mapping[str, Any]], object] = lambda event: None,
        cancel: Any = None,
        **request: Any,
    ) -> Run:
        """Run the notebook in local kernels; ``react`` hears the events, `events` keeps them."""
        self.events.clear()

        def on_event(event: Mapping[str, Any]) -> None:
            self.events.append(event)
            react(event)

        store = self.store
        try:
            return run_pipeline(
                RunRequest(notebook=self.notebook, engine="local", **request),
                store=store,
                settings=Mlops(),
                on_event=on_event,
                cancel=cancel,
            )
        finally:
            store.close()

    def drive(self, **parameters: str) -> subprocess.Popen[str]:
        """The same in a process of its own that prints events, at the end the run and its state."""
        values = [word for item in parameters.items() for word in item]
        where = {
            "JUPYTER_MLOPS_CATALOG_URL": self.catalog,
            "JUPYTER_MLOPS_OBJECTS_URL": self.objects,
        }
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER, self.notebook, self.store.root, *values],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **where},
        )

    def printed(self, step: str) -> str:
        """What the cells of a step printed in the run that `events` are of."""
        return "".join(
            event["text"]
            for event in self.events
            if event["event"] == "output" and event["step"] == step
        )


def states(run: Run) -> dict[str, str]:
    """State of each step by name."""
    return {report.step: report.state for report in run.steps}


def whys(run: Run) -> dict[str, str]:
    """Why of each step by name."""
    return {report.step: report.why for report in run.steps}


def start_and_kill(project: Project, **parameters: str) -> tuple[str, int]:
    """Name of a run whose driver was killed after a step printed ``pid <n>``, and that process."""
    driver = project.drive(**parameters)
    assert driver.stdout is not None
    for line in driver.stdout:
        event = ast.literal_eval(line)
        if event["event"] == "output":
            break
    driver.send_signal(signal.SIGKILL)
    driver.communicate()
    return event["run"], int(event["text"].split()[1])


def wait_until_dead(pid: int) -> None:
    """Return when there is no such process; pytest's timeout ends the wait."""
    while _lives(pid):
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended, whoever will collect it.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
