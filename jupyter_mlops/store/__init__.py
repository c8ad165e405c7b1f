"""The store: objects by digest, and the catalog over them."""

from __future__ import annotations

from jupyter_mlops.store.audit import check_lines, check_store_ledger
from jupyter_mlops.store.catalog import Catalog
from jupyter_mlops.store.digests import FileDigests
from jupyter_mlops.store.flow import observed_flow
from jupyter_mlops.store.fsck import Checked, check_store, examine_store
from jupyter_mlops.store.ledger import Ledger
from jupyter_mlops.store.objects import Objects
from jupyter_mlops.store.problem import Problem
from jupyter_mlops.store.rebuild import Rebuilt
from jupyter_mlops.store.store import Store

__all__ = [
    "Catalog",
    "Checked",
    "FileDigests",
    "Ledger",
    "Objects",
    "Problem",
    "Rebuilt",
    "Store",
    "check_lines",
    "check_store",
    "check_store_ledger",
    "examine_store",
    "observed_flow",
]
