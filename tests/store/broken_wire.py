"""A wire to a server that can be cut, be silent, or let only so many bytes through."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

CUT = 1_000_000


class Wire:
    """A port of this machine that leads to another one.

    Attributes:
        port: to connect to.
        refuses: connections end as soon as they begin.
        silent: nothing comes through any more, and nothing says so.
        cuts: how often all connections are still to be cut; each time after ``CUT`` bytes.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.refuses = self.silent = False
        self.cuts = self._carried = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for opened in (self._socket, *self._open):
            opened.close()

    def cut(self) -> None:
        """End all connections."""
        for opened in self._open:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._socket.accept()[0]
                if self.refuses:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._server))
                self._open += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 14):
                if self.cuts:
                    self._carried += len(data)
                    if self._carried > CUT:
                        self.cuts, self._carried = self.cuts - 1, 0
                        self.cut()
                if not self.silent:
                    target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wire_to() -> Iterator[Callable[[int], Wire]]:
    """Makes wires to ports."""
    wires: list[Wire] = []

    def make(port: int) -> Wire:
        wires.append(Wire(port))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()
