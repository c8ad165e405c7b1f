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
    return _body(symtable.symtable(alike, "<cell>", "exec").get_children()[-1:], node.lineno)


def body_of(tables: Tables, node: ast.AST, name: str) -> Body:
    """What the scope that ``node`` opens does to global names, nested scopes included."""
    line = getattr(node, "lineno", 0)
    return _body(tables.get((line, name), ()), line)


def _body(scopes: Iterable[symtable.SymbolTable], line: int) -> Body:
    body = Body()
    pending = list(scopes)
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
