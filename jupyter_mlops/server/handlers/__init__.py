"""The handlers, and the routes that lead to them."""

from __future__ import annotations

from tornado.web import RequestHandler

from jupyter_mlops.server.handlers.alerts import (
    AlertHandler,
    AlertPauseHandler,
    AlertResumeHandler,
    AlertsHandler,
    AlertTestHandler,
    DeliveriesHandler,
)
from jupyter_mlops.server.handlers.conversions import (
    ConversionCancelHandler,
    ConversionHandler,
    ConversionsHandler,
    JobsHandler,
)
from jupyter_mlops.server.handlers.events import EventsHandler
from jupyter_mlops.server.handlers.metrics import MetricsHandler
from jupyter_mlops.server.handlers.notebooks import (
    AnalysesHandler,
    BundlesHandler,
    SuggestionsHandler,
)
from jupyter_mlops.server.handlers.order import (
    AliasHandler,
    ExportsHandler,
    GarbageHandler,
    ImportsHandler,
    LabelsHandler,
    LedgerCheckHandler,
    LedgerHandler,
)
from jupyter_mlops.server.handlers.reproductions import (
    OpeningsHandler,
    ReproductionHandler,
    ReproductionsHandler,
    RestorationsHandler,
)
from jupyter_mlops.server.handlers.runs import (
    CancelHandler,
    ComparisonsHandler,
    PipelinesHandler,
    RunHandler,
    RunsHandler,
)
from jupyter_mlops.server.handlers.schedules import (
    PauseHandler,
    ResumeHandler,
    ScheduleHandler,
    SchedulesHandler,
    ServiceHandler,
    TicksHandler,
    TimingsHandler,
)
from jupyter_mlops.server.handlers.status import StatusHandler
from jupyter_mlops.server.handlers.steps import StepLogHandler, StepNotebookHandler
from jupyter_mlops.server.handlers.sweeps import (
    SweepCancelHandler,
    SweepHandler,
    SweepPageHandler,
    SweepsHandler,
)
from jupyter_mlops.server.handlers.traces import (
    ComparisonPageHandler,
    ReportHandler,
    TracePageHandler,
    TracesHandler,
)
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
    (f"/mlops/runs/{_NAME}/report", ReportHandler),
    (f"/mlops/runs/{_NAME}/steps/{_NAME}/notebook", StepNotebookHandler),
    (f"/mlops/runs/{_NAME}/steps/{_NAME}/log", StepLogHandler),
    ("/mlops/comparisons", ComparisonsHandler),
    ("/mlops/pipelines", PipelinesHandler),
    ("/mlops/verifications", VerificationsHandler),
    (f"/mlops/verifications/{_NAME}", VerificationHandler),
    ("/mlops/comparisons/page", ComparisonPageHandler),
    ("/mlops/traces", TracesHandler),
    ("/mlops/traces/page", TracePageHandler),
    ("/mlops/reproductions", ReproductionsHandler),
    (f"/mlops/reproductions/{_NAME}", ReproductionHandler),
    ("/mlops/conversions", ConversionsHandler),
    (f"/mlops/conversions/{_NAME}", ConversionHandler),
    (f"/mlops/conversions/{_NAME}/cancel", ConversionCancelHandler),
    (f"/mlops/conversions/{_NAME}/job", JobsHandler),
    ("/mlops/restorations", RestorationsHandler),
    ("/mlops/openings", OpeningsHandler),
    ("/mlops/exports", ExportsHandler),
    ("/mlops/imports", ImportsHandler),
    ("/mlops/labels", LabelsHandler),
    (f"/mlops/aliases/{_NAME}", AliasHandler),
    ("/mlops/ledger", LedgerHandler),
    ("/mlops/ledger/verification", LedgerCheckHandler),
    ("/mlops/garbage", GarbageHandler),
    ("/mlops/service", ServiceHandler),
    ("/mlops/timings", TimingsHandler),
    ("/mlops/schedules", SchedulesHandler),
    (f"/mlops/schedules/{_NAME}", ScheduleHandler),
    (f"/mlops/schedules/{_NAME}/pause", PauseHandler),
    (f"/mlops/schedules/{_NAME}/resume", ResumeHandler),
    (f"/mlops/schedules/{_NAME}/ticks", TicksHandler),
    ("/mlops/alerts", AlertsHandler),
    (f"/mlops/alerts/{_NAME}", AlertHandler),
    (f"/mlops/alerts/{_NAME}/pause", AlertPauseHandler),
    (f"/mlops/alerts/{_NAME}/resume", AlertResumeHandler),
    (f"/mlops/alerts/{_NAME}/test", AlertTestHandler),
    (f"/mlops/alerts/{_NAME}/deliveries", DeliveriesHandler),
    ("/mlops/sweeps", SweepsHandler),
    (f"/mlops/sweeps/{_NAME}", SweepHandler),
    (f"/mlops/sweeps/{_NAME}/page", SweepPageHandler),
    (f"/mlops/sweeps/{_NAME}/cancel", SweepCancelHandler),
    ("/mlops/metrics", MetricsHandler),
]
