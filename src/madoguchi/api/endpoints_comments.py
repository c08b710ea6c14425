"""Comments on records; kept as events, as those written at the desk are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db import transaction

from madoguchi.accounts.queries import known_people
from madoguchi.api.call import Call
from madoguchi.api.errors import REQUIRED, ApiError, invalid_at, record_missing
from madoguchi.api.params import NEEDED, Params
from madoguchi.api.shapes_sql import ADMINISTRATOR
from madoguchi.api.writing import locked
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.world import PeopleKind
from madoguchi.records.models import Event
from madoguchi.records.permissions import Access
from madoguchi.records.write import add_event

MAX_TEXT, MAX_MENTIONS, PAGE = 65_535, 10, 10
_KINDS: Mapping[str, PeopleKind] = {"USER": "staff", "ORGANIZATION": "department", "GROUP": "group"}
GONE = (
    "指定したコメントが存在しません。削除された可能性があります。",
    "The specified comment does not exist. It may have been deleted.",
)


def add_comment(call: Call) -> dict[str, Any]:
    """POST record/comment: by whoever works on the app's records in whatever way, as at the desk."""
    access = call.access(call.app(), "view")
    if not access.rights & {"process", "edit"}:
        raise call.denied()
    comment = Params(call.params.mapping("comment"))
    text = comment.text("text", "")
    mentions = [_mention(row, n) for n, row in enumerate(comment.rows("mentions"))]
    if not text.strip() and not mentions:
        raise invalid_at("comment.text", REQUIRED)
    if len(text) > MAX_TEXT:
        words = (f"{MAX_TEXT + 1:,}文字より短くなければなりません。", f"Must be less than {MAX_TEXT + 1} characters.")
        raise invalid_at("comment.text", words)
    if len(mentions) > MAX_MENTIONS:
        raise invalid_at("comment.mentions", ("10件までです。", "At most 10."))
    with transaction.atomic():
        record_id = call.params.id("record")
        locked(access, record_id, "view", call)
        event = add_event(
            app=access.app, record_id=record_id, kind="commented", actor=access.viewer.actor,
            data={"text": text, "mentions": mentions} if mentions else {"text": text},
        )
    return {"id": str(event.pk)}


def _mention(row: Params, number: int) -> dict[str, str]:
    kind = row.one_of("type", tuple(_KINDS), "USER")
    code = row.text("code")
    if not known_people(_KINDS[kind], [code]):
        words = (f"宛先（code: {code}）が見つかりません。", f"The mentioned {kind} (code: {code}) is not found.")
        raise invalid_at(f"comment.mentions[{number}].code", words)
    return {"code": code, "type": kind}


def get_comments(call: Call) -> dict[str, Any]:
    """GET record/comments."""
    access = call.access(call.app(), "view")
    record_id = call.params.id("record")
    _refuse_unseen(access, record_id)
    order = call.params.one_of("order", ("asc", "desc"), "desc")
    offset = call.params.integer("offset", 0) or 0
    limit = call.params.integer("limit", PAGE)
    if limit is None or not 0 <= limit <= PAGE:
        raise invalid_at("limit", ("最大でも10以下です。", "Must be less than or equal to 10."))
    if offset < 0:
        raise invalid_at("offset", ("最小でも0以上です。", "Must be greater than or equal to 0."))
    found = list(_comments(access.app, record_id).select_related("actor_staff").order_by("id"))
    ordered = found if order == "asc" else found[::-1]
    page = ordered[offset : offset + limit]
    before, after = bool(offset and found), offset + len(page) < len(ordered)
    older, newer = (before, after) if order == "asc" else (after, before)
    return {"comments": [_shown(event) for event in page], "older": older, "newer": newer}


def _refuse_unseen(access: Access, record_id: int) -> None:
    """404 unless the record may be seen."""
    if not access.allows(record_id, "view"):
        raise record_missing(record_id)


def _comments(app: AppRevision, record_id: int) -> Any:
    events = Event.objects.filter(app_id=app.app_id, record_id=record_id)
    gone = events.filter(kind="comment_deleted").values_list("data__comment", flat=True)
    return events.filter(kind="commented").exclude(pk__in=list(gone))


def _shown(event: Event) -> dict[str, Any]:
    staff = event.actor_staff
    creator = {"code": staff.username, "name": str(staff)} if staff else ADMINISTRATOR
    return {
        "id": str(event.pk), "text": event.data.get("text", ""),
        "createdAt": f"{event.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "creator": creator, "mentions": event.data.get("mentions", []),
    }  # fmt: skip


@transaction.atomic
def delete_comment(call: Call) -> dict[str, Any]:
    """DELETE record/comment: one's own; the event stays, marked by another."""
    access = call.access(call.app(), "view")
    record_id = call.params.id("record")
    locked(access, record_id, "view", call)
    if not call.params.has("comment"):
        raise invalid_at("comment", NEEDED)
    found = _comments(access.app, record_id).filter(pk=call.params.id("comment")).first()
    if found is None:
        raise ApiError(400, "GAIA_RE02", GONE)
    actor = access.viewer.actor
    own = (found.actor_kind, found.actor_staff_id) == (actor.kind, actor.staff_id)
    if not own and not access.has("manage"):
        raise call.denied()
    add_event(
        app=access.app, record_id=record_id, kind="comment_deleted", actor=actor, data={"comment": found.pk}
    )
    return {}
