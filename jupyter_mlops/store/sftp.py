"""Files over SFTP, by what ``~/.ssh`` says of hosts, names and keys."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from jupyter_mlops.store import patience

_FORWARDED = {"hostname": "hostname", "user": "username", "port": "port"}


class Sftp(SFTPFileSystem):  # type: ignore[misc]
    """One connection to an SSH server; it serves one thread at a time.

    A host whose key ``known_hosts`` does not name is refused, as nobody is there to be asked.
    """

    def _connect(self) -> None:
        named = {**_configured(self.host), **self.ssh_kwargs}
        host = named.pop("hostname", self.host)
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        waits = dict.fromkeys(
            ("timeout", "banner_timeout", "auth_timeout"), patience.CONNECT_SECONDS
        )
        self.client.connect(host, **{**waits, **named})
        self.ftp = self.client.open_sftp()
        self.ftp.get_channel().settimeout(patience.SILENCE_SECONDS)

    def close(self) -> None:
        """End the connection."""
        self.client.close()

    def get_file(self, rpath: str, lpath: str, **options: object) -> None:
        """Copy a file to this machine.

        Raises:
            ConnectionError: it ended too early, of which Paramiko says nothing where the connection
                broke between two of its requests.
        """
        super().get_file(rpath, lpath, **options)
        copied, size = Path(lpath).stat().st_size, int(self.size(rpath))
        if copied != size:
            raise ConnectionError(f"only {copied} of {size} bytes of {rpath} came")

    def put_new(self, source: Path, part: str, path: str) -> bool:
        """True if the file is at ``path`` now, whole; False if something was there already.

        A plain rename never replaces: OpenSSH links the new name to the file, and then removes the
        old one.
        """
        self.ftp.put(str(source), part)
        try:
            try:
                self.ftp.rename(part, path)
            except FileNotFoundError:
                self._make_folder(path.rpartition("/")[0])
                self.ftp.rename(part, path)
        except OSError:
            if not self.exists(path):
                raise
            self.ftp.remove(part)
            return False
        return True

    def put_over(self, source: Path, part: str, path: str) -> None:
        """Put the file at ``path`` at one moment, whatever is there."""
        self.ftp.put(str(source), part)
        self.ftp.posix_rename(part, path)

    def _make_folder(self, path: str) -> None:
        with suppress(OSError):  # somebody else may be making it; the rename says what is wrong
            self.makedirs(path, exist_ok=True)


def _configured(host: str) -> dict[str, object]:
    """What ``~/.ssh/config`` says of the host, as `paramiko.SSHClient.connect` takes it."""
    path = Path("~/.ssh/config").expanduser()
    if not path.is_file():
        return {}
    said = paramiko.SSHConfig.from_path(str(path)).lookup(host)
    found: dict[str, object] = {ours: said[key] for key, ours in _FORWARDED.items() if key in said}
    if "port" in found:
        found["port"] = int(said["port"])
    if "identityfile" in said:
        found["key_filename"] = [name for name in said["identityfile"] if Path(name).is_file()]
    return found
