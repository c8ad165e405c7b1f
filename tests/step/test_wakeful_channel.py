"""What a kernel answers is heard, whatever is sent meanwhile."""

from __future__ import annotations

import asyncio
import time
from queue import Empty

import pytest
import zmq
import zmq.asyncio
from jupyter_client.session import Session

from jupyter_mlops.step.client import WakefulChannel


async def _heard() -> str:
    """The type of a message that arrived between the wait for it and a message to the kernel."""
    with zmq.Context() as theirs, theirs.socket(zmq.ROUTER) as kernel:
        port = kernel.bind_to_random_port("tcp://127.0.0.1")
        with zmq.asyncio.Context() as ours, ours.socket(zmq.DEALER) as socket:
            socket.connect(f"tcp://127.0.0.1:{port}")
            session = Session(key=b"a-key")
            channel = WakefulChannel(socket, session)
            channel.send(session.msg("execute_request"))
            identity = kernel.recv_multipart()[0]
            waiting = asyncio.create_task(channel.get_msg())
            await asyncio.sleep(0.05)
            session.send(kernel, "execute_reply", ident=identity)
            time.sleep(0.05)  # the loop stands still, so that the arrival is signalled and not seen
            channel.send(session.msg("comm_msg"))
            answer = await asyncio.wait_for(waiting, 20)
            with pytest.raises(Empty):
                await channel.get_msg(timeout=0.01)
            return str(answer["msg_type"])


def test_what_is_sent_takes_no_arrival_with_it() -> None:
    assert asyncio.run(_heard()) == "execute_reply"
