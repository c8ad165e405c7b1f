"""Whether an old notebook runs today as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.legacy.cause import cause_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.environments import Candidate
from jupyter_mlops.legacy.project import copied
from jupyter_mlops.legacy.rules.installs import comment_out
from jupyter_mlops.legacy.rules.raises import TAG
from jupyter_mlops.legacy.session import open_session
from jupyter_mlops.legacy.trying import Attempt, Bench, made
from jupyter_mlops.model.conversion import Today

_CURRENT = Candidate(name="current", source="the newest releases")


def runs_today(old: Draft, tried: Sequence[Attempt], bench: Bench) -> Today:
    """Whether every cell runs, top to bottom, with the newest releases of what they import.

    Only what the notebook would install itself is left out; its environment has it.

    Args:
        old: the notebook as it was read.
        tried: what conversion made of it; one that changed no cell has the answer.
        bench: where it is tried.
    """
    draft = comment_out(old)
    sources = [cell.source for cell in draft.code]
    for one in tried:
        same = [cell.source for cell in one.draft.code] == sources
        if one.tried.name == _CURRENT.name and one.is_whole and same and not one.draft.files:
            return Today(runs=True)
    try:
        built = made(_CURRENT, draft, bench)
    except EnvironmentFailure as failure:
        return Today(runs=False, cause=" ".join(failure.message.split()))
    with (
        copied(bench.root, bench.old, bench.scratch / "today", {}) as scene,
        open_session(built.python, scene.folder, network=bench.network) as session,
    ):
        outputs: dict[str, Sequence[Mapping[str, Any]]] = {}
        for cell in draft.code:
            ran = session.run(cell.id, cell.source, timeout=bench.limits.cell)
            if ran.failure is not None and TAG not in cell.metadata.get("tags", ()):
                return Today(
                    runs=False, cause=cause_of(draft, ran.failure, built.unknown, outputs)[0]
                )
            outputs[cell.id] = ran.outputs
    return Today(runs=True)
