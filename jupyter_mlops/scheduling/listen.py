"""The service over HTTP, in a thread of its own: no request makes a tick wait.

A route is added by one line in `ROUTES`; its handler is an `Answering`.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.scheduling.access import Access
from jupyter_mlops.scheduling.answering import (
    HealthHandler,
    MetricsHandler,
    ReadyHandler,
    Shared,
    Unknown,
)
from jupyter_mlops.scheduling.metrics import Exporter
from jupyter_mlops.scheduling.posting import HookHandler

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.clock import Clock
    from jupyter_mlops.scheduling.pulse import Pulse
    from jupyter_mlops.store import Store

ROUTES: list[tuple[str, type[RequestHandler]]] = [
    ("/healthz", HealthHandler),
    ("/readyz", ReadyHandler),
    ("/metrics", MetricsHandler),
    ("/hooks/([^/]+)", HookHandler),
]

MOST_BYTES = 10_000_000
"""A request with a longer body is refused."""

_THREADS = 8
_SLOWEST = 30.0
"""Seconds within which a body has to come, and after which a silent connection is closed."""


class ListenError(MlopsError):
    """The service cannot listen at an address."""


class AddressError(ListenError):
    """An address that cannot be read."""

    exit_code = 2


def bind(address: str) -> list[socket.socket]:
    """Sockets at ``HOST:PORT`` that nothing answers at yet; port 0 takes a free one.

    Raises:
        AddressError: it is something else.
        ListenError: the host is not this machine, the port is in use or not for this user.
    """
    host, colon, port = address.rpartition(":")
    if not (colon and host and port.isdecimal() and int(port) < 2**16):
        raise AddressError(
            f"{address!r} is no address to listen at", fix="write it as 127.0.0.1:9090"
        )
    try:
        return bind_sockets(int(port), host.removeprefix("[").removesuffix("]"))
    except OSError as error:
        raise ListenError(
            f"{address} cannot be listened at: {error.strerror or error}",
            fix="choose another --listen, or end what listens there",
        ) from error


@contextmanager
def listening(
    sockets: list[socket.socket], *, store: Store, pulse: Pulse, clock: Clock
) -> Iterator[str]:
    """Answer at the sockets meanwhile; gives the URL of the first one.

    Args:
        sockets: of `bind`; they are closed at the end.
        store, pulse, clock: of the service.

    Raises:
        StoreError: at the end, if the ledger cannot be told of what was read.
    """
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="listener")
    access = Access(store, clock)
    shared = Shared(
        store=store,
        pulse=pulse,
        clock=clock,
        exporter=Exporter(store),
        access=access,
        threads=threads,
    )
    loop, done = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=[_serve(sockets, shared, done)], name="listener",
        daemon=True,
    )  # fmt: skip
    thread.start()
    try:
        yield _url(sockets[0])
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()
        threads.shutdown(wait=False, cancel_futures=True)
        access.close()


async def _serve(sockets: list[socket.socket], shared: Shared, done: asyncio.Event) -> None:
    application = Application(
        ROUTES,
        default_handler_class=Unknown,
        log_function=lambda handler: None,
        shared=shared,
    )
    server = HTTPServer(
        application,
        max_body_size=MOST_BYTES,
        max_buffer_size=MOST_BYTES,
        body_timeout=_SLOWEST,
        idle_connection_timeout=_SLOWEST,
    )
    server.add_sockets(sockets)
    await done.wait()
    server.stop()
    await server.close_all_connections()


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
