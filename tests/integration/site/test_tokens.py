"""``madoguchi token`` and the demo's tokens."""

from __future__ import annotations

import pytest

from madoguchi.api import tokens
from madoguchi.api.models import ApiToken
from madoguchi.catalog.queries import AppRevision
from madoguchi.site import token_commands
from madoguchi.site.demo_tokens import demo_apps

pytestmark = pytest.mark.django_db


def test_a_token_is_printed_once_and_can_be_withdrawn(
    published_app: AppRevision, capsys: pytest.CaptureFixture[str]
) -> None:
    code = published_app.code
    assert token_commands.create(app_code=code, rights="view, add", name="統計", days=30) == 0
    text = capsys.readouterr().out.strip()
    (found,) = tokens.find([text])
    assert found.app_id == published_app.app_id and found.rights == {"view", "add"}
    token_commands.show()
    shown = capsys.readouterr().out
    assert "統計" in shown and text not in shown and "view,add" in shown
    assert token_commands.revoke(found.id) == 0
    assert tokens.find([text]) == []
    assert token_commands.revoke(found.id) == 1


@pytest.mark.parametrize(("code", "rights"), [("nothing", "view"), ("certificate", "everything"), ("certificate", "")])
def test_what_is_wrong_with_a_new_token_is_said(published_app: AppRevision, code: str, rights: str) -> None:
    wanted = published_app.code if code == "certificate" else code
    assert token_commands.create(app_code=wanted, rights=rights, name="", days=None) == 1
    assert not ApiToken.objects.exists()


def test_the_demos_tokens_are_the_same_on_every_start(published_app: AppRevision) -> None:
    first, second = demo_apps("secret"), demo_apps("secret")
    assert first == second and ApiToken.objects.count() == 1
    assert first[0] == {
        "id": str(published_app.app_id), "code": published_app.code, "name": str(published_app.definition.name),
        "api_token": first[0]["api_token"],
    }
    assert tokens.find([first[0]["api_token"]])[0].app_id == published_app.app_id
    assert demo_apps("another")[0]["api_token"] != first[0]["api_token"]
