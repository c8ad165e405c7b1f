"""What the routes answer about conversions, beside what the model has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionStarted:
    """A conversion that has begun; it goes on whatever becomes of the server.

    Attributes:
        conversion: its name.
    """

    conversion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWritten:
    """The job of a conversion, in a folder of its own.

    Attributes:
        folder, notebook: relative to the contents root.
    """

    folder: str
    notebook: str
