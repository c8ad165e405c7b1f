"""Sockets of this machine that lead to Unix sockets: bytes go to and fro as they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

_PART = 1 << 16

Address = tuple[str, int] | str
"""Host and port, or the path of a Unix socket."""


@asynccontextmanager
async def relaying(routes: Mapping[Address, str]) -> AsyncIterator[None]:
    """Whoever connects to an address talks to its Unix socket, while the block lasts.

    A connection is closed at once while nobody listens at the other end; ZeroMQ then tries again.

    Args:
        routes: path of the Unix socket by address.
    """
    async with AsyncExitStack() as stack:
        for address, path in routes.items():
            connect = partial(_connect, path)
            if isinstance(address, str):
                server = await asyncio.start_unix_server(connect, address)
            else:
                server = await asyncio.start_server(connect, *address)
            stack.callback(server.close)
        yield


async def _connect(path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            there, back = await asyncio.open_unix_connection(path)
            ways = [
                asyncio.create_task(_carry(reader, back)),
                asyncio.create_task(_carry(there, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                back.close()
    finally:
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(_PART):
            writer.write(part)
            await writer.drain()
