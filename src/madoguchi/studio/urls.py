"""Addresses of the studio. Fixed words come before the app's code; each is in ``RESERVED_APP_CODES``."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.studio import (
    urls_editors,
    urls_groups,
    views_apps,
    views_carry,
    views_designer,
    views_draft,
    views_held,
    views_history,
    views_publish,
    views_replay,
    views_review,
)

app_name = "studio"
_APP = "<slug:app_code>/"
urlpatterns: list[URLPattern] = [
    path("", views_apps.home, name="home"),
    path("new/", views_apps.new, name="new"),
    path("new/file/", views_carry.arrival, name="arrival"),
    *urls_editors.first,
    *urls_groups.patterns,
    path(_APP, views_apps.app, name="app"),
    path(f"{_APP}draft.json", views_draft.draft, name="draft"),
    path(f"{_APP}check", views_draft.check, name="check"),
    path(f"{_APP}held/<int:held_id>/", views_held.held, name="held"),
    path(f"{_APP}settings/", views_apps.settings, name="settings"),
    path(f"{_APP}review/", views_review.review, name="review"),
    path(f"{_APP}review/decide/", views_review.decide, name="decide"),
    path(f"{_APP}withdraw/", views_review.withdraw, name="withdraw"),
    path(f"{_APP}update/", views_history.update, name="update"),
    path(f"{_APP}discard/", views_history.discard, name="discard"),
    path(f"{_APP}publish/", views_publish.publish, name="publish"),
    path(f"{_APP}publish/call-off/", views_publish.call_off, name="call-off"),
    path(f"{_APP}publish/progress/", views_publish.progress, name="publish-progress"),
    path(f"{_APP}history/", views_history.history, name="history"),
    path(f"{_APP}history/<int:number>/", views_history.revision, name="revision"),
    path(f"{_APP}history/<int:number>/restore/", views_history.restore_revision, name="restore-revision"),
    path(f"{_APP}saves/<int:version>/restore/", views_history.restore_save, name="restore-save"),
    path(f"{_APP}replay/", views_replay.replay, name="replay"),
    path(f"{_APP}replay/<int:replay_id>/", views_replay.result, name="replay-result"),
    path(f"{_APP}complete", views_draft.complete, name="complete"),
    path(f"{_APP}form", views_designer.form, name="form"),
    path(f"{_APP}preview/<slug:kind>", views_designer.preview, name="preview"),
    path(f"{_APP}export/", views_carry.export, name="export"),
    path(f"{_APP}export/<uuid:export_id>/", views_carry.export_state, name="export-state"),
    path(f"{_APP}export/<uuid:export_id>/file", views_carry.export_file, name="export-file"),
    *urls_editors.patterns,
]
