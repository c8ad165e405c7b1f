"""A Jupyter server in a process of its own, with the extension as an installation enables it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import websocket
from contract import check_event, check_exchange, is_documented

TOKEN = "a-token"
PATIENCE = 120.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


class Server:
    """A Jupyter server on a folder; its store lies beside that.

    Args:
        home: folder of both.
        options: of the command line.
    """

    def __init__(self, home: Path, *options: str) -> None:
        self.home, self.root, self.store_root = home, home / "root", home / "store"
        self.root.mkdir(parents=True, exist_ok=True)
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = {
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.root,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "IdentityProvider.token": TOKEN,
            "MlopsApp.start_service": False,
        }
        command = [sys.executable, "-m", "jupyter_server"]
        command += [f"--{name}={value}" for name, value in settings.items()]
        command += self._options  # the last of two values holds
        with (self.home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, "JUPYTER_MLOPS_STORE": str(self.store_root)},
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self._answers(), self.log)

    def stop(self, *, kill: bool = False) -> None:
        assert self._process is not None
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        return (self.home / "server.log").read_text(errors="replace")

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = TOKEN,
        raw: bytes | None = None,
    ) -> Answer:
        """The answer to a request, held to openapi.yaml; ``path`` is below ``/mlops``."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/mlops/{path}",
            method=method,
            data=data,
            headers={"Authorization": f"token {token}"} if token else {},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                status, answer, headers = response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            status, answer, headers = error.code, error.read(), error.headers
        if is_documented(method, f"/mlops/{path}"):
            kind = headers["Content-Type"].partition(";")[0]
            check_exchange(method, f"/mlops/{path}", data, status, answer, kind)
        return _answer(status, answer, headers)

    @contextmanager
    def socket(self, run: str, *, token: str | None = TOKEN) -> Iterator[websocket.WebSocket]:
        """The websocket of a run."""
        with closing(self._connect(f"mlops/runs/{quote(run)}/events", token)) as opened:
            yield opened

    @contextmanager
    def bus(self) -> Iterator[websocket.WebSocket]:
        """The websocket of the server's event bus."""
        with closing(self._connect("api/events/subscribe", TOKEN)) as opened:
            yield opened

    def _connect(self, path: str, token: str | None) -> websocket.WebSocket:
        return websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/{path}",
            header={"Authorization": f"token {token}"} if token else {},
            timeout=PATIENCE,
        )

    def events(self, run: str) -> list[dict[str, Any]]:
        """Every event of a run, to its end."""
        with self.socket(run) as opened:
            return list(messages(opened))

    def write(self, path: str, *cells: tuple[str, str]) -> Path:
        """Write a notebook of (tags with commas, source) cells."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document(*cells)))
        return file

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        try:
            return self.ask("GET", "nothing").status == 404
        except OSError:
            return False


def messages(opened: websocket.WebSocket) -> Iterator[dict[str, Any]]:
    while text := opened.recv():
        event = json.loads(text)
        check_event(event)
        yield event


def document(*cells: tuple[str, str]) -> dict[str, Any]:
    """A notebook of (tags with commas, source) cells; ``#`` as the first tag makes markdown."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            {
                "id": f"c{number}",
                "cell_type": "markdown" if tags.startswith("#") else "code",
                "metadata": {"tags": [tag for tag in tags.split(",") if tag not in ("", "#")]},
                "source": source,
                **({} if tags.startswith("#") else {"outputs": [], "execution_count": None}),
            }
            for number, (tags, source) in enumerate(cells, start=1)
        ],
    }


def wait_until(is_so: Callable[[], bool], explain: Callable[[], str] = str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, explain()
        time.sleep(0.1)


def _answer(status: int, data: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        body = json.loads(data)
    except ValueError:
        body = data.decode(errors="replace")
    return Answer(status=status, body=body, headers=dict(headers))
