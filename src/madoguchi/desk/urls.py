"""Addresses of the desk room. Fixed words come before the app's code; each is in ``RESERVED_APP_CODES``."""

from __future__ import annotations

from django.urls import URLPattern, path

from madoguchi.desk import (
    urls_import,
    views_accounting,
    views_action,
    views_counter,
    views_delete,
    views_edit,
    views_export,
    views_files,
    views_history,
    views_identity,
    views_kanban,
    views_letters,
    views_list,
    views_mass,
    views_pickers,
    views_print,
    views_record,
)

app_name = "desk"
_RECORD = "<slug:app_code>/<int:record_id>/"
urlpatterns: list[URLPattern] = [
    path("", views_list.queue, name="queue"),
    path("accounting/", views_accounting.accounting, name="accounting"),
    path("accounting.csv", views_accounting.accounting_csv, name="accounting-csv"),
    path("files/<uuid:file_id>/", views_files.file, name="file"),
    path("files/<uuid:file_id>/thumbnail/", views_files.thumbnail, name="thumbnail"),
    path("letters/", views_letters.letters, name="letters"),
    path("letters/print/", views_letters.print_letters, name="letters-print"),
    path("letters/posted/", views_letters.posted, name="letters-posted"),
    path("<slug:app_code>/", views_list.app_list, name="list"),
    *urls_import.patterns,
    path("<slug:app_code>/search/", views_list.search, name="search"),
    path("<slug:app_code>/newer/", views_list.newer, name="newer"),
    path("<slug:app_code>/assign/", views_list.assign_many, name="assign-many"),
    path("<slug:app_code>/counter/", views_counter.start, name="counter"),
    path("<slug:app_code>/add/", views_edit.add, name="add"),
    path("<slug:app_code>/export/", views_export.export, name="export"),
    path("<slug:app_code>/mass/", views_mass.choose, name="mass"),
    path("<slug:app_code>/mass/<uuid:mass_id>/", views_mass.state, name="mass-state"),
    path("<slug:app_code>/mass/<uuid:mass_id>/outcomes.csv", views_mass.outcomes_csv, name="mass-outcomes"),
    path("<slug:app_code>/mass/<uuid:mass_id>/stop/", views_mass.stop, name="mass-stop"),
    path("<slug:app_code>/form/", views_edit.recalculate, name="recalculate"),
    path("<slug:app_code>/form/upload/<int:field_id>/", views_edit.upload, name="upload"),
    path("<slug:app_code>/form/people/", views_pickers.find_people, name="people"),
    path("<slug:app_code>/form/lookup/<int:field_id>/", views_pickers.lookup, name="lookup"),
    path(_RECORD, views_record.record, name="record"),
    path(f"{_RECORD}edit/", views_edit.edit, name="edit"),
    path(f"{_RECORD}restore/<int:event_id>/", views_history.restore, name="restore"),
    path(f"{_RECORD}comment/<int:event_id>/delete/", views_history.remove_comment, name="remove-comment"),
    path(f"{_RECORD}delete/", views_delete.delete, name="delete"),
    path(f"{_RECORD}print/", views_print.print_view, name="print"),
    path(f"{_RECORD}actions/<slug:action_code>/", views_action.action, name="action"),
    path(f"{_RECORD}move/", views_kanban.move, name="move"),
    path(f"{_RECORD}assign/", views_record.assign, name="assign"),
    path(f"{_RECORD}comment/", views_record.comment, name="comment"),
    path(f"{_RECORD}payment/", views_accounting.receive, name="receive-payment"),
    path(f"{_RECORD}refund/", views_accounting.refund, name="refund-payment"),
    path(f"{_RECORD}identity/", views_identity.identity, name="identity"),
    path(f"{_RECORD}letter.pdf", views_record.covering_letter, name="letter"),
    path(f"{_RECORD}label.pdf", views_record.address_label, name="label"),
]
