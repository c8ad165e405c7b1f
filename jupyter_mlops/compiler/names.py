"""What a cell does to names: which it may read, which it binds for certain, which it may mutate.

Scopes are the interpreter's own (``symtable``); this module only follows the order of statements.
Reads are over-approximated: a name counts as read unless a straight line of statements has bound it
before (definite assignment, as in data-flow analysis).
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeGuard

from jupyter_mlops.notebook.source import EVERYTHING, MAGIC, Source

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)
_DYNAMIC = frozenset({"eval", "exec", "globals", "locals", "vars", "dir"})
_QUERIES = frozenset({"query", "eval"})
_WRITES = re.compile(r"to_|.*save|.*write|.*dump|.*export|mkdir|touch|unlink|rename|replace|remove")
_WRITE_MODES = {
    mode + kind for mode in ("w", "a", "x", "r+", "w+", "a+") for kind in ("", "b", "t")
}
_LOOKS_ONLY = frozenset(
    {"boxplot", "copy", "corr", "count", "describe", "display", "groupby", "head", "hist", "info"}
    | {
        "isna",
        "items",
        "keys",
        "mean",
        "plot",
        "predict",
        "query",
        "sample",
        "score",
        "show",
        "sum",
        "tail",
    }
    | {"value_counts", "values"}
)


@dataclass(slots=True)
class Body:
    """What functions, lambdas and classes do to global names when they are called.

    ``nested`` is True if a call may give a function or an instance that acts on names later.
    """

    reads: dict[str, int] = field(default_factory=dict)
    binds: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    nested: bool = False

    def add(self, other: Body) -> None:
        """Take in what another body does."""
        for name, line in other.reads.items():
            self.reads.setdefault(name, line)
        self.binds |= other.binds
        self.mutates |= other.mutates
        self.nested |= other.nested


@dataclass(slots=True)
class Names:
    """What a piece of code does to names.

    Attributes:
        exposed: names that may be read before the code has certainly bound them → first line.
        guarded: the exposed ones that a missing binding does not break (shell expansions, reads
            under ``except NameError``).
        deferred: what bodies defined here do when they are called.
        bodies: per bound name, what the bodies in its binding statements do.
        carries: per bound name, the names mentioned in its binding statements.
        calls: per bound name, the names that its binding statements only call.
        binds: names that may be bound → first line.
        certain: names bound for certain at the end.
        deletes: names that may be deleted.
        mutates: names whose value may be changed in place, as far as the syntax shows it.
        imports: names bound by import statements only.
        modules: top-level modules imported.
        stars: modules star-imported.
        everything: any name may be read or bound.
        paths: string literals that look like paths.
        writes_paths: those of them that a call that writes files names.
        ends: line of a statement after which nothing runs, or None.
    """

    exposed: dict[str, int] = field(default_factory=dict)
    guarded: set[str] = field(default_factory=set)
    deferred: Body = field(default_factory=Body)
    bodies: dict[str, Body] = field(default_factory=dict)
    carries: dict[str, set[str]] = field(default_factory=dict)
    calls: dict[str, set[str]] = field(default_factory=dict)
    binds: dict[str, int] = field(default_factory=dict)
    certain: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    stars: set[str] = field(default_factory=set)
    everything: bool = False
    paths: set[str] = field(default_factory=set)
    writes_paths: set[str] = field(default_factory=set)
    ends: int | None = None


def names_of(source: Source) -> Names:
    """What the cell does to names."""
    walker = _Walker(_tables(source.text))
    walker.block(source.tree.body)
    return walker.names


def statement_names(source: Source) -> Iterator[tuple[ast.stmt, Names]]:
    """What each top-level statement of the cell does to names, by itself."""
    tables = _tables(source.text)
    for statement in source.tree.body:
        walker = _Walker(tables)
        walker.block([statement])
        yield statement, walker.names


Tables = dict[tuple[int, str], list[symtable.SymbolTable]]


def _tables(text: str) -> Tables:
    """Every nested scope of the text by line and name."""
    found: Tables = {}
    pending = symtable.symtable(text, "<cell>", "exec").get_children()
    while pending:
        table = pending.pop()
        key = (table.get_lineno(), table.get_name().strip("<>"))
        found.setdefault(key, []).append(table)
        pending.extend(table.get_children())
    return found


class _Walker:
    """Follows statements in order and fills in a :class:`Names`."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
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
        root = _root(node)
        if root is not None:
            self.names.mutates.add(root)

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
            self.defer(node, "lambda")
        elif isinstance(node, _COMPREHENSIONS):
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

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        self.expression(node.generators[0].iter)
        scope = {"ListComp": "listcomp", "SetComp": "setcomp", "DictComp": "dictcomp"}
        for name, line in self.scope(node, scope.get(type(node).__name__, "genexpr")).reads.items():
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
            self.defer(node, scope.get(type(node).__name__, "genexpr"))

    def call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == MAGIC:
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

    def dynamic(self, node: ast.Call) -> None:
        """Calls that reach names through text, or files."""
        self.written(node)
        function = node.func
        if isinstance(function, ast.Name):
            if function.id in _DYNAMIC and (function.id not in ("vars", "dir") or not node.args):
                self.names.everything = True
        elif isinstance(function, ast.Attribute) and function.attr in _QUERIES and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                for word in text.value.split("@")[1:]:
                    name = _leading_name(word)
                    if name:
                        self.read(name, node.lineno)
            elif function.attr == "query":
                self.names.everything = True

    def literal(self, value: object) -> None:
        if _looks_like_path(value):
            self.names.paths.add(value)

    def written(self, node: ast.Call) -> None:
        """Paths that a call such as ``df.to_csv("x.csv")`` writes."""
        modes = {a.value for a in ast.walk(node) if isinstance(a, ast.Constant)}
        if _WRITES.match(_callee(node).rpartition(".")[2]) or (
            _callee(node).rpartition(".")[2] == "open" and modes & _WRITE_MODES
        ):
            self.names.writes_paths |= {m for m in modes if _looks_like_path(m)}

    # Nested scopes

    def scope(self, node: ast.AST, name: str) -> Body:
        """What the scope that ``node`` opens does to global names, nested scopes included."""
        body = Body()
        line = getattr(node, "lineno", 0)
        tables = list(self.tables.get((line, name), ()))
        while tables:
            table = tables.pop()
            tables.extend(table.get_children())
            for symbol in table.get_symbols():
                if symbol.is_global():
                    if symbol.is_referenced():
                        body.reads.setdefault(symbol.get_name(), line)
                    if symbol.is_assigned() or symbol.is_imported():
                        body.binds.add(symbol.get_name())
        return body

    def defer(self, node: ast.AST, name: str) -> None:
        """Record a body that runs later."""
        body = self.scope(node, name)
        known = {*body.reads, *body.binds}
        for child in ast.walk(node):
            body.mutates |= {m for m in _mutated(child) if m in known}
            if isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
                body.reads.setdefault(child.target.id, child.lineno)
            body.nested |= child is not node and isinstance(child, _SCOPES)
            if isinstance(child, ast.Call):
                self.dynamic(child)
            elif isinstance(child, ast.Constant):
                self.literal(child.value)
            elif isinstance(child, ast.Import | ast.ImportFrom):
                self.modules(child)
        self.bodied.add(body)
        self.mentioned |= set(body.reads)
        self.names.deferred.add(body)

    # Statements

    def on_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:  # noqa: N802
        arguments = node.args
        self.expressions([*node.decorator_list, *arguments.defaults, *arguments.kw_defaults])
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        self.expressions([*(a.annotation for a in every), node.returns])
        self.defer(node, node.name)
        self.bind(node.name, node.lineno)

    on_AsyncFunctionDef = on_FunctionDef  # noqa: N815

    def on_ClassDef(self, node: ast.ClassDef) -> None:  # noqa: N802
        self.expressions([*node.decorator_list, *node.bases, *(k.value for k in node.keywords)])
        inner = _Walker(self.tables)
        inner.names.certain = set(self.names.certain)
        for statement in node.body:
            inner.statement(statement)
        for name, line in inner.names.exposed.items():
            self.read(name, line)
        self.names.everything |= inner.names.everything
        self.names.modules |= inner.names.modules
        self.names.paths |= inner.names.paths
        self.names.mutates |= inner.names.mutates - set(inner.names.binds)
        self.bodied.add(inner.names.deferred)
        self.bodied.nested = True
        self.mentioned |= set(inner.names.deferred.reads)
        self.names.deferred.add(inner.names.deferred)
        self.bind(node.name, node.lineno)

    def on_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        self.expression(node.value)
        for target in node.targets:
            self.target(target)

    def on_AnnAssign(self, node: ast.AnnAssign) -> None:  # noqa: N802
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
                self.names.certain.discard(target.id)
            else:
                self.expression(target)
                self.mutate(target)

    def on_Expr(self, node: ast.Expr) -> None:  # noqa: N802
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        self.names.mutates.update(_mutated(node))
        self.expression(value)
        if isinstance(value, ast.Call) and _callee(value) in ("exit", "quit", "sys.exit"):
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
        catches = any(_catches_name_error(handler) for handler in node.handlers)
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
        """Code that may not run: what it binds is not certain afterwards; yields what it bound."""
        before = set(self.names.certain)
        bound: set[str] = set()
        yield bound
        bound |= self.names.certain
        self.names.certain = before & self.names.certain

    @contextmanager
    def guarded(self, active: bool = True) -> Iterator[None]:
        self.guards += active
        yield
        self.guards -= active


