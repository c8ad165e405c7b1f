"""Objects against a plain dict, whatever the order of calls and of damage."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Objects


class ObjectsMachine(RuleBasedStateMachine):
    """``sound`` holds what must be readable, ``damaged`` what must be refused."""

    contents = Bundle("contents")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.objects = Objects(self.folder / "objects")
        self.objects.create()
        self.sound: dict[str, bytes] = {}
        self.damaged: dict[str, type[Exception]] = {}

    @rule(target=contents, data=st.binary(max_size=40))
    def invent(self, data: bytes) -> bytes:
        return data

    def _put(self, data: bytes, digest: str) -> None:
        assert digest == of_bytes(data)
        self.sound[digest] = data
        self.damaged.pop(digest, None)

    @rule(data=contents)
    def put_bytes(self, data: bytes) -> None:
        self._put(data, self.objects.put_bytes(data))

    @rule(data=contents)
    def put_file(self, data: bytes) -> None:
        source = self.folder / "source"
        source.write_bytes(data)
        self._put(data, self.objects.put_file(source)[0])

    @rule(data=contents)
    def adopt(self, data: bytes) -> None:
        source = self.folder / "attempt"
        source.write_bytes(data)
        self.objects.adopt(source, of_bytes(data))
        self._put(data, of_bytes(data))

    @rule(data=contents)
    def damage(self, data: bytes) -> None:
        path = self.objects.path(of_bytes(data))
        if self.sound.pop(of_bytes(data), None) is not None:
            path.chmod(0o644)
            path.write_bytes(data + b"?")
            self.damaged[of_bytes(data)] = ObjectCorrupted

    @rule(data=contents)
    def lose(self, data: bytes) -> None:
        if self.sound.pop(of_bytes(data), None) is not None:
            self.objects.path(of_bytes(data)).unlink()
            self.damaged[of_bytes(data)] = ObjectMissing

    @rule(data=contents)
    def take_out(self, data: bytes) -> None:
        digest = of_bytes(data)
        if digest in self.sound:
            self.objects.export(digest, self.folder / "export")
            link = self.objects.checkout(digest, self.folder)
            assert (self.folder / "export").read_bytes() == link.read_bytes() == data
        elif digest in self.damaged:
            with pytest.raises(self.damaged[digest]):
                self.objects.checkout(digest, self.folder)

    @invariant()
    def reads_agree(self) -> None:
        assert {digest: self.objects.read_bytes(digest) for digest in self.sound} == self.sound
        for digest, error in self.damaged.items():
            with pytest.raises(error):
                self.objects.read_bytes(digest)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestObjectsModel = ObjectsMachine.TestCase
TestObjectsModel.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
