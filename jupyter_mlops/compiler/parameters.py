"""Parameters: declared by the notebook's ``parameters`` cell, given values from outside."""

from __future__ import annotations

import ast
import difflib
import io
import json
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jupyter_mlops.compiler.layout import CodeCell
from jupyter_mlops.errors import Diagnostic, ParameterError
from jupyter_mlops.model.outline import ParameterField
from jupyter_mlops.model.pipeline import Parameter
from jupyter_mlops.model.run import Origin, ParameterValue

_SIMPLE: Mapping[str, type | tuple[type, ...]] = {
    "int": int,
    "float": (int, float),
    "bool": bool,
    "str": str,
    "None": type(None),
    "list": list,
    "dict": dict,
}
_ANYTHING = " | ".join(_SIMPLE)
_TRUE, _FALSE, _NONE = ("true", "yes", "on", "1"), ("false", "no", "off", "0"), ("none", "null")


def read_parameters(cells: Iterable[CodeCell]) -> tuple[tuple[Parameter, ...], list[Diagnostic]]:
    """The parameters that the notebook declares, in order, and what is wrong with them."""
    declared: dict[str, Parameter] = {}
    found: list[Diagnostic] = []
    for number, code in enumerate(cells):
        if number:
            found.append(
                code.diagnostic(
                    "ML204",
                    "a second cell is tagged `parameters`",
                    "move its assignments to the first",
                )
            )
            continue
        helps = _comments(code.cell.source)
        for statement in code.source.tree.body:
            try:
                parameter = _declaration(statement, helps)
                if parameter is None:
                    continue
                if parameter.name in declared:
                    raise _BadDeclaration(
                        "ML206",
                        f"parameter `{parameter.name}` is assigned twice",
                        "keep one assignment",
                    )
                declared[parameter.name] = parameter
            except _BadDeclaration as bad:
                line = statement.lineno
                found.append(code.diagnostic(bad.code, bad.message, bad.fix, line=line))
    return tuple(declared.values()), found


def field_of(parameter: Parameter, cell_id: str) -> ParameterField:
    """The parameter as a form shows it; the cell is the one that declares it."""
    kinds = _alternatives(parameter.type)
    return ParameterField(
        name=parameter.name,
        type=parameter.type,
        kinds=tuple(dict.fromkeys(kind for kind in kinds if not kind.startswith("="))),
        choices=tuple(json.loads(kind[1:]) for kind in kinds if kind.startswith("=")),
        default=parameter.default,
        help=parameter.help,
        cell_id=cell_id,
    )


