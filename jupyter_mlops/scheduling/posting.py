"""``POST /hooks/NAME``: what is posted to a schedule."""

from __future__ import annotations

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.scheduling.answering import Answering
from jupyter_mlops.scheduling.hooks import Received, receive
from jupyter_mlops.scheduling.signatures import Delivery, Refused


class HookHandler(Answering):
    """Answers once the event is on record: 202, or 200 if it was before or is to be ignored."""

    async def post(self, name: str) -> None:
        """Take a delivery for the schedule of that name."""
        headers = {key.lower(): value for key, value in self.request.headers.get_all()}
        delivery = Delivery(headers=headers, body=self.request.body)
        shared = self.shared
        try:
            got = await self.call(receive, shared.store, name, delivery, shared.clock.now())
        except Refused as problem:
            if problem.wait:
                self.set_header("Retry-After", str(problem.wait))
            self.refuse(problem.status, problem)
        except MlopsError as problem:
            self.refuse(503, problem)
        else:
            self.reply(got, _status(got))


def _status(got: Received) -> int:
    if not got.new or got.tick is None:
        return 200
    return 422 if got.tick.state == "failed" else 202
