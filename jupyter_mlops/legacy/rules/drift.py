"""Names of libraries that moved: imports and uses follow them."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rewrite import Aliases, aliases_of, dotted, resolved, rewrite_cells
from jupyter_mlops.legacy.rules.moved import MOVED

if TYPE_CHECKING:
    import libcst as cst

RULE = "moved"
_PATTERNS = (
    re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"cannot import name '(?P<name>\w+)' from (?:\w+ \w+ module )?'(?P<module>[\w.]+)'"),
    re.compile(r"No module named '(?P<module>[\w.]+)'(?P<name>)"),
    re.compile(r"`(?P<module>np)\.(?P<name>\w+)` was removed in the NumPy 2.0"),
)
_OPENED = ("sklearn.", "scipy.")
"""Packages whose inner modules were closed, and whose outer ones always had what is in them."""
_SAME = frozenset(
    {"numpy.NaN", "numpy.Inf", "numpy.float", "numpy.int", "numpy.bool", "numpy.object"}
)


def rename(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the name that is gone replaced by what stands in its place, in every cell."""
    for old in _missing(failure):
        for name, new in _moves(old):
            aliases = aliases_of(draft)
            changed = rewrite_cells(
                draft,
                partial(mover, name, new, aliases),
                rule=RULE,
                reason=f"{name} is gone from its library; {new} stands in its place",
                confidence=0.95 if name in _SAME else 0.9,
            )
            if changed is not None:
                return changed
    return None


def _missing(failure: Failure) -> Iterator[str]:
    """The dotted names that the failure may be about."""
    for pattern in _PATTERNS:
        if found := pattern.search(failure.message):
            module = "numpy" if found["module"] == "np" else found["module"]
            module = module.replace("tensorflow._api.v2.", "tensorflow.")
            yield f"{module}.{found['name']}" if found["name"] else module


def _moves(old: str) -> Iterator[tuple[str, str]]:
    """Names that are gone and their successors, as far as they concern the dotted name."""
    yield from ((name, MOVED[name]) for name in _known(old))
    parent, _, leaf = old.rpartition(".")
    if parent.count(".") and parent.startswith(_OPENED) and leaf.islower():
        yield old, parent  # what was a module of its own there, its package has


def _known(name: str) -> Iterator[str]:
    """The entries of the table that speak of the name, of what is below it, or of its modules."""
    below = [old for old in MOVED if old.startswith(f"{name}.")]
    yield from sorted(below, key=len, reverse=True)
    while name:
        if name in MOVED:
            yield name
        name = name.rpartition(".")[0]


def mover(old: str, new: str, aliases: Aliases) -> cst.CSTTransformer:
    """A transformer that lets imports and uses of ``old`` be of ``new``.

    Args:
        old: dotted name.
        new: dotted name, or one of Python's own.
        aliases: what the notebook's imports bind.
    """
    import libcst as cst

    target, leaf = new.rpartition(".")[::2]

    class Mover(cst.CSTTransformer):
        def __init__(self) -> None:
            super().__init__()
            self.needed: set[str] = set()

        def leave_Import(  # noqa: N802
            self, original_node: cst.Import, updated_node: cst.Import
        ) -> cst.Import:
            names = []
            for alias in updated_node.names:
                module = dotted(alias.name) or ""
                if module == old or module.startswith(f"{old}."):
                    alias = alias.with_changes(name=cst.parse_expression(new + module[len(old) :]))
                    if module == old and "." not in old and alias.asname is None:
                        alias = alias.with_changes(asname=_as(old))
                names.append(alias)
            return updated_node.with_changes(names=names)

        def leave_ImportFrom(  # noqa: N802
            self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
        ) -> cst.ImportFrom | cst.FlattenSentinel[cst.BaseSmallStatement] | cst.RemovalSentinel:
            module = dotted(updated_node.module) if updated_node.module else None
            if module is None or updated_node.relative:
                return updated_node
            if module == old or module.startswith(f"{old}."):
                place = cst.parse_expression(new + module[len(old) :])
                return updated_node.with_changes(module=place)
            if isinstance(updated_node.names, cst.ImportStar) or not old.startswith(f"{module}."):
                return updated_node
            moved = [a for a in updated_node.names if f"{module}.{a.evaluated_name}" == old]
            if not moved:
                return updated_node
            kept = [a for a in updated_node.names if a not in moved]
            made: list[cst.BaseSmallStatement] = []
            if kept:
                kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
                made.append(updated_node.with_changes(names=kept))
            bound = moved[0].evaluated_alias or moved[0].evaluated_name
            if target:
                suffix = "" if bound == leaf else f" as {bound}"
                parent, attribute = target, leaf
                if parent.rpartition(".")[2][:1].isupper():  # a method of a class
                    parent, attribute = parent.rpartition(".")[::2]
                    made.append(_statement(f"from {parent} import {attribute}"))
                    made.append(_statement(f"{bound} = {attribute}.{leaf}"))
                else:
                    made.append(_statement(f"from {parent} import {attribute}{suffix}"))
            elif not hasattr(builtins, new):
                made.append(_statement(f"import {new}" + (f" as {bound}" if bound != new else "")))
            elif bound != new:
                made.append(_statement(f"{bound} = {new}"))
            if not made:
                return cst.RemoveFromParent()
            return cst.FlattenSentinel(made)

        def leave_Attribute(  # noqa: N802
            self, original_node: cst.Attribute, updated_node: cst.Attribute
        ) -> cst.BaseExpression:
            if resolved(original_node, aliases) != old:
                return updated_node
            if direct := next((n for n, m in aliases.items() if m == new), None):
                return cst.Name(direct)
            if not target:
                if not hasattr(builtins, new):
                    self.needed.add(new)
                return cst.Name(new)
            head = dotted(original_node).partition(".")[0]  # type: ignore[union-attr]
            bound = aliases[head]
            if new.startswith(f"{bound}."):
                if bound == head and _module_of(target) != bound:
                    self.needed.add(_module_of(target))
                return cst.parse_expression(head + new[len(bound) :])
            root = next((n for n, m in aliases.items() if m == target), None)
            if root is not None:
                return cst.parse_expression(f"{root}.{leaf}")
            if target != "str":
                self.needed.add(_module_of(target))
            return cst.parse_expression(new)

        def leave_Module(  # noqa: N802
            self, original_node: cst.Module, updated_node: cst.Module
        ) -> cst.Module:
            lines = [cst.parse_statement(f"import {name}\n") for name in sorted(self.needed)]
            return updated_node.with_changes(body=[*lines, *updated_node.body])

    return Mover()


def _as(name: str) -> cst.AsName:
    import libcst as cst

    space = cst.SimpleWhitespace(" ")
    return cst.AsName(name=cst.Name(name), whitespace_before_as=space, whitespace_after_as=space)


def _module_of(target: str) -> str:
    """The module that has to be imported to reach a dotted name: classes are none."""
    parts = target.split(".")
    return ".".join(part for part in parts if not part[:1].isupper())


def _statement(text: str) -> cst.BaseSmallStatement:
    import libcst as cst

    line = cst.parse_statement(text)
    assert isinstance(line, cst.SimpleStatementLine)
    return line.body[0]
