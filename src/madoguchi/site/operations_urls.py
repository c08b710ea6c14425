"""Addresses of the operations page."""

from __future__ import annotations

from django.urls import path

from madoguchi.site import operations

app_name = "operations"
urlpatterns = [
    path("", operations.overview, name="overview"),
    path("jobs/<int:job_id>/retry/", operations.retry, name="retry"),
]
