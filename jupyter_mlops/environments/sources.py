"""Where packages come from: index, further indexes, and the certificates that are trusted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

_CA_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_INDEX_VARIABLES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
_PROXY_VARIABLES = (
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
)

_UV_INDEX = re.compile(r"default package index \(by default: <(\S+?)/?>\)")
_PIP_INDEX = re.compile(r"^(?:global|install)\.index-url='(.+)'$", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSources:
    """Where packages come from.

    Attributes:
        index_url: the package index, or None for the tools' own default.
        extra_index_urls: further indexes.
        ca_bundle: PEM file of the certificates to trust, or None for the system's.
        proxies: environment variable → value.
        wheelhouse: folder of wheels that is asked instead of any index, or None.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    ca_bundle: Path | None = None
    proxies: Mapping[str, str] = field(default_factory=dict)
    wheelhouse: Path | None = None

    def uv_options(self) -> list[str]:
        """Options for ``uv pip``; with further indexes it looks into all of them, as pip does."""
        if self.wheelhouse is not None:
            return ["--offline", "--no-index", "--find-links", str(self.wheelhouse)]
        options = ["--index-url", self.index_url] if self.index_url else []
        for url in self.extra_index_urls:
            options += ["--extra-index-url", url]
        if self.extra_index_urls:
            options += ["--index-strategy", "unsafe-best-match"]
        return options

    def uv_environment(self) -> Mapping[str, str]:
        """Environment variables that uv needs besides its options."""
        return {"SSL_CERT_FILE": str(self.ca_bundle)} if self.ca_bundle else {}


def package_sources(settings: Mlops) -> PackageSources:
    """The sources in force: settings, else environment variables, else pip's configuration.

    Raises:
        EnvironmentFailure: the file of certificates or the wheelhouse does not exist.
    """
    wheelhouse = Path(settings.wheelhouse).expanduser().absolute() if settings.wheelhouse else None
    if wheelhouse is not None and not wheelhouse.is_dir():
        raise EnvironmentFailure(
            f"the wheelhouse {wheelhouse} is no folder",
            fix="set JUPYTER_MLOPS_WHEELHOUSE to a folder of wheels",
        )
    bundle = settings.ca_bundle or _first_variable(_CA_VARIABLES)
    if bundle and not Path(bundle).is_file():
        raise EnvironmentFailure(
            f"the certificates {bundle} do not exist",
            fix="set JUPYTER_MLOPS_CA_BUNDLE to a PEM file",
        )
    return PackageSources(
        index_url=settings.index_url or _first_variable(_INDEX_VARIABLES) or _pip_index(),
        extra_index_urls=tuple(settings.extra_index_urls),
        ca_bundle=Path(bundle) if bundle else None,
        proxies={name: os.environ[name] for name in _PROXY_VARIABLES if os.environ.get(name)},
        wheelhouse=wheelhouse,
    )


def default_index() -> str | None:
    """The index that is asked where nobody names one, as uv's help says; None if it does not."""
    import uv

    command = [uv.find_uv_bin(), "pip", "compile", "--help"]
    answer = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = _UV_INDEX.search(answer.stdout)
    return found.group(1) if found else None


def _first_variable(names: tuple[str, ...]) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def _pip_index() -> str | None:
    """What pip's configuration files say; None if they say nothing or there is no pip."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = _PIP_INDEX.search(answer.stdout)
    return found.group(1) if found else None
