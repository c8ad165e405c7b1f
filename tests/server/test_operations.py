"""What operators ask a server for."""

from __future__ import annotations

from serving import Server


def test_metrics(server: Server) -> None:
    answer = server.ask("GET", "metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\njupyter_mlops_queue_length 0.0\n" in answer.body
    assert server.ask("GET", "metrics", token=None).status == 403
