"""What the designer of permissions shows: people, rights, words; and what one colleague would see."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.accounts.access import StaffRequest
from madoguchi.accounts.language import in_words
from madoguchi.accounts.models import Department, Staff, StaffGroup
from madoguchi.catalog.rights import covers
from madoguchi.definition.app import AppDefinition, Right
from madoguchi.studio.editor_words import common
from madoguchi.studio.process_editor import Choices, roles
from madoguchi.studio.queried import condition_words, queried
from madoguchi.studio.shell import Place

_PEOPLE_TYPES = frozenset({"staff", "department", "group"})


def people(defn: AppDefinition) -> dict[str, Choices]:
    """Whom a rule may name."""
    return {
        "departments": list(Department.objects.order_by("code").values_list("code", "name")),
        "groups": list(StaffGroup.objects.order_by("code").values_list("code", "name")),
        "staff": [(one.username, str(one)) for one in Staff.objects.filter(is_active=True).order_by("username")],
        "roles": roles(),
        "inFields": [(f.code, in_words(f.label)) for f in defn.fields if f.type in _PEOPLE_TYPES],
    }


def rights() -> Choices:
    """Every right with what it lets one do."""
    return [
        ("view", _("見る")), ("add", _("追加する")), ("edit", _("変える")), ("delete", _("消す")),
        ("process", _("プロセスを進める")), ("identity", _("本人確認をする")), ("payment", _("収納する")),
        ("export", _("書き出す")), ("manage", _("アプリを作り直す")),
    ]


def extra(request: StaffRequest, place: Place) -> dict[str, Any]:
    """People, rights, fields, and names for conditions."""
    defn = place.definition
    return {
        "people": people(defn), "rights": rights(), "recordRights": rights()[:1] + rights()[2:4],
        "fields": [(field.code, in_words(field.label)) for field in defn.fields if field.type != "heading"],
        "personal": [field.code for field in defn.fields if field.personal], "queried": queried(defn),
        "check": reverse("studio:person-check", args=[place.code]),
    }


def person_lines(defn: AppDefinition, staff: Staff) -> list[str]:
    """What ``staff`` may do by the definition, in sentences."""
    held = {right for rule in defn.permissions if covers(rule, staff) for right in rule.rights}
    if "view" not in held:
        return [_("レコードは見えません。")] + ([_("できること：%s") % _named(held)] if held else [])
    return [_("できること：%s") % _named(held), *_record_lines(defn, staff, held), *_field_lines(defn, staff)]


def _named(held: Collection[str]) -> str:
    return "、".join(str(name) for code, name in rights() if code in held)


def _record_lines(defn: AppDefinition, staff: Staff, held: set[Right]) -> Iterator[str]:
    for rule in defn.record_rules:
        found = {right for one in rule.allow if covers(one, staff) and not (one.creator or one.in_field)
                 for right in one.rights} & held
        own = any(covers(one, staff) for one in rule.allow if one.creator or one.in_field)
        words = _named(found) if found else _("見えません")
        yield _("「%(filter)s」のレコード：%(what)s") % {"filter": rule.filter, "what": words} + (
            _("（自分が追加したもの、自分の名前があるものは別）") if own else ""
        )


def _field_lines(defn: AppDefinition, staff: Staff) -> Iterator[str]:
    for rule in defn.field_rules:
        field = defn.by_code.get(rule.field)
        name = in_words(field.label) if field else rule.field
        access = {one.access for one in rule.allow if covers(one, staff)}
        if not access:
            yield _("「%s」は見えません。") % name
        elif "write" not in access:
            yield _("「%s」は見るだけです。") % name


def who_words() -> dict[str, str]:
    """The texts of whom a rule speaks."""
    return {
        "who_everybody": _("すべての職員"), "who_any": _("（決めない）"), "who_and": _("の"),
        "who_department": _("課"), "who_roles": _("役割（選ばなければ問いません）"), "who_group_label": _("グループ"),
        "who_group": _("グループ「{name}」"), "who_staff": _("職員（1人）"), "who_creator": _("追加した本人"),
        "who_assignee": _("担当者"), "who_in_field": _("「{name}」に書かれた人"),
        "who_in_field_label": _("この項目に書かれた人"),
    }  # fmt: skip


def words() -> dict[str, str]:
    """The texts of its script."""
    return {
        **common(), **condition_words(), **who_words(),
        "section_app": _("アプリの権限"),
        "section_app_help": _("だれがレコードに何をできるか。異動に備えて、人ではなく課と役割で決めましょう。"),
        "section_records": _("条件に合うレコードだけの権限"),
        "section_records_help": _("上から見て、最初に当てはまった決まりが効きます。アプリの権限より広くはなりません。"),
        "section_fields": _("項目ごとの権限"),
        "section_fields_help": _("決まりのある項目は、ここで許した人だけに見えます。"),
        "app_rules": _("許す人"), "add_rule": _("許す人を足す"), "rights": _("できること"),
        "record_rules": _("決まり"), "add_record_rule": _("条件つきの決まりを足す"),
        "record_filter": _("どのレコードか"), "allowed": _("許す人"), "add_person": _("許す人を足す"),
        "field_rules": _("決まり"), "add_field_rule": _("項目の決まりを足す"), "field": _("項目"),
        "access": _("できること"), "access_read": _("見るだけ"), "access_write": _("見て、変える"),
        "summary": _("だれが何をできるか"), "nobody": _("だれにも見えません"),
        "nothing_allowed": _("何もできない"),
        "nobody_at_all": _("まだだれも使えません。アプリの権限を足してください。"),
        "sentence_app": _("{who}：{rights}"),
        "sentence_record": _("「{filter}」のレコードは、{who}だけ：{rights}"),
        "sentence_record_none": _("「{filter}」のレコードは、だれにも見えません。"),
        "sentence_field": _("項目「{field}」：{who}"),
        "warn_wide": _("すべての職員が「{rights}」できます。課か役割で範囲を決めてください。"),
        "warn_personal": _("個人情報のある項目を、すべての職員が見られます。課か役割で範囲を決めてください。"),
        "warn_single": _("{name} 1人だけの決まりがあります。異動に備えて、役割かグループにしましょう。"),
        "check_person": _("この人には何が見えるか"),
        "check_help": _("公開したあとの、その人の権限です。"),
        "check_failed": _("調べられませんでした。少し待ってから、もう一度選んでください。"),
    }  # fmt: skip
