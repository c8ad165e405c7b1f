"""The ways in which somebody is told; each module sends one delivery, or raises DeliveryError."""

from jupyter_mlops.alerts.ways.send import send as send

__all__ = ["send"]
