"""The package that has a module, where its name is another one or is not to be believed."""

from __future__ import annotations

import re
import sys

from jupyter_mlops.environments.detect import KNOWN_PACKAGES

_MORE = {
    "BeautifulSoup": "beautifulsoup4",
    "Bio": "biopython",
    "Image": "pillow",
    "Levenshtein": "levenshtein",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "community": "python-louvain",
    "fbprophet": "prophet",
    "igraph": "igraph",
    "mplfinance": "mplfinance",
    "mpl_toolkits": "matplotlib",
    "pandas_datareader": "pandas-datareader",
    "mpl_toolkits.basemap": "basemap",
    "patsy": "patsy",
    "pkg_resources": "setuptools<81",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "pymc": "pymc",
    "pyro": "pyro-ppl",
    "progressbar": "progressbar2",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "statsmodels": "statsmodels",
    "tables": "tables",
    "wx": "wxPython",
    "zmq": "pyzmq",
}
LIBRARIES = frozenset(
    {"IPython", "keras", "matplotlib", "networkx", "nltk", "numpy", "pandas", "pymc", "scipy",
     "seaborn", "skimage", "sklearn", "statsmodels", "sympy", "tensorflow", "theano", "torch"}
)  # fmt: skip
"""Modules that are these libraries, though a folder of the repository may be called so, too."""
BROUGHT = {"pymc3": "theano"}
"""Package → another one, of whose module it brings its own continuation."""
_NONE = frozenset({"google.colab", "google", "kaggle_secrets", "__future__", "IPython"})
"""Modules of places that notebooks were run in, which no package brings."""


def package_of(module: str) -> str | None:
    """What installs a module, as ``pip`` takes it; None if nothing can.

    Args:
        module: as it is imported.
    """
    if module in _MORE:
        return _MORE[module]
    if module in _NONE or module in sys.stdlib_module_names or not module.isidentifier():
        return None
    return KNOWN_PACKAGES.get(module) or module.replace("_", "-").lower()


def distribution_of(requirement: str) -> str:
    """The distribution that a requirement asks for, as package indexes write it."""
    return re.split(r"[\s\[<>=!~;@]", requirement)[0].replace("_", "-").lower()
