from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jupyter_mlops.environments.sources import PackageSources, default_index, package_sources
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

VARIABLES = (
    *("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
    *("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_CONFIG_FILE"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    settings: Mapping[str, object] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    expected: PackageSources


CASES = [
    Case(title="nothing said", expected=PackageSources()),
    Case(
        title="settings before variables",
        settings={"index_url": "https://a.test", "ca_bundle": "{tmp}/a.pem"},
        environ={"PIP_INDEX_URL": "https://b.test", "PIP_CERT": "{tmp}/b.pem"},
        expected=PackageSources(index_url="https://a.test", ca_bundle=Path("{tmp}/a.pem")),
    ),
    Case(
        title="variables before pip's configuration",
        environ={
            "UV_INDEX_URL": "https://b.test",
            "SSL_CERT_FILE": "{tmp}/b.pem",
            "PIP_CONFIG_FILE": "{tmp}/pip.conf",
        },
        expected=PackageSources(index_url="https://b.test", ca_bundle=Path("{tmp}/b.pem")),
    ),
    Case(
        title="pip's configuration",
        environ={"PIP_CONFIG_FILE": "{tmp}/pip.conf"},
        expected=PackageSources(index_url="https://c.test/simple"),
    ),
    Case(
        title="further indexes and proxies",
        settings={"index_url": "https://a.test", "extra_index_urls": ["https://x.test"]},
        environ={"https_proxy": "http://p.test", "NO_PROXY": "a.test"},
        expected=PackageSources(
            index_url="https://a.test",
            extra_index_urls=("https://x.test",),
            proxies={"https_proxy": "http://p.test", "NO_PROXY": "a.test"},
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_package_sources(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pem").touch()
    (tmp_path / "b.pem").touch()
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://c.test/simple\n")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    for name, value in case.environ.items():
        monkeypatch.setenv(name, value.format(tmp=tmp_path))
    texts = {
        name: value.format(tmp=tmp_path) if isinstance(value, str) else value
        for name, value in case.settings.items()
    }
    found = package_sources(Mlops(**texts))
    bundle = case.expected.ca_bundle
    assert found == PackageSources(
        index_url=case.expected.index_url,
        extra_index_urls=case.expected.extra_index_urls,
        ca_bundle=Path(str(bundle).format(tmp=tmp_path)) if bundle else None,
        proxies=case.expected.proxies,
    )


def test_certificates_that_do_not_exist_are_named() -> None:
    with pytest.raises(EnvironmentFailure, match=r"the certificates /gone\.pem do not exist"):
        package_sources(Mlops(ca_bundle="/gone.pem"))


@dataclass(frozen=True, kw_only=True)
class Written:
    title: str
    sources: PackageSources
    uv_options: list[str]
    uv_environment: dict[str, str] = field(default_factory=dict)


WRITTEN = [
    Written(title="nothing", sources=PackageSources(), uv_options=[]),
    Written(
        title="everything",
        sources=PackageSources(
            index_url="https://a.test",
            extra_index_urls=("https://x.test", "https://y.test"),
            ca_bundle=Path("/ca.pem"),
        ),
        uv_options=[
            *("--index-url", "https://a.test", "--extra-index-url", "https://x.test"),
            *("--extra-index-url", "https://y.test", "--index-strategy", "unsafe-best-match"),
        ],
        uv_environment={"SSL_CERT_FILE": "/ca.pem"},
    ),
    Written(
        title="a wheelhouse",
        sources=PackageSources(index_url="https://a.test", wheelhouse=Path("/wheels")),
        uv_options=["--offline", "--no-index", "--find-links", "/wheels"],
    ),
]


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.title)
def test_what_the_tools_are_told(case: Written) -> None:
    told = Written(
        title=case.title,
        sources=case.sources,
        uv_options=case.sources.uv_options(),
        uv_environment=dict(case.sources.uv_environment()),
    )
    assert told == case


def test_the_default_index_is_what_uv_says() -> None:
    assert re.fullmatch(r"https://[a-z.]+/simple", str(default_index()))
