"""Addresses of the line room."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "line"
urlpatterns: list[URLPattern] = []
