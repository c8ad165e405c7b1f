"""What stands where an object could not be carried: whatever uses it is refused."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.kernel_state.errors import Refused
from jupyter_mlops.kernel_state.refusals import STAND_IN
from jupyter_mlops.kernel_state.table import Refusal

_USES = (
    "__abs__", "__add__", "__aenter__", "__aiter__", "__and__", "__anext__", "__await__",
    "__bool__", "__bytes__", "__call__", "__complex__", "__contains__", "__delattr__",
    "__delitem__", "__divmod__", "__enter__", "__eq__", "__exit__", "__float__", "__floordiv__",
    "__format__", "__ge__", "__getattribute__", "__getitem__", "__gt__", "__hash__", "__iadd__",
    "__index__", "__int__", "__invert__", "__iter__", "__le__", "__len__", "__lshift__", "__lt__",
    "__matmul__", "__mod__", "__mul__", "__ne__", "__neg__", "__next__", "__or__", "__pos__",
    "__pow__", "__radd__", "__rand__", "__repr__", "__reversed__", "__rmul__", "__ror__",
    "__rshift__", "__rsub__", "__rtruediv__", "__setattr__", "__setitem__", "__str__", "__sub__",
    "__truediv__", "__xor__",
)  # fmt: skip

_noted: list[Refused] = []


def noted(refused: Refused) -> Refused:
    """The refusal, remembered: a step must fail of it, also if the notebook catches it."""
    _noted.append(refused)
    return refused


def forget_noted() -> None:
    """Forgets the refusals that arose before the step's own cells."""
    _noted.clear()


def first_noted() -> Refused | None:
    """The first refusal that the step's cells met, or None."""
    return _noted[0] if _noted else None


def stand_in(name: str, refusal: Refusal) -> Any:
    """An object that raises ``Refused`` whatever is done with it.

    Args:
        name: what it stands for.
        refusal: why that could not be carried.
    """

    def refuse(*_: Any, **__: Any) -> Any:
        raise noted(
            Refused(
                refusal.code,
                name=name,
                path=refusal.path,
                reason=refusal.reason,
                step=refusal.step,
            )
        )

    body = {"__module__": __name__, "__slots__": (), STAND_IN: refusal}
    return type("Refused", (), {**body, **dict.fromkeys(_USES, refuse)})()


def refusal_behind(obj: Any) -> Refusal | None:
    """The refusal that a stand-in stands for, or None for any other object."""
    refusal: Refusal | None = vars(type(obj)).get(STAND_IN)
    return refusal
