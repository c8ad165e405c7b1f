"""Loads groups of variables from the state folder."""

from __future__ import annotations

import pickle
from io import BytesIO
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.errors import KernelStateError, Refused
from jupyter_mlops.kernel_state.hashed import put_back
from jupyter_mlops.kernel_state.objects import Kept, read_object
from jupyter_mlops.kernel_state.rebuild import Context, References, loading
from jupyter_mlops.kernel_state.table import SHARED, Group, Table


class Loader:
    """Loads each group at most once.

    Args:
        folder: the state folder.
        table: what it holds.
        namespace: the user namespace.
        shared: objects that shared cells bound, by name. What a group brings instead replaces them
            here.

    Attributes:
        replaced: names of the shared objects that a group brought.
        submodules: dotted names that the loaded modules imported.
        kept: the buffers of each object that was loaded, by digest.
    """

    def __init__(
        self, folder: Path, table: Table, namespace: dict[str, Any], shared: dict[str, Any]
    ) -> None:
        self.replaced: set[str] = set()
        self.submodules: set[str] = set()
        self.kept: dict[str, Kept] = {}
        self._objects = folder / "objects"
        self._table = table
        self._shared = shared
        self._context = Context(
            namespace=namespace, shared=self._shared_object, submodules=self.submodules
        )
        self._values: dict[str, dict[str, Any]] = {}

    def load(self, group: Group) -> dict[str, Any]:
        """The variables of a group; the same objects each time.

        Raises:
            ObjectMissing: if its object is not in the state folder.
            ObjectCorrupted: if its object's bytes do not match the digest.
            KernelStateError: if what it needs cannot be imported.
        """
        if group.digest not in self._values:
            self._values[group.digest] = self._read(group)
        values = self._values[group.digest]
        return {name: values[name] for name in group.names}

    def close(self) -> None:
        """Lets go of what was loaded: what a step deletes or resizes, nothing else may hold."""
        self._values.clear()

    def _read(self, group: Group) -> dict[str, Any]:
        stored = read_object(self._objects, group.digest)
        self.kept[group.digest] = stored.kept
        with loading(self._context):
            stream = BytesIO(stored.stream)
            unpickler = pickle.Unpickler(stream, buffers=stored.buffers)
            try:
                values = unpickler.load()
                if isinstance(values, References):
                    values = unpickler.load()
                if stream.tell() < len(stored.stream):
                    put_back(unpickler.load())
            except KernelStateError:
                raise
            except Exception as error:
                names = ", ".join(group.names)
                raise KernelStateError(
                    codes.OBJECT_NOT_LOADED,
                    f"{names} from step {group.step!r} cannot be loaded: "
                    f"{type(error).__name__}: {error}",
                    fix="see that this step has the packages and files that the earlier one had",
                ) from error
        for name in group.names:
            if name.startswith(SHARED):
                self._shared[name.removeprefix(SHARED)] = values[name]
                self.replaced.add(name.removeprefix(SHARED))
        return dict(values)

    def _shared_object(self, name: str) -> Any:
        """A variable of another group, or what shared cells bound to a name."""
        group = self._table.group_of(name)
        if group is not None:
            return self.load(group)[name]
        if (refusal := self._table.refusal_of(name)) is not None:
            raise Refused(
                refusal.code,
                name=name.removeprefix(SHARED),
                path=refusal.path,
                reason=refusal.reason,
                step=refusal.step,
            )
        plain = name.removeprefix(SHARED)
        if plain not in self._shared:
            raise KernelStateError(
                codes.SHARED_MISSING,
                f"{plain!r} is needed here, but no shared cell of this step binds it",
                fix=f"keep the cell that defines {plain!r} tagged `shared`",
            )
        return self._shared[plain]
