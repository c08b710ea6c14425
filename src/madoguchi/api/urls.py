"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from madoguchi.api import views
from madoguchi.api.http import handle

app_name = "api"
urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("reference/", views.reference, name="reference"),
    path("v1/<path:endpoint>", handle, name="call"),
    path("guest/<int:space>/v1/<path:endpoint>", handle, name="guest-call"),
]
