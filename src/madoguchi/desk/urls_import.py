"""Addresses of imports into an app."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.desk import views_import

_APP = "<slug:app_code>/import/"
patterns: list[URLPattern] = [
    path(_APP, views_import.start, name="imports"),
    path(f"{_APP}table/<uuid:kept_id>/", views_import.choose_columns, name="import-columns"),
    path(f"{_APP}<uuid:import_id>/", views_import.progress, name="import"),
    path(f"{_APP}<uuid:import_id>/cancel/", views_import.cancel, name="import-cancel"),
    path(f"{_APP}<uuid:import_id>/errors.<str:kind>", views_import.errors, name="import-errors"),
]
