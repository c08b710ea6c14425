"""Groups of staff: who keeps them, and what holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from madoguchi.accounts.models import Staff, StaffGroup
from madoguchi.accounts.queries import groups_of
from madoguchi.catalog import drafts
from madoguchi.definition.app import AppDefinition
from tests.integration.studio.conftest import At
from tests.publishing import publish
from tests.samples import certificate

pytestmark = pytest.mark.django_db
HERE = "/studio/groups/"


@pytest.fixture
def group(staff: Mapping[str, Staff]) -> StaffGroup:
    return StaffGroup.objects.create(code="saigai", name="災害対策班")


def naming(**parts: Any) -> AppDefinition:
    """The certificate's app with ``parts``."""
    return AppDefinition.model_validate(certificate().model_dump(mode="json", by_alias=True) | parts)


def with_group() -> AppDefinition:
    """The app, which the group may see as well."""
    rules = certificate().model_dump(mode="json", by_alias=True)["permissions"]
    return naming(permissions=[*rules, {"group": "saigai", "rights": ["view"]}])


@pytest.mark.parametrize("who", ["sato", "watanabe", "outsider"])
def test_only_an_administrator_keeps_groups(at: At, group: StaffGroup, who: str) -> None:
    client = at(who)
    for url in (HERE, f"{HERE}new/", f"{HERE}saigai/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {"name": "乗っ取り", "code": "x"}).status_code in (403, 405)
    assert client.post(f"{HERE}saigai/members/", {"add": who}).status_code == 403
    assert client.post(f"{HERE}saigai/delete/").status_code == 403
    assert list(StaffGroup.objects.values_list("name", flat=True)) == ["災害対策班"]
    assert not group.members.exists()


def test_a_group_is_made_filled_renamed_and_deleted(at: At, staff: Mapping[str, Staff]) -> None:
    client = at("kobayashi")
    assert "グループはまだありません" in client.get(HERE).content.decode()
    made = client.post(f"{HERE}new/", {"name": "災害対策班", "code": "saigai"})
    assert made.headers["Location"] == f"{HERE}saigai/"
    client.post(f"{HERE}saigai/members/", {"add": "sato"})
    client.post(f"{HERE}saigai/members/", {"add": "outsider"})
    client.post(f"{HERE}saigai/members/", {"remove": "sato"})
    assert groups_of(Staff.objects.get(username="outsider")) == {"saigai"}
    assert groups_of(Staff.objects.get(username="sato")) == frozenset()
    client.post(f"{HERE}saigai/", {"name": "災害対策本部"})
    page = client.get(HERE).content.decode()
    assert "災害対策本部" in page
    assert "saigai" in page
    client.post(f"{HERE}saigai/delete/")
    assert not StaffGroup.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "災害対策班", "code": "other"}, "この名前のグループはもうあります"),
        ({"name": "別の班", "code": "saigai"}, "このコードのグループはもうあります"),
        ({"name": "別の班", "code": "災害"}, "半角の英小文字"),
        ({"name": "", "code": "other"}, "グループの名前を書いてください"),
        ({"name": "別の班", "code": ""}, "コードを書いてください"),
    ],
    ids=["name", "code", "letters", "no-name", "no-code"],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    at: At, group: StaffGroup, data: dict[str, str], words: str
) -> None:
    answer = at("kobayashi").post(f"{HERE}new/", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert all(f'value="{value}"' in page for value in data.values() if value)
    assert StaffGroup.objects.count() == 1


def test_a_group_is_not_renamed_to_another_ones_name(at: At, group: StaffGroup) -> None:
    StaffGroup.objects.create(code="kaigi", name="会議")
    answer = at("kobayashi").post(f"{HERE}saigai/", {"name": "会議"})
    assert answer.status_code == 422
    group.refresh_from_db()
    assert group.name == "災害対策班"


def test_who_has_left_is_not_taken_in(at: At, group: StaffGroup) -> None:
    Staff.objects.filter(username="sato").update(is_active=False)
    at("kobayashi").post(f"{HERE}saigai/members/", {"add": "sato"})
    at("kobayashi").post(f"{HERE}saigai/members/", {"add": "nobody"})
    assert not group.members.exists()


def test_a_group_that_a_published_app_names_stays(at: At, group: StaffGroup) -> None:
    publish(with_group())
    page = at("kobayashi").get(f"{HERE}saigai/").content.decode()
    assert str(certificate().name) in page
    answer = at("kobayashi").post(f"{HERE}saigai/delete/", follow=True)
    assert "公開中のアプリが使っているので" in answer.content.decode()
    assert StaffGroup.objects.exists()


def test_a_group_in_a_condition_stays_too(at: At, group: StaffGroup) -> None:
    field = {"type": "group", "id": 900, "code": "班", "label": "班"}
    data = certificate().model_dump(mode="json", by_alias=True)
    rule = {"filter": '班 in ("saigai")', "allow": [{"department": "shimin", "rights": ["view"]}]}
    publish(naming(fields=[*data["fields"], field], record_rules=[rule]))
    at("kobayashi").post(f"{HERE}saigai/delete/")
    assert StaffGroup.objects.exists()


def test_a_draft_holds_no_group_but_is_listed(at: At, group: StaffGroup, staff: Mapping[str, Staff]) -> None:
    drafts.create(defn=naming_as("second"), staff=staff["watanabe"])
    assert "（下書き）" in at("kobayashi").get(HERE).content.decode()
    at("kobayashi").post(f"{HERE}saigai/delete/")
    assert not StaffGroup.objects.exists()


def naming_as(code: str) -> AppDefinition:
    """The app that names the group, by another code."""
    return AppDefinition.model_validate(with_group().model_dump(mode="json", by_alias=True) | {"code": code})


def test_administrators_find_the_page_in_the_menu(at: At, group: StaffGroup) -> None:
    assert HERE in at("kobayashi").get("/studio/").content.decode()
    assert HERE not in at("watanabe").get("/studio/").content.decode()
