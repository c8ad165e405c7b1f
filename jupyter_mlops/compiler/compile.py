"""From a notebook to its pipeline and stage notebooks: a pure function, no kernel, no disk."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from jupyter_mlops.compiler.dataflow import Flow, flow_of
from jupyter_mlops.compiler.identity import (
    SharedStatement,
    code_digest,
    needed_statements,
    shared_statements,
)
from jupyter_mlops.compiler.layout import CodeCell, Layout, StepLayout, lay_out
from jupyter_mlops.compiler.outline import outline_of, places
from jupyter_mlops.compiler.parameters import field_of, read_parameters
from jupyter_mlops.compiler.possible import possible_flow
from jupyter_mlops.compiler.rules import check_layout
from jupyter_mlops.compiler.stage import stage_notebook
from jupyter_mlops.compiler.syntax import leads_up
from jupyter_mlops.errors import CompileError, Diagnostic
from jupyter_mlops.model import identity
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.dataflow import DataFlow
from jupyter_mlops.model.outline import CellPlace, ParameterField, StepOutline
from jupyter_mlops.model.pipeline import Cell, Parameter, Pipeline, Step
from jupyter_mlops.notebook.document import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A notebook revision compiled.

    Attributes:
        pipeline: its steps.
        stages: bytes of the stage notebook, by step name.
        digest: identity of the pipeline.
        flow: what may flow between its steps.
        diagnostics: warnings.
    """

    pipeline: Pipeline
    stages: Mapping[str, bytes]
    digest: str
    flow: DataFlow
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What can be said about a notebook without running it, also while it has errors.

    Attributes:
        diagnostics: every finding, in cell order.
        flow: what may flow between its steps; cells that cannot be read are left out.
        cells: every code cell, in notebook order.
        steps: in notebook order.
        parameters: in declaration order.
    """

    diagnostics: tuple[Diagnostic, ...]
    flow: DataFlow
    cells: tuple[CellPlace, ...]
    steps: tuple[StepOutline, ...]
    parameters: tuple[ParameterField, ...]

    @property
    def runnable(self) -> bool:
        """True if no finding is an error."""
        return not any(found.severity == "error" for found in self.diagnostics)


def analyse_notebook(notebook: Notebook) -> Analysis:
    """Findings, layout and data flow of the notebook, without running anything."""
    layout, parameters, found = _analyse(notebook)
    return Analysis(
        diagnostics=found,
        flow=possible_flow(flow_of(layout)),
        cells=tuple(places(notebook, layout)),
        steps=tuple(map(outline_of, layout.steps)),
        parameters=tuple(field_of(p, layout.parameters[0].cell.id) for p in parameters),
    )


def check_notebook(notebook: Notebook) -> tuple[Diagnostic, ...]:
    """Every finding about the notebook, in cell order, without running anything."""
    _, _, found = _analyse(notebook)
    return found


def compile_notebook(notebook: Notebook) -> Compiled:
    """The notebook's pipeline and stage notebooks.

    Raises:
        CompileError: if the notebook has error diagnostics.
    """
    layout, parameters, found = _analyse(notebook)
    if any(d.severity == "error" for d in found):
        raise CompileError(str(notebook.path), found)
    flows = flow_of(layout)
    statements = shared_statements(layout.shared)
    declared = [parameter.name for parameter in parameters]
    title, description = _heading(notebook)
    pipeline = Pipeline(
        name=notebook.path.stem,
        title=title or notebook.path.stem,
        description=description,
        kernel=notebook.kernel,
        parameters=parameters,
        parameter_imports=_imports(layout),
        shared=tuple(_cell(code) for code in layout.shared),
        steps=tuple(_step(step, flows[step.name], statements, declared) for step in layout.steps),
        imports=tuple(sorted(_modules(layout) - {"__main__"})),
        uses_parent_folder=any(
            leads_up(path) and not _is_data(path, layout)
            for code in layout.in_order()
            for path in code.names.paths
        ),
    )
    return Compiled(
        pipeline=pipeline,
        stages={step.name: stage_notebook(pipeline, step) for step in pipeline.steps},
        digest=identity.of_value("pipeline", to_json(pipeline)),
        flow=possible_flow(flows),
        diagnostics=found,
    )


def _analyse(
    notebook: Notebook,
) -> tuple[Layout, tuple[Parameter, ...], tuple[Diagnostic, ...]]:
    layout, found = lay_out(notebook)
    if notebook.language != "python":
        found = [
            Diagnostic(
                code="ML502",
                message=f"the notebook's kernel {notebook.kernel!r} runs {notebook.language}; only "
                "Python notebooks can be compiled",
                fix="choose a Python kernel and save the notebook",
            )
        ]
        return layout, (), tuple(found)
    parameters, problems = read_parameters(layout.parameters)
    found += problems
    if not any(d.code == "ML501" for d in found):
        found += check_layout(layout)
    return layout, parameters, tuple(sorted(found, key=lambda d: (d.cell or 0, d.line or 0)))


def _step(
    step: StepLayout, flow: Flow, statements: tuple[SharedStatement, ...], declared: list[str]
) -> Step:
    last = step.cells[-1].cell.position
    before = [statement for statement in statements if statement.position < last]
    shared = needed_statements(before, flow.needs, everything=flow.everything)
    needs = set(flow.needs).union(*({*s.names.exposed, *s.names.deferred.reads} for s in shared))
    return Step(
        name=step.name,
        cells=tuple(_cell(code) for code in step.cells),
        reads=flow.reads,
        reads_everything=flow.everything,
        live=tuple(sorted(flow.live)),
        live_everything=flow.live_everything,
        writes=tuple(sorted(flow.writes)),
        rebinds=tuple(sorted(flow.rebinds)),
        parameters=tuple(
            # one that it binds, too: only a step that has the parameter can tell that it deleted it
            p
            for p in declared
            if flow.everything or p in needs or p in flow.writes
        ),
        metrics=tuple(n for c in step.cells if c.role == "metrics" for n in c.names.binds),
        depends=flow.depends,
        resources=step.settings.effective_resources,
        image=step.settings.image,
        dockerfile=step.settings.dockerfile,
        environ=step.settings.environ,
        containment=step.settings.containment,
        environment=step.settings.environment,
        code=code_digest(shared, step.cells),
        description=step.description,
    )


def _is_data(path: str, layout: Layout) -> bool:
    """True for a path into a data folder, which is there without being copied."""
    place = PurePosixPath(posixpath.normpath(path))
    folders = {folder for step in layout.steps for folder in step.settings.containment.data}
    return any(place.is_relative_to(posixpath.normpath(folder)) for folder in folders)


def _cell(code: CodeCell) -> Cell:
    return Cell(
        id=code.cell.id,
        position=code.cell.position,
        source=code.cell.source,
        role=code.role,
        tags=code.cell.tags,
    )


def _modules(layout: Layout) -> set[str]:
    return {module for code in layout.in_order() for module in code.names.modules}


def _imports(layout: Layout) -> tuple[str, ...]:
    """Import statements of the parameters cell, as they must stand in every stage."""
    return tuple(
        ast.unparse(node)
        for code in layout.parameters
        for node in code.source.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def _heading(notebook: Notebook) -> tuple[str, str]:
    """The first heading above the code, and the markdown around it."""
    title, texts = "", []
    for cell in notebook.cells:
        if cell.kind == "code":
            break
        if cell.kind == "markdown":
            lines = cell.source.strip().splitlines()
            if not title and lines and lines[0].startswith("# "):
                title = lines.pop(0)[2:].strip()
            texts.append("\n".join(lines).strip())
    return title, "\n\n".join(text for text in texts if text)
