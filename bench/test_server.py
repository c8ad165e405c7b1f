"""What a panel waits for while somebody types: the analysis through the server's handler."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from serving import TOKEN, Server

ROUNDS = 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path)
    started.start()
    yield started
    started.stop()


@pytest.mark.benchmark(group="analysis through the server, seconds")
@pytest.mark.parametrize("cells", [50, 300])
def test_one_cell_is_edited(benchmark, server: Server, long_notebook, cells: int) -> None:
    notebook = json.loads(long_notebook(cells).read_text())
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    process = psutil.Process(server.pid)

    def ask(body: bytes) -> bytes:
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        connection.request("POST", "/mlops/analyses", body, headers)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
        return answer

    def bodies() -> Iterator[bytes]:
        for number in range(ROUNDS + 1):
            notebook["cells"][cells // 2]["source"] += f"\n# {number}"
            yield json.dumps({"path": "long.ipynb", "notebook": notebook}).encode()

    first, *others = bodies()
    ask(first)
    before = sum(process.cpu_times()[:2])
    versions = iter(others)
    benchmark.pedantic(lambda: ask(next(versions)), rounds=ROUNDS)
    spent = sum(process.cpu_times()[:2]) - before
    benchmark.extra_info["CPU seconds of the server a request"] = round(spent / ROUNDS, 4)
