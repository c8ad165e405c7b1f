"""The interpreter's own scopes (``symtable``): what nested ones do to global names."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Mapping, Sequence

from jupyter_mlops.compiler.names import Body

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

Tables = Mapping[tuple[int, str], Sequence[symtable.SymbolTable]]
"""Nested scopes by line and name; those that share both cannot be told apart."""


def tables_of(text: str) -> Tables:
    """Every nested scope of the text."""
    found: dict[tuple[int, str], list[symtable.SymbolTable]] = {}
    pending = symtable.symtable(text, "<cell>", "exec").get_children()
    while pending:
        table = pending.pop()
        key = (table.get_lineno(), table.get_name().strip("<>"))
        found.setdefault(key, []).append(table)
        pending.extend(table.get_children())
    return found


def body_of_comprehension(node: Comprehension) -> Body:
    """What the comprehension does to global names, nested scopes included.

    Its first iterable is left out. From Python 3.12 on only a generator expression has a scope of
    its own in the interpreter's tables, so it is taken for one.
    """
    item = (
        ast.Tuple([node.key, node.value], ast.Load())
        if isinstance(node, ast.DictComp)
        else node.elt
    )
    alike = ast.unparse(ast.GeneratorExp(item, node.generators))
    return _body(symtable.symtable(alike, "<cell>", "exec").get_children()[-1:], node)


def body_of(tables: Tables, node: ast.AST, name: str) -> Body:
    """What the scope that ``node`` opens does to global names, nested scopes included."""
    return _body(tables.get((getattr(node, "lineno", 0), name), ()), node)


def _body(scopes: Iterable[symtable.SymbolTable], node: ast.AST) -> Body:
    body, lines = Body(), _first_lines(node)
    pending = list(scopes)
    while pending:
        table = pending.pop()
        pending.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_global():
                if symbol.is_referenced():
                    name = symbol.get_name()
                    body.reads.setdefault(name, lines.get(name, getattr(node, "lineno", 0)))
                if symbol.is_assigned() or symbol.is_imported():
                    body.binds.add(symbol.get_name())
    return body


def _first_lines(node: ast.AST) -> Mapping[str, int]:
    """The line on which each name first stands in the node."""
    lines: dict[str, int] = {}
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            lines[child.id] = min(child.lineno, lines.get(child.id, child.lineno))
    return lines
