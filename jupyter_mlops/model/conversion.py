"""What became of an old notebook: every change to it, and how its outputs compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["L0", "L1", "L2", "L3", "differs", "varies", "not reached"]
"""How a cell's outputs compare with the stored ones: ``L0`` it runs, and nothing was stored; ``L1``
the same kinds of output; ``L2`` equal once normalised; ``L3`` equal but for numbers within
tolerance, or images that look alike; ``differs``; ``varies``: two fresh runs differ from one
another; ``not reached``: it did not run to its end."""

ConversionState = Literal["converted", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One change to one cell. Field names don't change.

    Attributes:
        cell: 1-based position among all cells of the old notebook; 0 for the notebook as a whole.
        rule: stable id of the rule that made it.
        reason: one sentence.
        confidence: 1.0 if the change cannot alter what is computed, else how sure the rule is.
        before: the source as it was.
        after: the source as it is now.
    """

    cell: int
    rule: str
    reason: str
    confidence: float
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleScore:
    """How many stored outputs came out equal. Field names don't change.

    Attributes:
        text_outputs: cells with stored text.
        equal_l2: those of them whose text is equal once normalised.
        images: stored images.
        equal_images: those that look alike.
    """

    text_outputs: int = 0
    equal_l2: int = 0
    images: int = 0
    equal_images: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLevel:
    """What became of one code cell.

    Attributes:
        id: the cell's nbformat id in the converted notebook.
        cell: 1-based position in the old notebook.
        level: how its outputs compare.
        why: one sentence, where it is not equal.
    """

    id: str
    cell: int
    level: Level
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One environment that was tried.

    Attributes:
        name: ``declared``, ``dated`` or ``current``.
        source: what it was made from.
        python: X.Y.
        packages: distribution → version; empty if it could not be made.
        reached: code cells that ran to their end.
        score: against the stored outputs.
        problem: what ended it, or empty.
    """

    name: str
    source: str
    python: str
    packages: Mapping[str, str]
    reached: int
    score: OracleScore
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Whether a notebook runs as it stands, with the newest releases of what it imports.

    Attributes:
        runs: True if every cell does.
        cause: what ends it, or empty.
    """

    runs: bool
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file that a notebook reads.

    Attributes:
        path: relative to the job's folder; as it is written in the notebook if it is missing.
        state: ``found`` in the repository, ``fetched`` from the network and kept, or ``missing``.
        digest: of its bytes, or None.
    """

    path: str
    state: Literal["found", "fetched", "missing"]
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What became of an old notebook. Field names don't change.

    Attributes:
        state: ``converted``, or ``refused`` if it does not run to its end.
        cause: why it was refused, one sentence; empty if it was converted.
        next: what to do next.
        old: absolute path of the old notebook, which was not touched.
        digest: of its bytes.
        written: earliest and latest day on which it can have been written, and what tells it.
        environment: the environment that was kept; None if none could be made.
        tried: all of them.
        patches: every change, in the order in which they were made.
        oracle: how many stored outputs came out equal.
        cells: each code cell.
        steps: the steps that were accepted.
        staged: True if the pipeline of these steps gives what the notebook gives in one kernel.
        run: name of the run on record that proves it, or None.
        files: what the job reads, relative to its folder.
        notebook: absolute path of the converted notebook; of what was reached if it was refused.
        today: whether the old notebook runs as it stands; None if nobody asked.
        inputs: the ``files`` with their digests; if it was refused, the one to be supplied.
    """

    state: ConversionState
    cause: str
    next: str
    old: str
    digest: str
    written: tuple[str, ...]
    environment: Tried | None
    tried: tuple[Tried, ...]
    patches: tuple[Patch, ...]
    oracle: OracleScore
    cells: tuple[CellLevel, ...]
    steps: tuple[str, ...]
    staged: bool
    run: str | None
    files: tuple[str, ...]
    notebook: str
    today: Today | None = None
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionReport:
    """A conversion while it goes on, and when it has ended.

    Attributes:
        conversion: its name.
        state: ``running``; ``done``; ``cancelled``; ``failed`` if it is no notebook, or could not
            be tried; ``lost`` if its process died.
        lines: what was done, the newest last.
        message: why it failed, or empty.
        found: what came of it, once it is done.
    """

    conversion: str
    state: Literal["running", "done", "cancelled", "failed", "lost"]
    lines: tuple[str, ...] = ()
    message: str = ""
    found: Conversion | None = None
