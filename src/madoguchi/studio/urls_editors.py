"""Addresses of the designers beside the form's."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.studio import views_editors, views_import
from madoguchi.studio.editors import EDITORS

patterns: list[URLPattern] = [
    path(f"<slug:app_code>/{name}", views_editors.editor, {"name": name}, name=name) for name in EDITORS
] + [
    path("<slug:app_code>/fee-sample", views_editors.fee, name="fee-sample"),
    path("<slug:app_code>/document-preview", views_editors.document, name="document-preview"),
    path("<slug:app_code>/person-check", views_editors.person, name="person-check"),
    path("<slug:app_code>/chart-preview", views_editors.chart, name="chart-preview"),
]
first: list[URLPattern] = [
    path("import/", views_import.give, name="import"),
    path("import/<uuid:kept_id>/", views_import.fields, name="import-fields"),
]
"""Addresses that would otherwise be taken for an app."""
