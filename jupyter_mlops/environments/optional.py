"""Modules that packages load by themselves when a certain function of theirs is called.

pandas reads Parquet with pyarrow, which no notebook imports. What a notebook may need in this way
is taken along if its kernel has it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

_FRAMES = frozenset({"pandas", "geopandas", "dask", "modin", "polars"})
_ARRAYS = frozenset({"xarray", "rioxarray"})
_EXTENSION = re.compile(r"^[ \t]*%(?:load|reload)_ext[ \t]+(\w+)", re.M)
_MAGICS = {"%matplotlib widget": "ipympl", "%matplotlib ipympl": "ipympl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    """Modules that ``libraries`` load when something of one of ``names`` is called."""

    libraries: frozenset[str]
    names: frozenset[str]
    modules: tuple[str, ...]


def _engine(libraries: frozenset[str], names: str, modules: str) -> _Engine:
    return _Engine(
        libraries=libraries, names=frozenset(names.split()), modules=tuple(modules.split())
    )


_ENGINES = (
    _engine(
        _FRAMES,
        "read_parquet to_parquet scan_parquet read_feather to_feather read_orc to_orc",
        "pyarrow fastparquet",
    ),
    _engine(
        _FRAMES,
        "read_excel to_excel write_excel ExcelFile ExcelWriter",
        "openpyxl xlrd xlsxwriter odf pyxlsb python_calamine fastexcel",
    ),
    _engine(_FRAMES, "read_html", "lxml html5lib bs4"),
    _engine(_FRAMES, "read_xml to_xml", "lxml"),
    _engine(_FRAMES, "read_hdf to_hdf HDFStore", "tables"),
    _engine(
        _FRAMES,
        "read_sql read_sql_query read_sql_table to_sql read_database write_database",
        "sqlalchemy psycopg psycopg2 pymysql pyodbc oracledb adbc_driver_manager connectorx",
    ),
    _engine(_FRAMES, "read_spss", "pyreadstat"),
    _engine(_FRAMES, "read_gbq to_gbq", "pandas_gbq"),
    _engine(_FRAMES, "to_markdown", "tabulate"),
    _engine(_FRAMES, "style Styler", "jinja2"),
    _engine(_FRAMES, "plot hist boxplot explore", "matplotlib mapclassify folium"),
    _engine(
        _ARRAYS,
        "open_dataset open_mfdataset load_dataset open_dataarray to_netcdf",
        "netCDF4 h5netcdf scipy cfgrib dask",
    ),
    _engine(_ARRAYS, "open_zarr to_zarr", "zarr"),
    _engine(frozenset({"sqlalchemy"}), "create_engine", "psycopg psycopg2 pymysql pyodbc oracledb"),
    _engine(frozenset({"plotly"}), "write_image to_image", "kaleido"),
    _engine(frozenset({"tqdm"}), "tqdm_notebook tnrange notebook autonotebook auto", "ipywidgets"),
)
_SCHEMES = {
    "s3://": "s3fs",
    "gs://": "gcsfs",
    "gcs://": "gcsfs",
    "abfs://": "adlfs",
    "abfss://": "adlfs",
    "az://": "adlfs",
}
"""How a URL begins → the module that opens it (through fsspec)."""


def optional_modules(
    trees: Iterable[ast.Module], sources: Iterable[str], imported: Iterable[str]
) -> frozenset[str]:
    """Top-level modules that the code may need without importing them.

    Args:
        trees: of the code.
        sources: its text, for magics.
        imported: top-level modules that it imports.
    """
    libraries = frozenset(imported)
    names: set[str] = set()
    schemes: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.ImportFrom):
                names |= {alias.name for alias in node.names}
                names |= set((node.module or "").split("."))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                schemes |= {scheme for scheme in _SCHEMES if node.value.startswith(scheme)}
    found = {
        module
        for engine in _ENGINES
        if engine.libraries & libraries and engine.names & names
        for module in engine.modules
    }
    found |= {
        _SCHEMES[scheme] for scheme in schemes if libraries & (_FRAMES | _ARRAYS | {"fsspec"})
    }
    for source in sources:
        found |= set(_EXTENSION.findall(source))
        found |= {module for magic, module in _MAGICS.items() if magic in source}
    return frozenset(found)
