"""Follows the statements of a cell: what it may read, binds for certain, may mutate.

Reads are over-approximated: a name counts as read unless a straight line of statements has bound it
before (definite assignment, as in data-flow analysis). Scopes are the interpreter's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jupyter_mlops.compiler.names import Body, Names
from jupyter_mlops.compiler.scopes import (
    Comprehension,
    Tables,
    body_of,
    body_of_comprehension,
    tables_of,
)
from jupyter_mlops.compiler.syntax import (
    callee,
    catches_name_error,
    leading_name,
    looks_like_path,
    mutated,
    read_paths,
    root,
    written_paths,
)
from jupyter_mlops.notebook.source import EVERYTHING, MAGIC, Source

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)
_GLOBAL = frozenset({"eval", "exec", "globals"})
_DYNAMIC = _GLOBAL | {"locals", "vars", "dir"}
_QUERIES = frozenset({"query", "eval"})


def names_of(source: Source, *, future: bool = False) -> Names:
    """What the cell does to names.

    Args:
        source: of the cell.
        future: True if annotations are texts that nobody evaluates, because this cell or one above
            imports that from ``__future__``.
    """
    walker = _Walker(tables_of(source.text), future=future)
    walker.block(source.tree.body)
    return walker.names


def statement_names(source: Source) -> Iterator[tuple[ast.stmt, Names]]:
    """What each top-level statement of the cell does to names, by itself."""
    tables = tables_of(source.text)
    for statement in source.tree.body:
        walker = _Walker(tables)
        walker.block([statement])
        yield statement, walker.names


class _Walker:
    """Follows statements in order and fills in a :class:`Names`."""

    def __init__(self, tables: Tables, *, future: bool = False) -> None:
        self.tables = tables
        self.future = future
        self.names = Names()
        self.guards = 0
        self.mentioned: set[str] = set()
        self.called: set[str] = set()
        self.bodied = Body()

    def block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self.mentioned, self.called, self.bodied = set(), set(), Body()
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        method = getattr(self, f"on_{type(node).__name__}", None)
        if method is not None:
            method(node)
        else:
            self.expressions(ast.iter_child_nodes(node))

    # Names

    def read(self, name: str, line: int, *, called: bool = False) -> None:
        (self.called if called else self.mentioned).add(name)
        if name == EVERYTHING:
            self.names.everything = True
        elif name not in self.names.certain:
            if name not in self.names.exposed and self.guards:
                self.names.guarded.add(name)
            elif not self.guards:
                self.names.guarded.discard(name)
            self.names.exposed.setdefault(name, line)

    def bind(self, name: str, line: int, *, certain: bool = True, imported: bool = False) -> None:
        names = self.names
        if imported and name not in names.binds:
            names.imports.add(name)
        elif not imported:
            names.imports.discard(name)
        names.binds.setdefault(name, line)
        names.gone.discard(name)
        if certain:
            names.certain.add(name)
        names.carries.setdefault(name, set()).update(self.mentioned - {name})
        names.calls.setdefault(name, set()).update(self.called - self.mentioned)
        names.bodies.setdefault(name, Body()).add(self.bodied)

    def target(self, node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, node.lineno)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for element in node.elts:
                self.target(element)
        elif isinstance(node, ast.Starred):
            self.target(node.value)
        else:
            self.expression(node)
            self.mutate(node)

    def mutate(self, node: ast.expr) -> None:
        name = root(node)
        if name is not None:
            self.names.mutates.add(name)

    # Expressions

    def expressions(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if isinstance(node, ast.stmt):
                self.statement(node)
            elif node is not None:
                self.expression(node)

    def expression(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                self.read(node.id, node.lineno)
            else:
                self.bind(node.id, node.lineno, certain=False)
        elif isinstance(node, ast.Lambda):
            self.expressions([*node.args.defaults, *node.args.kw_defaults])
            self.defer(node, body_of(self.tables, node, "lambda"))
        elif isinstance(node, Comprehension):
            self.comprehension(node)
        elif isinstance(node, ast.NamedExpr):
            self.expression(node.value)
            self.bind(node.target.id, node.lineno, certain=False)
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, ast.Constant):
            self.literal(node.value)
        else:
            self.expressions(ast.iter_child_nodes(node))

    def comprehension(self, node: Comprehension) -> None:
        self.expression(node.generators[0].iter)
        for name, line in body_of_comprehension(node).reads.items():
            self.read(name, line)
        for child in ast.walk(node):
            if isinstance(child, ast.NamedExpr):
                self.bind(child.target.id, child.lineno, certain=False)
            elif isinstance(child, ast.Call):
                self.dynamic(child)
            elif isinstance(child, ast.Constant):
                self.literal(child.value)
        if isinstance(node, ast.GeneratorExp) or any(
            isinstance(child, ast.Lambda) for child in ast.walk(node)
        ):
            self.defer(node, body_of_comprehension(node))

    def call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == MAGIC:
            for word in ast.literal_eval(node.args[0]).split():
                self.literal(word.strip("'\""))
            with self.guarded():
                self.expressions(node.args)
            return
        self.dynamic(node)
        if isinstance(node.func, ast.Attribute) and any(
            k.arg == "inplace" and not (isinstance(k.value, ast.Constant) and not k.value.value)
            for k in node.keywords
        ):
            self.mutate(node.func.value)
        if isinstance(node.func, ast.Name):
            self.read(node.func.id, node.lineno, called=True)
            self.expressions([*node.args, *node.keywords])
        else:
            self.expressions(ast.iter_child_nodes(node))

    def dynamic(self, node: ast.Call, body: Body | None = None) -> None:
        """Calls that reach names through text, or files; those of a body, whenever it runs."""
        self.names.reads_paths |= read_paths(node)
        self.names.writes_paths |= written_paths(node)
        function = node.func
        if isinstance(function, ast.Name):
            if function.id in _DYNAMIC and (function.id not in ("vars", "dir") or not node.args):
                self.reach_everything(body if function.id in _GLOBAL else None)
        elif isinstance(function, ast.Attribute) and function.attr in _QUERIES and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                for word in text.value.split("@")[1:]:
                    name = leading_name(word)
                    if name and body is not None:
                        body.reads.setdefault(name, node.lineno)
                    elif name:
                        self.read(name, node.lineno)
            elif function.attr == "query":
                self.reach_everything(body)

    def reach_everything(self, body: Body | None) -> None:
        self.names.everything = True
        if body is not None:
            body.everything = True

    def literal(self, value: object) -> None:
        if looks_like_path(value):
            self.names.paths.add(value)

    # Nested scopes

    def defer(self, node: ast.AST, body: Body) -> None:
        """Record what a body does that runs later."""
        known = {*body.reads, *body.binds}
        for child in ast.walk(node):
            body.mutates |= {m for m in mutated(child) if m in known}
            if isinstance(child, ast.AugAssign | ast.Delete):
                targets = child.targets if isinstance(child, ast.Delete) else [child.target]
                for target in targets:
                    if isinstance(target, ast.Name) and target.id in body.binds:
                        body.reads.setdefault(target.id, child.lineno)
            body.nested |= child is not node and isinstance(child, _SCOPES)
            if isinstance(child, ast.Call):
                self.dynamic(child, body)
            elif isinstance(child, ast.Constant):
                self.literal(child.value)
            elif isinstance(child, ast.Import | ast.ImportFrom):
                self.modules(child)
        self.bodied.add(body)
        self.take_deferred(body)

    def take_deferred(self, body: Body) -> None:
        self.mentioned |= set(body.reads)
        self.names.deferred.add(body)
        self.names.later |= body.reads.keys() - self.names.certain

    # Statements

    def on_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:  # noqa: N802
        arguments = node.args
        self.expressions([*node.decorator_list, *arguments.defaults, *arguments.kw_defaults])
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        if not self.future:
            with self.type_parameters(node):
                self.expressions([*(a.annotation for a in every), node.returns])
        self.defer(node, body_of(self.tables, node, node.name))
        self.bind(node.name, node.lineno)

    on_AsyncFunctionDef = on_FunctionDef  # noqa: N815

    def on_ClassDef(self, node: ast.ClassDef) -> None:  # noqa: N802
        self.expressions(node.decorator_list)
        inner = _Walker(self.tables, future=self.future)
        with self.type_parameters(node):
            self.expressions([*node.bases, *(k.value for k in node.keywords)])
            inner.names.certain = set(self.names.certain)
        for statement in node.body:
            inner.statement(statement)
        for name, line in inner.names.exposed.items():
            self.read(name, line)
        self.names.everything |= inner.names.everything
        self.names.modules |= inner.names.modules
        self.names.paths |= inner.names.paths
        self.names.reads_paths |= inner.names.reads_paths
        self.names.writes_paths |= inner.names.writes_paths
        self.names.mutates |= inner.names.mutates - set(inner.names.binds)
        self.bodied.add(inner.names.deferred)
        self.bodied.nested = True
        self.take_deferred(inner.names.deferred)
        self.bind(node.name, node.lineno)

    def on_TypeAlias(self, node: Any) -> None:  # noqa: N802
        """``type X = …`` (from Python 3.12 on): evaluated when somebody asks for the value."""
        self.defer(node, body_of(self.tables, node, node.name.id))
        self.bind(node.name.id, node.lineno)

    @contextmanager
    def type_parameters(self, node: ast.AST) -> Iterator[None]:
        """Code that may read the type parameters of a definition (from Python 3.12 on)."""
        own = {parameter.name for parameter in getattr(node, "type_params", ())}
        own -= self.names.certain
        self.names.certain |= own
        yield
        self.names.certain -= own

    def on_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        self.expression(node.value)
        for target in node.targets:
            self.target(target)

    def on_AnnAssign(self, node: ast.AnnAssign) -> None:  # noqa: N802
        if not self.future:
            self.expression(node.annotation)
        if node.value is not None:
            self.expression(node.value)
            self.target(node.target)

    def on_AugAssign(self, node: ast.AugAssign) -> None:  # noqa: N802
        self.expression(node.value)
        if isinstance(node.target, ast.Name):
            self.read(node.target.id, node.lineno)
        self.target(node.target)
        self.mutate(node.target)

    def on_Delete(self, node: ast.Delete) -> None:  # noqa: N802
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.read(target.id, target.lineno)
                self.names.deletes.add(target.id)
                self.names.gone.add(target.id)
                self.names.certain.discard(target.id)
            else:
                self.expression(target)
                self.mutate(target)

    def on_Expr(self, node: ast.Expr) -> None:  # noqa: N802
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        self.names.mutates.update(mutated(node))
        self.expression(value)
        if isinstance(value, ast.Call) and callee(value) in ("exit", "quit", "sys.exit"):
            self.ends(node)

    def on_Raise(self, node: ast.Raise) -> None:  # noqa: N802
        self.expressions([node.exc, node.cause])
        self.ends(node)

    def ends(self, node: ast.stmt) -> None:
        if node.col_offset == 0 and self.names.ends is None and not self.guards:
            self.names.ends = node.lineno

    def on_For(self, node: ast.For | ast.AsyncFor) -> None:  # noqa: N802
        self.expression(node.iter)
        with self.branch():
            self.target(node.target)
            self.nested(node.body)
        with self.branch():
            self.nested(node.orelse)

    on_AsyncFor = on_For  # noqa: N815

    def on_While(self, node: ast.While) -> None:  # noqa: N802
        self.expression(node.test)
        with self.branch():
            self.nested(node.body)
        with self.branch():
            self.nested(node.orelse)

    def on_If(self, node: ast.If) -> None:  # noqa: N802
        self.expression(node.test)
        with self.branch() as then:
            self.nested(node.body)
        with self.branch() as otherwise:
            self.nested(node.orelse)
        self.names.certain |= then & otherwise

    def on_With(self, node: ast.With | ast.AsyncWith) -> None:  # noqa: N802
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars)
        with self.branch():
            self.nested(node.body)

    on_AsyncWith = on_With  # noqa: N815

    def on_Try(self, node: ast.Try) -> None:  # noqa: N802
        catches = any(catches_name_error(handler) for handler in node.handlers)
        with self.branch():
            with self.guarded(catches):
                self.nested(node.body)
            self.nested(node.orelse)
        for handler in node.handlers:
            with self.branch():
                if handler.type is not None:
                    self.expression(handler.type)
                if handler.name:
                    self.bind(handler.name, handler.lineno)
                self.nested(handler.body)
                if handler.name:  # Python deletes it when the handler ends
                    self.names.deletes.add(handler.name)
        self.nested(node.finalbody)

    on_TryStar = on_Try  # noqa: N815

    def on_Match(self, node: ast.Match) -> None:  # noqa: N802
        self.expression(node.subject)
        for case in node.cases:
            with self.branch():
                for child in ast.walk(case.pattern):
                    name = getattr(child, "name", None) or getattr(child, "rest", None)
                    if isinstance(name, str):
                        self.bind(name, node.lineno)
                    elif isinstance(child, ast.MatchValue | ast.MatchClass):
                        self.expression(getattr(child, "value", None) or child.cls)  # type: ignore[union-attr]
                if case.guard is not None:
                    self.expression(case.guard)
                self.nested(case.body)

    def on_Import(self, node: ast.Import) -> None:  # noqa: N802
        self.modules(node)
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.bind(name, node.lineno, imported=True)

    def on_ImportFrom(self, node: ast.ImportFrom) -> None:  # noqa: N802
        self.modules(node)
        for alias in node.names:
            if alias.name == "*":
                self.names.stars.add(node.module or "")
            else:
                self.bind(alias.asname or alias.name, node.lineno, imported=True)

    def modules(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            self.names.modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif node.module and not node.level:
            self.names.modules.add(node.module.partition(".")[0])
        self.names.everything |= "__main__" in self.names.modules

    def on_Global(self, node: ast.Global) -> None:  # noqa: N802
        """At the top level ``global`` says nothing."""

    # Control flow

    def nested(self, statements: Sequence[ast.stmt]) -> None:
        """A block inside a statement: what it mentions belongs to the whole statement."""
        mentioned, called, bodied = self.mentioned, self.called, self.bodied
        for statement in statements:
            self.mentioned, self.called, self.bodied = set(mentioned), set(called), Body()
            self.bodied.add(bodied)
            self.statement(statement)
        self.mentioned, self.called, self.bodied = mentioned, called, bodied

    @contextmanager
    def branch(self) -> Iterator[set[str]]:
        """Code that may not run: nothing of it is certain afterwards; yields what it bound."""
        certain, gone = set(self.names.certain), set(self.names.gone)
        bound: set[str] = set()
        yield bound
        bound |= self.names.certain
        self.names.certain &= certain
        self.names.gone &= gone

    @contextmanager
    def guarded(self, active: bool = True) -> Iterator[None]:
        self.guards += active
        yield
        self.guards -= active
