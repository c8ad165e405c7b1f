"""Every route needs a user whom the server knows and the authorizer allows it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket
from contract import OPERATIONS
from serving import Server

from jupyter_mlops.scheduling.sign import service_status, stop_service

ACTIONS = {
    "getStatus": "read",
    "createAnalysis": "read",
    "createSuggestions": "read",
    "listRuns": "read",
    "createRun": "execute",
    "getRun": "read",
    "cancelRun": "execute",
    "followRun": "read",
    "getStepNotebook": "read",
    "getStepLog": "read",
    "compareRuns": "read",
    "listPipelines": "read",
    "createBundle": "write",
    "createVerification": "execute",
    "getVerification": "read",
    "getReport": "read",
    "getComparisonPage": "read",
    "trace": "read",
    "getTracePage": "read",
    "createReproduction": "execute",
    "getReproduction": "read",
    "createRestoration": "write",
    "createOpening": "execute",
    "createExport": "write",
    "createImport": "write",
    "createLabel": "write",
    "getAlias": "read",
    "getLedger": "read",
    "verifyLedger": "read",
    "planCollection": "read",
    "createCollection": "write",
    "getService": "read",
    "startService": "execute",
    "previewTiming": "read",
    "listSchedules": "read",
    "createSchedule": "execute",
    "getSchedule": "read",
    "changeSchedule": "execute",
    "removeSchedule": "execute",
    "pauseSchedule": "execute",
    "resumeSchedule": "execute",
    "listTicks": "read",
    "createTick": "execute",
    "getMetrics": "read",
    "createConversion": "execute",
    "getConversion": "read",
    "cancelConversion": "execute",
    "createJob": "write",
    "listAlerts": "read",
    "createAlert": "execute",
    "getAlert": "read",
    "changeAlert": "execute",
    "removeAlert": "execute",
    "pauseAlert": "execute",
    "resumeAlert": "execute",
    "testAlert": "execute",
    "listDeliveries": "read",
    "retryDeliveries": "execute",
    "listSweeps": "read",
    "createSweep": "execute",
    "getSweep": "read",
    "getSweepPage": "read",
    "cancelSweep": "execute",
}
"""What an authorizer is asked to allow, by operation."""


def ask(server: Server, operation: str, token: str | None) -> int:
    """The status of an answer to a request for nothing that exists."""
    method, path = OPERATIONS[operation]
    if operation == "followRun":
        try:
            with server.socket("no-such-run", token=token):
                raise AssertionError("the socket of a run that does not exist was opened")
        except websocket.WebSocketBadStatusException as refused:
            return refused.status_code
    below = path.removeprefix("/mlops/").format(
        run="no-such-run",
        step="no-step",
        alert="no-alert",
        alias="no-alias",
        schedule="no-schedule",
        conversion="no-conversion",
        sweep="no-sweep",
    )
    body = {} if method in ("POST", "PATCH") else None
    return server.ask(method, below, body, token=token).status


def test_every_operation_has_an_action() -> None:
    assert set(ACTIONS) == set(OPERATIONS)


@pytest.mark.parametrize("token", [None, "another-token"])
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_nobody_asks_without_the_token(server: Server, operation: str, token: str | None) -> None:
    assert ask(server, operation, token) == 403


@pytest.fixture(scope="module", params=["", "read", "write", "execute"])
def limited(
    request: pytest.FixtureRequest, isolated_jupyter: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Server]]:
    """A server that allows one action only, or none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOWED", request.param)
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        server = Server(
            tmp_path_factory.mktemp("limited"),
            "--ServerApp.authorizer_class=authorizers.OnlyGiven",
        )
        server.start()
        yield request.param, server
        server.stop()
        if service_status(server.store_root).running:  # who may start one did
            stop_service(server.store_root, host=platform.node())


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_who_may_do_one_thing_may_do_no_other(limited: tuple[str, Server], operation: str) -> None:
    allowed, server = limited
    status = ask(server, operation, "a-token")
    assert (status == 403) == (ACTIONS[operation] != allowed), status
    assert status < 500
