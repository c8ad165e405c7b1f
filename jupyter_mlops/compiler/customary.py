"""The import that a name is customarily bound by."""

from __future__ import annotations

import sys
import typing

_ALIASES = {
    "alt": "altair",
    "go": "plotly.graph_objects",
    "jnp": "jax.numpy",
    "mpl": "matplotlib",
    "np": "numpy",
    "nx": "networkx",
    "pd": "pandas",
    "pl": "polars",
    "plt": "matplotlib.pyplot",
    "px": "plotly.express",
    "sm": "statsmodels.api",
    "smf": "statsmodels.formula.api",
    "sns": "seaborn",
    "tf": "tensorflow",
    "xr": "xarray",
}


def customary_import(name: str) -> str | None:
    """The statement that a reader expects to bind ``name``, such as ``import numpy as np``."""
    if name in _ALIASES:
        return f"import {_ALIASES[name]} as {name}"
    if name in sys.stdlib_module_names:
        return f"import {name}"
    if name in typing.__all__:
        return f"from typing import {name}"
    return None
