"""Torch's options: default type, how tensors are printed, whether gradients are recorded."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

_FRESH_PRINTING = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80}


def read_torch_options() -> Mapping[str, Any] | None:
    """Default type, print options and whether gradients are recorded; None if as imported."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_default_dtype"):
        return None
    printing = vars(importlib.import_module("torch._tensor_str").PRINT_OPTS)
    options = {
        "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "printing": dict(printing),
        "gradients": torch.is_grad_enabled(),
    }
    changed = {k: v for k, v in printing.items() if _FRESH_PRINTING.get(k) != v and v is not None}
    is_fresh = options["dtype"] == "float32" and options["gradients"] and not changed
    return None if is_fresh else options


def write_torch_options(options: Mapping[str, Any]) -> None:
    """Puts what ``read_torch_options`` gave in force."""
    torch = importlib.import_module("torch")
    torch.set_default_dtype(getattr(torch, options["dtype"]))
    vars(importlib.import_module("torch._tensor_str").PRINT_OPTS).update(options["printing"])
    torch.set_grad_enabled(options["gradients"])
