"""What a process that runs steps imports, and what only when it is used."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import json, sys
from jupyter_mlops.step.imports import import_less
import_less()
import jupyter_mlops.step.stage
import papermill.iorw
before = [name in sys.modules for name in ("urllib3", "lark")]
used = papermill.iorw.requests.get.__module__
import requests.exceptions
print(json.dumps([before, used, requests.exceptions.HTTPError.__name__, requests.__name__]))
"""


def test_no_http_client_until_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert json.loads(done.stdout) == [[False, False], "requests.api", "HTTPError", "requests"]
