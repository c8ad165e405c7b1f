"""A run as a page that is read without a kernel and without network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from jupyter_mlops.errors import CompileError
from jupyter_mlops.lineage.folded import code_style, fold
from jupyter_mlops.lineage.graph import draw_steps
from jupyter_mlops.lineage.outputs import clean_html
from jupyter_mlops.lineage.page import render
from jupyter_mlops.lineage.rerun import command_of
from jupyter_mlops.lineage.wholebook import source_notebook, steps_in, whole_notebook
from jupyter_mlops.model.artifact import FileRef, Group, is_facet
from jupyter_mlops.model.pipeline import Parameter, Pipeline
from jupyter_mlops.model.run import Environment, Run, StepReport
from jupyter_mlops.model.times import span_text
from jupyter_mlops.notebook import Notebook
from jupyter_mlops.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file that the run read or wrote, and the steps that did."""

    file: FileRef
    steps: tuple[str, ...]


def report_page(store: Store, run: Run) -> str:
    """The run as one self-contained page of HTML.

    It holds the question, the graph, results, the notebook with its outputs, parameters, data,
    environments, lineage, and how to run it again. Nothing of the notebook can act in it: HTML that
    cells put out is cleaned, and the page lets no script run.

    Args:
        store: holds the notebooks. What of them is gone is left out, and the page says so.
        run: the run.
    """
    notebook = source_notebook(store, run)
    pipeline = _pipeline(notebook)
    document = whole_notebook(store, run, notebook) if notebook is not None else None
    linked = steps_in(document) if document is not None else set()
    states = {report.step: report.state for report in run.steps}
    notes = {report.step: _note(report) for report in run.steps}
    written = {f.path for r in run.steps for f in r.outputs if isinstance(f, FileRef)}
    declared = {p.name: p for p in pipeline.parameters} if pipeline is not None else {}
    return render(
        "report.html.j2",
        run=run,
        title=pipeline.title if pipeline is not None else run.notebook.rpartition("/")[2],
        question=_markdown(pipeline.description if pipeline is not None else ""),
        graph=draw_steps(run, kinds=states, notes=notes, linked=linked),
        linked=linked,
        metrics=[(r.step, name, value) for r in run.steps for name, value in r.metrics.items()],
        failures=[report for report in run.steps if report.error is not None],
        notebook=fold(document, states) if document is not None else None,
        code_style=code_style(),
        parameters=[
            (p, declared.get(p.name, Parameter(name=p.name, type=""))) for p in run.parameters
        ],
        data=_files(run.steps, lambda report: report.inputs, without=written),
        files=_files(run.steps, lambda report: report.outputs),
        urls={report.step: report.urls for report in run.steps if report.urls},
        environments=_environments(run.steps),
        variables={report.step: _variables(report) for report in run.steps},
        command=command_of(run),
    )


def _pipeline(notebook: Notebook | None) -> Pipeline | None:
    from jupyter_mlops.compiler import compile_notebook

    try:
        return compile_notebook(notebook).pipeline if notebook is not None else None
    except CompileError:
        return None  # an earlier version compiled it; its records tell all else


def _markdown(text: str) -> Markup:
    from nbconvert.filters import markdown2html

    return Markup(clean_html(markdown2html(text)))


def _note(report: StepReport) -> str:
    return report.state if report.state != "succeeded" else span_text(report.started, report.ended)


def _files(
    steps: Iterable[StepReport],
    part: Callable[[StepReport], Sequence[Group | FileRef]],
    *,
    without: Collection[str] = (),
) -> list[_File]:
    """The files of a part of the reports, each version once; listings of folders are left out."""
    found: dict[tuple[str, str | None], _File] = {}
    for report in steps:
        for file in part(report):
            if not isinstance(file, FileRef) or file.path in without or file.path.endswith("/"):
                continue
            known = found.get((file.path, file.version))
            names = (*known.steps, report.step) if known else (report.step,)
            found[file.path, file.version] = _File(file=file, steps=names)
    return sorted(found.values(), key=lambda one: one.file.path)


def _environments(steps: Iterable[StepReport]) -> list[tuple[Environment, list[str]]]:
    """Each environment with the steps that ran in it."""
    found: dict[str, tuple[Environment, list[str]]] = {}
    for report in steps:
        if report.environment is not None:
            one = found.setdefault(report.environment.digest, (report.environment, []))
            one[1].append(report.step)
    return list(found.values())


def _variables(report: StepReport) -> Mapping[str, list[Group]]:
    """The variables that the step received and left; ambient state is left out."""
    return {
        title: [g for g in items if isinstance(g, Group) and not is_facet(g.names[0])]
        for title, items in (("received", report.inputs), ("left", report.outputs))
    }
