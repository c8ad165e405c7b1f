"""The proof of an environment: every import of the pipeline works in it, before any step runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jupyter_mlops.environments import prover
from jupyter_mlops.environments.libraries import debian_package, missing_library
from jupyter_mlops.environments.statements import Statement
from jupyter_mlops.errors import EnvironmentFailure

Run = Callable[[Sequence[str]], tuple[int, str]]
"""Runs the environment's interpreter with arguments; gives exit code and output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An import that does not work.

    Attributes:
        statement: which.
        kind: exception class, or ``Crash``.
        message: of the exception.
        missing: the module that was not found, or None.
        packages: installed distributions that have the module.
    """

    statement: Statement
    kind: str
    message: str
    missing: str | None = None
    packages: tuple[str, ...] = ()

    @property
    def is_fatal(self) -> bool:
        """Whether a step would fail by it: code that may do without a module is left to itself."""
        if self.statement.weight == "inner":
            return self.missing is None
        return self.statement.weight == "certain"

    def __str__(self) -> str:
        taken = f" ({', '.join(self.statement.names)})" if self.statement.names else ""
        of = f" of {', '.join(self.packages)}" if self.packages else ""
        return (
            f"cell {self.statement.cell}: import of {self.statement.module}{taken}{of}: "
            f"{self.kind}: {self.message}"
        )

    def fix(self, *, contained: bool) -> str:
        """What to do about it, in an image or on this machine."""
        library = missing_library(self.message)
        system = debian_package(library or self.missing or "")
        if system and contained:
            return f"write {system} into apt.txt beside the notebook"
        if system:
            return f"install {system} on this machine (the package's name on Debian)"
        if library and contained:
            return (
                f"find the Debian package that has {library} (packages.debian.org) and write it "
                "into apt.txt beside the notebook, or give the steps an image that has it"
            )
        if library:
            return f"install what has {library} on this machine"
        if self.missing:
            return (
                f"install the package that has {self.missing.partition('.')[0]!r} in the "
                "notebook's kernel, or add it to the requirements"
            )
        package = ", ".join(self.packages) or self.statement.module.partition(".")[0]
        where = "in the image" if contained else "on this machine"
        return f"take a version of {package} that has it and runs {where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an environment holds, and which imports do not work in it.

    Attributes:
        python: distribution → version, as found in it.
        debian: name, version and architecture of each Debian package.
        vendor: distribution of the system, such as ``debian``; "" if it does not say.
        problems: in notebook order.
    """

    python: Mapping[str, str] = field(default_factory=dict)
    debian: tuple[tuple[str, str, str], ...] = ()
    vendor: str = ""
    problems: tuple[Problem, ...] = ()

    def require_imports(self, *, contained: bool) -> None:
        """Pass if no step would fail by an import.

        Args:
            contained: whether it is an image's; for what to do about it.

        Raises:
            EnvironmentFailure: names each import with its cell and package, and the fix.
        """
        fatal = [problem for problem in self.problems if problem.is_fatal]
        if not fatal:
            return
        fixes = "; ".join(dict.fromkeys(problem.fix(contained=contained) for problem in fatal))
        raise EnvironmentFailure(
            "an import of the notebook does not work in the environment of its steps:\n"
            + "\n".join(f"  {problem}" for problem in fatal),
            fix=fixes,
        )


def prove(statements: Iterable[Statement], run: Run, *, fix: str) -> Proof:
    """What importing each module in turn, in one interpreter, comes to.

    Args:
        statements: the imports.
        run: starts the environment's interpreter; a container or a process.
        fix: what to do if it does not start.

    Raises:
        EnvironmentFailure: the interpreter does not start.
    """
    waiting = list(statements)
    proof: Proof | None = None
    problems: list[Problem] = []
    while proof is None or waiting:
        told = [[s.module, s.names, dict(s.environ)] for s in waiting]
        code, output = run(["-I", "-c", _PROGRAM, json.dumps(told)])
        answers = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        if not answers:
            raise EnvironmentFailure(
                f"the environment's interpreter does not work (exit code {code}): "
                + output.strip()[-500:],
                fix=fix,
            )
        if proof is None:
            proof = _inventory(answers[0]["installed"])
        results = [answer["problem"] for answer in answers if "problem" in answer]
        problems += [
            _problem(statement, found)
            for statement, found in zip(waiting, results, strict=False)
            if found
        ]
        if len(results) == len(waiting):
            break
        crashed = waiting[len(results)]
        problems.append(
            Problem(
                statement=crashed,
                kind="Crash",
                message=f"the interpreter ended with exit code {code}",
            )
        )
        waiting = waiting[len(results) + 1 :]
    return replace(proof, problems=tuple(problems))


_PROGRAM = Path(prover.__file__).read_text(encoding="utf-8")


def _inventory(found: Mapping[str, Any]) -> Proof:
    return Proof(
        python=dict(found["python"]),
        debian=tuple((name, version, arch) for name, version, arch in found["debian"]),
        vendor=found["vendor"],
    )


def _problem(statement: Statement, found: Mapping[str, Any]) -> Problem:
    return Problem(
        statement=statement,
        kind=found["kind"],
        message=found["message"],
        missing=found["missing"],
        packages=tuple(found["packages"]),
    )
