"""What a conda environment comes to in wheels: its pip part, and packages known by another name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlops.environments.declaration import read_text
from jupyter_mlops.environments.inventory import normalise
from jupyter_mlops.environments.target import Target
from jupyter_mlops.errors import EnvironmentFailure

_OTHER_NAME = {
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python-headless",
    "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost",
    "pytables": "tables",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "python-graphviz": "graphviz",
    "seaborn-base": "seaborn",
    "tensorflow-cpu": "tensorflow",
}
_SAME_NAME = frozenset([
    "altair", "beautifulsoup4", "bokeh", "boto3", "bottleneck", "catboost", "click",
    "cloudpickle", "cython", "dask", "dill", "duckdb", "fastapi", "fastparquet", "flask",
    "fsspec", "geopandas", "h5py", "html5lib", "imageio", "ipywidgets", "jinja2", "joblib",
    "jsonschema", "keras", "lightgbm", "lxml", "matplotlib", "mlflow", "mypy", "netcdf4",
    "networkx", "nltk", "numba", "numexpr", "numpy", "openpyxl", "optuna", "pandas", "papermill",
    "pillow", "plotly", "polars", "prophet", "psutil", "pyarrow", "pydantic", "pymysql", "pyproj",
    "pytest", "python-dateutil", "pytz", "pyyaml", "requests", "rich", "s3fs", "scikit-image",
    "scikit-learn", "scipy", "seaborn", "shap", "shapely", "sqlalchemy", "statsmodels", "sympy",
    "tabulate", "tensorflow", "torchvision", "tqdm", "transformers", "xarray", "xgboost", "xlrd",
    "xlsxwriter", "zarr", "zstandard",
])  # fmt: skip
_BROUGHT = frozenset([
    "python", "pip", "setuptools", "wheel", "ipykernel", "ipython", "jupyter", "jupyterlab",
    "jupyter_core", "notebook", "nb_conda_kernels", "python_abi", "ca-certificates", "openssl",
])  # fmt: skip
"""What every step has, or what belongs to conda's own Python."""

_SPEC = re.compile(r"^(?:[\w.-]+(?:/[\w.-]+)?::)?([A-Za-z0-9_.-]+)\s*(.*)$")
_FIX = (
    "list it under `pip:` if a package index has it, put system libraries into apt.txt, or give "
    "the step an image of its own"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaNeeds:
    """A conda environment in terms of a package index.

    Attributes:
        requirements: one line each.
        constraints: distribution → version that holds if the distribution is needed.
    """

    requirements: tuple[str, ...] = ()
    constraints: Mapping[str, str] = field(default_factory=dict)


def read_environment(path: Path, *, target: Target, installed: Collection[str]) -> CondaNeeds:
    """What an ``environment.yml`` asks for.

    Args:
        path: the file.
        target: the steps' interpreter.
        installed: distributions of the kernel; a conda package that has the name of one of them is
            taken for it.

    Raises:
        EnvironmentFailure: the file is broken, for another Python, or names a conda package of
            which no wheel is known.
    """
    document = _read(path)
    listed = document.get("dependencies")
    if not isinstance(listed, list):
        raise EnvironmentFailure(
            f"{path} has no list of `dependencies`", fix="write it as `conda env export` does"
        )
    requirements: list[str] = []
    unknown: list[str] = []
    for item in listed:
        if isinstance(item, Mapping):
            requirements += [str(line) for line in item.get("pip") or ()]
            continue
        name, specifier = _parsed(str(item), path)
        if name == "python":
            _check_python(specifier, path, target)
        if name in _BROUGHT:
            continue
        known = _known(name, installed)
        if known is None:
            unknown.append(name)
        else:
            requirements.append(known + specifier)
    if unknown:
        raise EnvironmentFailure(
            f"{path} names conda packages of which no wheel is known: {', '.join(unknown)}",
            fix=_FIX,
        )
    return CondaNeeds(requirements=tuple(requirements))


def read_conda_lock(path: Path, *, target: Target, installed: Collection[str]) -> CondaNeeds:
    """The versions that a ``conda-lock.yml`` has for Linux: wheels of them instead of its builds.

    Libraries that only conda has are left out; wheels bring their own.

    Raises:
        EnvironmentFailure: the file is broken, or has nothing for the platform or this Python.
    """
    platform = {"x86_64": "linux-64"}.get(target.machine, f"linux-{target.machine}")
    listed = _read(path).get("package")
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in listed):
        raise EnvironmentFailure(
            f"{path} has no list of `package`", fix="make it anew: conda-lock lock"
        )
    here = [item for item in listed if item.get("platform") == platform]
    if not here:
        raise EnvironmentFailure(
            f"{path} has no packages for {platform}",
            fix=f"lock it for that platform too: conda-lock lock --platform {platform}",
        )
    requirements: list[str] = []
    constraints: dict[str, str] = {}
    for item in here:
        name, version = str(item.get("name")), str(item.get("version"))
        if item.get("manager") == "pip":
            requirements.append(f"{name}=={version}")
        elif name == "python":
            _check_python(f"=={version}", path, target)
        elif name not in _BROUGHT and (known := _known(name, installed)) is not None:
            constraints[known] = version
    return CondaNeeds(requirements=tuple(requirements), constraints=constraints)


def _known(name: str, installed: Collection[str]) -> str | None:
    """The distribution that a conda package is, or None."""
    if name in _OTHER_NAME:
        return _OTHER_NAME[name]
    same = normalise(name)
    return same if same in _SAME_NAME or same in installed else None


def _parsed(text: str, path: Path) -> tuple[str, str]:
    """Name and pip's specifier of a conda requirement such as ``numpy=1.26`` or ``pandas >=2``."""
    match = _SPEC.match(text.strip())
    if match is None:
        raise EnvironmentFailure(
            f"{path}: {text!r} is no requirement of conda", fix="write it like numpy=1.26"
        )
    name, rest = match[1].lower(), match[2].strip()
    if not rest or rest == "*":
        return name, ""
    if rest[0] == "=" and rest[1:2] != "=":
        version, _, build = rest[1:].strip().partition("=")
        exact = bool(build) or version.endswith("*")
        return name, f"=={version}" if exact else f"=={version}.*"
    if rest[0].isdigit():
        return name, f"=={rest.split()[0]}"
    return name, rest.replace(" ", "")


def _check_python(specifier: str, path: Path, target: Target) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    exact = re.fullmatch(r"==(3\.\d+)\.\d+", specifier)  # another patch is the same Python
    try:
        fits = SpecifierSet(f"=={exact[1]}.*" if exact else specifier).contains(target.python)
    except InvalidSpecifier:
        fits = True  # conda's own syntax, such as a choice of versions
    if not fits:
        raise EnvironmentFailure(
            f"{path} is for Python {specifier}, but the notebook's kernel runs {target.python}",
            fix="choose a kernel with that Python, or correct the file",
        )


def _read(path: Path) -> Mapping[str, Any]:
    import yaml  # type: ignore[import-untyped]

    try:
        document = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise EnvironmentFailure(
            f"{path}{where}: it is no YAML: {problem}", fix="correct that line"
        ) from None
    if not isinstance(document, Mapping):
        raise EnvironmentFailure(
            f"{path} is no environment: it holds no mapping",
            fix="write it as `conda env export` does",
        )
    return document
