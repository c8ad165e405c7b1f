"""What all handlers do alike: who may ask, what comes in, what goes out."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import finite, to_json
from jupyter_mlops.server.bearer import Bearer
from jupyter_mlops.server.bodies import read_body
from jupyter_mlops.server.keeper import Keeper
from jupyter_mlops.server.launch import NotBegun
from jupyter_mlops.server.refusals import BadRequest, status_of
from jupyter_mlops.server.watch import Watches

T = TypeVar("T")
Method = Callable[..., Awaitable[None]]

RESOURCE = "mlops"
"""What an authorizer is asked about: ``read``, ``write`` or ``execute`` on this."""


def route(action: str) -> Callable[[Method], Method]:
    """A method of a handler for users that may do ``action``; its problems become answers."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        async def answered(self: MlopsHandler, *arguments: str) -> None:
            try:
                await method(self, *arguments)
            except NotBegun as refused:
                self.refuse(refused.status, refused.problem)
            except MlopsError as error:
                self.refuse(status_of(error), dict(to_json(error.details())))
            except OSError as error:
                where = f"{error.filename}: " if error.filename else ""
                problem = MlopsError(f"{where}{error.strerror or error}")
                self.refuse(status_of(problem), dict(problem.details()))

        return cast(Method, web.authenticated(authorized(action, RESOURCE)(answered)))

    return decorate


def encoded(value: Any) -> bytes:
    """A model value as JSON; numbers that JSON lacks become texts."""
    plain = to_json(value)
    try:
        return json.dumps(plain, allow_nan=False).encode()
    except ValueError:
        return json.dumps(finite(plain)).encode()


class MlopsHandler(Bearer, APIHandler):
    """A handler below ``/mlops``."""

    auth_resource = RESOURCE

    @property
    def watches(self) -> Watches:
        """Who tells the event bus of runs."""
        return cast(Watches, self.settings["mlops_watches"])

    @property
    def keeper(self) -> Keeper:
        """Who sees to it that a service runs."""
        return cast(Keeper, self.settings["mlops_keeper"])

    def body(self, kind: type[T]) -> T:
        """The body of the request.

        Raises:
            BadRequest: it is not what the route takes.
        """
        return read_body(kind, self.request.body)

    def query(self, name: str) -> str | None:
        """A query argument, or None if it is not given.

        Raises:
            BadRequest: it is given twice.
        """
        values = self.get_query_arguments(name)
        if len(values) > 1:
            raise BadRequest(f"{name!r} is given more than once")
        return values[0] if values else None

    def needed(self, name: str) -> str:
        """A query argument.

        Raises:
            BadRequest: it is not given, is empty, or is given twice.
        """
        value = self.query(name)
        if not value:
            raise BadRequest(f"{name!r} has to be given")
        return value

    def number(self, name: str, *, usual: int, most: int) -> int:
        """A query argument that is a number, or the usual one.

        Raises:
            BadRequest: it is something else, or more than ``most``.
        """
        text = self.query(name) or str(usual)
        if not re.fullmatch("[0-9]{1,9}", text) or int(text) > most:
            raise BadRequest(f"{name!r} is a number up to {most}, not {text!r}")
        return int(text)

    async def answer(
        self, function: Callable[..., Any], *arguments: object, status: int = 200
    ) -> None:
        """Answer with what the function gives, called and encoded in a thread."""
        body = await self.backend.call(lambda: encoded(function(*arguments)))
        self.set_status(status)
        self.finish(body)

    def reply(self, value: Any, status: int = 200) -> None:
        """Answer with a small model value."""
        self.set_status(status)
        self.finish(encoded(value))

    def refuse(self, status: int, problem: dict[str, Any]) -> None:
        """Answer why the request was not done."""
        self.log.info("%s %s: %s", status, self.request.path, problem.get("message"))
        self.reply(problem, status)

    def write_error(self, status_code: int, **more: Any) -> None:
        """What tornado and Jupyter refuse, in the form of all other problems."""
        error = more.get("exc_info", (None, None, None))[1]
        said = error.log_message if isinstance(error, web.HTTPError) else None
        self.set_header("Content-Type", "application/json")
        if status_code == 401:
            self.set_header("WWW-Authenticate", "Bearer")
        self.finish(json.dumps({"error": self._reason, "message": said or self._reason, "fix": ""}))
