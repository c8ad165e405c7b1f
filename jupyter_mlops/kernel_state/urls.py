"""What a step fetched from the network, as the interpreter's audit events tell."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from jupyter_mlops.kernel_state import secrets

EVENTS = frozenset({"urllib.Request", "http.client.send", "socket.getaddrinfo", "socket.connect"})
"""Audit events that tell of it."""

MOST = 1000
"""Different addresses that are listed; of more it is said how many."""

_LONGEST = 500
_HIDDEN = "***"
_PORTS = {"http": 80, "https": 443, "ftp": 21}
_REQUEST = re.compile(rb"[A-Z]+ (\S+) HTTP/1\.[01]\r\n")
_SECRET_NAME = re.compile(
    r"key|token|secret|sig|pass|pwd|auth|cred|session|appid|cookie|jwt|ticket|^code$", re.IGNORECASE
)
_SECRET_VALUE = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[\w+/=~-]{16,}", re.ASCII)
_SECRET_SEGMENT = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w:~-]{20,}", re.ASCII)


class Fetched:
    """Collects addresses.

    Requests by ``urllib`` and ``http.client``, which ``requests`` and pandas use, are known by
    their URL; what others connect to, by host and port. Native code and other processes are not
    heard.
    """

    def __init__(self) -> None:
        self._urls: dict[str, None] = {}
        self._connected: dict[str, None] = {}
        self._looked_up: dict[int, dict[str, None]] = {}

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Takes one of ``EVENTS``."""
        if event == "urllib.Request":
            self._note(args[0])
        elif event == "http.client.send":
            self._hear_send(*args)
        elif event == "socket.getaddrinfo":
            self._hear_look_up(*args[:2])
        else:
            self._hear_connect(*args)

    def listed(self) -> list[str]:
        """URLs, and ``host:port`` where no URL is known, sorted; none holds a secret."""
        known = {_place(url) for url in self._urls}
        found = sorted({*self._urls, *(self._connected.keys() - known)})
        more = len(found) - MOST
        found = [secrets.guarded.scrub(address) for address in found[:MOST]]
        return [*found, f"… and {more} more"] if more > 0 else found

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme in _PORTS:
            self._urls[without_secrets(url)] = None

    def _hear_send(self, connection: Any, data: Any) -> None:
        found = _REQUEST.match(data) if isinstance(data, bytes) else None
        target = found[1].decode("latin-1") if found is not None else ""
        if target.startswith("/"):
            scheme = "https" if connection.default_port == _PORTS["https"] else "http"
            host = getattr(connection, "_tunnel_host", None) or connection.host
            port = getattr(connection, "_tunnel_port", None) or connection.port
            target = f"{scheme}://{_joined(host, port)}{target}"
        self._note(target)

    def _hear_look_up(self, host: Any, port: Any) -> None:
        if host and port:
            number = int(_PORTS.get(port, port))
            name = host.decode() if isinstance(host, bytes) else host
            self._looked_up.setdefault(number, {})[_joined(name, number)] = None

    def _hear_connect(self, connection: socket.socket, address: Any) -> None:
        """Names stand for numbers: those that were looked up for the port are connected to now."""
        families = (socket.AF_INET, socket.AF_INET6)
        if connection.family in families and connection.type == socket.SOCK_STREAM:
            host, port = address[:2]
            self._connected.update(self._looked_up.get(port) or {_joined(host, port): None})


def without_secrets(url: str) -> str:
    """The URL without user, password, fragment and what looks like a secret in path and query."""
    parts = urlsplit(url)
    port = None if parts.port == _PORTS.get(parts.scheme) else parts.port
    path = "/".join(map(_segment, (parts.path or "/").split("/")))
    query = "&".join(_parameters(parts.query)) if parts.query else ""
    shown = urlunsplit((parts.scheme, _joined(parts.hostname or "", port), path, query, ""))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def _segment(text: str) -> str:
    """A part of a path; parameters behind a semicolon are hidden."""
    name, mark, _ = text.partition(";")
    name = _HIDDEN if _SECRET_SEGMENT.fullmatch(unquote(name)) else name
    return f"{name};{_HIDDEN}" if mark else name


def _parameters(query: str) -> Iterator[str]:
    for part in re.split("[&;]", query):
        name, mark, value = part.partition("=")
        plain = unquote(value)
        hide = _SECRET_NAME.search(unquote(name)) or _SECRET_VALUE.fullmatch(plain)
        if not mark:
            yield _HIDDEN if _SECRET_VALUE.fullmatch(unquote(name)) else name
        else:
            yield f"{name}={_HIDDEN if hide or '://' in plain else value}"


def _place(url: str) -> str:
    """``host:port`` of a URL."""
    parts = urlsplit(url.removesuffix("…"))
    return _joined(parts.hostname or "", parts.port or _PORTS[parts.scheme])


def _joined(host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"
