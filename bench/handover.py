"""One side of a hand-over in a process of its own; prints what it cost as JSON.

``python handover.py WAY SIDE KIND MIB FOLDER``: WAY is ``state`` (the state folder), ``pickle``
(protocol 5, in band) or
``cloudpickle``; SIDE ``write``, ``read`` or ``read and write``.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def make(kind: str, mib: int) -> Any:
    """A value of about so many MiB."""
    import numpy as np

    generator = np.random.default_rng(0)
    if kind == "array":
        return generator.random(mib << 17)
    import pandas as pd

    rows = (mib << 20) // 66
    return pd.DataFrame(
        {
            "price": generator.random(rows),
            "weight": generator.random(rows),
            "score": generator.random(rows),
            "user": generator.integers(0, 1 << 40, rows),
            "item": generator.integers(0, 1 << 20, rows),
            "count": generator.integers(0, 9, rows),
            "when": pd.Timestamp("2020") + pd.to_timedelta(generator.integers(0, 1 << 40, rows)),
            "ratio": generator.random(rows).astype("f4"),
            "small": generator.integers(0, 9, rows).astype("i4"),
            "kind": pd.Categorical.from_codes(generator.integers(0, 5, rows), list("abcde")),
            "flag": generator.random(rows) > 0.5,
        }
    )


class Cost:
    """Adds up what calls take."""

    def __init__(self) -> None:
        self.user = self.system = self.wall = 0.0

    def of(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        used, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        try:
            return call(*arguments, **options)
        finally:
            end = resource.getrusage(resource.RUSAGE_SELF)
            self.user += end.ru_utime - used.ru_utime
            self.system += end.ru_stime - used.ru_stime
            self.wall += time.perf_counter() - start


def write_pickle(value: Any, path: Path, dump: Callable[..., None]) -> None:
    """Writes as plainly as can be, and as durably as the state folder."""
    with path.open("wb") as file:
        dump(value, file, protocol=5)
        file.flush()
        os.fsync(file.fileno())


def read_pickle(path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)


def warm(kind: str, mib: int) -> None:
    """Imports what is needed, and touches so much memory that a virtual machine has it at hand."""
    import numpy as np

    make(kind, 1)
    np.ones(mib << 17)


def state(side: str, kind: str, mib: int, cost: Cost) -> None:
    import jupyter_mlops.kernel_state as kernel_state

    namespace: dict[str, Any] = sys.modules["__main__"].__dict__
    kernel_state.enter()
    if side == "write":
        namespace["value"] = make(kind, mib)
        cost.of(kernel_state.capture, "value", step="write")
        return
    cost.of(kernel_state.restore, "value")
    if side == "read and write":
        cost.of(kernel_state.capture, "value", step="read")


def plain(side: str, kind: str, mib: int, cost: Cost, path: Path, dump: Any) -> None:
    if side == "write":
        value = make(kind, mib)
        cost.of(write_pickle, value, path, dump)
        return
    value = cost.of(read_pickle, path)
    if side == "read and write":
        cost.of(write_pickle, value, path.with_suffix(".again"), dump)


def main() -> None:
    way, side, kind, mib, folder = sys.argv[1:]
    import cloudpickle

    warm(kind, 2 * int(mib))
    cost = Cost()
    if way == "state":
        state(side, kind, int(mib), cost)
    else:
        dump = pickle.dump if way == "pickle" else cloudpickle.dump
        plain(side, kind, int(mib), cost, Path(folder, "value.pickle"), dump)
    print(json.dumps({"user": cost.user, "system": cost.system, "wall": cost.wall}))


if __name__ == "__main__":
    main()
