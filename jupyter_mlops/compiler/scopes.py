"""The interpreter's own scopes (``symtable``): what nested ones do to global names."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Mapping, Sequence

from jupyter_mlops.compiler.names import Body

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


def body_of(tables: Tables, node: ast.AST, name: str) -> Body:
    """What the scope that ``node`` opens does to global names, nested scopes included."""
    body = Body()
    line = getattr(node, "lineno", 0)
    pending = list(tables.get((line, name), ()))
    while pending:
        table = pending.pop()
        pending.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_global():
                if symbol.is_referenced():
                    body.reads.setdefault(symbol.get_name(), line)
                if symbol.is_assigned() or symbol.is_imported():
                    body.binds.add(symbol.get_name())
    return body
