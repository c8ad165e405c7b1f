"""What a step asks for, from ``metadata.jupyter_mlops`` of its first cell and of the notebook."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_mlops.model.pipeline import Containment, Resources, Secret

_BYTES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BYTES |= {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_VARIABLE = re.compile(r"(?!JUPYTER_MLOPS_)[A-Za-z_]\w*", re.ASCII)
_CONTAINMENT = ("data", "secrets", "hermetic")
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettings:
    """Resources, image, environment variables, packages and containment of a step."""

    resources: Resources = Resources()
    image: str | None = None
    dockerfile: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    containment: Containment = Containment()
    environment: str | None = None

    @property
    def effective_resources(self) -> Resources:
        """What the step asks for; a hermetic one has no network."""
        if self.containment.hermetic:
            return replace(self.resources, network="none")
        return self.resources


@dataclass(frozen=True, slots=True, kw_only=True)
class BadSetting(Exception):
    """A setting that means nothing: diagnostic code, message and fix."""

    code: str
    message: str
    fix: str


def apply_settings(base: StepSettings, settings: Mapping[str, Any]) -> StepSettings:
    """``base`` with the settings laid over it.

    Raises:
        BadSetting: if a name is unknown or a value cannot be read.
    """
    for name, value in settings.items():
        if name not in _READERS:
            close = difflib.get_close_matches(name, _READERS, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(_READERS)}"
            raise BadSetting(code="ML401", message=f"unknown resource {name!r}", fix=hint)
        reader, example = _READERS[name]
        try:
            read = reader(value)
        except (TypeError, ValueError, KeyError):
            raise BadSetting(
                code="ML402",
                message=f"{name} cannot be {_SHOWN.get(name, repr(value))}",
                fix=f"write it like {example}",
            ) from None
        if name == "image":
            base = replace(base, image=read, dockerfile=None)
        elif name == "dockerfile":
            base = replace(base, dockerfile=read, image=None)
        elif name == "environment":
            base = replace(base, environment=read)
        elif name == "env":
            base = replace(base, environ={**base.environ, **read})
        elif name in _CONTAINMENT:
            base = replace(base, containment=_contain(base.containment, name, read))
        else:
            base = replace(base, resources=replace(base.resources, **{name: read}))
    return base


def _quantity(units: Mapping[str, int]) -> Any:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise TypeError
        match = _QUANTITY.fullmatch(str(value))
        if match is None:
            raise ValueError
        unit = match[2].lower().removesuffix("b") if units is _BYTES else match[2].lower()
        amount = float(match[1]) * units[unit]
        if amount <= 0:
            raise ValueError
        return amount

    return read


def _memory(value: Any) -> int:
    amount = int(_quantity(_BYTES)(value))
    if amount < 6 * 2**20:  # the least that a container engine takes
        raise ValueError
    return amount


def _count(least: int) -> Any:
    def read(value: Any) -> int:
        if isinstance(value, (bool, float)) or int(value) < least:
            raise ValueError
        return int(value)

    return read


def _cpus(value: Any) -> float:
    if isinstance(value, bool) or float(value) <= 0:
        raise ValueError
    return float(value)


def _contain(base: Containment, name: str, read: Any) -> Containment:
    """A step's folders and secrets are added to the pipeline's; its word on hermetic stands."""
    if name == "data":
        return replace(base, data=tuple(dict.fromkeys((*base.data, *read))))
    if name == "secrets":
        secrets = {secret.name: secret for secret in (*base.secrets, *read)}
        return replace(base, secrets=tuple(secrets.values()))
    return replace(base, hermetic=read)


def _hermetic(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _data(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise TypeError
    return tuple(value)


def _secrets(value: Any) -> tuple[Secret, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_secret(item) for item in value)


def _secret(value: Any) -> Secret:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict) or value.keys() - {"name", "as"}:
        raise TypeError
    name, kind = value["name"], value.get("as", "env")
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name) or kind not in ("env", "file"):
        raise ValueError
    return Secret(name=name, file=kind == "file")


def _network(value: Any) -> str:
    if value not in ("default", "none"):
        raise ValueError
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _env(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(k, str) and isinstance(v, str) for k, v in value.items()
    ):
        raise TypeError
    return dict(value)


_SHOWN = {"secrets": "what stands there"}
"""Who writes a value where a name belongs does not want to see it on the screen."""

_READERS: Mapping[str, tuple[Any, str]] = {
    "cpus": (_cpus, "2 or 0.5"),
    "memory": (_memory, '"512Mi" or "2Gi", at least 6Mi'),
    "pids": (_count(1), "256"),
    "gpus": (_count(0), "1"),
    "timeout": (_quantity(_SECONDS), '90, "15m" or "2h"'),
    "retries": (_count(0), "2"),
    "backoff": (_quantity(_SECONDS), '10, "30s" or "2m"'),
    "network": (_network, '"default" or "none"'),
    "image": (_text, '"registry/image:tag"'),
    "dockerfile": (_text, '"docker/Dockerfile"'),
    "env": (_env, '{"NAME": "value"}'),
    "data": (_data, '["/datasets", "../data"]'),
    "secrets": (_secrets, '["DB_PASSWORD", {"name": "API_KEY", "as": "file"}]'),
    "hermetic": (_hermetic, "true or false"),
    "environment": (_text, '"requirements.txt", or "imports" for what the notebook imports'),
}
