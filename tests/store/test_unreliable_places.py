"""Objects at places that are cut off, say nothing, or promise what they do not keep."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from broken_wire import Wire
from s3_server import S3Server
from ssh_server import SshServer

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import patience
from jupyter_mlops.store.remote import RemoteObjects

DATA = os.urandom(3_000_000)
DIGEST = of_bytes(DATA)


@dataclass(frozen=True)
class Far:
    """A place behind a wire, as several machines open it."""

    wire: Wire
    open: Callable[[], RemoteObjects]


@pytest.fixture(params=["s3", "sftp"])
def far(
    request: pytest.FixtureRequest,
    wire_to: Callable[[int], Wire],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Far:
    monkeypatch.setattr(patience, "PAUSES", (0.0,) * 9)
    if request.param == "s3":
        url = request.getfixturevalue("bucket")
        server: S3Server = request.getfixturevalue("s3_server")
        wire = wire_to(int(urlsplit(server.endpoint).port or 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.port}")
    else:
        ssh: SshServer = request.getfixturevalue("ssh_user")
        wire = wire_to(ssh.port)
        url = ssh.url(tmp_path / "remote").replace(f":{ssh.port}", f":{wire.port}")
        known = tmp_path / "home" / ".ssh" / "known_hosts"
        known.write_text(known.read_text().replace(f":{ssh.port}", f":{wire.port}"))
    numbers = count()

    def opened() -> RemoteObjects:
        objects = RemoteObjects(url, tmp_path / f"cache{next(numbers)}")
        objects.create()
        return objects

    return Far(wire, opened)


def test_what_is_cut_in_mid_transfer_is_tried_again(far: Far) -> None:
    first, second = far.open(), far.open()
    far.wire.cuts = 2
    assert first.put_bytes(DATA) == DIGEST
    assert far.wire.cuts == 0
    far.wire.cuts = 2
    assert second.read_bytes(DIGEST) == DATA
    assert far.wire.cuts == 0


def test_what_is_cut_every_time_is_named_and_nothing_half_is_seen(far: Far) -> None:
    writer, reader = far.open(), far.open()
    far.wire.cuts = 1000
    with pytest.raises(StoreError, match=r"cannot be read or written: .+"):
        writer.put_bytes(DATA)
    far.wire.cuts = 0
    assert (DIGEST in reader, list(reader.digests())) == (False, [])
    writer.put_bytes(DATA)
    far.wire.cuts = 1000
    with pytest.raises(StoreError, match=r"cannot be read or written: .+") as caught:
        reader.read_bytes(DIGEST)
    far.wire.cuts = 0
    assert type(caught.value) is StoreError  # it is neither missing nor corrupted
    assert reader.read_bytes(DIGEST) == DATA


@dataclass(frozen=True)
class Away:
    name: str
    begin: Callable[[Wire], None]


AWAY = [
    Away("silent", lambda wire: setattr(wire, "silent", True)),
    Away("refusing", lambda wire: (setattr(wire, "refuses", True), wire.cut())[0]),
]


@pytest.mark.parametrize("away", AWAY, ids=lambda away: away.name)
def test_a_place_that_is_away_is_named_and_found_again(
    far: Far, away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = far.open()
    away.begin(far.wire)
    with monkeypatch.context() as patch:
        patch.setattr(patience, "SILENCE_SECONDS", 0.3)
        patch.setattr(patience, "CONNECT_SECONDS", 0.3)
        patch.setattr(patience, "SLOWEST", 10 * len(DATA))
        patch.setattr(patience, "PAUSES", (0.0,))
        objects = RemoteObjects(known.url, known.root)
        objects.create()  # what is known of the place needs no place
        with pytest.raises(StoreError, match=r"read or written: .+[\s\S]*fix: see whether the URL"):
            objects.put_bytes(DATA)
    far.wire.silent = far.wire.refuses = False
    far.wire.cut()
    objects = RemoteObjects(known.url, known.root)
    assert objects.put_bytes(DATA) == DIGEST
    assert DIGEST in far.open()


def test_a_store_that_lets_every_writer_win_is_refused(
    bucket: str, s3_server: S3Server, tmp_path: Path
) -> None:
    objects = RemoteObjects(f"s3://{s3_server.make_bucket('forgetful')}/x", tmp_path / "cache")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"of 5 writers .+ 5 were told[\s\S]*fix: use a store"):
            objects.create()
    assert list(objects.digests()) == []


def test_a_bucket_is_never_made(bucket: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="bucket does not exist"):
        RemoteObjects(f"{bucket}-misspelt/x", tmp_path / "cache").create()


def test_a_host_of_another_key_is_refused(ssh_user: SshServer, tmp_path: Path) -> None:
    known = tmp_path / "home" / ".ssh" / "known_hosts"
    known.write_text("")
    objects = RemoteObjects(ssh_user.url(tmp_path / "remote"), tmp_path / "cache")
    with pytest.raises(StoreError, match="not found in known_hosts"):
        objects.create()


def test_the_ssh_configuration_is_followed(ssh_user: SshServer, tmp_path: Path) -> None:
    ssh = tmp_path / "home" / ".ssh"
    (ssh / "id_ed25519").rename(ssh / "other")
    (ssh / "config").write_text(
        f"Host depot\n  HostName 127.0.0.1\n  Port {ssh_user.port}\n  IdentityFile {ssh}/other\n"
    )
    objects = RemoteObjects(f"sftp://depot{tmp_path}/remote", tmp_path / "cache")
    objects.create()
    objects.put_bytes(DATA)
    hexadecimal = DIGEST.removeprefix("sha256:")
    assert (tmp_path / "remote" / hexadecimal[:2] / hexadecimal).read_bytes() == DATA
