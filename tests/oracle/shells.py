"""The fast driver: a notebook and its compiled stages in shells that are forked, not started."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from table import Case

from jupyter_mlops.compiler.compile import Compiled
from jupyter_mlops.errors import code_of
from jupyter_mlops.model.run import CellError, StepReport
from jupyter_mlops.verify.compare import Outputs
from jupyter_mlops.verify.whole import read_outputs

SHELL = (
    "cloudpickle",
    "ipykernel.debugger",
    "ipykernel.inprocess.blocking",
    "ipykernel.inprocess.ipkernel",
    "jupyter_mlops.kernel_state",
    "nbformat.v4",
)
LIBRARIES = ("numpy", "pandas", "scipy.sparse", "sklearn.pipeline", "matplotlib.figure", "torch")
ENVIRON = {
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


class Shells:
    """Processes that imported libraries and fork one process for each notebook.

    There is one for each set of libraries that rows name: to look at what is imported takes a
    stage longer the more it is.
    """

    def __init__(self) -> None:
        self._processes: dict[tuple[str, ...], subprocess.Popen[str]] = {}
        self._numbers = itertools.count()

    def close(self) -> None:
        for process in self._processes.values():
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)

    def _process(self, case: Case) -> subprocess.Popen[str]:
        text = json.dumps(case.notebook())
        libraries = tuple(name for name in LIBRARIES if name.partition(".")[0] in text)
        if libraries not in self._processes:
            script = str(Path(__file__).with_name("shells_zygote.py"))
            self._processes[libraries] = subprocess.Popen(
                [sys.executable, script, *SHELL, *libraries],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **ENVIRON},
            )
        return self._processes[libraries]

    def whole(self, case: Case, folder: Path) -> Outputs:
        """What each cell puts out in one shell; none after the first that fails."""
        outputs, _ = self._run(case, case.notebook(), self._work(case, folder / "whole"))
        return outputs

    def stages(
        self, case: Case, compiled: Compiled, folder: Path
    ) -> tuple[Outputs, Mapping[str, StepReport]]:
        """What each cell puts out where every stage has a shell of its own, and how steps ended.

        A step that depends on a failed one is skipped, as the runner does it.
        """
        work = self._work(case, folder / "stages")
        state = folder / "stages" / "state"
        state.mkdir()
        outputs: dict[str, Any] = {}
        reports: dict[str, StepReport] = {}
        for step in compiled.pipeline.steps:
            failed = next((name for name in step.depends if reports[name].state != "succeeded"), "")
            if failed:
                why = f"step {failed}, which it needs, failed"
                reports[step.name] = StepReport(step=step.name, state="skipped", why=why)
                continue
            found, error = self._run(case, json.loads(compiled.stages[step.name]), work, state)
            outputs = {**found, **outputs}
            reports[step.name] = StepReport(
                step=step.name, state="failed" if error else "succeeded", error=error
            )
        return outputs, reports

    def _work(self, case: Case, folder: Path) -> Path:
        """A working folder whose path no output tells from another's."""
        work = folder / "attempts" / "1" / "work"
        case.write(work).unlink()
        return work

    def _run(
        self, case: Case, document: dict[str, Any], work: Path, state: Path | None = None
    ) -> tuple[Outputs, CellError | None]:
        answer = work.parent / f"answer-{next(self._numbers)}.json"
        request = {"document": document, "work": str(work), "root": str(work)}
        request |= {"state": str(state or ""), "answer": str(answer)}
        process = self._process(case)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        done = json.loads(answer.read_text())
        error = done["error"]
        outputs = read_outputs(done["document"], last=error["cell"] if error else None)
        if error is None:
            return outputs, None
        return outputs, CellError(
            kind=error["kind"],
            message=error["message"],
            cell_id=None if error["cell"].startswith("mlops-") else error["cell"],
            code=code_of(error["message"]),
        )
