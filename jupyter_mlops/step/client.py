"""A kernel client that is ready as soon as the kernel answers, and hears whatever it answers."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

_LOOK_SECONDS = 1.0
"""How often a kernel that does not answer is looked at, and the socket that it answers on."""
_ECHO_SECONDS = 0.1
"""How long the broadcast of an answered request is waited for before another one is made."""
_RECONNECT_MILLISECONDS = 10
"""The kernel binds its sockets after the client has connected; ZeroMQ tries again each 100 ms."""


class WakefulChannel(AsyncZMQSocketChannel):  # type: ignore[misc]
    """A channel on which nothing that arrives is missed while something is sent.

    ZeroMQ signals an arrival once, and jupyter_client's way to send takes the signal with it. So
    does nbclient, which answers widgets while it waits for the cell: it then waits for ever. Here
    the socket is looked at again and again.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message.

        Args:
            timeout: seconds, or None.

        Raises:
            Empty: none came in time.
        """
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                message: dict[str, Any] = await super().get_msg(
                    timeout=min(_LOOK_SECONDS, max(left, 0.0))
                )
                return message
            except Empty:
                if left <= _LOOK_SECONDS:
                    raise


class PromptKernelClient(AsyncKernelClient):  # type: ignore[misc]
    """Waits for its own request to come back, where the stock client waits for 0.2 s of silence."""

    shell_channel_class = Type(WakefulChannel)

    def _context_default(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MILLISECONDS)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when requests are answered and what the kernel broadcasts arrives here.

        Args:
            timeout: seconds, or None.

        Raises:
            RuntimeError: the kernel died or does not answer.
        """
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        request = self.kernel_info()
        while True:
            try:
                reply = await self.shell_channel.get_msg(timeout=_LOOK_SECONDS)
            except Empty:
                if not await self.parent.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds") from None
                continue
            if reply["msg_type"] != "kernel_info_reply":
                continue
            if await self._hears(request):
                self._handle_kernel_info_reply(reply)
                return
            request = self.kernel_info()

    async def _hears(self, request: str) -> bool:
        """True once the kernel's broadcast that it is done with the request has arrived."""
        try:
            while True:
                message: dict[str, Any] = await self.iopub_channel.get_msg(timeout=_ECHO_SECONDS)
                is_ours = message["parent_header"].get("msg_id") == request
                if is_ours and message["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False
