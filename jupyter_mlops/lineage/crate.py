"""Runs as the metadata of an RO-Crate, so that programs of others can read what was done.

Of the family of Workflow Run RO-Crate profiles it is the Provenance Run Crate
(https://w3id.org/ro/wfrun/provenance/0.5): the notebook is the workflow, each step a tool, each
execution an action.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.identity import PREFIX

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

    from jupyter_mlops.lineage.portable import Portable
    from jupyter_mlops.model.run import Execution, Run

METADATA = "ro-crate-metadata.json"
OBJECTS = "objects/"

_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_PYTHON = "https://www.python.org"
_STATES = {
    "succeeded": "http://schema.org/CompletedActionStatus",
    "failed": "http://schema.org/FailedActionStatus",
}
_FAILED = _STATES["failed"]


def place(digest: str) -> str:
    """The name of the entry that holds an object."""
    return OBJECTS + digest.removeprefix(PREFIX)


def crate_metadata(found: Portable, sizes: dict[str, int]) -> bytes:
    """The bytes of ``ro-crate-metadata.json``; equal for equal runs.

    Args:
        found: what the crate holds.
        sizes: bytes of each of its objects.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(_TERMS)
    first = found.runs[0]
    crate.root_dataset["name"] = ", ".join(run.run for run in found.runs[: found.asked])
    crate.root_dataset["description"] = "Runs of notebook pipelines, with all that they left"
    crate.root_dataset["datePublished"] = max(run.ended or run.started for run in found.runs)
    crate.root_dataset["license"] = "not specified"
    crate.root_dataset["conformsTo"] = [
        _entity(crate, profile, "CreativeWork", name=name, version=profile.rpartition("/")[2])
        for profile, name in _PROFILES.items()
    ]
    files = _Files(crate, sizes)
    books = {run.source: _workflow(crate, files, run) for run in found.runs}
    crate.mainEntity = books[first.source]
    mentions = []
    for run in found.runs:
        mine = [e for e in found.executions.values() if e.run == run.run]
        mentions += list(_actions(crate, files, run, books[run.source], mine))
    crate.root_dataset["mentions"] = mentions
    for digest in sizes:
        files.of(digest)
    text = json.dumps(crate.metadata.generate(), indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode(errors="backslashreplace")


class _Files:
    """The files of the crate, each once, named by the first who speaks of it."""

    def __init__(self, crate: ROCrate, sizes: dict[str, int]) -> None:
        self._crate, self._sizes = crate, sizes
        self._known: dict[str, Any] = {}

    def of(self, digest: str, name: str = "", format: str = "", **more: Any) -> Any:
        """The entity of an object; one that the crate does not hold is only mentioned."""
        if digest in self._known:
            return self._known[digest]
        about = {"name": name or digest, "sha256": digest.removeprefix(PREFIX), **more}
        if format:
            about["encodingFormat"] = format
        if digest in self._sizes:
            about["contentSize"] = str(self._sizes[digest])
            found = self._crate.add_file(dest_path=place(digest), properties=about)
        else:
            found = _entity(self._crate, f"#{digest}", "CreativeWork", **about)
        self._known[digest] = found
        return found

    def all(self, items: Iterable[Group | FileRef]) -> list[Any]:
        """The entities of variables and files; listings and deleted files are none."""
        found = []
        for item in items:
            if isinstance(item, Group):
                kind = "application/x-python-pickle"
                found.append(self.of(item.digest, f"variables {item.label}", kind))
            elif item.digest is not None and not item.path.endswith("/"):
                found.append(self.of(item.digest, item.path))
        return list(dict.fromkeys(found))


def _workflow(crate: ROCrate, files: _Files, run: Run) -> Any:
    language = _entity(crate, _PYTHON, "ComputerLanguage", name="Python", url=_PYTHON)
    parts, steps = [], []
    for position, report in enumerate(run.steps, start=1):
        tool = _tool(crate, run.source, report.step)
        parts.append(tool)
        identity = f"#step-{run.source.removeprefix(PREFIX)[:12]}-{report.step}"
        steps.append(
            _entity(crate, identity, "HowToStep", position=str(position), workExample=tool)
        )
    return files.of(
        run.source,
        PurePath(run.notebook).name,
        "application/x-ipynb+json",
        **{
            "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
            "programmingLanguage": language,
            "hasPart": parts,
            "step": steps,
        },
    )


def _tool(crate: ROCrate, source: str, step: str) -> Any:
    identity = f"#tool-{source.removeprefix(PREFIX)[:12]}-{step}"
    return _entity(crate, identity, "SoftwareApplication", name=step)


def _actions(
    crate: ROCrate, files: _Files, run: Run, book: Any, executions: list[Execution]
) -> Iterator[Any]:
    person = _entity(crate, f"#{run.user}", "Person", name=run.user)
    steps = [_action(crate, files, run, execution, person) for execution in executions]
    values = [
        _entity(
            crate, f"#{run.run}-{p.name}", "PropertyValue",
            name=p.name, value=json.dumps(p.value),
        )
        for p in run.parameters
    ]  # fmt: skip
    whole = _entity(
        crate, f"#{run.run}", "CreateAction",
        name=f"run {run.run} of {run.notebook} on {run.host}", instrument=book, agent=person,
        startTime=run.started, endTime=run.ended or run.started,
        actionStatus=_STATES.get(run.state, _FAILED),
        object=[*values, *files.all(_files_of(r.inputs for r in run.steps))],
        result=files.all(_files_of(r.outputs for r in run.steps)),
    )  # fmt: skip
    yield whole
    yield from steps
    engine = _entity(crate, "#jupyter_mlops", "SoftwareApplication", name="jupyter_mlops")
    controls = [
        _entity(
            crate, f"#control-{execution.execution}", "ControlAction",
            name=f"control of step {execution.step}", object=action,
            instrument=_step(crate, run, execution),
        )
        for execution, action in zip(executions, steps, strict=True)
    ]  # fmt: skip
    yield _entity(
        crate, f"#organize-{run.run}", "OrganizeAction",
        name=f"the steps of run {run.run}", agent=person, instrument=engine, result=whole,
        object=controls, startTime=run.started, endTime=run.ended or run.started,
    )  # fmt: skip


def _files_of(items: Iterable[Iterable[Group | FileRef]]) -> Iterator[FileRef]:
    return (item for some in items for item in some if isinstance(item, FileRef))


def _step(crate: ROCrate, run: Run, execution: Execution) -> Any:
    identity = f"#step-{run.source.removeprefix(PREFIX)[:12]}-{execution.step}"
    return crate.dereference(identity)


def _action(crate: ROCrate, files: _Files, run: Run, execution: Execution, person: Any) -> Any:
    result, environment = execution.result, execution.environment
    values = [
        _entity(
            crate, f"#{execution.execution}-{name}", "PropertyValue",
            name=name, value=json.dumps(value),
        )
        for name, value in execution.parameters.items()
    ]  # fmt: skip
    stage = files.of(execution.stage, f"stage {execution.step}", "application/x-ipynb+json")
    left = files.all((*result.groups, *result.files_written))
    if result.notebook is not None:
        name = f"executed {execution.step}"
        left.append(files.of(result.notebook, name, "application/x-ipynb+json"))
    about: dict[str, Any] = {
        "name": f"step {execution.step} of run {run.run}",
        "description": execution.why,
        "instrument": _tool(crate, run.source, execution.step),
        "agent": person,
        "startTime": result.started,
        "endTime": result.ended,
        "actionStatus": _STATES[result.state],
        "object": [stage, *values, *files.all((*execution.inputs, *result.files_read))],
        "result": left,
    }
    if result.error is not None:
        about["error"] = f"{result.error.kind}: {result.error.message}"
    if environment.lock is not None:
        about["object"].append(files.of(environment.lock, "requirements.lock", "text/plain"))
    if environment.sbom is not None:
        about["object"].append(
            files.of(environment.sbom, "bill of materials", "application/vnd.cyclonedx+json")
        )
    if result.log is not None:
        about["subjectOf"] = files.of(result.log, "log", "application/jsonl")
    return _entity(crate, f"#{execution.execution}", "CreateAction", **about)


def _entity(crate: ROCrate, identity: str, kind: str, **about: Any) -> Any:
    """The contextual entity of that id, made if there is none."""
    from rocrate.model.contextentity import ContextEntity

    known = crate.dereference(identity)
    if known is not None:
        return known
    lists = {name: value for name, value in about.items() if value != []}
    return crate.add(ContextEntity(crate, identity, properties={"@type": kind, **lists}))
