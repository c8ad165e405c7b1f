"""An old notebook, tried in one environment after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.legacy.cause import cause_of, lacks_input
from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.environments import Built, Candidate, build, candidates
from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.failure import Failure
from jupyter_mlops.legacy.limits import Limits
from jupyter_mlops.legacy.oracle import score
from jupyter_mlops.legacy.project import copied
from jupyter_mlops.legacy.repair import NeedsPackages, Repaired, repair
from jupyter_mlops.legacy.session import Session, open_session
from jupyter_mlops.model.conversion import OracleScore, Tried

if TYPE_CHECKING:
    from jupyter_mlops.environments.kernel import Kernel
    from jupyter_mlops.settings import Mlops

_MOST_ROUNDS = 8
"""How often packages are added to an environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where a notebook is tried.

    Attributes:
        old: absolute path of the old notebook.
        root: top of its repository.
        era: when it was written.
        kernel: gives the interpreter.
        limits: of time.
        choice: which changes may be made.
        network: True if the notebook may use it.
        scratch: a folder for copies of the repository.
        cache: the store's folder of what can be made anew.
        settings: of the installation.
        on_line: called with what is being done.
    """

    old: Path
    root: Path
    era: Era
    kernel: Kernel
    limits: Limits
    choice: Choice
    network: bool
    scratch: Path
    cache: Path
    settings: Mlops
    on_line: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One environment, and how far the notebook came in it.

    Attributes:
        tried: what is told of it.
        draft: the notebook as far as it was mended.
        built: None if the environment could not be made.
        repaired: None likewise.
    """

    tried: Tried
    draft: Draft
    built: Built | None = None
    repaired: Repaired | None = None

    @property
    def is_whole(self) -> bool:
        """True if every cell ran to its end."""
        return self.repaired is not None and self.repaired.failure is None

    @property
    def lacks_input(self) -> bool:
        """True if no other environment can bring it further."""
        repaired = self.repaired
        return (
            repaired is not None
            and repaired.failure is not None
            and lacks_input(repaired.failure, repaired.draft)
        )

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """What makes one attempt better than another."""
        found, is_built = self.tried.score, self.built is not None
        equal = found.equal_l2 + found.equal_images
        return self.is_whole, is_built, equal, self.tried.reached


def attempts(draft: Draft, bench: Bench) -> Iterator[Attempt]:
    """The notebook in each environment, until one gives everything that is stored.

    None is tried after one in which an input is found to be missing.
    """
    for candidate in candidates(bench.old.parent, bench.era, bench.kernel.series):
        bench.on_line(f"environment {candidate.name}: {candidate.source}")
        one = _attempt(candidate, draft, bench)
        found = one.tried.score
        bench.on_line(
            f"  {one.tried.reached} of {len(draft.code)} cells ran, {found.equal_l2} of "
            f"{found.text_outputs} texts and {found.equal_images} of {found.images} images equal"
            + (f"; {one.tried.problem}" if one.tried.problem else "")
        )
        yield one
        equal = found.equal_l2 == found.text_outputs and found.equal_images == found.images
        if (one.is_whole and equal) or one.lacks_input:
            return


def made(candidate: Candidate, draft: Draft, bench: Bench) -> Built:
    """The candidate's environment for the draft.

    Raises:
        EnvironmentFailure: it cannot be resolved or installed.
    """
    return build(
        candidate,
        draft,
        kernel=bench.kernel,
        folder=bench.old.parent,
        root=bench.root,
        settings=bench.settings,
        store_cache=bench.cache,
        on_line=bench.on_line,
    )


def _attempt(candidate: Candidate, draft: Draft, bench: Bench) -> Attempt:
    for _ in range(_MOST_ROUNDS):
        try:
            with bench.limits.held():
                built = made(candidate, draft, bench)
        except EnvironmentFailure as failure:
            problem = " ".join(failure.message.split())
            return Attempt(tried=_told(candidate, bench, problem=problem), draft=draft)
        try:
            repaired = _repaired(draft, built, bench)
        except NeedsPackages as needed:
            draft = needed.draft
        else:
            return _told_of(repaired, built, bench)
    endless = Failure(cell_id=draft.code[0].id, kind="Packages", message="it needs ever more")
    stopped = Repaired(draft=draft, outputs={}, failure=endless)
    return _told_of(stopped, built, bench)


def _repaired(draft: Draft, built: Built, bench: Bench) -> Repaired:
    with copied(bench.root, bench.old, bench.scratch / "look", draft.files) as scene:

        @contextmanager
        def open_kernel(draft: Draft) -> Iterator[Session]:
            with ExitStack() as stack:
                fresh = stack.enter_context(
                    copied(bench.root, bench.old, bench.scratch / "run", draft.files)
                )
                yield stack.enter_context(
                    open_session(built.python, fresh.folder, network=bench.network)
                )

        seen = replace(scene, python=built.python, versions=built.lock.packages)
        return repair(draft, seen, open_kernel, bench.limits, bench.choice)


def _told_of(repaired: Repaired, built: Built, bench: Bench) -> Attempt:
    draft, failure = repaired.draft, repaired.failure
    found = score([(cell.stored, repaired.outputs.get(cell.id)) for cell in draft.code])
    tried = replace(
        _told(built.candidate, bench),
        packages=built.lock.packages,
        reached=len(repaired.outputs),
        score=found,
        problem=cause_of(draft, failure, built.unknown, repaired.outputs)[0]
        if failure is not None
        else "",
    )
    return Attempt(tried=tried, draft=draft, built=built, repaired=repaired)


def _told(candidate: Candidate, bench: Bench, problem: str = "") -> Tried:
    return Tried(
        name=candidate.name,
        source=candidate.source,
        python=bench.kernel.series,
        packages={},
        reached=0,
        score=OracleScore(),
        problem=problem,
    )
