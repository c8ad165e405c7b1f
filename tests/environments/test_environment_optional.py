from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.environments.imports import imports_of
from jupyter_mlops.environments.optional import optional_modules
from jupyter_mlops.notebook.source import parse_source


@dataclass(frozen=True, kw_only=True)
class Case:
    source: str
    expected: str = ""


EXCEL = "openpyxl xlrd xlsxwriter odf pyxlsb python_calamine fastexcel"
CASES = [
    Case(source="import pandas as pd\npd.read_csv('x.csv')"),
    Case(source="import pandas as pd\npd.read_parquet('x')", expected="pyarrow fastparquet"),
    Case(source="from pandas import read_excel", expected=EXCEL),
    Case(source="import pandas\npandas.DataFrame().to_excel('x')", expected=EXCEL),
    Case(source="import pandas\npandas.read_html('x')", expected="lxml html5lib bs4"),
    Case(source="import pandas\npandas.HDFStore('x')", expected="tables"),
    Case(source="import pandas\nprint(pandas.DataFrame().to_markdown())", expected="tabulate"),
    Case(source="import polars as pl\npl.scan_parquet('x')", expected="pyarrow fastparquet"),
    Case(source="import mine\nmine.read_parquet('x')"),
    Case(source="import pandas\npandas.read_csv('s3://bucket/x.csv')", expected="s3fs"),
    Case(source="url = 's3://bucket/x.csv'"),
    Case(source="import xarray as xr\nxr.open_zarr('x')", expected="zarr"),
    Case(source="from tqdm.notebook import tqdm", expected="ipywidgets"),
    Case(source="from tqdm import tqdm"),
    Case(source="%load_ext autotime", expected="autotime"),
    Case(source="%matplotlib widget", expected="ipympl"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source)
def test_optional_modules(case: Case) -> None:
    tree = parse_source(case.source).tree
    found = optional_modules([tree], [case.source], imports_of(tree).every)
    assert found == frozenset(case.expected.split())
