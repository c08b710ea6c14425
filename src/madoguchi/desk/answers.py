"""A record's answers as the desk shows them: in the groups of the layout, files as pictures and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from madoguchi.accounts.language import in_words
from madoguchi.catalog.queries import AppNotFound, published
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.compute import formula_errors
from madoguchi.definition.fields import FILE_TYPES, VALUELESS_TYPES, AnyField, RelatedField
from madoguchi.definition.values import Value
from madoguchi.desk.answer_forms import InnerTable, address_of, related, rich, rows_of, text_of
from madoguchi.records.models import StoredFile
from madoguchi.records.permissions import Access
from madoguchi.records.read import Record
from madoguchi.records.world import DatabaseWorld


@dataclass(frozen=True, slots=True)
class FileLink:
    """One attachment. ``thumbnail`` is empty for documents; a deleted file has no ``url`` any more."""

    name: str
    url: str
    thumbnail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of the record: text, and for names how they are read; or files.

    ``problem`` says why a formula (or one in a table) could not be calculated; empty if all is well.
    """

    label: str
    text: str
    kana: str = ""
    problem: str = ""
    files: tuple[FileLink, ...] = ()
    table: InnerTable | None = None
    html: SafeString | str = ""
    link: str = ""

    @property
    def outside(self) -> bool:
        """Whether the link leads to another site."""
        return self.link.startswith("http")


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """A heading of the layout and the answers under it."""

    title: str
    answers: tuple[Answer, ...]


def groups(record: Record, access: Access) -> list[AnswerGroup]:
    """Every answer that is seen, grouped."""
    stored, problems = files_by_id(record), _problems(record, access)
    shown = [
        AnswerGroup(title, tuple(_answers(access.seen(fields), record, stored, problems)))
        for title, fields in _layout(record.app.definition)
    ]
    return [group for group in shown if group.answers]


def _problems(record: Record, access: Access) -> Mapping[str, str]:
    """Why formulas of the record stayed blank, by code. One that has a value was calculated when it was filed.

    Where something is hidden nothing is said: what a formula lacks here may only be what this person does not see.
    """
    if access.hidden & {field.id for field in record.app.definition.fields if field.type != "photo"}:
        return {}
    errors = formula_errors(record.app.definition, record.values, DatabaseWorld(record.channel))
    fields = record.app.definition.by_code
    return {c: text for c, text in errors.items() if fields[c].type != "formula" or record.values.get(c) is None}


def files_by_id(record: Record) -> dict[str, StoredFile]:
    """The record's attachments by id."""
    found = StoredFile.objects.filter(app_id=record.app.app_id, record_id=record.id)
    return {str(file.id): file for file in found}


def _layout(defn: AppDefinition) -> list[tuple[str, list[AnyField]]]:
    placed = {code for group in defn.layout for code in group.fields}
    laid = [(in_words(group.title), [defn.by_code[code] for code in group.fields]) for group in defn.layout]
    rest = [field for field in defn.fields if field.code not in placed]
    return [*laid, (_("そのほか") if laid else _("内容"), rest)]


def _answers(
    fields: Iterable[AnyField], record: Record, stored: Mapping[str, StoredFile], problems: Mapping[str, str]
) -> Iterable[Answer]:
    for field in fields:
        if field.code in record.others:
            yield from _from_elsewhere(field, record.others[field.code])
            continue
        value = record.values.get(field.code)
        problem = problems.get(field.code, "")
        hidden = value is None and not problem and not _always_asked(field, record)
        if field.type in VALUELESS_TYPES or hidden:
            continue
        yield replace(answer(field, value, stored), problem=problem)


def _from_elsewhere(field: AnyField, value: Value) -> Iterable[Answer]:
    """A total, or the related records one below the other; nothing where the viewer sees nothing there."""
    if isinstance(field, RelatedField) and value is not None:
        lines = "\n".join(related_lines(field)(value))
        yield Answer(in_words(field.label), lines, table=related(field, value) if value else None)
    elif value is not None:
        yield Answer(in_words(field.label), text_of(field, value))


def related_lines(related: RelatedField) -> Callable[[Sequence[Mapping[str, Value]] | None], list[str]]:
    """What writes related records as lines: the number, then what the field shows of each."""
    try:
        fields = published(related.app).definition.by_code
    except AppNotFound:
        fields = {}

    def line(row: Mapping[str, Value]) -> str:
        shown = (
            text_of(fields[code], row[code]) if code in fields else str(row[code])
            for code in related.columns if row.get(code) is not None
        )
        return " ".join([f"#{row['id']}", *(text.replace("\n", " ") for text in shown)])

    return lambda rows: [line(row) for row in rows or ()]


def _always_asked(field: AnyField, record: Record) -> bool:
    """Whether a blank means that nothing was answered, rather than that nobody asked."""
    elsewhere = field.channels and record.channel not in field.channels
    return field.show_if is None and not field.staff_only and not elsewhere


def answer(field: AnyField, value: Value, stored: Mapping[str, StoredFile]) -> Answer:
    """One answer, ready to show."""
    label = in_words(field.label)
    if field.type in FILE_TYPES:
        return Answer(label, "" if value else _("（なし）"), files=file_links(label, value or (), stored))
    if value is None:
        return Answer(label, _("（未入力）"))
    if field.type == "name":
        written, kana = name_and_kana(value)
        return Answer(label, written, kana)
    return _with_form(field, value, Answer(label, text_of(field, value)))


def _with_form(field: AnyField, value: Value, plain: Answer) -> Answer:
    """What is more than a line of text, where the value still fits its field."""
    if field.type == "table" and isinstance(value, list):
        return replace(plain, table=rows_of(field, value))
    if field.type == "richtext":
        return replace(plain, html=rich(str(value)))
    if field.type in ("link", "email"):
        return replace(plain, link=address_of(field, str(value)))
    return plain


def name_and_kana(value: Mapping[str, str]) -> tuple[str, str]:
    """The name as written and how it is read."""
    written = " ".join(value[part] for part in ("family", "given") if value.get(part))
    return written, " ".join(value[part] for part in ("family_kana", "given_kana") if value.get(part))


def file_links(label: str, ids: Sequence[str], stored: Mapping[str, StoredFile]) -> tuple[FileLink, ...]:
    """Links to the attachments of one answer, in their order."""
    return tuple(
        _file_link(f"{label} {number}" if len(ids) > 1 else label, stored.get(str(file_id)))
        for number, file_id in enumerate(ids, 1)
    )


def _file_link(label: str, file: StoredFile | None) -> FileLink:
    if file is None or file.deleted_at is not None:
        return FileLink(_("%(label)s（保存期間が過ぎて消去しました）") % {"label": label}, "", "")
    thumbnail = reverse("desk:thumbnail", args=[file.id]) if file.has_thumbnail else ""
    return FileLink(file.original_name or label, reverse("desk:file", args=[file.id]), thumbnail)


def applicant_name(record: Record) -> str:
    """Who applies, as written, or what else names the record (``title_field``); empty where the app says neither."""
    defn = record.app.definition
    value = record.values.get(defn.procedure.applicant.name) if defn.procedure else None
    titled = defn.by_code.get(defn.title_field or "")
    if value is None and titled is not None:
        return text_of(titled, record.values.get(titled.code)).split("\n")[0]
    return name_and_kana(value)[0] if isinstance(value, Mapping) else str(value or "")
