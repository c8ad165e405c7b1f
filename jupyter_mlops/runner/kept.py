"""What an earlier execution kept, read from the last cell of its stage notebook."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_mlops.model.pipeline import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The names that a stage notebook captures at its end.

    Attributes:
        everything: True if it captures every variable.
        names: the names that it asks for.
        metrics: the names that it records as metrics.
    """

    everything: bool = False
    names: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()

    def lacks(self, step: Step) -> str | None:
        """A name that the step must leave today and that was not kept, or None if there is none."""
        missing = set() if self.everything else set(step.live) - self.names
        missing |= set(step.metrics) - self.metrics
        if missing:
            return min(missing)
        return "every variable" if step.live_everything and not self.everything else None


def read_kept(stage: bytes) -> Kept:
    """What the stage notebook captures; nothing if it has no capture cell."""
    from jupyter_mlops.compiler.stage import CAPTURE

    for cell in json.loads(stage)["cells"]:
        if cell.get("id") == CAPTURE:
            source = cell["source"]
            return _read_source(source if isinstance(source, str) else "".join(source))
    return Kept()


def _read_source(source: str) -> Kept:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".capture"):
            options = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
            return Kept(
                everything=bool(options.get("everything", False)),
                names=frozenset(_strings(node.args)),
                metrics=frozenset(options.get("metrics") or ()),
            )
    return Kept()


def _strings(nodes: Iterable[ast.expr]) -> list[str]:
    return [ast.literal_eval(node) for node in nodes]
