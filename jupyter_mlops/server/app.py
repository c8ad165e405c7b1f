"""The extension as Jupyter Server loads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.ioloop import IOLoop
from traitlets import Bool, Float, Unicode

from jupyter_mlops.installation import Installation
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.bearer import ScopeAuthorizer, TokenIdentity
from jupyter_mlops.server.contents import Contents
from jupyter_mlops.server.handlers import ROUTES
from jupyter_mlops.server.keeper import Keeper
from jupyter_mlops.server.watch import SCHEMA, SCHEMA_FILE, Watches


class MlopsApp(ExtensionApp):
    """Routes below ``/mlops``; the store and all else is set as for the command line."""

    name = "mlops"
    load_other_extensions = True

    root_dir = Unicode(
        help="Folder below which notebooks are found; empty: the root of the contents manager."
    ).tag(config=True)
    poll_seconds = Float(
        0.1, help="How often the events of a run that somebody follows are looked for."
    ).tag(config=True)
    start_service = Bool(
        True,
        help="Start a service in the background while there are schedules or alerts and none runs; "
        "it goes on when the server ends.",
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Make what the handlers share."""
        server = self._server
        contents = server.contents_manager
        root = self.root_dir or getattr(contents, "root_dir", "") or server.root_dir
        backend = Backend(
            Contents(Path(root).expanduser(), shows_hidden=contents.allow_hidden),
            Installation(),
            poll_seconds=self.poll_seconds,
        )
        server.event_logger.register_event_schema(SCHEMA_FILE)
        self.settings["mlops_backend"] = backend
        self.settings["mlops_identity"] = TokenIdentity()
        self.settings["mlops_authorizer"] = ScopeAuthorizer()
        self.settings["mlops_watches"] = Watches(backend, self._emit)
        keeper = Keeper(backend, automatic=self.start_service, warn=self.log.warning)
        self.settings["mlops_keeper"] = keeper
        IOLoop.current().add_callback(keeper.begin)

    def initialize_handlers(self) -> None:
        """Offer the routes."""
        self.handlers.extend(ROUTES)

    async def stop_extension(self) -> None:
        """Follow runs no longer; they go on, and so does the service."""
        await self.settings["mlops_keeper"].stop()
        await self.settings["mlops_watches"].stop()
        self.settings["mlops_backend"].close()

    @property
    def _server(self) -> Any:
        return self.serverapp

    def _emit(self, event: Mapping[str, Any]) -> None:
        self._server.event_logger.emit(schema_id=SCHEMA, data=dict(event))
