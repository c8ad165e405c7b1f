"""Which global names functions read when they are called."""

from __future__ import annotations

import builtins
import dis
import types
from collections.abc import Iterable
from functools import lru_cache

from jupyter_mlops.kernel_state.functions import nested_codes

_READS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})


def global_reads(codes: Iterable[types.CodeType]) -> frozenset[str]:
    """The names, from all code within the given one; builtins are among them."""
    return frozenset().union(*(_reads_of(code) for code in codes))


def is_builtin(name: str) -> bool:
    """True if the name needs no binding in the notebook."""
    return hasattr(builtins, name) or (name.startswith("__") and name.endswith("__"))


@lru_cache(maxsize=4096)
def _reads_of(code: types.CodeType) -> frozenset[str]:
    return frozenset(
        instruction.argval
        for nested in nested_codes(code)
        for instruction in dis.get_instructions(nested)
        if instruction.opname in _READS
    )
