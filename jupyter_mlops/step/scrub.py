"""Keeps the values of secrets out of what an attempt writes down."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.step.failure import without_colour

if TYPE_CHECKING:
    from jupyter_mlops.kernel_state.secrets import Secrets

_CHUNK = 1 << 20


class SecretStored(MlopsError):
    """A step leaves the secret ``name`` where it would be stored."""

    def __init__(self, name: str, where: str, fix: str) -> None:
        self.name = name
        super().__init__(f"{where} holds the secret {name}, which is never stored", fix=fix)


class Scrubber:
    """Replaces the values of secrets by their names.

    Args:
        values: by name; without any nothing is changed.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._secrets: Secrets | None = None
        if values:
            from jupyter_mlops.kernel_state.secrets import Secrets

            self._secrets = Secrets(values)

    def __bool__(self) -> bool:
        return self._secrets is not None

    def text(self, text: str) -> str:
        """The text with ``[secret NAME]`` for each value, also where colours interrupt it."""
        if self._secrets is None:
            return text
        clean = self._secrets.scrub(text)
        plain = without_colour(clean) if "\x1b" in clean else clean
        return self._secrets.scrub(plain) if self._secrets.find(plain) else clean

    def value(self, value: Any) -> Any:
        """A JSON value, all of whose texts are scrubbed; buffers that hold a secret are emptied."""
        if self._secrets is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            kind: Any = type(value)
            return kind({self.value(k): self.value(item) for k, item in value.items()})
        if isinstance(value, (list, tuple)):
            return self._lines(value) if _are_lines(value) else [self.value(v) for v in value]
        if isinstance(value, (bytes, bytearray, memoryview)):
            return b"" if self._secrets.watch().find(value) else value
        if isinstance(value, (int, float)) and self._secrets.find(str(value)):
            return self.text(str(value))
        return value

    def _lines(self, lines: Any) -> list[str]:
        """Lines of one text, which a secret of several lines may span."""
        joined = "".join(lines)
        scrubbed = self.text(joined)
        return list(lines) if scrubbed == joined else scrubbed.splitlines(keepends=True)

    def stream(self) -> TextStream:
        """Scrubs a text that comes in parts."""
        return TextStream(self, list(self._secrets.forms) if self._secrets else [])

    def refuse(self, value: Any, where: str, fix: str) -> None:
        """Pass if no text in a JSON value holds a secret.

        Raises:
            SecretStored: if one does.
        """
        if self._secrets is not None and (name := self._secrets.find_in(value)) is not None:
            raise SecretStored(name, where, fix)

    def refuse_file(self, content: Path, where: str, fix: str) -> None:
        """Pass if the bytes of a file hold no secret, as far as they are not compressed.

        Raises:
            SecretStored: if they do.
        """
        if self._secrets is None:
            return
        watch = self._secrets.watch()
        with content.open("rb") as file:
            while part := file.read(_CHUNK):
                if (name := watch.find(part)) is not None:
                    raise SecretStored(name, where, fix)

    @contextmanager
    def pipe(self, target: int) -> Iterator[int]:
        """A file descriptor that processes can write to; what they write goes scrubbed to another.

        Args:
            target: the file descriptor that it goes to.
        """
        reading, writing = os.pipe()
        stopping, stop = os.pipe()
        thread = threading.Thread(
            target=self._pass_on, args=(reading, stopping, target), daemon=True
        )
        thread.start()
        try:
            yield writing
        finally:
            os.close(writing)
            os.close(stop)
            thread.join()
            os.close(reading)
            os.close(stopping)

    def _pass_on(self, reading: int, stopping: int, target: int) -> None:
        """Copy until nobody writes any more, or, whoever still might, until told to stop."""
        import codecs
        import select

        stream = self.stream()
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        while True:
            ready, _, _ = select.select([reading, stopping], [], [])
            data = os.read(reading, 65536) if reading in ready else b""
            if not data:
                break
            _write_all(target, stream.feed(decoder.decode(data)))
        _write_all(target, stream.feed(decoder.decode(b"", final=True)) + stream.rest())


class TextStream:
    """Scrubs a text that comes in parts: holds back an end that may begin a secret.

    Args:
        scrubber: of the whole secrets.
        forms: of the secrets.
    """

    def __init__(self, scrubber: Scrubber, forms: list[str]) -> None:
        self._scrubber = scrubber
        self._forms = [form for form in forms if len(form) > 1]
        self._first = frozenset(form[0] for form in self._forms)
        self._longest = max(map(len, self._forms), default=1)
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be given out after this part came."""
        text = self._scrubber.text(self._held + text)
        for start in range(max(0, len(text) - self._longest + 1), len(text)):
            if text[start] in self._first:
                end = text[start:]
                if any(form.startswith(end) for form in self._forms):
                    self._held = end
                    return text[:start]
        self._held = ""
        return text

    def rest(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return held


def _are_lines(value: Any) -> bool:
    return len(value) > 1 and all(isinstance(item, str) for item in value)


def _write_all(target: int, text: str) -> None:
    data = text.encode(errors="surrogateescape")
    while data:
        data = data[os.write(target, data) :]
