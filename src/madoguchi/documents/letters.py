"""The papers that go with what is posted: a covering letter and an address label."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import segno
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from madoguchi.accounts.language import current, in_words
from madoguchi.catalog import queries as catalog
from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Procedure
from madoguchi.definition.display import display_date
from madoguchi.definition.values import Value
from madoguchi.documents.render import pdf
from madoguchi.lib.postal import format_postal
from madoguchi.records.read import Record

LABEL_WIDTH = 30
WINDOW_WIDTH = 23
"""Characters in a line of the address: on the label, and behind the window of a 長3 envelope."""
_GRAPHEME = re.compile(r".[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)


class NotAddressable(ValueError):
    """The record has no name or no address to write to; the text says so to staff."""


def covering_letter(
    app: AppRevision, record: Record, *, enclosed: Sequence[str] = (), today: date | None = None, language: str = "ja"
) -> bytes:
    """The letter that goes into the envelope, as PDF. ``enclosed`` defaults to the procedure's name.

    In the resident's language, whoever prints it. Raises NotAddressable.
    """
    with translation.override("en" if language == "en" else "ja"):
        return letters_pdf([letter_data(app, record, enclosed=enclosed, today=today)])


def letters_pdf(letters: Sequence[Mapping[str, Any]]) -> bytes:
    """One PDF of one or more letters (at least one), each on sheets of its own."""
    return pdf("letters", {"title": letters[0]["title"], "author": letters[0]["sender"]["name"], "letters": letters})


def address_label(app: AppRevision, record: Record) -> bytes:
    """The label for the envelope, as PDF; says nothing of what is inside. Raises NotAddressable."""
    return pdf("address_label", label_data(app, record))


def notice_letter(
    app: AppRevision, record: Record, *, title: str, body: str, link: str, language: str = "ja"
) -> dict[str, Any]:
    """A notice for someone whom neither LINE nor e-mail reaches; the QR code leads to their status page.

    In the resident's language, whoever prints it. For ``letters_pdf``. Raises NotAddressable.
    """
    with translation.override("en" if language == "en" else "ja"):
        data = letter_data(app, record)
        words = {"title": title, "paragraphs": [line for line in body.split("\n") if line], "enclosed": []}
        return data | words | {"qr": _qr(link), "qr_label": _("申請の状況のページ")}


def letter_data(
    app: AppRevision, record: Record, *, enclosed: Sequence[str] = (), today: date | None = None
) -> dict[str, Any]:
    """What the covering letter says."""
    procedure, city = _procedure(app), catalog.city()
    filed_on = timezone.localtime(record.submitted_at or record.created_at).date()
    number = record.receipt_number or str(record.id)
    return {
        "title": _("書類の送付について"),
        "to": _recipient(procedure, record, WINDOW_WIDTH),
        "date": display_date(today or timezone.localdate(), current()),
        "sender": {"name": city.shown_name if city else "", "office": in_words(procedure.office)},
        "paragraphs": [
            _("申請いただきました件について、下記のとおり書類をお送りします。内容をご確認ください。"),
            _("お届けした書類に誤りや不足があるときは、お手数ですが、受付番号を添えて下の担当までご連絡ください。"),
        ],
        "facts": [
            [_("受付番号"), number], [_("手続"), in_words(procedure.title)],
            [_("申請日"), display_date(filed_on, current())],
        ],
        "qr": _qr(number),
        "qr_label": number,
        "enclosed_title": _("同封するもの"),
        "enclosed": list(enclosed) or [in_words(procedure.title)],
        "contact_title": _("お問い合わせ先"),
        "contact": _contact(procedure, city),
    }


def label_data(app: AppRevision, record: Record) -> dict[str, Any]:
    """What the address label says."""
    city = catalog.city()
    lines = [_city_address(city), city.name] if city else []
    return {
        "title": _("宛名ラベル"),
        "to": _recipient(_procedure(app), record, LABEL_WIDTH),
        "sender": {"name": city.name if city else "", "lines": [line for line in lines if line]},
    }


def wrap(line: str, width: int) -> list[str]:
    """``line`` in pieces of at most ``width`` characters; a variant selector stays with its character."""
    characters = _GRAPHEME.findall(line)
    return ["".join(characters[i : i + width]) for i in range(0, len(characters), width)]


def _procedure(app: AppRevision) -> Procedure:
    if app.definition.procedure is None:
        raise NotAddressable(_("このアプリには手続の設定がないため、宛名が分かりません。"))
    return app.definition.procedure


def _recipient(procedure: Procedure, record: Record, width: int) -> dict[str, Any]:
    name = record.values.get(procedure.applicant.name)
    address = record.values.get(procedure.applicant.address or "")
    if not name or not address:
        raise NotAddressable(_("氏名または住所が入力されていないため、宛名を作れません。"))
    code = address.get("postal_code") or ""
    street = "".join(address.get(part) or "" for part in ("prefecture", "city", "town", "street"))
    lines = [*wrap(street, width), *wrap(address.get("building") or "", width)]
    return {"postal_code": format_postal(code), "postal_digits": code, "lines": lines, "name": _full_name(name)}


def _full_name(name: Value) -> str:
    if isinstance(name, str):
        return name
    return "　".join(name[part] for part in ("family", "given") if name.get(part))


def _contact(procedure: Procedure, city: City | None) -> list[str]:
    office = f"{city.shown_name if city else ''}　{in_words(procedure.office)}".strip("　")
    lines = [office, _("電話 %s") % procedure.phone]
    if city and city.shown_hours:
        lines.append(_("受付時間 %s") % city.shown_hours)
    if city and city.address:
        lines.append(_city_address(city))
    return lines


def _city_address(city: City) -> str:
    return f"〒{format_postal(city.postal_code)}　{city.address}" if city.postal_code else city.address


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()
