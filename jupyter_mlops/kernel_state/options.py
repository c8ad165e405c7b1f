"""Ambient facets of libraries: generators and options; a library is never imported to look."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.kernel_state.ambient import TWISTER_BLOCKS, Facet
from jupyter_mlops.kernel_state.colormaps import read_colormaps, write_colormaps
from jupyter_mlops.kernel_state.figures import (
    read_backend,
    read_figures,
    write_backend,
    write_figures,
)
from jupyter_mlops.kernel_state.torch_options import read_torch_options, write_torch_options

_FRESH_PRINTING = {
    "edgeitems": 3, "threshold": 1000, "floatmode": "maxprec", "precision": 8, "suppress": False,
    "linewidth": 75, "nanstr": "nan", "infstr": "inf", "sign": "-", "formatter": None,
    "legacy": False,
}  # fmt: skip
_FRESH_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
_BACKEND_OPTIONS = frozenset({"backend", "backend_fallback", "interactive", "toolbar"})


def library_facets() -> tuple[Facet, ...]:
    """Facets of libraries, put in force after the variables."""
    return (
        Facet(name="@numpy.random", read=_read_numpy_random, write=_write_numpy_random),
        Facet(name="@numpy.printoptions", read=_read_print, write=_write_print),
        Facet(name="@numpy.errstate", read=_read_errors, write=_write_errors),
        Facet(name="@pandas.options", read=_read_pandas, write=_write_pandas),
        Facet(name="@matplotlib.colormaps", read=read_colormaps, write=write_colormaps),
        Facet(name="@matplotlib.rcParams", read=_read_matplotlib, write=_write_matplotlib),
        Facet(name="@matplotlib.backend", read=read_backend, write=write_backend),
        Facet(name="@matplotlib.figures", read=read_figures, write=write_figures),
        Facet(name="@sklearn.config", read=_read_sklearn, write=_write_sklearn),
        Facet(name="@torch.random", read=_read_torch, write=_write_torch),
        Facet(name="@torch.options", read=read_torch_options, write=write_torch_options),
    )


def _read_numpy_random() -> Any:
    """The state of the global generator, if somebody seeded it: else any other is as good."""
    module = sys.modules.get("numpy.random")
    if module is None:
        return None
    state = module.get_state(legacy=False)
    bits = getattr(module.mtrand._rand, "_bit_generator", None)
    seed = getattr(bits, "seed_seq", None) or getattr(bits, "_seed_seq", None)
    if seed is None or state.get("bit_generator") != "MT19937":
        return state
    twister = module.MT19937(seed)
    for _ in range(TWISTER_BLOCKS):
        key = twister.state["state"]["key"]
        if (key == state["state"]["key"]).all():
            return None
        twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": len(key)}}
        twister.random_raw()
    return state


def _write_numpy_random(value: Any) -> None:
    importlib.import_module("numpy.random").set_state(value)


def _read_print() -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "get_printoptions"):
        return None
    options = numpy.get_printoptions()
    is_fresh = all(options.get(key) == value for key, value in _FRESH_PRINTING.items())
    return None if is_fresh and options.get("override_repr") is None else options


def _write_print(value: Mapping[str, Any]) -> None:
    importlib.import_module("numpy").set_printoptions(**value)


def _read_errors() -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None or not hasattr(numpy, "geterr"):
        return None
    modes = numpy.geterr()
    return None if modes == _FRESH_ERRORS else modes


def _write_errors(value: Mapping[str, Any]) -> None:
    importlib.import_module("numpy").seterr(**value)


def _read_pandas() -> Any:
    """The options that differ from their defaults."""
    config = sys.modules.get("pandas._config.config")
    if config is None:
        return None
    changed = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for key, option in sorted(getattr(config, "_registered_options", {}).items()):
            value = config.get_option(key)
            if value is not option.defval and value != option.defval:
                changed[key] = value
    return changed or None


def _write_pandas(value: Mapping[str, Any]) -> None:
    pandas = importlib.import_module("pandas")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for key in set(_read_pandas() or {}) - set(value):
            pandas.reset_option(key)
        for key, option in value.items():
            pandas.set_option(key, option)


def _read_matplotlib() -> Any:
    """The parameters that differ from those after Matplotlib read its configuration."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None or not hasattr(matplotlib, "rcParamsOrig"):
        return None
    original = matplotlib.rcParamsOrig
    # The mapping's own look-up would choose a backend.
    changed = {
        key: value
        for key, value in sorted(dict.items(matplotlib.rcParams))
        if key not in _BACKEND_OPTIONS and value != dict.get(original, key)
    }
    return changed or None


def _write_matplotlib(value: Mapping[str, Any]) -> None:
    matplotlib = importlib.import_module("matplotlib")
    original = dict.items(matplotlib.rcParamsOrig)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matplotlib.rcParams.update(
            {key: item for key, item in original if key not in _BACKEND_OPTIONS} | dict(value)
        )


def _read_sklearn() -> Any:
    """What ``sklearn.set_config`` changed."""
    config = sys.modules.get("sklearn._config")
    if config is None or not hasattr(config, "_global_config"):
        return None
    fresh = config._global_config
    return {k: v for k, v in config.get_config().items() if v != fresh.get(k)} or None


def _write_sklearn(value: Mapping[str, Any]) -> None:
    importlib.import_module("sklearn").set_config(**value)


def _read_torch() -> Any:
    """The state of the CPU generator, unless it is as torch's import leaves it."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_rng_state"):
        return None
    state = torch.get_rng_state().numpy().tobytes()
    return None if state == torch.Generator().get_state().numpy().tobytes() else state


def _write_torch(value: bytes) -> None:
    torch = importlib.import_module("torch")
    torch.set_rng_state(torch.frombuffer(bytearray(value), dtype=torch.uint8))
