"""An OpenSSH server of the tests' own: a port of its own, and a key that is thrown away."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SSHD = Path("/usr/sbin/sshd")
_SETTINGS = """
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
MaxStartups 100
Subsystem sftp internal-sftp
"""


class SshServer:
    """A server for this user alone, as ``inetd`` would start it: one process a connection."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mlops-ssh-"))
        for name in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name],
                check=True,
            )
        settings = self.folder / "sshd_config"
        settings.write_text(_SETTINGS.format(folder=self.folder))
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        command = [SSHD, "-D", "-e", "-f", settings, "-o", f"ListenAddress=127.0.0.1:{self.port}"]
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=self._log)
        self._wait()

    def url(self, folder: Path) -> str:
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}{folder}"

    def make_home(self, home: Path) -> None:
        """Give a home folder what a user of the server has in it."""
        ssh = home / ".ssh"
        ssh.mkdir(parents=True)
        shutil.copy(self.folder / "user", ssh / "id_ed25519")
        host = (self.folder / "host.pub").read_text()
        (ssh / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {host}")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()
        shutil.rmtree(self.folder)

    def _wait(self) -> None:
        while self._process.poll() is None:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", self.port)) == 0 and asked.recv(4) == b"SSH-":
                    return
        raise RuntimeError(f"sshd ended: {(self.folder / 'log').read_text()}")


@pytest.fixture(scope="session")
def ssh_server() -> Iterator[SshServer]:
    """An SSH server; without its program the test fails in CI and is skipped elsewhere."""
    if not SSHD.exists():
        if os.environ.get("CI") or os.environ.get("JUPYTER_MLOPS_REQUIRE_SSHD"):
            pytest.fail("OpenSSH's server is not installed")
        pytest.skip("OpenSSH's server is not installed (scripts/sshd does so)")
    server = SshServer()
    yield server
    server.stop()


@pytest.fixture
def ssh_user(ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SshServer:
    """The server; this user's home folder has the key to it."""
    ssh_server.make_home(tmp_path / "home")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return ssh_server
