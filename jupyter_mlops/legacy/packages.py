"""The package that has a module, where its name is another one or is not to be believed."""

from __future__ import annotations

import sys

from jupyter_mlops.environments.detect import KNOWN_PACKAGES

_MORE = {
    "Bio": "biopython",
    "Image": "pillow",
    "mplfinance": "mplfinance",
    "mpl_toolkits": "matplotlib",
    "pandas_datareader": "pandas-datareader",
    "patsy": "patsy",
    "pylab": "matplotlib",
    "pymc": "pymc",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "statsmodels": "statsmodels",
    "wx": "wxPython",
    "zmq": "pyzmq",
}
_NONE = frozenset({"google.colab", "google", "kaggle_secrets", "__future__", "IPython"})
"""Modules of places that notebooks were run in, which no package brings."""


def package_of(module: str) -> str | None:
    """The distribution that installs a top-level module; None if none can.

    Args:
        module: as it is imported.
    """
    if module in _NONE or module in sys.stdlib_module_names or not module.isidentifier():
        return None
    return _MORE.get(module) or KNOWN_PACKAGES.get(module) or module.replace("_", "-").lower()
