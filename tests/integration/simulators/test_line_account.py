"""The account, its friends and what they send, asked of the LINE simulator with LINE's own SDK."""

from __future__ import annotations

import io
import uuid

import pytest
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    FlexMessage,
    MessageAction,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.messaging.models import FlexContainer
from PIL import Image

from tests.line_simulator import ACCESS_TOKEN, LineSimulator, Webhook


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
        body = {"to": "U" + "0" * 32, "messages": [{"type": "text", "text": "a" * (2 * 1024 * 1024)}]}
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
        api.validate_push(ValidateMessageRequest(messages=[TextMessage(text="はい")]))
        with pytest.raises(ApiException):
            api.validate_reply(ValidateMessageRequest(messages=[TextMessage(text="")]))
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
