"""The stage notebook, run by papermill in a kernel of the step's own."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG

from jupyter_mlops.model.run import CellError
from jupyter_mlops.step.events import EventLog, Stream
from jupyter_mlops.step.failure import (
    of_cell,
    of_dead_kernel,
    of_timeout,
    with_memory,
    without_colour,
)
from jupyter_mlops.step.memory import read_memory
from jupyter_mlops.step.scrub import Scrubber, TextStream

ENGINE = "jupyter_mlops"
_START_TIMEOUT = 120.0


@dataclass(kw_only=True)
class Stage:
    """One stage run: what it needs, and what is known of it while and after it runs.

    Attributes:
        cells: source cell id → (position in the notebook, role).
        log: takes the events.
        make_manager: makes the kernel manager.
        launch: keyword arguments of its ``start_kernel``.
        timeout: seconds that the attempt may take, or None.
        deadline: of the monotonic clock, or infinity.
        scrubber: keeps secrets out of what is written.
        running: id of the cell that the kernel works on.
        python: version of the kernel's interpreter; empty until it has answered.
        exit_code: of a kernel that died.
        error: what ended the stage.
    """

    cells: Mapping[str, tuple[int, str]]
    log: EventLog
    make_manager: Callable[[], Any]
    launch: Mapping[str, Any]
    timeout: float | None
    deadline: float
    scrubber: Scrubber = field(default_factory=lambda: Scrubber({}))
    running: str | None = None
    python: str = ""
    exit_code: int | None = None
    error: CellError | None = None

    @property
    def place(self) -> tuple[str, int] | None:
        """Id and source position of the running cell, if the source notebook has it."""
        if self.running is None or self.running not in self.cells:
            return None
        return self.running, self.cells[self.running][0]

    @property
    def where(self) -> str:
        """What the stage is doing."""
        if self.place is not None:
            return f"in cell {self.place[1]}"
        if self.running is not None:
            return _OWN_CELLS.get(self.running, "before its first cell")
        return "between cells" if self.python else "before its kernel was ready"

    def remaining(self) -> float | None:
        """Seconds until the deadline, more than 0; None without one."""
        if math.isinf(self.deadline):
            return None
        return max(0.001, self.deadline - time.monotonic())

    def fail(self, error: CellError) -> None:
        """Keep and log what ended the stage."""
        self.error = error
        if error.cell_id is not None:
            self.log.cell_failed(error.cell_id, error)


_OWN_CELLS = {
    "mlops-enter": "while the state of earlier steps was entered",
    "mlops-restore": "while variables of earlier steps were restored",
    "mlops-capture": "while its variables were captured",
}


def run_stage(stage: Stage, notebook: Path, executed: Path, parameters: Mapping[str, Any]) -> None:
    """Run a stage notebook; ``stage.error`` tells afterwards how it ended.

    Args:
        stage: is updated while the notebook runs.
        notebook: the stage notebook; only read.
        executed: is written after each cell.
        parameters: values to inject.
    """
    papermill_engines.register(ENGINE, StageEngine)
    before = read_memory()
    try:
        papermill.execute_notebook(
            _literal(notebook),
            _literal(executed),
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            stage=stage,
        )
    except PapermillExecutionError:
        if stage.error is None:
            _drop_markers(executed)
    except CellTimeoutError:
        stage.fail(of_timeout(stage.where, stage.place, stage.timeout))
    except DeadKernelError:
        stage.fail(
            of_dead_kernel(
                where=stage.where,
                place=stage.place,
                exit_code=stage.exit_code,
                before=before,
                after=read_memory(),
            )
        )
    except RuntimeError as error:
        if stage.python:
            raise
        stage.fail(_not_started(stage, error))
    if stage.error is not None:
        stage.error = with_memory(stage.error, before, read_memory())


def _not_started(stage: Stage, error: RuntimeError) -> CellError:
    if time.monotonic() >= stage.deadline:
        return of_timeout(stage.where, None, stage.timeout)
    return CellError(
        kind="KernelDied", message=f"the kernel did not start ({error}); see the step's own output"
    )


def _literal(path: Path) -> str:
    """The path for papermill, which takes it as a format string."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _drop_markers(executed: Path) -> None:
    """Take papermill's error banner out of a notebook whose error a cell's tag allows."""
    content = json.loads(executed.read_text(encoding="utf-8"))
    content["cells"] = [
        cell
        for cell in content["cells"]
        if ERROR_MARKER_TAG not in cell["metadata"].get("tags", [])
    ]
    executed.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


class StageEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's nbclient engine with the step's own kernel, events and deadline."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, stage: Stage, **options: Any
    ) -> Any:
        """The executed notebook; papermill calls this."""
        client = StageClient(
            nb_man,
            stage=stage,
            kernel_name=kernel_name,
            startup_timeout=math.ceil(min(_START_TIMEOUT, stage.remaining() or math.inf)),
            timeout_func=lambda cell: stage.remaining(),
            coalesce_streams=True,
        )
        return client.execute(**stage.launch)


class StageClient(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client that tells a ``Stage`` what happens as it happens."""

    def __init__(self, nb_man: Any, *, stage: Stage, **options: Any) -> None:
        super().__init__(
            nb_man,
            on_cell_execute=self._begin,
            on_cell_executed=self._end,
            **options,
        )
        self._stage = stage
        self._held: dict[str, tuple[TextStream, Any]] = {}

    def create_kernel_manager(self) -> Any:
        """The manager of the step's own kernel."""
        self.km = self._stage.make_manager()
        return self.km

    def papermill_execute_cells(self) -> None:
        """Run the cells up to the first that fails; a kernel that cannot go on is killed."""
        try:
            info = self.wait_for_reply(self.kc.kernel_info())
            self._stage.python = info["content"]["language_info"]["version"]
            super().papermill_execute_cells()
        except BaseException:
            self._stage.exit_code = _exit_code(self.km)
            self.shutdown_kernel = "immediate"
            raise

    def execute_cell(self, cell: Any, cell_index: int, *given: Any, **options: Any) -> Any:
        """Run a cell; what its outputs hold together, once they are joined, is scrubbed as well."""
        try:
            return super().execute_cell(cell, cell_index, *given, **options)
        finally:
            if self._stage.scrubber and cell.get("outputs"):
                cell["outputs"] = self._stage.scrubber.value(cell["outputs"])

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Pass output on as it comes, scrubbed, and keep it in the notebook."""
        if not self._stage.scrubber:
            return self._take(msg, cell, cell_index)
        if msg["msg_type"] == "stream":
            name = msg["content"]["name"]
            stream, _ = self._held.setdefault(name, (self._stage.scrubber.stream(), msg))
            text = stream.feed(msg["content"]["text"])
            return self._take(_with_text(msg, text), cell, cell_index) if text else None
        held, self._held = self._held, {}
        for stream, first in held.values():
            if text := stream.rest():
                self._take(_with_text(first, text), cell, cell_index)
        scrubbed = {
            **msg,
            "content": self._stage.scrubber.value(msg["content"]),
            "buffers": self._stage.scrubber.value(list(msg.get("buffers") or [])),
        }
        return self._take(scrubbed, cell, cell_index)

    def _take(self, msg: Any, cell: Any, cell_index: int) -> Any:
        stream, text = _text_of(msg)
        if text:
            self._stage.log.output(cell["id"], stream, text)
            _forward(sys.stdout if stream != "stderr" else sys.stderr, text)
        return super().process_message(msg, cell, cell_index)

    def _begin(self, cell: Any, cell_index: int) -> None:
        self._stage.running = cell["id"]
        self._stage.log.cell_started(cell["id"])

    def _end(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        execute_reply["content"] = self._stage.scrubber.value(execute_reply["content"])
        reply = execute_reply["content"]
        if reply["status"] == "error" and "raises-exception" not in cell.metadata.get("tags", []):
            error = of_cell(
                cell_id=cell["id"],
                place=self._stage.cells.get(cell["id"]),
                count=reply.get("execution_count") or cell.get("execution_count") or 0,
                kind=reply.get("ename", ""),
                message=reply.get("evalue", ""),
                traceback=reply.get("traceback", []),
            )
            self._stage.fail(error)
            _forward(sys.stderr, f"{error.traceback}\n")
        else:
            self._stage.log.cell_finished(cell["id"])
            self._stage.running = None


def _with_text(message: Any, text: str) -> Any:
    """The stream message with another text."""
    return {**message, "content": {**message["content"], "text": text}}


def _exit_code(manager: Any) -> int | None:
    process = getattr(getattr(manager, "provisioner", None), "process", None)
    return None if process is None else process.poll()


def _text_of(message: Any) -> tuple[Stream, str]:
    """The stream and text of an output message; empty text for other messages."""
    kind, content = message["msg_type"], message["content"]
    if kind == "stream":
        return ("stderr" if content["name"] == "stderr" else "stdout"), content["text"]
    if kind in ("display_data", "execute_result"):
        text = content["data"].get("text/plain", "")
        return "display", text if text.endswith("\n") or not text else text + "\n"
    return "stdout", ""


def _forward(stream: TextIO, text: str) -> None:
    """Write to this process's own output, for the log of a container; a closed one is no error."""
    with suppress(OSError, ValueError):
        stream.write(without_colour(text))
        stream.flush()
