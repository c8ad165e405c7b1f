"""Which runs stay, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.model.label import LabelChange
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.run import Run

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops


def chosen_rules(settings: Mlops, keep_last: int | None, keep_days: int | None) -> Rules:
    """The rules that somebody asked for; those of the settings if there are none."""
    if keep_last is None and keep_days is None:
        return Rules(keep_last=settings.gc_keep_last, keep_days=settings.gc_keep_days)
    return Rules(keep_last=keep_last or 0, keep_days=keep_days or 0)


class Retention:
    """The runs of a catalog, with what each of them rests on.

    Args:
        runs: all of them, newest first.
        runs_of: name of the run of each execution on record.
    """

    def __init__(self, runs: Sequence[Run], runs_of: Mapping[str, str]) -> None:
        self._runs = runs
        self._runs_of = dict(runs_of)
        self._rests_on = {run.run: self._sources(run) for run in runs}

    def keep(
        self,
        rules: Rules,
        labels: Iterable[LabelChange],
        under_way: Collection[str],
        moment: datetime,
    ) -> dict[str, str]:
        """Why each run stays that does, by its name.

        The newest run of a notebook that succeeded stays whatever the rules say.

        Args:
            rules: of retention.
            labels: all that hold.
            under_way: runs that are being driven, as far as that is known elsewhere.
            moment: now.
        """
        why: dict[str, str] = {}
        counted: Counter[str] = Counter()
        succeeded: set[str] = set()
        for run in self._runs:
            counted[run.notebook] += 1
            if run.state == "running" or run.run in under_way:
                why[run.run] = "under way"
            elif not rules:
                why[run.run] = "no rule says that runs go"
            elif rules.folder and not Path(run.notebook).is_relative_to(rules.folder):
                why[run.run] = f"its notebook is not below {rules.folder}"
            elif counted[run.notebook] <= rules.keep_last:
                why[run.run] = f"one of the last {rules.keep_last} of its notebook"
            elif rules.keep_days and _is_young(run, moment, rules.keep_days):
                why[run.run] = f"of the last {rules.keep_days} days"
            elif run.state == "succeeded" and run.notebook not in succeeded:
                why[run.run] = "the last of its notebook that succeeded"
            if run.state == "succeeded":
                succeeded.add(run.notebook)
        for label in labels:
            for name in self.labelled(label):
                why[name] = f"{label.kind} {label.name}".strip()
        self._spread(why)
        return why

    def labelled(self, label: LabelChange) -> set[str]:
        """The runs that a label keeps: the labelled one, or those that made the labelled object."""
        target = label.target
        if label.removed or target is None:
            return set()
        if target.run is not None:
            return {target.run} & self._rests_on.keys()
        return {
            self._runs_of.get(report.execution or "", run.run)
            for run in self._runs
            for report in run.steps
            if any(item.digest == target.digest for item in report.outputs)
        }

    def spared(self, newer: Sequence[Run], labels: Iterable[LabelChange]) -> set[str]:
        """The runs that must stay because of runs and labels that are newer than these."""
        why = {run.run: "newer" for run in newer}
        for run in newer:
            self._rests_on[run.run] = self._sources(run)
        for label in labels:
            why.update(dict.fromkeys(self.labelled(label), "labelled"))
        self._spread(why)
        return set(why)

    def _spread(self, why: dict[str, str]) -> None:
        """Add what the kept runs rest on, and what that rests on."""
        front = list(why)
        while front:
            name = front.pop()
            for execution, source in self._rests_on.get(name, {}).items():
                if source not in why:
                    why[source] = f"run {name} rests on its execution {execution}"
                    front.append(source)

    def _sources(self, run: Run) -> dict[str, str]:
        """The other runs whose executions stand in the run's steps, by these executions."""
        found = {}
        for report in run.steps:
            source = self._runs_of.get(report.execution or "", run.run)
            if report.execution is not None and source != run.run:
                found[report.execution] = source
        return found


def _is_young(run: Run, moment: datetime, days: int) -> bool:
    """True if the run began less long ago; also if it did so in the future, by another clock."""
    try:
        began = datetime.fromisoformat(run.started)
    except ValueError:
        return True
    if began.tzinfo is None:
        began = began.replace(tzinfo=UTC)
    return moment - began < timedelta(days=days)
