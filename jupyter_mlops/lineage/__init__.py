"""Questions about the past, answered from the store."""

from __future__ import annotations

from jupyter_mlops.lineage.catalog import Catalog

__all__ = ["Catalog"]
