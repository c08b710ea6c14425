"""Who finds which page of the studio. Every page is found by walking the URLconf."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from madoguchi.catalog.models import DraftSave, HeldSave, Revision
from madoguchi.catalog.queries import AppRevision
from madoguchi.studio.urls import urlpatterns
from tests.integration.studio.conftest import At
from tests.integration.studio.test_review import change, send

pytestmark = pytest.mark.django_db
PAGES = sorted(str(pattern.name) for pattern in urlpatterns)
NO_APP = {"home", "new"}
BUILDERS_ONLY = sorted(
    set(PAGES) - NO_APP - {"review", "decide", "replay", "replay-result", "publish", "call-off", "publish-progress"}
)
ARGUMENTS: dict[str, dict[str, object]] = {
    "held": {"held_id": 1}, "revision": {"number": 1}, "restore-revision": {"number": 1},
    "restore-save": {"version": 1}, "replay-result": {"replay_id": 1}, "preview": {"kind": "web"},
    "import-fields": {"kept_id": "00000000-0000-0000-0000-000000000007"},
    **{n: {"export_id": "00000000-0000-0000-0000-000000000007"} for n in ("export-state", "export-file")},
    **{name: {"group_code": "saigai"} for name in ("group", "group-members", "delete-group")},
}  # fmt: skip


def address(name: str, app: AppRevision) -> str:
    arguments = {} if name in NO_APP else {"app_code": app.code, **ARGUMENTS.get(name, {})}
    pattern = next(p for p in urlpatterns if p.name == name)
    known = {key: value for key, value in arguments.items() if key in pattern.pattern.converters}
    return reverse(f"studio:{name}", kwargs=known)


def both_ways(client: Client, url: str) -> set[int]:
    """How a GET and a POST are answered, leaving aside methods the page does not have."""
    return {client.get(url).status_code, client.post(url).status_code} - {405}


def stored() -> tuple[int, int, int]:
    return Revision.objects.count(), DraftSave.objects.count(), HeldSave.objects.count()


@pytest.mark.parametrize("who", ["outsider", "sato", "tanaka"])
@pytest.mark.parametrize("name", PAGES)
def test_who_neither_builds_nor_reviews_finds_nothing(app: AppRevision, at: At, who: str, name: str) -> None:
    before = stored()
    assert both_ways(at(who), address(name, app)) <= {403, 404}
    assert stored() == before


@pytest.mark.parametrize("name", BUILDERS_ONLY)
def test_a_reviewer_changes_nothing(app: AppRevision, at: At, name: str) -> None:
    change(at("watanabe"), app)
    send(at("watanabe"), app)
    before = stored()
    assert both_ways(at("ito"), address(name, app)) <= {403, 404}
    assert stored() == before


@pytest.mark.parametrize("name", ["review", "replay"])
def test_a_reviewer_sees_what_waits_for_review_and_nothing_else(app: AppRevision, at: At, name: str) -> None:
    assert at("ito").get(address(name, app)).status_code == 404
    change(at("watanabe"), app)
    assert at("ito").get(address(name, app)).status_code == 404
    send(at("watanabe"), app)
    assert at("ito").get(address(name, app)).status_code == 200


def test_nobody_comes_in_without_signing_in(app: AppRevision) -> None:
    for name in PAGES:
        assert Client().get(address(name, app)).status_code in (302, 405)


def test_an_app_admin_of_another_department_does_not_build_here(app: AppRevision, at: At) -> None:
    client = at("kobayashi")
    assert client.get("/studio/").status_code == 200
    assert client.get(f"/studio/{app.code}/").status_code == 404


def test_a_draft_cannot_let_its_author_keep_an_app_they_lost(app: AppRevision, at: At) -> None:
    from madoguchi.accounts.models import Membership

    change(at("watanabe"), app)
    Membership.objects.filter(staff__username="watanabe").delete()
    assert at("watanabe").get(f"/studio/{app.code}/").status_code == 404
