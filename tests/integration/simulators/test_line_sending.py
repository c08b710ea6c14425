"""Replies, pushes and messages to many in the LINE simulator, sent with LINE's own SDK."""

from __future__ import annotations

import uuid

import pytest
from linebot.v3.messaging import (
    ApiException,
    BroadcastRequest,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)

from tests.line_simulator import LineSimulator, Webhook

NOBODY = "U" + "0" * 32


def text(words: str) -> TextMessage:
    return TextMessage(text=words)


def reply_to(event: dict[str, str], *words: str) -> ReplyMessageRequest:
    return ReplyMessageRequest(reply_token=event["replyToken"], messages=[text(word) for word in words])


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
