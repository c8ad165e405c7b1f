"""Cell sources as plain Python for analysis: IPython syntax first, then nothing but ``ast``.

The analysis text has the lines of the cell. Magics and shell lines become calls of names that no
notebook binds: what a magic runs as Python stands there as Python, the names that it expands are
arguments, and its own text is a string, so that it counts for the code's identity.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

EVERYTHING = "__mlops_everything__"
"""A name in the analysis text that stands for: any name may be read or bound here."""

MAGIC = "__mlops_magic__"

_PARSE = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_RUNS_LINE = frozenset({"time", "prun", "memit", "mprun", "lprun", "debug"})
_RUNS_BODY = frozenset({"time", "prun", "memit", "capture", "debug"})
_ANY_NAME = frozenset(
    {"run", "load", "loadpy", "store", "reset", "reset_selective", "xdel", "macro", "rerun"}
    | {"recall", "edit", "who", "whos", "who_ls", "save", "notebook", "pylab", "autocall"}
)
_NO_NAME = frozenset(
    {"matplotlib", "config", "load_ext", "reload_ext", "unload_ext", "autoreload", "pip", "conda"}
    | {"uv", "precision", "colors", "xmode", "gui", "alias", "lsmagic", "pwd", "pinfo", "pinfo2"}
    | {"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "writefile", "file"}
)
_SHELLS = frozenset({"bash", "sh", "script", "cmd", "system", "sx", "!", "perl", "ruby", "python3"})
_CALLS = {"run_line_magic", "run_cell_magic", "system", "getoutput"}
_EXPANSION = re.compile(r"(?<!\$)\$(\w+)|\{([^{}]+)\}")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A code cell ready for analysis.

    Attributes:
        text: the analysis text.
        tree: its syntax tree; line numbers are the cell's.
    """

    text: str
    tree: ast.Module


def parse_source(source: str) -> Source:
    """The analysis text of a cell and its tree.

    Raises:
        SyntaxError: if the cell is not Python once IPython's syntax is gone; ``lineno`` is the
            cell's line.
    """
    try:
        return Source(text=source, tree=_parse(source))
    except SyntaxError as error:
        plain = error
    text = _without_magics(source)
    if text is None:
        raise plain
    return Source(text=text, tree=_parse(text))


def tree_of(source: str) -> ast.Module:
    """The tree of a cell; an empty one if it is no Python, as a cell meant to fail may be."""
    try:
        return parse_source(source).tree
    except (SyntaxError, RecursionError):
        return ast.Module(body=[], type_ignores=[])


def _parse(text: str) -> ast.Module:
    try:
        tree = compile(text, "<cell>", "exec", _PARSE, dont_inherit=True)
    except ValueError as error:  # null bytes
        raise SyntaxError(str(error)) from None
    except MemoryError:  # the parser's stack is full
        raise SyntaxError("too deeply nested") from None
    assert isinstance(tree, ast.Module)
    return tree


def _without_magics(source: str) -> str | None:
    """The analysis text of a cell that is not plain Python, or None if IPython changes nothing."""
    stripped = source.lstrip()
    if stripped.startswith("%%"):
        return _cell_magic(source[: len(source) - len(stripped)].count("\n"), stripped)
    from IPython.core.inputtransformer2 import TransformerManager

    transformed = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    return None if transformed.rstrip() == source.rstrip() else _replace_calls(transformed)


def _cell_magic(blank_lines: int, source: str) -> str:
    first, _, body = source.partition("\n")
    name, _, line = first[2:].strip().partition(" ")
    reads = _expanded(line)
    if name in _RUNS_BODY:
        head = _magic(first, reads)
        if name == "capture":
            bound = [word for word in line.split() if word.isidentifier()]
            head = f"{' = '.join([*bound[:1], head])}"
        return "\n" * blank_lines + head + "\n" + parse_source(body).text
    if name in _SHELLS:
        names = re.findall(r"--(?:out|err)[ =](\w+)", line)
        return "\n" * blank_lines + " = ".join([*names, _magic(source, reads)])
    if name in _NO_NAME:
        return "\n" * blank_lines + _magic(source, reads)
    if name in _ANY_NAME:
        return "\n" * blank_lines + _magic(source, (EVERYTHING,))
    return "\n" * blank_lines + _magic(source, tuple(dict.fromkeys(_words(line + "\n" + body))))


def _replace_calls(transformed: str) -> str:
    """``get_ipython().…`` calls of IPython's transformer replaced by their analysis text."""
    lines = transformed.split("\n")
    tree = _parse(transformed)
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _transformer_call(n)]
    for node in sorted(found, key=lambda call: (call.lineno, -call.col_offset)):
        row = node.lineno - 1
        line = lines[row].encode()
        assert node.end_col_offset is not None
        new = _call_text(node, statement=id(node) in statements).encode()
        lines[row] = (line[: node.col_offset] + new + line[node.end_col_offset :]).decode()
    return "\n".join(lines)


def _transformer_call(node: ast.Call) -> bool:
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _CALLS
        and isinstance(function.value, ast.Call)
        and isinstance(function.value.func, ast.Name)
        and function.value.func.id == "get_ipython"
        and node.lineno == node.end_lineno
        and all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in node.args)
    )


def _call_text(node: ast.Call, *, statement: bool) -> str:
    assert isinstance(node.func, ast.Attribute)
    values = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
    if node.func.attr in ("system", "getoutput"):
        return _magic("!" + values[0], _expanded(values[0]))
    name, line = values[0], values[1] if len(values) > 1 else ""
    if node.func.attr == "run_cell_magic":
        return _magic(f"%%{name} {line}", (EVERYTHING,))
    text = f"%{name} {line}"
    if name in _RUNS_LINE:
        return _line_code(text, line, statement=statement)
    if name in _ANY_NAME:
        return _magic(text, (EVERYTHING,))
    if name in _NO_NAME or name in _SHELLS or name in ("cd", "env", "set_env", "mkdir", "ls"):
        return _magic(text, _expanded(line))
    return _magic(text, tuple(dict.fromkeys(_words(line))))


def _line_code(text: str, line: str, *, statement: bool) -> str:
    """What ``%time f(x)`` runs, as Python on one line."""
    code = re.sub(r"^(?:-\w+(?:[ =]?\d+)?\s+)*", "", line).strip()
    try:
        tree = _parse(code)
    except SyntaxError:
        return _magic(text, tuple(dict.fromkeys(_words(code))))
    if statement:
        return f"{_magic(text, ())}; {code}" if code else _magic(text, ())
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return f"({_magic(text, ())}, {code})[1]"
    return _magic(text, tuple(dict.fromkeys(_words(code))))


def _magic(text: str, names: tuple[str, ...]) -> str:
    return f"{MAGIC}({', '.join([repr(text), *names])})"


def _expanded(line: str) -> tuple[str, ...]:
    """Names that IPython expands in a shell line: ``{expression}`` and ``$name``."""
    names: dict[str, None] = {}
    for match in _EXPANSION.finditer(line):
        names.update(dict.fromkeys([match[1]] if match[1] else _words(match[2])))
    return tuple(name for name in names if not name.isdigit())


def _words(text: str) -> list[str]:
    import keyword

    return [word for word in _WORD.findall(text) if not keyword.iskeyword(word)]
