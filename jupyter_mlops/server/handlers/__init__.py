"""The handlers, and the routes that lead to them."""

from __future__ import annotations

from tornado.web import RequestHandler

from jupyter_mlops.server.handlers.events import EventsHandler
from jupyter_mlops.server.handlers.notebooks import (
    AnalysesHandler,
    BundlesHandler,
    SuggestionsHandler,
)
from jupyter_mlops.server.handlers.runs import (
    CancelHandler,
    ComparisonsHandler,
    PipelinesHandler,
    RunHandler,
    RunsHandler,
)
from jupyter_mlops.server.handlers.status import StatusHandler
from jupyter_mlops.server.handlers.steps import StepLogHandler, StepNotebookHandler
from jupyter_mlops.server.handlers.verifications import VerificationHandler, VerificationsHandler

_NAME = "([^/]+)"

ROUTES: list[tuple[str, type[RequestHandler]]] = [
    ("/mlops/status", StatusHandler),
    ("/mlops/analyses", AnalysesHandler),
    ("/mlops/suggestions", SuggestionsHandler),
    ("/mlops/bundles", BundlesHandler),
    ("/mlops/runs", RunsHandler),
    (f"/mlops/runs/{_NAME}", RunHandler),
    (f"/mlops/runs/{_NAME}/cancel", CancelHandler),
    (f"/mlops/runs/{_NAME}/events", EventsHandler),
    (f"/mlops/runs/{_NAME}/steps/{_NAME}/notebook", StepNotebookHandler),
    (f"/mlops/runs/{_NAME}/steps/{_NAME}/log", StepLogHandler),
    ("/mlops/comparisons", ComparisonsHandler),
    ("/mlops/pipelines", PipelinesHandler),
    ("/mlops/verifications", VerificationsHandler),
    (f"/mlops/verifications/{_NAME}", VerificationHandler),
]
