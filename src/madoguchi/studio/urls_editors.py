"""Addresses of the designers beside the form's."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.studio import views_editors
from madoguchi.studio.editors import EDITORS

patterns: list[URLPattern] = [
    path(f"<slug:app_code>/{name}", views_editors.editor, {"name": name}, name=name) for name in EDITORS
] + [
    path("<slug:app_code>/fee-sample", views_editors.fee, name="fee-sample"),
]
