"""Runs told to others in their own languages: OpenLineage, MLflow, OpenTelemetry."""

from __future__ import annotations

from jupyter_mlops.standards.outbox import Outbox, Standards, open_standards

__all__ = ["Outbox", "Standards", "open_standards"]
