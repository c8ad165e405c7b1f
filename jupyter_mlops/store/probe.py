"""Whether a place keeps the promise that a store needs: of many who create a file, one wins."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.identity import PREFIX, of_bytes
from jupyter_mlops.store.disk import DAY, disk_problems, leftovers, temporary
from jupyter_mlops.store.place import CONNECTIONS, Place

_ROUNDS = 2


class Probe:
    """What is known of the place of a store's objects; remembered in a folder, by the URL.

    Args:
        place: the place.
        folder: where it is remembered; it can be removed at any time.
    """

    def __init__(self, place: Place, folder: Path) -> None:
        self._place = place
        self._mark = folder / of_bytes(place.url.encode()).removeprefix(PREFIX)

    def is_due(self) -> bool:
        """True if nobody looked at the place for a day."""
        try:
            return self._mark.stat().st_mtime < time.time() - DAY
        except FileNotFoundError:
            return True

    def run(self) -> None:
        """Find out, the first time, whether of several that create a file exactly one wins.

        Raises:
            StoreError: another number of them does.
        """
        if not self._mark.exists():
            self._place.prepare()
            for _ in range(_ROUNDS):
                self._round()
        with disk_problems(self._mark):
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            for part in leftovers(self._mark.parent):
                part.unlink(missing_ok=True)
            self._mark.touch()

    def _round(self) -> None:
        """As many as the place takes at once, and one who comes late."""
        name = f"tmp/probe-{secrets.token_hex(8)}"
        parts = [temporary(self._mark.parent) for _ in range(CONNECTIONS + 1)]
        with disk_problems(self._mark.parent):
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            for part in parts:
                part.write_text(part.name)
        try:
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                won = list(pool.map(lambda part: self._place.create(part, name), parts[1:]))
            won.insert(0, self._place.create(parts[0], name))
            winners = [part.name for part, is_mine in zip(parts, won, strict=True) if is_mine]
            left = self._place.head(name, 100).decode()
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                self._place.remove(name)
        # An answer that got lost is asked for again: the winner is then told that it lost.
        if winners not in ([], [left]):
            raise StoreError(
                f"the objects cannot be kept at {self._place.url}: of {len(parts)} writers that "
                f"created one file there, each only if it did not exist, {len(winners)} were told "
                "that they did",
                fix="use a store that creates by condition (S3's If-None-Match, or SFTP), or a "
                "newer version of this one",
            )
