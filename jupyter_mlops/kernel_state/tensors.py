"""Tensors of torch: views of one storage stay views of it, gradients stay with their tensor."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.kernel_state.refusals import Uncarriable

_KINDS = frozenset({("torch", "Tensor"), ("torch.nn.parameter", "Parameter")})
_STORAGE = ("torch.storage", "UntypedStorage")
_FRESH_PRINTING = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80}


def reduce_torch(kind: type, obj: Any) -> Any:
    """How a tensor or a storage is pickled; ``NotImplemented`` if torch itself does it as well.

    Raises:
        Uncarriable: the tensor was computed from others that want gradients.
    """
    key = (kind.__module__, kind.__name__)
    if key == _STORAGE and obj.device.type == "cpu":
        return storage, (_bytes_of(obj),)
    if key not in _KINDS:
        return NotImplemented
    if obj.grad_fn is not None:
        raise Uncarriable("it is part of a graph of gradients: keep x.item() or x.detach()")
    torch = sys.modules["torch"]
    is_plain = obj.layout == torch.strided and obj.device.type == "cpu" and not obj.is_quantized
    if not is_plain or obj.is_conj() or obj.is_neg() or obj._backward_hooks:
        return NotImplemented
    where = (obj.storage_offset(), tuple(obj.size()), obj.stride())
    args = (kind, obj.untyped_storage(), obj.dtype, *where, obj.requires_grad)
    state = {"grad": obj.grad, "attributes": dict(vars(obj))}
    return tensor, args, state, None, None, set_state


def storage(data: bytes) -> Any:
    """A new storage that holds the bytes."""
    torch = importlib.import_module("torch")
    made = torch.UntypedStorage(len(data))
    if data:
        _view(made).copy_(torch.frombuffer(bytearray(data), dtype=torch.uint8))
    return made


def tensor(
    kind: type,
    memory: Any,
    dtype: Any,
    offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    requires_grad: bool,
) -> Any:
    """A tensor over a storage."""
    torch = importlib.import_module("torch")
    made = torch.empty(0, dtype=dtype).set_(memory, offset, size, stride)
    if kind is torch.Tensor:
        return made.requires_grad_(requires_grad)
    return kind(made, requires_grad)


def set_state(made: Any, state: Mapping[str, Any]) -> None:
    """Gives a tensor its gradient and attributes."""
    made.grad = state["grad"]
    vars(made).update(state["attributes"])


def _view(memory: Any) -> Any:
    torch = sys.modules["torch"]
    return torch.empty(0, dtype=torch.uint8).set_(memory)


def _bytes_of(memory: Any) -> bytes:
    return bytes(_view(memory).numpy()) if len(memory) else b""


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
