"""Torch's tensors: views of one storage stay views, and storages travel beside the pickle."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from jupyter_mlops.kernel_state import rebuild


def is_tensor(kind: type) -> bool:
    """True for ``torch.Tensor`` and its subclasses."""
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "Tensor") and issubclass(kind, torch.Tensor)


def is_storage(kind: type) -> bool:
    """True for the storages behind tensors, and the typed view of one that a pickle is made of."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "UntypedStorage"):
        return False
    return kind is torch.UntypedStorage or kind is torch.storage.TypedStorage


def memory_of(tensor: Any) -> int:
    """A number that tensors on the same storage have in common; 0 if it has no storage."""
    try:
        number: int = tensor.untyped_storage()._cdata
    except (RuntimeError, NotImplementedError):
        return 0
    return number


def reduce_tensor(tensor: Any) -> Any:
    """A tensor as torch's own reducer says, and its gradient, which that leaves out."""
    if tensor.grad is None:
        return NotImplemented
    reduced = tensor.__reduce_ex__(5)
    if not isinstance(reduced, tuple) or len(reduced) != 2:
        return NotImplemented
    return (*reduced, tensor.grad, None, None, rebuild.set_gradient)


def reduce_storage(storage: Any, buffer: Callable[[Any, None], Any]) -> Any:
    """A storage by its bytes, or NotImplemented if it is not in the main memory.

    Args:
        storage: typed or not.
        buffer: wraps memory for the pickler.
    """
    torch = sys.modules["torch"]
    if storage.device.type != "cpu" or "numpy" not in sys.modules:
        return NotImplemented
    if type(storage) is torch.storage.TypedStorage:
        return rebuild.typed_storage, (storage._untyped_storage, storage.dtype)
    if storage.nbytes() == 0:
        return rebuild.storage, (b"",)
    memory = sys.modules["numpy"].asarray(_Memory(storage))
    return rebuild.storage, (buffer(memory, None),)


class _Memory:
    """A storage for NumPy; torch never resizes a storage that it gave to NumPy itself."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage
        self.__array_interface__ = {
            "data": (storage.data_ptr(), False),
            "shape": (storage.nbytes(),),
            "typestr": "|u1",
            "version": 3,
        }
