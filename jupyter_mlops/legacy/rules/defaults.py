"""Defaults of scikit-learn that changed since a notebook was written: given by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.rewrite import Aliases, aliases_of, resolved, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

RULE = "default"
_CHANGED_021 = "2019-05-17"
_CHANGED_022 = "2019-12-03"
_CHANGED_14 = "2024-01-18"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Default:
    """An argument that meant something else where it was left out.

    Attributes:
        until: day of the release that changed it.
        argument: its name.
        value: the old default, as code.
        positional: how many arguments may stand before it without a name; with more, one of them
            may be it.
        unless: arguments beside which it meant nothing, or another thing.
    """

    until: str
    argument: str
    value: str
    positional: int
    unless: tuple[str, ...] = ()


def _trees() -> _Default:
    return _Default(until=_CHANGED_022, argument="n_estimators", value="10", positional=0)


def _folds(positional: int) -> _Default:
    return _Default(until=_CHANGED_022, argument="cv", value="3", positional=positional)


_GAMMA = _Default(until=_CHANGED_022, argument="gamma", value='"auto"', positional=1)
_EPOCHS = (
    _Default(
        until=_CHANGED_021, argument="max_iter", value="5", positional=0, unless=("n_iter", "tol")
    ),
    _Default(until=_CHANGED_021, argument="tol", value="None", positional=0),
)
_DEFAULTS: Mapping[str, tuple[_Default, ...]] = {
    "LogisticRegression": (
        _Default(
            until=_CHANGED_022,
            argument="solver",
            value='"liblinear"',
            positional=3,
            unless=("multi_class",),
        ),
    ),
    **dict.fromkeys(
        (
            "RandomForestClassifier",
            "RandomForestRegressor",
            "ExtraTreesClassifier",
            "ExtraTreesRegressor",
        ),
        (_trees(),),
    ),
    **dict.fromkeys(("GridSearchCV", "RandomizedSearchCV", "cross_val_predict"), (_folds(3),)),
    **dict.fromkeys(("cross_val_score", "cross_validate", "learning_curve"), (_folds(3),)),
    "validation_curve": (_folds(5),),
    **dict.fromkeys(("SVC", "SVR", "NuSVC", "NuSVR", "OneClassSVM"), (_GAMMA,)),
    **dict.fromkeys(
        (
            "SGDClassifier",
            "SGDRegressor",
            "Perceptron",
            "PassiveAggressiveClassifier",
            "PassiveAggressiveRegressor",
        ),
        _EPOCHS,
    ),
    "KMeans": (_Default(until=_CHANGED_14, argument="n_init", value="10", positional=1),),
}
"""Class or function → its defaults that changed, by scikit-learn's own list of what is new."""


def as_then(draft: Draft, era: Era) -> Draft:
    """The draft whose calls name the defaults that they had when it was written."""
    code = "\n".join(cell.source for cell in draft.code)
    aliases = aliases_of(draft) if "sklearn" in code else {}
    for name, defaults in _DEFAULTS.items():
        changed = tuple(default for default in defaults if era.latest < default.until)
        if name not in code or not aliases or not changed:
            continue
        told = " and ".join(f"{default.argument}={default.value}" for default in changed)
        draft = (
            rewrite_cells(
                draft,
                partial(_namer, name, changed, aliases),
                rule=RULE,
                reason=f"{name} took {told} where it was left out when this was written",
                confidence=0.9,
                cells=[cell.id for cell in draft.code if name in cell.source],
            )
            or draft
        )
    return draft


def _namer(name: str, defaults: tuple[_Default, ...], aliases: Aliases) -> cst.CSTTransformer:
    import libcst as cst

    space = cst.SimpleWhitespace("")
    equal = cst.AssignEqual(whitespace_before=space, whitespace_after=space)

    class Namer(cst.CSTTransformer):
        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.Call:
            whole = resolved(original_node.func, aliases) or ""
            if not whole.startswith("sklearn.") or whole.rpartition(".")[2] != name:
                return updated_node
            given = {a.keyword.value for a in updated_node.args if a.keyword is not None}
            unnamed = [a for a in updated_node.args if a.keyword is None]
            if any(a.star for a in unnamed):
                return updated_node
            added = [
                cst.Arg(
                    keyword=cst.Name(default.argument),
                    value=cst.parse_expression(default.value),
                    equal=equal,
                )
                for default in defaults
                if default.argument not in given
                and len(unnamed) <= default.positional
                and not given.intersection(default.unless)
            ]
            return updated_node.with_changes(args=[*updated_node.args, *added])

    return Namer()