def _mutated(node: ast.AST) -> Iterator[str]:
    """Root names that a node, by itself, shows to be changed in place."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = [t for t in node.targets if not isinstance(t, ast.Name)]
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = [t for t in node.targets if not isinstance(t, ast.Name)]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if isinstance(function, ast.Attribute) and function.attr not in _LOOKS_ONLY:
            targets = [function.value]
    for target in targets:
        root = _root(target)
        if root is not None:
            yield root


def _root(node: ast.expr) -> str | None:
    """The name at the root of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _callee(node: ast.Call) -> str:
    """``f``, ``a.f``, or ``.f`` for a method of anything but a name."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return (
            f"{function.value.id if isinstance(function.value, ast.Name) else ''}.{function.attr}"
        )
    return function.id if isinstance(function, ast.Name) else ""


def _looks_like_path(value: object) -> TypeGuard[str]:
    return (
        isinstance(value, str)
        and 1 < len(value) < 250
        and not any(c.isspace() for c in value)
        and "://" not in value
        and ("/" in value or "." in value[1:-1])
        and bool(value.strip("./"))
    )


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    return bool(names & {"NameError", "Exception", "BaseException"})


def _leading_name(text: str) -> str:
    length = 0
    while length < len(text) and text[: length + 1].isidentifier():
        length += 1
    return text[:length]
