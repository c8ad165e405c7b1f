"""The transformer that takes the literals of one kind out of one cell."""

from __future__ import annotations

import ast
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Any

from jupyter_mlops.legacy.literals import (
    DATE,
    PATH,
    SEED,
    kind_of_argument,
    kind_of_value,
    path_name,
)
from jupyter_mlops.legacy.naming import Lifted, Naming
from jupyter_mlops.legacy.rewrite import Aliases, dotted, resolved

if TYPE_CHECKING:
    import libcst as cst

_WORDS = {PATH: "path of a file", DATE: "date", SEED: "seed of random numbers"}


def lifter(
    rule: str,
    *,
    naming: Naming,
    aliases: Aliases,
    early: Set[str],
    paths: Set[str],
) -> cst.CSTTransformer:
    """A transformer for one cell.

    Args:
        rule: which literals it takes out.
        naming: the names of the notebook; gets the parameters.
        aliases: what its imports bind.
        early: names that may be read before the cell binds them.
        paths: files that the cell reads and no cell writes.
    """
    import libcst as cst

    scopes = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.BaseComp)

    class Lifter(cst.CSTTransformer):
        def __init__(self) -> None:
            super().__init__()
            self.depth = 0

        def on_visit(self, node: cst.CSTNode) -> bool:
            self.depth += isinstance(node, scopes)
            return super().on_visit(node)

        def on_leave(self, original_node: Any, updated_node: Any) -> Any:
            self.depth -= isinstance(original_node, scopes)
            return super().on_leave(original_node, updated_node)

        def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
            return (
                updated_node if self.depth else self.without_literals(original_node, updated_node)
            )

        def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
            return self.without_assignments(updated_node)

        def without_literals(self, call: cst.Call, updated: cst.Call) -> cst.Call:
            callee = resolved(call.func, aliases)
            arguments = []
            for number, argument in enumerate(updated.args):
                new = self.lifted(callee, call, number, argument)
                if new is None:
                    arguments.append(argument)
                else:
                    arguments.append(argument.with_changes(value=cst.Name(new.name)))
            return updated.with_changes(args=arguments)

        def lifted(
            self, callee: str | None, call: cst.Call, number: int, argument: cst.Arg
        ) -> Lifted | None:
            text = literal_text(argument.value)
            if text is None or argument.star:
                return None
            value, key = ast.literal_eval(text), argument.keyword.value if argument.keyword else ""
            if not key and number:
                return None
            short = (dotted(call.func) or "").rpartition(".")[2]
            if value in paths and not key and isinstance(value, str):
                kind, base = PATH, path_name(value)
            else:
                kind, base = kind_of_argument(callee, key, value) or "", key or "seed"
            if kind != rule:
                return None
            return naming.named(base, kind, text, f"{key} of {short}" if key else _WORDS[kind])

        def without_assignments(self, module: cst.Module) -> cst.Module:
            body: list[cst.BaseStatement] = []
            held: list[cst.EmptyLine] = []
            for number, line in enumerate(module.body):
                new = self.assigned(module.body, number)
                if new is None:
                    leading = getattr(line, "leading_lines", ())
                    body.append(line.with_changes(leading_lines=[*held, *leading]))
                    held = []
                    continue
                comment = cst.Comment(f"# {new.name} is a parameter")
                held += [*line.leading_lines, cst.EmptyLine(comment=comment)]
            header = [] if body else held
            footer = held if body else []
            return module.with_changes(
                header=[*module.header, *header], body=body, footer=[*footer, *module.footer]
            )

        def assigned(self, body: Sequence[cst.BaseStatement], number: int) -> Lifted | None:
            """The parameter that a statement at the top of the cell becomes, or None."""
            line = body[number]
            if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
                return None
            statement = line.body[0]
            if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
                return None
            target, text = statement.targets[0].target, literal_text(statement.value)
            if not isinstance(target, cst.Name) or text is None:
                return None
            name = target.value
            if kind_of_value(name, ast.literal_eval(text)) != rule:
                return None
            if not naming.may_move(name) or name in early or _would_show(body, number):
                return None
            said = line.trailing_whitespace.comment
            words = said.value.lstrip("# ").strip() if said is not None else ""
            return naming.moved(name, rule, text, words or _WORDS.get(rule, name.replace("_", " ")))

    return Lifter()


def literal_text(node: cst.BaseExpression) -> str | None:
    """A number or a text as it is written; None for anything else."""
    import libcst as cst

    match node:
        case cst.Integer(value=text) | cst.Float(value=text):
            return text
        case cst.SimpleString(value=text) if "b" not in node.prefix and "\n" not in text:
            return text
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner) if isinstance(
            inner, (cst.Integer, cst.Float)
        ):
            return f"-{inner.value}"
    return None


def _would_show(body: Sequence[cst.BaseStatement], number: int) -> bool:
    """True if the cell would show what an expression gives, were this statement not its last."""
    import libcst as cst

    if number + 1 < len(body) or number == 0:
        return False
    before = body[number - 1]
    return isinstance(before, cst.SimpleStatementLine) and isinstance(before.body[-1], cst.Expr)
