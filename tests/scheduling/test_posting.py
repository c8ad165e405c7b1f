"""``POST /hooks/NAME`` over HTTP, and from a real Alertmanager."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from planned import T0, StoppedClock
from posted import SECRET, signed, waiting

from jupyter_mlops.scheduling.book import add_schedule, history
from jupyter_mlops.scheduling.listen import bind, listening
from jupyter_mlops.scheduling.pulse import Pulse
from jupyter_mlops.scheduling.signatures import Delivery
from jupyter_mlops.store import Store


@pytest.fixture
def address(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Host and port of a listener."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    sockets, pulse = bind("127.0.0.1:0"), Pulse(turned=T0)
    with listening(sockets, store=file_store, pulse=pulse, clock=StoppedClock()) as url:
        yield url.removeprefix("http://")


def post(address: str, path: str, delivery: Delivery) -> tuple[int, str | None, dict[str, object]]:
    """The status, ``Retry-After`` and the JSON of the answer."""
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request("POST", path, body=delivery.body, headers=dict(delivery.headers))
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After"), json.loads(answer.read())
    finally:
        connection.close()


def test_the_answers(file_store: Store, address: str) -> None:
    add_schedule(file_store, waiting("json", mapped={"n": "$.n"}, rate=2), T0)
    good, other = signed({"n": 1}), signed({}, name="m2")
    deliveries = [
        ("/hooks/a", good),
        ("/hooks/a", good),
        ("/hooks/a", replace(good, body=b"{}")),
        ("/hooks/a", other),
        ("/hooks/a", signed({"n": 1}, name="m3")),
        ("/hooks/b", good),
        ("/hooks/a/b", good),
    ]
    answers = [post(address, path, delivery) for path, delivery in deliveries]
    assert [(status, wait) for status, wait, _ in answers] == [
        (202, None),
        (200, None),
        (401, None),
        (422, None),
        (429, "61"),
        (404, None),
        (404, None),
    ]
    (_, _, taken), (_, _, again), (_, _, refused) = answers[:3]
    assert taken["tick"]["parameters"] == {"n": 1}  # type: ignore[index]
    assert (taken["new"], again) == (True, {**taken, "new": False})
    assert (refused["error"], refused["message"]) == (
        "Refused",
        "webhook-signature is not that of this body, id and timestamp",
    )


CONFIGURATION = """
route:
  receiver: jupyter_mlops
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: jupyter_mlops
    webhook_configs:
      - url: http://{address}/hooks/a
        http_config: {{authorization: {{credentials: {secret}}}}}
      - url: http://{address}/hooks/b
        http_config: {{basic_auth: {{username: ada, password: {secret}}}}}
"""


@pytest.fixture
def alertmanager(address: str, tmp_path: Path) -> Iterator[str]:
    """Host and port of an Alertmanager that posts to the listener."""
    program = shutil.which("prometheus-alertmanager")
    if program is None:
        if os.environ.get("CI") or os.environ.get("JUPYTER_MLOPS_REQUIRE_ALERTMANAGER"):
            pytest.fail("Alertmanager is not there")
        pytest.skip("Alertmanager is not there (scripts/alertmanager fetches it)")
    configuration = tmp_path / "alertmanager.yml"
    configuration.write_text(CONFIGURATION.format(address=address, secret=json.dumps(SECRET)))
    options = {
        "config.file": configuration,
        "storage.path": tmp_path / "alertmanager",
        "web.listen-address": "127.0.0.1:0",
        "cluster.listen-address": "",
    }
    process = subprocess.Popen(
        [program, *(f"--{name}={value}" for name, value in options.items())],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if match := re.search(r'"?Listening on"? address=(\S+)', line):
            break
    else:
        raise RuntimeError("".join(said))
    swallow = threading.Thread(target=process.stderr.read)
    swallow.start()
    yield match[1]
    process.terminate()
    process.wait()
    swallow.join()


def test_a_real_alertmanager(file_store: Store, address: str, alertmanager: str) -> None:
    """Once by its bearer token and once by its password; that the alert is resolved is no event."""
    mapped = {"lr": "$.alerts[0].labels.lr"}
    for name in "ab":
        add_schedule(file_store, replace(waiting("alertmanager", mapped=mapped), name=name), T0)

    def alert(lr: str, **changes: str) -> None:
        labels = {"alertname": "ModelIsOff", "lr": lr}
        body = json.dumps([{"labels": labels, **changes}]).encode()
        headers = {"content-type": "application/json"}
        assert post_raw(alertmanager, "/api/v2/alerts", body, headers) == 200

    def ticks(name: str) -> list[tuple[str, str, object]]:
        found = reversed(history(file_store, name))
        return [(tick.state, tick.cause, tick.parameters) for tick in found]

    never = threading.Event()

    def wait_for(number: int) -> None:
        while min(len(history(file_store, name)) for name in "ab") < number:
            never.wait(0.05)  # pytest's timeout ends the wait

    alert("0.1")
    wait_for(1)
    alert("0.1", endsAt="2020-01-01T00:00:00Z")
    alert("0.2")
    wait_for(2)
    expected = [
        ("queued", "Alertmanager posted 1 firing", {"lr": "0.1"}),
        ("queued", "Alertmanager posted 1 firing", {"lr": "0.2"}),
    ]
    assert (ticks("a"), ticks("b")) == (expected, expected)


def post_raw(address: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer."""
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
