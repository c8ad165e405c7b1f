"""Names of parameters: those that a notebook gave, and new ones that disturb none of its own."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from jupyter_mlops.legacy.literals import names_for, type_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A parameter that a literal became.

    Attributes:
        name: of the parameter.
        rule: that lifted it.
        text: the literal, as it was written.
        type: of the parameter.
        help: one line.
    """

    name: str
    rule: str
    text: str
    type: str
    help: str


@dataclass(slots=True, kw_only=True)
class Naming:
    """The names of a notebook, and those that are given to parameters.

    Attributes:
        used: every name that stands in it somewhere.
        bound: how often each name is bound, in whatever scope.
        lifted: parameters so far, by name.
    """

    used: Set[str]
    bound: Mapping[str, int]
    lifted: dict[str, Lifted] = field(default_factory=dict)

    def may_move(self, name: str) -> bool:
        """True if the assignment of a name is its only binding, and hides no name of Python's."""
        return self.bound[name] == 1 and not _is_taken(name)

    def moved(self, name: str, rule: str, text: str, help_: str) -> Lifted:
        """The parameter for a literal that is assigned to a name."""
        kind = type_of(rule, name, ast.literal_eval(text))
        lifted = Lifted(name=name, rule=rule, text=text, type=kind, help=help_)
        return self.lifted.setdefault(name, lifted)

    def named(self, base: str, rule: str, text: str, help_: str) -> Lifted:
        """The parameter for a literal without a name: an equal one that is there, or a new one."""
        kind = type_of(rule, base, ast.literal_eval(text))
        new = Lifted(name=base, rule=rule, text=text, type=kind, help=help_)
        for name in names_for(base):
            known = self.lifted.get(name)
            if known is not None and (known.rule, known.text) == (rule, text):
                return known
            if known is None and name not in self.used and not _is_taken(name):
                return self.lifted.setdefault(name, replace(new, name=name))
        raise AssertionError  # there is always another name


def _is_taken(name: str) -> bool:
    return keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name)
