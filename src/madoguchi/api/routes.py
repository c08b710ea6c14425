"""Which endpoint answers which method and name."""

from __future__ import annotations

from collections.abc import Mapping

from madoguchi.api import (
    endpoints_apps,
    endpoints_bulk,
    endpoints_comments,
    endpoints_extras,
    endpoints_files,
    endpoints_form,
    endpoints_layout,
    endpoints_process,
    endpoints_records,
    endpoints_rules,
    endpoints_status,
    endpoints_views,
)
from madoguchi.api.http import METHODS, Endpoint

_READ: Mapping[str, Endpoint] = {
    "form": endpoints_form.get_legacy_form,
    "app/form/fields": endpoints_form.get_fields,
    "app/form/layout": endpoints_layout.get_layout,
    "app/views": endpoints_views.get_views,
    "app/settings": endpoints_views.get_settings,
    "app/status": endpoints_status.get_status,
    "app/acl": endpoints_rules.get_app_acl,
    "record/acl": endpoints_rules.get_record_acl,
    "field/acl": endpoints_rules.get_field_acl,
    "app/customize": endpoints_extras.get_customize,
    "app/notifications/general": endpoints_extras.get_general,
    "app/notifications/perRecord": endpoints_extras.get_per_record,
    "app/notifications/reminder": endpoints_extras.get_reminder,
    "app/reports": endpoints_views.get_reports,
    "app/actions": endpoints_extras.get_actions,
    "app/adminNotes": endpoints_extras.get_notes,
    "app/plugins": endpoints_extras.get_plugins,
}
"""Settings that are read live and as drafts."""
LIVE: Mapping[tuple[str, str], Endpoint] = {
    **{("GET", name): endpoint for name, endpoint in _READ.items()},
    ("GET", "record"): endpoints_records.get_record,
    ("POST", "record"): endpoints_records.add_record,
    ("PUT", "record"): endpoints_records.update_record,
    ("GET", "records"): endpoints_records.get_records,
    ("POST", "records"): endpoints_records.add_records,
    ("PUT", "records"): endpoints_records.update_records,
    ("DELETE", "records"): endpoints_records.delete_records,
    ("POST", "records/cursor"): endpoints_records.add_cursor,
    ("GET", "records/cursor"): endpoints_records.get_cursor,
    ("DELETE", "records/cursor"): endpoints_records.delete_cursor,
    ("GET", "records/acl/evaluate"): endpoints_records.evaluate_acl,
    ("POST", "bulkRequest"): endpoints_bulk.run,
    ("POST", "record/comment"): endpoints_comments.add_comment,
    ("DELETE", "record/comment"): endpoints_comments.delete_comment,
    ("GET", "record/comments"): endpoints_comments.get_comments,
    ("PUT", "record/status"): endpoints_process.update_status,
    ("PUT", "records/status"): endpoints_process.update_statuses,
    ("PUT", "record/assignees"): endpoints_process.update_assignees,
    ("POST", "file"): endpoints_files.upload,
    ("GET", "file"): endpoints_files.download,
    ("GET", "app"): endpoints_apps.get_app,
    ("GET", "apps"): endpoints_apps.get_apps,
    ("GET", "apps/statistics"): endpoints_apps.statistics,
    ("GET", "apis"): endpoints_apps.catalogue,
    ("GET", "plugins"): endpoints_extras.get_all_plugins,
    ("GET", "plugins/required"): endpoints_extras.get_all_plugins,
    ("GET", "plugin/apps"): endpoints_extras.get_all_plugins,
}
PREVIEW: Mapping[tuple[str, str], Endpoint] = {
    **{("GET", name): endpoint for name, endpoint in _READ.items()},
    ("POST", "app/form/fields"): endpoints_form.add_fields,
    ("PUT", "app/form/fields"): endpoints_form.update_fields,
    ("DELETE", "app/form/fields"): endpoints_form.delete_fields,
    ("PUT", "app/form/layout"): endpoints_layout.update_layout,
    ("PUT", "app/views"): endpoints_views.update_views,
    ("PUT", "app/settings"): endpoints_views.update_settings,
    ("PUT", "app/status"): endpoints_status.update_status,
    ("PUT", "app/acl"): endpoints_rules.update_app_acl,
    ("PUT", "record/acl"): endpoints_rules.update_record_acl,
    ("PUT", "field/acl"): endpoints_rules.update_field_acl,
    ("PUT", "app/customize"): endpoints_extras.update_customize,
    ("PUT", "app/notifications/general"): endpoints_extras.update_general,
    ("PUT", "app/notifications/perRecord"): endpoints_extras.update_per_record,
    ("PUT", "app/notifications/reminder"): endpoints_extras.update_reminder,
    ("PUT", "app/reports"): endpoints_views.update_reports,
    ("PUT", "app/actions"): endpoints_extras.update_actions,
    ("PUT", "app/adminNotes"): endpoints_extras.update_notes,
    ("POST", "app"): endpoints_apps.add_app,
    ("POST", "app/move"): endpoints_apps.move_app,
    ("POST", "app/deploy"): endpoints_apps.deploy,
    ("GET", "app/deploy"): endpoints_apps.deploy_status,
}


def find(method: str, name: str, *, preview: bool = False) -> Endpoint | str | None:
    """The endpoint; the methods that it has if not this one; None if there is no such name."""
    table = PREVIEW if preview else LIVE
    if found := table.get((method, name)):
        return found
    return ", ".join(known for known in METHODS if (known, name) in table) or None
