"""Addresses of the studio. Fixed words come before the app's code; each is in ``RESERVED_APP_CODES``."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.studio import views_apps, views_draft, views_held

app_name = "studio"
_APP = "<slug:app_code>/"
urlpatterns: list[URLPattern] = [
    path("", views_apps.home, name="home"),
    path("new/", views_apps.new, name="new"),
    path(_APP, views_apps.app, name="app"),
    path(f"{_APP}draft.json", views_draft.draft, name="draft"),
    path(f"{_APP}check", views_draft.check, name="check"),
    path(f"{_APP}held/<int:held_id>/", views_held.held, name="held"),
    path(f"{_APP}complete", views_draft.complete, name="complete"),
]
