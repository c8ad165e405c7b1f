"""What every catalog answers about where bytes come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from traced_history import DF, FILES, PICTURE, SOURCE, record_traced

from jupyter_mlops.lineage.trace import BOTH, trace
from jupyter_mlops.lineage.walk import Direction
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Store
from jupyter_mlops.store.records import read_records

RAW, MODEL, OTHER, SCORES = map(of_bytes, FILES.values())
FIGURE, NOTEBOOK = of_bytes(PICTURE), of_bytes(SOURCE)
LETTERS = {RAW: "RAW", MODEL: "MODEL", OTHER: "OTHER", SCORES: "SCORES", DF: "DF"}
LETTERS |= {FIGURE: "FIGURE", NOTEBOOK: "NOTEBOOK"}
LOADED = ("RAW made.load.1", "made.load.1 DF")
TRAINED = ("DF made.train.1", "made.train.1 MODEL")
AGAIN = ("DF again.train.1", "again.train.1 OTHER")
PLOTTED = ("DF made.plot.1", "MODEL made.plot.1", "made.plot.1 FIGURE")
SCORED = ("MODEL scored.load.1", "scored.load.1 SCORES")


@dataclass(frozen=True)
class Case:
    """What is asked, and the whole graph: distances of executions, and edges."""

    asked: str
    steps: dict[str, int]
    edges: tuple[str, ...]
    directions: tuple[Direction, ...] = BOTH
    depth: int | None = None
    limit: int = 99
    cut: bool = False


CASES = [
    Case(
        MODEL,
        {"made.load.1": -2, "made.train.1": -1, "made.plot.1": 1, "scored.load.1": 1},
        (*LOADED, *TRAINED, *PLOTTED[1:], *SCORED),
    ),
    Case(
        SCORES[:20],  # from run to run, by bytes
        {"made.load.1": -3, "made.train.1": -2, "scored.load.1": -1},
        (*LOADED, *TRAINED, *SCORED),
    ),
    Case(
        FIGURE.removeprefix("sha256:"),
        {"made.load.1": -2, "made.train.1": -2, "made.plot.1": -1},
        (*LOADED, *TRAINED, *PLOTTED),
    ),
    Case(  # through the step that is reused; not to the run whose table has the same bytes
        RAW,
        {"made.load.1": 1, "made.train.1": 2, "again.train.1": 2}
        | {"made.plot.1": 2, "scored.load.1": 3},
        (*LOADED, *TRAINED, *AGAIN, *PLOTTED, *SCORED),
    ),
    Case("again", {"made.load.1": 0, "again.train.1": 0}, (*LOADED, *AGAIN), ("up",)),
    Case(
        "twin",
        {"twin.load.1": 0, "twin.train.1": 0},
        ("twin.load.1 DF", "DF twin.train.1", "twin.train.1 OTHER"),
    ),
    Case(RAW, {"made.load.1": 1}, LOADED[:1], ("down",), depth=1, cut=True),
    Case(MODEL, {"made.train.1": -1, "scored.load.1": 1}, (TRAINED[1], *SCORED), limit=1, cut=True),
    Case(
        NOTEBOOK,
        {"made.load.1": 1, "again.train.1": 1, "scored.load.1": 1}
        | {"made.train.1": 1, "made.plot.1": 1, "twin.load.1": 1, "twin.train.1": 1},
        (
            *(f"NOTEBOOK made.{step}.1" for step in ("load", "train", "plot")),
            *("NOTEBOOK again.train.1", "NOTEBOOK scored.load.1"),
            *("NOTEBOOK twin.load.1", "NOTEBOOK twin.train.1"),
            *("made.train.1 MODEL", "made.plot.1 FIGURE", "again.train.1 OTHER"),
            *("scored.load.1 SCORES", "twin.train.1 OTHER"),
            *("made.load.1 DF", "DF made.train.1", "DF again.train.1", "DF made.plot.1"),
            *("MODEL made.plot.1", "MODEL scored.load.1", "twin.load.1 DF", "DF twin.train.1"),
        ),
        ("down",),
    ),
]


class TraceConformance:
    """Subclasses may override the fixture ``store``: a new, open store over their database."""

    def test_what_is_asked_is_traced(self, store: Store) -> None:
        record_traced(store)
        for case in CASES:
            found = trace(
                store,
                case.asked,
                directions=case.directions,
                depth=case.depth,
                limit=case.limit,
            )
            assert {step.execution: step.distance for step in found.steps} == case.steps
            edges = {
                f"{LETTERS.get(e.source, e.source)} {LETTERS.get(e.target, e.target)}"
                for e in found.edges
            }
            assert (edges, found.cut) == (set(case.edges), case.cut), case.asked

    def test_a_rebuilt_index_answers_the_same(self, store: Store) -> None:
        record_traced(store)
        before = [trace(store, case.asked) for case in CASES]
        store.rebuild_catalog()
        assert [trace(store, case.asked) for case in CASES] == before

    def test_runs_of_another_store_are_received(self, store: Store, tmp_path: Path) -> None:
        there = Store(tmp_path / "there").open()
        record_traced(there)
        for digest in there.objects.digests():
            store.objects.put_file(there.objects.path(digest))
        found = sorted(
            read_records(there.objects).executions.items(), key=lambda item: item[1].result.started
        )
        for _ in range(2):  # a second time changes nothing
            store.catalog.receive(there.catalog.list_runs()[::-1], dict(found))
            assert store.catalog.list_runs() == there.catalog.list_runs()
            answers = [trace(store, case.asked) for case in CASES]
            assert answers == [trace(there, case.asked) for case in CASES]
        there.close()

    def test_executions_that_are_not_indexed_are_made_up_for(self, store: Store) -> None:
        from jupyter_mlops.store.schema import executions, uses

        record_traced(store)
        before = [trace(store, case.asked) for case in CASES]

        def forget(connection) -> None:
            connection.execute(uses.delete())
            connection.execute(executions.update().values(indexed=False))

        store.catalog._database.write(forget)
        assert [trace(store, case.asked) for case in CASES] == before
