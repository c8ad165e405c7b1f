"""Events are passed on once, whole, in order; the running cell is known."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlops.runner.tail import EventTail


def test_events_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    tail = EventTail(path)
    assert list(tail.read()) == []
    steps = [
        ('{"event": "cell-started", "cell": 1}\n{"event": "out', ["cell-started"], 1),
        ('put", "text": "ü"}\n', ["output"], 1),
        ('not json\n[1]\n{"event": "cell-finished", "cell": 1}\n', ["cell-finished"], None),
        ('{"event": "cell-started", "cell": 2}\n', ["cell-started"], 2),
        ('{"event": "cell-failed", "cell": 2}\n', ["cell-failed"], None),
        ("", [], None),
    ]
    for text, events, running in steps:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
        assert [event["event"] for event in tail.read()] == events
        assert (tail.running or {}).get("cell") == running
