"""A service is started by the server when schedules need one: exactly one, and it stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest
from serving import Server, wait_until

AUTOMATIC = "--MlopsApp.start_service=True"
CELLS = (("step:load", "x = 1"),)


@pytest.fixture
def started() -> Iterator[list[psutil.Process]]:
    """Services that the test saw; none is left."""
    found: list[psutil.Process] = []
    yield found
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def service(server: Server) -> Any:
    return server.ask("GET", "service").body


def running(server: Server, started: list[psutil.Process], *, but: int = 0) -> psutil.Process:
    """The process of the service, once there is one that is not ``but``."""
    wait_until(lambda: service(server)["status"]["pid"] not in (None, but), server.log)
    started.append(psutil.Process(service(server)["status"]["pid"]))
    return started[-1]


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that was killed may wait for its parent's notice."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def last(server: Server) -> Any:
    return server.ask("GET", "schedules/report").body["report"]["last"]


def test_one_service_is_started_and_stays(
    own_server: Callable[..., Server], started: list[psutil.Process]
) -> None:
    server = own_server(AUTOMATIC)
    nothing = {"running": False, "since": None, "host": "", "pid": None, "stopped": False}
    assert service(server) == {"status": nothing, "automatic": True}
    notebook = server.write("report.ipynb", *CELLS)
    yearly = {"path": "report.ipynb", "cron": "@yearly"}
    assert server.ask("POST", "schedules", yearly).status == 201
    first = running(server, started)

    server.stop(kill=True)
    server.start()
    assert server.ask("POST", "service").body["status"]["pid"] == first.pid
    content = notebook.read_text()
    notebook.unlink()  # so that the tick ends without a kernel
    assert server.ask("POST", "schedules/report/ticks").status == 201
    wait_until(lambda: last(server)["state"] == "failed")
    assert "report.ipynb" in last(server)["why"]
    notebook.write_text(content)

    first.kill()
    wait_until(lambda: not service(server)["status"]["running"])
    assert service(server)["status"]["stopped"] is False
    assert server.ask("PATCH", "schedules/report", {"retries": 1}).status == 200
    second = running(server, started, but=first.pid)
    assert [process.pid for process in started if alive(process)] == [second.pid]

    second.terminate()
    wait_until(lambda: service(server)["status"]["stopped"])
    log = (server.store_root / "service" / "service.log").read_text()
    assert log.count('"event": "serving"') == 2


@pytest.mark.kernel
def test_none_is_started_by_itself_where_that_is_switched_off(
    server: Server, started: list[psutil.Process]
) -> None:
    server.write("off/book.ipynb", *CELLS)
    daily = {"path": "off/book.ipynb", "every": "1d", "engine": "local"}
    assert server.ask("POST", "schedules", daily).status == 201
    assert (service(server)["automatic"], service(server)["status"]["running"]) == (False, False)
    found = server.ask("POST", "service").body["status"]
    started.append(psutil.Process(found["pid"]))
    assert found["running"] is True
    with server.bus() as opened:  # tells of the run, which this server does not begin itself
        assert server.ask("POST", "schedules/book/ticks").status == 201
        told: dict[str, Any] = {}
        while (told.get("path"), told.get("event"), told.get("state")) != (
            "off/book.ipynb",
            "run",
            "succeeded",
        ):
            told = json.loads(opened.recv())
    assert server.ask("DELETE", "schedules/book").status == 200
