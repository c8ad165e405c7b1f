"""What one run was given that another was not, by the records of the runs alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.comparison import ValuePair, equal_values
from jupyter_mlops.model.run import Run, StepReport


def changes_between(a: Run, b: Run) -> tuple[str, ...]:
    """Names of what run ``b`` was given otherwise than run ``a``, as far as their records tell.

    ``notebook`` if the pipeline is another one, then parameters, ``engine``, packages, and files
    that both read with other content.
    """
    changed = ["notebook"] if a.pipeline != b.pipeline else []
    changed += _differing(parameters_of(a), parameters_of(b))
    changed += ["engine"] if a.engine != b.engine else []
    if a.engine == b.engine:
        changed += _differing(_packages(a), _packages(b))
    before, after = _files(a), _files(b)
    changed += [path for path in after if path in before and before[path] != after[path]]
    return tuple(dict.fromkeys(changed))


def value_pairs(
    a: Mapping[str, Any], b: Mapping[str, Any], *, step: str = ""
) -> Iterator[ValuePair]:
    """The values of two runs side by side, by name, in the order of the later one."""
    for name in dict.fromkeys([*b, *a]):
        yield ValuePair(
            name=name,
            step=step,
            a=a.get(name),
            b=b.get(name),
            equal=name in a and name in b and equal_values(a[name], b[name]),
        )


def parameters_of(run: Run) -> dict[str, Any]:
    """The values of a run's parameters by name."""
    return {parameter.name: parameter.value for parameter in run.parameters}


def files_read(report: StepReport) -> dict[str, str | None]:
    """Digests of the files that a step read, by path; listings of folders are left out."""
    return {
        file.path: file.digest
        for file in report.inputs
        if isinstance(file, FileRef) and not file.path.endswith("/")
    }


def _differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    return [pair.name for pair in value_pairs(a, b) if not pair.equal]


def _packages(run: Run) -> dict[str, str]:
    """Versions by package, of the steps that got an environment."""
    return _merged(run, lambda step: step.environment.packages if step.environment else {})


def _files(run: Run) -> dict[str, str | None]:
    """Digests of the project's files that the run read; not of those that it wrote itself."""
    written = {f.path for r in run.steps for f in r.outputs if isinstance(f, FileRef)}
    found = _merged(run, files_read)
    return {path: digest for path, digest in found.items() if path not in written}


def _merged(run: Run, part: Callable[[StepReport], Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for report in reversed(run.steps) for name, value in part(report).items()}
