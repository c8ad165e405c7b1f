"""Authorizers that a test's server is told to use."""

from __future__ import annotations

import os
from typing import Any

from jupyter_server.auth import Authorizer


class OnlyGiven(Authorizer):
    """Allows on ``mlops`` what the environment variable ALLOWED lists."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "mlops" or action in os.environ["ALLOWED"].split()
