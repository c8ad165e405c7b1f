"""What can go wrong inside a step's kernel, where the rest of the house is not imported.

::

    KernelStateError       a problem that the user can do something about
    ├── Refused            a variable that is asked for cannot cross to another step
    ├── ObjectMissing      the table names an object that is not in the state folder
    └── ObjectCorrupted    an object's bytes do not match its digest; it is not loaded

Each has a stable code, with which its message begins; ``docs/diagnostics`` explains it.
"""

from __future__ import annotations

from jupyter_mlops.kernel_state import codes


class KernelStateError(Exception):
    """A problem that the user can do something about.

    Args:
        code: of the kind of problem, such as ``ML602``.
        message: what is wrong, and where.
        fix: what to do about it.
    """

    def __init__(self, code: str, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.code, self.message, self.fix = code, message, fix

    def __str__(self) -> str:
        return f"{self.code}: {self.message}\n    fix: {self.fix}"


class Refused(KernelStateError):
    """A variable that is asked for cannot cross to another step.

    Attributes:
        name: the variable, or what else is asked for.
        path: access path to what cannot be carried, such as ``model.log``.
        reason: what stands there, such as ``an open file``.
        step: the step that left it.
    """

    def __init__(self, code: str, *, name: str, path: str, reason: str, step: str) -> None:
        self.name, self.path, self.reason, self.step = name, path, reason, step
        origin = f"step {step!r}" if step else "an earlier step"
        super().__init__(
            code,
            f"{name!r} cannot be carried over from {origin}: {path} is {reason}",
            fix=codes.fix_for(code, path),
        )


class ObjectMissing(KernelStateError):
    """The table names object ``digest``, which is not in the state folder."""

    def __init__(self, digest: str, *, where: str) -> None:
        self.digest = digest
        super().__init__(
            codes.OBJECT_MISSING,
            f"object {digest} is missing: there is no {where}",
            fix="run the earlier steps again",
        )


class ObjectCorrupted(KernelStateError):
    """The bytes of object ``digest`` do not match their digest; they are never loaded."""

    def __init__(self, digest: str, *, where: str) -> None:
        self.digest = digest
        super().__init__(
            codes.OBJECT_CORRUPTED,
            f"object {digest} is corrupted: the bytes of {where} have another digest",
            fix="run the earlier steps again",
        )
