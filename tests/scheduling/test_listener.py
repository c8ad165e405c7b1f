"""The service over HTTP: its health, what is refused, and that it answers beside real work."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from planned import T0, StoppedClock

from jupyter_mlops.cli.group import cli
from jupyter_mlops.scheduling.listen import AddressError, ListenError, bind, listening
from jupyter_mlops.scheduling.metrics import KIND
from jupyter_mlops.scheduling.pulse import FRESH, HANGS, Pulse
from jupyter_mlops.scheduling.tokens import create_token
from jupyter_mlops.store import Store


def get(url: str, path: str, token: str = "") -> tuple[int, dict[str, object]]:
    """The status and the JSON of an answer."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture
def pulse() -> Pulse:
    return Pulse(turned=T0)


@pytest.fixture
def url(file_store: Store, pulse: Pulse) -> Iterator[str]:
    with listening(bind("127.0.0.1:0"), store=file_store, pulse=pulse, clock=StoppedClock()) as at:
        yield at


MOMENT = timedelta(seconds=1)
OK = (200, "")


@dataclass(frozen=True)
class State:
    """What a service last did, and what is told of it."""

    name: str
    pulse: Pulse
    health: tuple[int, str]
    ready: tuple[int, str]


STATES = [
    State("begins", Pulse(turned=T0), OK, (503, "the service has not seen the catalog yet")),
    State("is at work", Pulse(turned=T0 - FRESH, looked=T0 - FRESH), OK, OK),
    State(
        "has no catalog",
        Pulse(turned=T0, looked=T0 - MOMENT, problem="the catalog does not answer"),
        OK,
        (503, "the catalog does not answer"),
    ),
    State(
        "is slow",
        Pulse(turned=T0 - HANGS, looked=T0 - HANGS),
        OK,
        (503, "the catalog was last seen at 2026-11-25 11:55:00+00:00"),
    ),
    State(
        "hangs",
        Pulse(turned=T0 - HANGS - MOMENT, looked=T0 - HANGS - MOMENT),
        (503, "no turn has ended since 2026-11-25 11:54:59+00:00"),
        (503, "the catalog was last seen at 2026-11-25 11:54:59+00:00"),
    ),
    State(
        "ends",
        Pulse(turned=T0, looked=T0, stopping=True),
        OK,
        (503, "the service is told to end, and begins nothing more"),
    ),
]


@pytest.mark.parametrize("case", STATES, ids=lambda case: case.name)
def test_health(file_store: Store, case: State) -> None:
    clock = StoppedClock()
    with listening(bind("127.0.0.1:0"), store=file_store, pulse=case.pulse, clock=clock) as url:
        for path, (status, problem) in (("/healthz", case.health), ("/readyz", case.ready)):
            assert get(url, path) == (status, {"ok": not problem, "problem": problem})


def test_a_service_whose_store_is_gone_is_not_ready(
    file_store: Store, url: str, pulse: Pulse
) -> None:
    pulse.beat(T0)
    assert get(url, "/readyz")[0] == 200
    shutil.rmtree(file_store.root)
    assert get(url, "/readyz") == (
        503,
        {"ok": False, "problem": f"{file_store.root} is not a store"},
    )


def test_metrics_are_for_those_with_a_token(file_store: Store, url: str) -> None:
    made = create_token(
        file_store, scope="read", owner="prometheus", lasts=timedelta(hours=1), now=T0
    )
    status, problem = get(url, "/metrics")
    assert (status, problem["message"]) == (401, "a token is needed")
    assert get(url, "/metrics", made.secret[:-1] + "*")[0] == 401
    bearer = {"Authorization": f"Bearer {made.secret}"}
    request = urllib.request.Request(f"{url}/metrics", headers=bearer)
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == KIND
        assert b"\njupyter_mlops_queue_length 0.0\n" in answer.read()
    catalog = file_store.root / "catalog.sqlite"
    file_store.close()
    catalog.unlink()
    catalog.write_bytes(b"")
    status, problem = get(url, "/metrics", made.secret)
    assert (status, problem["error"]) == (503, "StoreError")


def test_other_paths(url: str) -> None:
    problem = {"error": "Not Found", "message": "Not Found", "fix": ""}
    assert get(url, "/mlops/runs") == (404, problem)


@pytest.mark.parametrize("address", ["9090", ":9090", "localhost", "localhost:http", "host:65536"])
def test_addresses_that_cannot_be_read(address: str) -> None:
    with pytest.raises(AddressError, match="is no address"):
        bind(address)


def test_the_address_of_another_machine() -> None:
    with pytest.raises(ListenError, match="Cannot assign requested address"):
        bind("192.0.2.1:9090")  # an address of documentation (RFC 5737)


def test_what_is_done_once_listens_to_nobody(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    words = ["--store", store, "service", "--once", "--listen", "127.0.0.1:0"]
    refused = CliRunner().invoke(cli, words)
    assert (refused.exit_code, "contradict each other" in refused.output) == (2, True)


def service(store: Path, *options: str) -> list[str]:
    command = [sys.executable, "-m", "jupyter_mlops.cli", "--store", str(store), "service"]
    return [*command, "--json", *options]


def test_a_port_that_is_in_use_ends_the_service_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = service(tmp_path / "store", "--listen", address)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (
        1,
        {
            "error": "ListenError",
            "message": f"{address} cannot be listened at: Address already in use",
            "fix": "choose another --listen, or end what listens there",
        },
    )
    assert not (tmp_path / "store").exists()


def test_a_service_that_listens_from_its_beginning_to_its_end(file_store: Store) -> None:
    command = service(file_store.root, "--listen", "localhost:0")
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert serving.stdout is not None
    events = [json.loads(serving.stdout.readline()) for _ in range(2)]
    assert [event["event"] for event in events] == ["listening", "serving"]
    url = events[0]["text"]
    never = threading.Event()
    while get(url, "/readyz")[0] != 200:
        never.wait(0.05)
    assert get(url, "/healthz") == (200, {"ok": True, "problem": ""})
    serving.send_signal(signal.SIGTERM)
    rest = serving.communicate(timeout=120)[0].splitlines()
    assert [json.loads(line)["event"] for line in rest] == ["stopping", "stopped"]
    assert serving.returncode == 0
