"""An S3 server of the tests' own: moto's, as a process."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import pytest

_SERVER = """
from threading import Lock
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
alone = Lock()
moto = DomainDispatcherApplication(create_backend_app)
def app(environ, start_response):
    if environ["PATH_INFO"].startswith("/forgetful"):  # as stores do that know no conditions
        environ.pop("HTTP_IF_NONE_MATCH", None)
    if "HTTP_IF_NONE_MATCH" in environ:  # which moto's threads look at, and then act, unguarded
        with alone:
            return list(moto(environ, start_response))
    return moto(environ, start_response)
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""


class S3Server:
    """A server that forgets everything when it stops."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.endpoint = self._process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", self.endpoint)

    def environment(self) -> dict[str, str]:
        """What the environment of a user of the server says."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def make_bucket(self, beginning: str = "bucket") -> str:
        """The name of a new, empty bucket; in ``forgetful`` ones conditions count for nothing."""
        import boto3

        name = f"{beginning}{next(self._numbers)}"
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=name)
        return name

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture
def bucket(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a new bucket, to which the environment has the key."""
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3_server.make_bucket()}"
