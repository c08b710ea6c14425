"""Rich menus of the LINE simulator, made with LINE's own SDK."""

from __future__ import annotations

import io

import pytest
from linebot.v3.messaging import (
    ApiException,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    PostbackAction,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
)
from PIL import Image

from tests.line_simulator import LineSimulator


def menu_picture(width: int = 2500, height: int = 843) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#dde8ee").save(out, "JPEG", quality=40)
    return out.getvalue()


def new_menu(api: MessagingApi, *, picture: bool = True, label: str = "住民票") -> str:
    area = RichMenuArea(
        bounds=RichMenuBounds(x=0, y=0, width=2500, height=843),
        action=PostbackAction(label=label, data="start:juminhyo"),
    )
    request = RichMenuRequest(
        size=RichMenuSize(width=2500, height=843),
        selected=True,
        name="メニュー",
        chat_bar_text="手続を選ぶ",
        areas=[area],
    )
    identifier = api.create_rich_menu(request).rich_menu_id
    if picture:
        blob = MessagingApiBlob(api.api_client)
        blob.set_rich_menu_image(identifier, bytearray(menu_picture()), _headers={"Content-Type": "image/jpeg"})
    return str(identifier)


class TestRichMenus:
    def test_a_menu_needs_its_picture_before_anybody_sees_it(self, line: LineSimulator, api: MessagingApi):
        identifier = new_menu(api, picture=False)
        with pytest.raises(ApiException) as error:
            api.set_default_rich_menu(identifier)
        assert "must upload richmenu image before applying it to user" in error.value.body

    def test_the_default_menu_can_be_tapped(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        identifier = new_menu(api)
        api.set_default_rich_menu(identifier)
        assert api.get_default_rich_menu_id().rich_menu_id == identifier
        person.tap("住民票")
        assert person.last_event()["postback"] == {"data": "start:juminhyo"}

    def test_a_persons_own_menu_hides_the_default(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        api.set_default_rich_menu(new_menu(api))
        own = new_menu(api, label="職員に聞く")
        api.link_rich_menu_id_to_user(person.user_id, own)
        assert api.get_rich_menu_id_of_user(person.user_id).rich_menu_id == own
        assert line.client.post(f"/control/users/{person.user_id}/tap", json={"label": "住民票"}).status_code == 400
        api.unlink_rich_menu_id_from_user(person.user_id)
        person.tap("住民票")

    def test_a_picture_of_another_size_is_refused(self, line: LineSimulator, api: MessagingApi):
        blob = MessagingApiBlob(api.api_client)
        with pytest.raises(ApiException) as error:
            picture = bytearray(menu_picture(1200, 405))
            blob.set_rich_menu_image(new_menu(api, picture=False), picture, _headers={"Content-Type": "image/jpeg"})
        assert error.value.status == 400

    def test_what_was_created_can_be_listed_fetched_and_deleted(self, line: LineSimulator, api: MessagingApi):
        identifier = new_menu(api)
        assert [menu.rich_menu_id for menu in api.get_rich_menu_list().richmenus] == [identifier]
        assert api.get_rich_menu(identifier).chat_bar_text == "手続を選ぶ"
        assert bytes(MessagingApiBlob(api.api_client).get_rich_menu_image(identifier)) == menu_picture()
        api.delete_rich_menu(identifier)
        with pytest.raises(ApiException) as error:
            api.get_rich_menu(identifier)
        assert error.value.status == 404

    def test_an_alias_switches_between_tabs(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        first, second = new_menu(api), new_menu(api, label="相談する")
        api.create_rich_menu_alias(CreateRichMenuAliasRequest(rich_menu_alias_id="tab-2", rich_menu_id=second))
        api.set_default_rich_menu(first)
        action = {"type": "richmenuswitch", "richMenuAliasId": "tab-2", "data": "tab=2"}
        person.act("press", action=action)
        assert person.last_event()["postback"]["params"] == {"newRichMenuAliasId": "tab-2", "status": "SUCCESS"}
        person.tap("相談する")
        with pytest.raises(ApiException) as error:
            api.create_rich_menu_alias(CreateRichMenuAliasRequest(rich_menu_alias_id="tab-2", rich_menu_id=first))
        assert "conflict richmenu alias id" in error.value.body
