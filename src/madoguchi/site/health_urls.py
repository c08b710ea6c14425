"""Addresses for those who watch over the server."""

from __future__ import annotations

from django.urls import path

from madoguchi.site import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
