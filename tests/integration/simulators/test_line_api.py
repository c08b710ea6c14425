"""The Messaging API of the LINE simulator, called with LINE's own SDK."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BroadcastRequest,
    Configuration,
    CreateRichMenuAliasRequest,
    FlexMessage,
    MessageAction,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    PostbackAction,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.messaging.models import FlexContainer
from PIL import Image

from tests.line_simulator import ACCESS_TOKEN, LineSimulator, Webhook, line_simulator

NOBODY = "U" + "0" * 32


@pytest.fixture
def sdk(line: LineSimulator) -> Iterator[ApiClient]:
    with ApiClient(Configuration(host=line.base_url, access_token=ACCESS_TOKEN)) as client:
        yield client


@pytest.fixture
def api(sdk: ApiClient) -> MessagingApi:
    return MessagingApi(sdk)


def text(words: str) -> TextMessage:
    return TextMessage(text=words)


def reply_to(event: dict[str, str], *words: str) -> ReplyMessageRequest:
    return ReplyMessageRequest(reply_token=event["replyToken"], messages=[text(word) for word in words])


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


class TestReplying:
    def test_a_reply_stands_in_the_chat(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        sent = api.reply_message(reply_to(person.last_event(), "ようこそ", "何をしますか"))
        assert [message["text"] for message in person.from_bot()] == ["ようこそ", "何をしますか"]
        assert len(sent.sent_messages) == 2

    def test_a_reply_token_works_once(self, line: LineSimulator, api: MessagingApi):
        event = line.person().last_event()
        api.reply_message(reply_to(event, "一"))
        with pytest.raises(ApiException) as error:
            api.reply_message(reply_to(event, "二"))
        assert error.value.status == 400
        assert error.value.body == '{"message":"Invalid reply token"}'

    @pytest.mark.parametrize(("seconds", "status"), [(55, 200), (61, 400)])
    def test_a_reply_token_lives_one_minute(self, line: LineSimulator, seconds: int, status: int):
        event = line.person().last_event()
        line.advance(seconds)
        body = {"replyToken": event["replyToken"], "messages": [{"type": "text", "text": "はい"}]}
        assert line.api("POST", "/v2/bot/message/reply", body).status_code == status

    @pytest.mark.parametrize(("minutes", "status"), [(10, 200), (21, 400)])
    def test_a_redelivery_renews_the_minute_for_twenty_minutes(
        self, line: LineSimulator, webhook: Webhook, minutes: int, status: int
    ):
        line.faults(redeliver=True, redeliver_after_ms=400)
        webhook.status = 500
        person = line.person()
        webhook.status = 200
        line.advance(minutes * 60)
        while len(webhook.requests) < 2:
            person.messages(wait=0)
        token = person.last_event()["replyToken"]
        body = {"replyToken": token, "messages": [{"type": "text", "text": "はい"}]}
        assert line.api("POST", "/v2/bot/message/reply", body).status_code == status

    def test_a_refused_reply_does_not_use_the_token_up(self, line: LineSimulator, api: MessagingApi):
        event = line.person().last_event()
        with pytest.raises(ApiException):
            api.reply_message(reply_to(event, "長" * 5001))
        api.reply_message(reply_to(event, "短い"))

    def test_a_retry_key_is_refused(self, line: LineSimulator):
        event = line.person().last_event()
        body = {"replyToken": event["replyToken"], "messages": [{"type": "text", "text": "はい"}]}
        answer = line.api("POST", "/v2/bot/message/reply", body, **{"X-Line-Retry-Key": str(uuid.uuid4())})
        assert answer.status_code == 400


class TestPushing:
    def test_a_push_stands_in_the_chat(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        sent = api.push_message(PushMessageRequest(to=person.user_id, messages=[text("発送しました")]))
        assert person.from_bot() == [{"type": "text", "text": "発送しました"}]
        assert sent.sent_messages[0].id

    def test_the_same_retry_key_sends_once(self, line: LineSimulator, api: MessagingApi):
        person, key = line.person(), str(uuid.uuid4())
        request = PushMessageRequest(to=person.user_id, messages=[text("一度だけ")])
        first = api.push_message_with_http_info(request, x_line_retry_key=key)
        with pytest.raises(ApiException) as error:
            api.push_message(request, x_line_retry_key=key)
        assert error.value.status == 409
        assert error.value.headers["x-line-accepted-request-id"] == first.headers["X-Line-Request-Id"]
        assert "The retry key is already accepted" in error.value.body
        assert "sentMessages" in error.value.body
        assert len(person.from_bot()) == 1

    def test_a_retry_key_is_free_again_after_a_day(self, line: LineSimulator, api: MessagingApi):
        person, key = line.person(), str(uuid.uuid4())
        request = PushMessageRequest(to=person.user_id, messages=[text("毎日")])
        api.push_message(request, x_line_retry_key=key)
        line.advance(24 * 3600 + 1)
        api.push_message(request, x_line_retry_key=key)
        assert len(person.from_bot()) == 2

    def test_a_refused_push_does_not_use_the_key_up(self, line: LineSimulator, api: MessagingApi):
        person, key = line.person(), str(uuid.uuid4())
        with pytest.raises(ApiException):
            api.push_message(PushMessageRequest(to=person.user_id, messages=[text("")]), x_line_retry_key=key)
        api.push_message(PushMessageRequest(to=person.user_id, messages=[text("はい")]), x_line_retry_key=key)

    def test_a_malformed_retry_key_is_refused(self, line: LineSimulator):
        body = {"to": line.person().user_id, "messages": [{"type": "text", "text": "はい"}]}
        answer = line.api("POST", "/v2/bot/message/push", body, **{"X-Line-Retry-Key": "not-a-uuid"})
        assert answer.status_code == 400

    def test_an_ordered_failure_after_the_work_is_found_by_the_retry(self, line: LineSimulator):
        person, key = line.person(), {"X-Line-Retry-Key": str(uuid.uuid4())}
        body = {"to": person.user_id, "messages": [{"type": "text", "text": "はい"}]}
        line.faults(fail_api={"push": 500}, fail_after=True)
        assert line.api("POST", "/v2/bot/message/push", body, **key).status_code == 500
        line.faults(fail_api={})
        assert line.api("POST", "/v2/bot/message/push", body, **key).status_code == 409
        assert len(person.from_bot()) == 1

    def test_an_ordered_failure_does_nothing(self, line: LineSimulator):
        person = line.person()
        line.faults(fail_api={"push": 429})
        body = {"to": person.user_id, "messages": [{"type": "text", "text": "はい"}]}
        answer = line.api("POST", "/v2/bot/message/push", body)
        assert answer.status_code == 429
        assert answer.json()["message"] == "The API rate limit has been exceeded. Try again later."
        assert person.from_bot() == []

    def test_a_push_to_who_blocked_the_account_succeeds_unseen(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        person.act("block")
        api.push_message(PushMessageRequest(to=person.user_id, messages=[text("見えますか")]))
        assert person.from_bot() == []

    @pytest.mark.parametrize("to", ["someone", "", None, 5])
    def test_a_malformed_recipient_is_refused_in_lines_words(self, line: LineSimulator, to: object):
        answer = line.api("POST", "/v2/bot/message/push", {"to": to, "messages": [{"type": "text", "text": "はい"}]})
        assert answer.status_code == 400
        assert answer.json()["message"] == "The property, 'to', in the request body is invalid (line: -, column: -)"

    def test_an_unknown_recipient_is_refused(self, line: LineSimulator):
        body = {"to": NOBODY, "messages": [{"type": "text", "text": "はい"}]}
        assert line.api("POST", "/v2/bot/message/push", body).json() == {"message": "Failed to send messages"}

    def test_the_quota_counts_people_not_messages(self, line: LineSimulator, api: MessagingApi):
        line.faults(quota=2)
        person = line.person()
        request = PushMessageRequest(to=person.user_id, messages=[text("一"), text("二"), text("三")])
        api.push_message(request)
        api.push_message(request)
        with pytest.raises(ApiException) as error:
            api.push_message(request)
        assert error.value.status == 429
        assert "You have reached your monthly limit." in error.value.body
        assert api.get_message_quota().value == 2
        assert api.get_message_quota_consumption().total_usage == 2
        api.reply_message(reply_to(person.last_event(), "返信は数えない"))

    def test_a_new_month_has_a_new_quota(self, line: LineSimulator, api: MessagingApi):
        line.faults(quota=1)
        request = PushMessageRequest(to=line.person().user_id, messages=[text("一")])
        api.push_message(request)
        line.advance(32 * 86_400)
        api.push_message(request)

    def test_multicast_and_broadcast_reach_everybody_meant(self, line: LineSimulator, api: MessagingApi):
        hanako, ichiro = line.person("市川 花子"), line.person("髙橋 一郎")
        api.multicast(MulticastRequest(to=[hanako.user_id, NOBODY], messages=[text("お一人に")]))
        api.broadcast(BroadcastRequest(messages=[text("皆さまに")]))
        assert [message["text"] for message in hanako.from_bot()] == ["お一人に", "皆さまに"]
        assert [message["text"] for message in ichiro.from_bot()] == ["皆さまに"]

    def test_multicast_takes_five_hundred_people_at_most(self, line: LineSimulator):
        body = {"to": [NOBODY] * 501, "messages": [{"type": "text", "text": "はい"}]}
        assert line.api("POST", "/v2/bot/message/multicast", body).status_code == 400


class TestTheAccount:
    def test_every_answer_has_a_request_id(self, line: LineSimulator):
        assert uuid.UUID(line.api("GET", "/v2/bot/info").headers["x-line-request-id"])

    def test_a_wrong_token_is_refused(self, line: LineSimulator):
        answer = line.client.get("/v2/bot/info", headers={"Authorization": "Bearer nonsense"})
        assert answer.status_code == 401
        assert answer.json()["message"].startswith("Authentication failed due to the following reason:")

    def test_no_token_is_refused(self, line: LineSimulator):
        assert line.client.get("/v2/bot/info").status_code == 401

    def test_broken_json_is_located(self, line: LineSimulator):
        headers = {"Authorization": f"Bearer {ACCESS_TOKEN}", "Content-Type": "application/json"}
        answer = line.client.post("/v2/bot/message/push", content=b'{"to":\n x}', headers=headers)
        assert answer.json()["message"] == "The request body could not be parsed as JSON (line: 2, column: 2)"

    def test_two_megabytes_are_the_most(self, line: LineSimulator):
        body = {"to": NOBODY, "messages": [{"type": "text", "text": "a" * (2 * 1024 * 1024)}]}
        assert line.api("POST", "/v2/bot/message/push", body).status_code == 413

    def test_the_profile_is_gone_while_blocked(self, line: LineSimulator, api: MessagingApi):
        person = line.person("𠮷田 邉")
        assert api.get_profile(person.user_id).display_name == "𠮷田 邉"
        person.act("block")
        with pytest.raises(ApiException) as error:
            api.get_profile(person.user_id)
        assert error.value.status == 404

    def test_followers_come_in_pages(self, line: LineSimulator, api: MessagingApi):
        ids = [line.person(f"{n}番").user_id for n in range(5)]
        first = api.get_followers(limit=3)
        second = api.get_followers(limit=3, start=first.next)
        assert first.user_ids + second.user_ids == ids
        assert second.next is None

    def test_info_names_the_destination(self, line: LineSimulator, webhook: Webhook, api: MessagingApi):
        line.person()
        assert api.get_bot_info().user_id.encode() in webhook.requests[0][1]

    def test_the_webhook_address_can_be_read_and_changed(
        self, line: LineSimulator, webhook: Webhook, api: MessagingApi
    ):
        assert api.get_webhook_endpoint().endpoint == webhook.url
        assert line.api("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": "ftp://x/"}).status_code == 400

    def test_a_photo_can_be_downloaded_until_it_is_unsent(self, line: LineSimulator, sdk: ApiClient, photo: bytes):
        person, blob = line.person(), MessagingApiBlob(sdk)
        url = f"/control/users/{person.user_id}/image"
        identifier = line.client.post(url, files={"image": ("a.jpg", photo, "image/jpeg")}).json()["messageIds"][0]
        assert bytes(blob.get_message_content(identifier)) == photo
        assert Image.open(io.BytesIO(blob.get_message_content_preview(identifier))).width == 240
        person.act("unsend")
        with pytest.raises(ApiException) as error:
            blob.get_message_content(identifier)
        assert error.value.status == 404

    def test_a_film_is_transcoded_first(self, line: LineSimulator, sdk: ApiClient):
        person, blob = line.person(), MessagingApiBlob(sdk)
        url = f"/control/users/{person.user_id}/file"
        answer = line.client.post(url, files={"file": ("a.mp4", b"film", "video/mp4")})
        identifier = answer.json()["messageIds"][0]
        assert blob.get_message_content_transcoding_by_message_id(identifier).status == "processing"
        line.advance(5)
        assert blob.get_message_content_transcoding_by_message_id(identifier).status == "succeeded"
        assert bytes(blob.get_message_content(identifier)) == b"film"

    @pytest.mark.parametrize(("seconds", "status"), [(5, 202), (60, 202), (7, 400), (65, 400), (0, 400)])
    def test_the_loading_animation_lasts_multiples_of_five_seconds(
        self, line: LineSimulator, seconds: int, status: int
    ):
        body = {"chatId": line.person().user_id, "loadingSeconds": seconds}
        assert line.api("POST", "/v2/bot/chat/loading/start", body).status_code == status

    def test_the_sdk_starts_the_loading_animation(self, line: LineSimulator, api: MessagingApi):
        api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=line.person().user_id, loading_seconds=5))

    def test_a_message_can_be_marked_as_read(self, line: LineSimulator):
        person = line.person()
        person.say("読みましたか")
        token = person.last_event()["message"]["markAsReadToken"]
        assert line.api("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": token}).status_code == 200
        assert line.api("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": "nonsense"}).status_code == 400

    def test_validation_sends_nothing(self, line: LineSimulator, api: MessagingApi):
        person = line.person()
        api.validate_push(ValidateMessageRequest(messages=[text("はい")]))
        with pytest.raises(ApiException):
            api.validate_reply(ValidateMessageRequest(messages=[text("")]))
        assert person.from_bot() == []

    def test_the_sdks_flex_and_quick_replies_are_understood(self, line: LineSimulator, api: MessagingApi):
        bubble = (
            '{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[{"type":"text","text":"確認"}]}}'
        )
        quick = QuickReply(items=[QuickReplyItem(action=MessageAction(label="はい", text="はい"))])
        message = FlexMessage(alt_text="確認", contents=FlexContainer.from_json(bubble), quick_reply=quick)
        person = line.person()
        api.push_message(PushMessageRequest(to=person.user_id, messages=[message]))
        person.tap("はい")
        assert person.last_event()["message"]["text"] == "はい"


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


def test_a_restart_keeps_friends_chats_menus_and_clock(tmp_path: Path, webhook: Webhook):
    with line_simulator(tmp_path, webhook.url) as before:
        person = before.person()
        person.say("覚えていますか")
        before.advance(3600)
        with ApiClient(Configuration(host=before.base_url, access_token=ACCESS_TOKEN)) as client:
            MessagingApi(client).set_default_rich_menu(new_menu(MessagingApi(client)))
    with line_simulator(tmp_path) as after:
        person.client = after.client
        assert person.last_event()["message"]["text"] == "覚えていますか"
        assert after.client.get("/control/clock").json()["offset_s"] == 3600
        person.tap("住民票")
        assert b"start:juminhyo" in webhook.requests[-1][1]
