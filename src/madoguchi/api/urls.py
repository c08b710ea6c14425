"""Addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path

from madoguchi.api import views
from madoguchi.api.http import handle

app_name = "api"
urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("reference/", views.reference, name="reference"),
    re_path(r"^(?:guest/\d+/)?v1/.*$", handle, name="call"),
]
