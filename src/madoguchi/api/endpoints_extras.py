"""Notifications, and the settings that are kept for kintone's clients and served back: scripts, actions, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madoguchi.api.call import Call
from madoguchi.api.drafts import Draft, change, settings_of
from madoguchi.api.endpoints_rules import field_entity
from madoguchi.api.endpoints_views import checked_condition, name_of, number_of, slug
from madoguchi.api.errors import Words, file_missing, invalid_at
from madoguchi.api.models import Upload
from madoguchi.api.params import NEEDED, Params
from madoguchi.api.people import entity_of, who_of
from madoguchi.api.system_names import codes_of, columns_of
from madoguchi.api.uploads import as_uuid
from madoguchi.definition.app import AppDefinition, StaffNotification, StaffTarget

Body = dict[str, Any]
SCOPES = ("ALL", "ADMIN", "NONE")
MAX_NOTES = 10_000
FLAGS: Mapping[str, str] = {
    "recordAdded": "added", "recordEdited": "edited", "commentAdded": "commented", "statusChanged": "moved",
}  # fmt: skip
_GENERAL, _RECORD, _REMINDER = "general", "perRecord", "reminder"


def _kind(notification: StaffNotification) -> str:
    if notification.reminder is not None:
        return _REMINDER
    return _RECORD if notification.filter else _GENERAL


def _of_kind(defn: AppDefinition, kind: str) -> list[StaffNotification]:
    return [each for each in defn.notifications if _kind(each) == kind]


def _target(target: StaffTarget, defn: AppDefinition) -> Body:
    if target.creator:
        entity: Body = {"type": "FIELD_ENTITY", "code": "作成者"}
    elif target.assignee:
        entity = {"type": "FIELD_ENTITY", "code": "作業者"}
    elif target.in_field:
        entity = {"type": "FIELD_ENTITY", "code": codes_of([target.in_field], defn)[0]}
    else:
        entity = entity_of(target)
    return {"entity": entity, "includeSubs": False}


def _target_in(row: Params, path: str, defn: AppDefinition) -> Body:
    entity = row.mapping("entity")
    if entity.get("type") == "FIELD_ENTITY" and entity.get("code") == "作業者":
        return {"assignee": True}
    found = field_entity(entity, path, defn)
    return found if found is not None else who_of(entity, f"{path}.entity")


def _targets_in(row: Params, path: str, defn: AppDefinition) -> list[Body]:
    return [_target_in(each, f"{path}.targets[{n}]", defn) for n, each in enumerate(row.rows("targets"))]


def _replace(draft: Draft, kind: str, new: list[Body]) -> None:
    """Puts the new ones in place of those of this kind; codes stay with titles."""
    old = {str(each.title): each.code for each in _of_kind(draft.definition, kind)}
    others = [
        each.model_dump(mode="json", by_alias=True) for each in draft.definition.notifications if _kind(each) != kind
    ]
    taken = {each["code"] for each in others}
    for each in new:
        code = old.get(name_of(each["title"]))
        each["code"] = code if code and code not in taken else slug(name_of(each["title"]), taken)
        taken.add(each["code"])
    draft.data["notifications"] = [*others, *new]


def _given(call: Call) -> list[Params]:
    if not call.params.has("notifications"):
        raise invalid_at("notifications", NEEDED)
    return call.params.rows("notifications")


def get_general(call: Call) -> Body:
    """GET app/notifications/general."""
    settings = settings_of(call, manage=True)
    rows = []
    for each in _of_kind(settings.definition, _GENERAL):
        flags = {flag: event in each.on for flag, event in FLAGS.items()} | {"fileImported": False}
        rows += [_target(target, settings.definition) | flags for target in each.to]
    notify = bool((settings.extras.get(_GENERAL) or {}).get("notifyToCommenter", True))
    return {"notifications": rows, "notifyToCommenter": notify, "revision": settings.revision}


def update_general(call: Call) -> Body:
    """PUT preview/app/notifications/general."""
    rows = _given(call)

    def work(draft: Draft) -> None:
        by_events: dict[tuple[str, ...], list[Body]] = {}
        for number, row in enumerate(rows):
            events = tuple(event for flag, event in FLAGS.items() if row.flag(flag))
            if events:
                target = _target_in(row, f"notifications[{number}]", draft.definition)
                by_events.setdefault(events, []).append(target)
        words = {"added": "追加", "edited": "編集", "commented": "コメント", "moved": "ステータスの更新"}
        new = [{"title": f"レコードの{'・'.join(words[e] for e in events)}", "on": list(events), "to": targets}
               for events, targets in by_events.items()]  # fmt: skip
        _replace(draft, _GENERAL, new)
        draft.extras[_GENERAL] = {"notifyToCommenter": call.params.flag("notifyToCommenter", True)}

    return {"revision": change(call, work)[1]}


def get_per_record(call: Call) -> Body:
    """GET app/notifications/perRecord."""
    settings = settings_of(call, manage=True)
    rows = [
        {"filterCond": each.filter or "", "title": str(each.title),
         "targets": [_target(target, settings.definition) for target in each.to]}
        for each in _of_kind(settings.definition, _RECORD)
    ]  # fmt: skip
    return {"notifications": rows, "revision": settings.revision}


def update_per_record(call: Call) -> Body:
    """PUT preview/app/notifications/perRecord."""
    rows = _given(call)

    def work(draft: Draft) -> None:
        new = []
        for number, row in enumerate(rows):
            path = f"notifications[{number}]"
            condition = checked_condition(row.values.get("filterCond"), f"{path}.filterCond")
            targets = _targets_in(row, path, draft.definition)
            # Without a condition every record is meant, which the query language says so.
            base = {"title": row.text("title"), "on": ["added", "edited"], "to": targets}
            new.append(base | {"filter": condition or "$id > 0"})
        _replace(draft, _RECORD, new)

    return {"revision": change(call, work)[1]}


def get_reminder(call: Call) -> Body:
    """GET app/notifications/reminder."""
    settings = settings_of(call, manage=True)
    defn = settings.definition
    rows = []
    for each in _of_kind(defn, _REMINDER):
        assert each.reminder is not None
        timing = {
            "code": codes_of([each.reminder.field], defn)[0], "daysLater": str(each.reminder.days),
            "time": each.reminder.time,
        }  # fmt: skip
        targets = [_target(target, defn) for target in each.to]
        rows.append({"timing": timing, "filterCond": each.filter or "", "title": str(each.title), "targets": targets})
    return {"notifications": rows, "timezone": "Asia/Tokyo", "revision": settings.revision}


def update_reminder(call: Call) -> Body:
    """PUT preview/app/notifications/reminder."""
    rows = _given(call)

    def work(draft: Draft) -> None:
        new = []
        for number, row in enumerate(rows):
            path = f"notifications[{number}]"
            timing = Params(row.mapping("timing"))
            field = columns_of([timing.text("code")], draft.definition)
            if not field:
                raise invalid_at(f"{path}.timing.code", NEEDED)
            reminder = {"field": field[0], "days": timing.integer("daysLater", 0), "time": timing.text("time", "09:00")}
            targets = _targets_in(row, path, draft.definition)
            condition = checked_condition(row.values.get("filterCond"), f"{path}.filterCond")
            base = {"title": row.text("title"), "on": ["reminder"], "to": targets}
            new.append(base | {"reminder": reminder, "filter": condition})
        _replace(draft, _REMINDER, new)

    return {"revision": change(call, work)[1]}


# --- kept as sent --------------------------------------------------------------------------------------------------


def _empty_customization() -> Body:
    return {"scope": "ALL", "desktop": {"js": [], "css": []}, "mobile": {"js": [], "css": []}}


def get_customize(call: Call) -> Body:
    """GET app/customize. Our own pages never run these scripts: a strict policy forbids it."""
    settings = settings_of(call)
    return _empty_customization() | dict(settings.extras.get("customize") or {}) | {"revision": settings.revision}


def update_customize(call: Call) -> Body:
    """PUT preview/app/customize."""

    def work(draft: Draft) -> None:
        kept = _empty_customization() | dict(draft.extras.get("customize") or {})
        kept["scope"] = call.params.one_of("scope", SCOPES, kept["scope"])
        for place in ("desktop", "mobile"):
            given = call.params.mapping(place)
            for kind in ("js", "css"):
                if kind in given:
                    entries = Params(given).rows(kind)
                    kept[place] = kept[place] | {kind: [_script(call, each) for each in entries]}
        draft.extras["customize"] = kept

    return {"revision": change(call, work)[1]}


def _script(call: Call, entry: Params) -> Body:
    if entry.one_of("type", ("URL", "FILE"), "URL") == "URL":
        return {"type": "URL", "url": entry.text("url")}
    key = Params(entry.mapping("file")).text("fileKey")
    row = Upload.objects.filter(pk=as_uuid(key)).first()
    if row is None:
        raise file_missing(key)
    Upload.objects.filter(pk=row.pk).update(kept=True)
    file = {"fileKey": str(row.pk), "name": row.name, "contentType": row.content_type, "size": str(row.size)}
    return {"type": "FILE", "file": file}


def get_actions(call: Call) -> Body:
    """GET app/actions."""
    settings = settings_of(call)
    return {"actions": dict(settings.extras.get("actions") or {}), "revision": settings.revision}


def update_actions(call: Call) -> Body:
    """PUT preview/app/actions."""
    if not call.params.has("actions"):
        raise invalid_at("actions", NEEDED)
    given = call.params.mapping("actions")
    kept = {
        str(sent.get("name") or name): {**sent, "name": str(sent.get("name") or name), "id": number_of(name),
                                         "index": str(sent.get("index") or number)}
        for number, (name, sent) in enumerate(given.items())
    }  # fmt: skip

    def work(draft: Draft) -> None:
        draft.extras["actions"] = kept

    revision = change(call, work)[1]
    return {"actions": {name: {"id": each["id"]} for name, each in kept.items()}, "revision": revision}


def get_notes(call: Call) -> Body:
    """GET app/adminNotes."""
    settings = settings_of(call, manage=True)
    empty = {"content": "", "includeInTemplateAndDuplicates": False}
    return empty | dict(settings.extras.get("adminNotes") or {}) | {"revision": settings.revision}


def update_notes(call: Call) -> Body:
    """PUT preview/app/adminNotes."""
    limit = MAX_NOTES + 1
    long: Words = (f"{limit:,}文字より短くなければなりません。", f"Must be less than {limit} characters.")

    def work(draft: Draft) -> None:
        kept = dict(draft.extras.get("adminNotes") or {})
        if call.params.has("content"):
            kept["content"] = call.params.text("content")
            if len(kept["content"]) > MAX_NOTES:
                raise invalid_at("content", long)
        if call.params.has("includeInTemplateAndDuplicates"):
            kept["includeInTemplateAndDuplicates"] = call.params.flag("includeInTemplateAndDuplicates")
        draft.extras["adminNotes"] = kept

    return {"revision": change(call, work)[1]}


def get_plugins(call: Call) -> Body:
    """GET app/plugins: there are none; what plugins are bought for is part of the product."""
    settings = settings_of(call)
    return {"plugins": [], "revision": settings.revision}


def get_all_plugins(call: Call) -> Body:
    """GET plugins, GET plugins/required, GET plugin/apps."""
    return {"plugins": []} if "plugin/apps" not in call.request.path_info else {"apps": []}