def bind_parameters(
    declared: Iterable[Parameter],
    *,
    text: Mapping[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
) -> tuple[ParameterValue, ...]:
    """A value for every declared parameter, and who set it.

    Args:
        declared: the pipeline's parameters.
        text: values from the command line, read by the declared type; they win.
        given: typed values of a request.
        values: typed values from a file.
        earlier: typed values of the run that is resumed; they go before the defaults only.

    Raises:
        ParameterError: if a name is not declared or a value has the wrong type.
    """
    known = {parameter.name: parameter for parameter in declared}
    sources: tuple[tuple[Origin, Mapping[str, Any]], ...] = (
        ("command line", text or {}),
        ("request", given or {}),
        ("file", values or {}),
        ("earlier run", earlier or {}),
    )
    for name in (name for _, given in sources for name in given):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            names = ", ".join(known) or "none"
            raise ParameterError(
                f"the notebook declares no parameter {name!r}",
                name=name,
                fix=f"did you mean `{close[0]}`?" if close else f"declared parameters: {names}",
            )
    return tuple(_bind(parameter, sources) for parameter in known.values())


def _bind(
    parameter: Parameter, sources: Iterable[tuple[Origin, Mapping[str, Any]]]
) -> ParameterValue:
    name = parameter.name
    for origin, given in sources:
        if name in given:
            read = _read_text if origin == "command line" else _checked
            return ParameterValue(name=name, value=read(parameter, given[name]), origin=origin)
    return ParameterValue(name=name, value=parameter.default, origin="default")


def _read_text(parameter: Parameter, text: str) -> Any:
    for kind in _alternatives(parameter.type):
        matched, value = _from_text(kind, text)
        if matched:
            return value
    raise _mismatch(parameter, text)


def _checked(parameter: Parameter, value: Any) -> Any:
    if not any(_fits(kind, value) for kind in _alternatives(parameter.type)):
        raise _mismatch(parameter, value)
    return value


def _mismatch(parameter: Parameter, value: Any) -> ParameterError:
    return ParameterError(
        f"parameter {parameter.name!r} takes {parameter.type}, not {value!r}",
        name=parameter.name,
        fix=f"give a value like the default, {json.dumps(parameter.default)}",
    )


def _alternatives(annotation: str) -> list[str]:
    """The simple types and literals that a type allows; text is read by the strictest first."""
    order = ("None", "int", "float", "bool", "list", "dict", "str")
    kinds = list(_flatten(ast.parse(annotation, mode="eval").body))
    return sorted(kinds, key=lambda kind: order.index(kind) if kind in order else -1)


def _flatten(node: ast.expr) -> Iterator[str]:
    """The alternatives of an annotation.

    Raises:
        ValueError: if the annotation is not one that a parameter can have.
    """
    match node:
        case ast.Constant(value=None):
            yield "None"
        case ast.Constant(value=str(text)):
            yield from _flatten(ast.parse(text, mode="eval").body)
        case ast.Name(id=name) if name in _SIMPLE:
            yield name
        case ast.Name(id="List" | "Dict" as name):
            yield name.lower()
        case ast.Attribute(attr=name):
            yield from _flatten(ast.Name(id=name))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from (*_flatten(left), *_flatten(right))
        case ast.Subscript(value=value, slice=inner):
            name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name == "Optional":
                yield from ("None", *_flatten(inner))
            elif name == "Union":
                for item in items:
                    yield from _flatten(item)
            elif name == "Literal":
                for item in items:
                    yield "=" + json.dumps(ast.literal_eval(item))
            elif name.lower() in ("list", "dict"):
                yield name.lower()
            else:
                raise ValueError(name)
        case _:
            raise ValueError(ast.unparse(node))


def _from_text(kind: str, text: str) -> tuple[bool, Any]:
    """Whether the text is of the kind, and its value."""
    word = text.strip()
    if kind.startswith("="):
        value = json.loads(kind[1:])
        return text == str(value), value
    if kind == "str":
        return True, text
    if kind == "None":
        return word.lower() in _NONE, None
    if kind == "bool":
        return word.lower() in (*_TRUE, *_FALSE), word.lower() in _TRUE
    try:
        if kind in ("int", "float"):
            return True, int(word) if kind == "int" else float(word)
        value = json.loads(text)
        return isinstance(value, list if kind == "list" else dict), value
    except ValueError:
        return False, None


def _fits(kind: str, value: Any) -> bool:
    if kind.startswith("="):
        option = json.loads(kind[1:])
        return type(option) is type(value) and bool(option == value)
    if isinstance(value, bool) and kind != "bool":
        return False
    return isinstance(value, _SIMPLE[kind])


class _BadDeclaration(Exception):
    def __init__(self, code: str, message: str, fix: str) -> None:
        self.code, self.message, self.fix = code, message, fix


def _declaration(node: ast.stmt, helps: Mapping[int, str]) -> Parameter | None:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return None
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value) if value:
            quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
            kind = ast.literal_eval(annotation) if quoted else ast.unparse(annotation)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            kind = ""
        case _:
            raise _BadDeclaration(
                "ML205",
                "a `parameters` cell holds assignments of literal values only",
                "move this statement to another cell",
            )
    assert value is not None
    try:
        default = ast.literal_eval(value)
        if json.loads(json.dumps(default, allow_nan=False)) != default:
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise _BadDeclaration(
            "ML201",
            f"the default of parameter `{name}` is not a literal of int, float, bool, str, None, "
            "list or dict",
            "write the value itself and compute with it in another cell",
        ) from None
    if kind:
        try:
            fits = any(_fits(k, default) for k in _alternatives(kind))
        except (ValueError, SyntaxError, TypeError):
            raise _BadDeclaration(
                "ML202",
                f"parameter `{name}` has the type {kind}, which cannot be given from outside",
                "use int, float, bool, str, None, list, dict, Literal[…] or Optional[…]",
            ) from None
        if not fits:
            raise _BadDeclaration(
                "ML203",
                f"the default of parameter `{name}` is {default!r}, not {kind}",
                "change the default or the annotation",
            )
    else:
        kind = _ANYTHING if default is None else type(default).__name__
    return Parameter(name=name, type=kind, default=default, help=helps.get(node.lineno, ""))


def _comments(source: str) -> Mapping[int, str]:
    """Help by line: the comment behind a line, else the comment lines directly above it."""
    behind: dict[int, str] = {}
    alone: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                own_line = not token.line[: token.start[1]].strip()
                (alone if own_line else behind)[token.start[0]] = token.string.lstrip("# ").strip()
    except (tokenize.TokenError, SyntaxError):
        return {}
    helps = dict(behind)
    for line in range(1, source.count("\n") + 2):
        if line not in alone and line not in helps:
            above = line - 1
            texts: list[str] = []
            while above in alone:
                texts.insert(0, alone[above])
                above -= 1
            if texts:
                helps[line] = " ".join(texts)
    return helps
