"""Addresses of the API."""

from __future__ import annotations

from django.urls import re_path

from madoguchi.api.http import handle

app_name = "api"
urlpatterns = [re_path(r"^(?:guest/\d+/)?v1/.*$", handle, name="call")]
