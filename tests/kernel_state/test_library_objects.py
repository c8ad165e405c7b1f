"""Objects that a library holds are named by their place in it, however odd their classes are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_mlops.kernel_state.references import find_singletons

ODD = """
class Hidden:
    pass

Hidden.__module__ = property(len)
shared = Hidden()
"""


def test_a_class_that_hides_its_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.py").write_text(ODD)
    monkeypatch.syspath_prepend(tmp_path)
    import odd  # type: ignore[import-not-found]

    found = find_singletons(tmp_path / "elsewhere")
    monkeypatch.delitem(sys.modules, "odd")
    assert found[id(odd.shared)] == (odd.shared, "odd", "shared")
