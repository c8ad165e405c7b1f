"""The store: objects by digest, and the catalog over them."""

from __future__ import annotations

from jupyter_mlops.store.catalog import Catalog
from jupyter_mlops.store.objects import Objects
from jupyter_mlops.store.store import Store

__all__ = ["Catalog", "Objects", "Store"]
