"""Hanako applies in chat: whatever she types, taps twice, or taps long after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.utils import timezone

from madoguchi.catalog.queries import AppRevision
from madoguchi.channels.line.friends import friend_of
from madoguchi.definition.app import AppDefinition
from madoguchi.intake import interviews
from madoguchi.intake.models import Application, Interview
from madoguchi.interview.types import State
from madoguchi.payments.models import Payment
from madoguchi.records.read import get_record
from tests.integration.line.walking import SUMMARY, answer_until, start
from tests.line_chat import Chat, actions_of
from tests.publishing import publish
from tests.samples import DATA

pytestmark = pytest.mark.django_db
OPEN = Interview.Outcome.OPEN


def with_question(**field: Any) -> AppRevision:
    """The certificate all in chat, with one more question in front."""
    data = yaml.safe_load((DATA / "certificate.yaml").read_text(encoding="utf-8"))
    data["fields"].insert(0, {"id": 90, "code": "問", "label": "問い", "required": True, **field})
    data["procedure"] |= {"all_in_chat": True, "pilot_only": True, "banner": "試験です。", "menu": "住民票"}
    return publish(AppDefinition.model_validate(data))


def state_of(chat: Chat) -> State:
    """The stored state of the interview that the chat is in."""
    interview = friend_of(chat.person.user_id).interview
    assert interview
    return interviews.open_state(interview)


# --- the whole way ---


def test_hanako_applies_all_in_chat_and_gets_her_receipt_number(pilot: AppRevision, hanako: Chat):
    checked = answer_until(hanako, SUMMARY)
    for line in ("市川 花子（イチカワ ハナコ）", "昭和60年4月1日", "1丁目1番1号", "2通", "合計", "710円"):
        assert line in checked
    heard = hanako.tap("この内容で申請する")
    application = Application.objects.get()
    assert f"受付番号は {application.receipt_number} です" in heard
    assert "/pay/" in hanako.link("支払いに進む")
    record = get_record(pilot, application.record_id)
    assert record.values["氏名"]["given_kana"] == "ハナコ" and record.values["住所"]["town"] == "八幡"
    assert (record.channel, len(record.values["身分証おもて"])) == ("line", 1)


def test_a_double_tap_on_send_makes_one_application_and_says_the_number_twice(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    send = hanako.button("この内容で申請する")
    hanako.person.act("press", action=send)
    hanako.person.act("press", action=send)
    heard = hanako.settle()
    assert heard.count(Application.objects.get().receipt_number) == 2
    assert Payment.objects.count() == 1
    assert Application.objects.get().receipt_number in hanako.press(send)


def test_a_summary_from_before_a_change_cannot_be_sent(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    old = hanako.button("この内容で申請する")
    hanako.tap("直す")
    hanako.tap("通数")
    assert "3通" in hanako.say("3")
    heard = hanako.press(old)
    assert "内容が変わっています" in heard and "3通" in heard
    assert not Application.objects.exists()
    hanako.tap("この内容で申請する")
    assert Payment.objects.get().amount == 1010


def test_at_the_summary_the_buttons_words_may_be_typed(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    assert "下のボタンから選んでください" in hanako.say("これでいいです")
    assert "どの項目を直しますか" in hanako.say("直す")
    assert SUMMARY in hanako.tap("確認に戻る")
    assert "受付番号は" in hanako.say("この内容で申請する")


# --- controls at any moment ---


def test_back_leads_to_the_question_before_and_keeps_what_was_answered(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "何通必要")
    assert "省略せずに" in hanako.tap("戻る")
    assert "証明する範囲" in hanako.say("戻る")
    assert "何通必要" in hanako.say("1"), "what was answered behind it is not asked again"


def test_starting_over_asks_first_where_it_costs_answers(pilot: AppRevision, hanako: Chat):
    assert "（1/14）" in (start(hanako) and hanako.say("最初から"))
    answer_until(hanako, "何通必要", hanako.say("市川 花子"))
    assert "入力した内容は消えます" in hanako.say("最初から")
    assert "何通必要" in hanako.tap("入力に戻る")
    hanako.tap("最初から")
    assert "（1/14）" in hanako.tap("消して最初から")
    assert state_of(hanako).answers == {}


@pytest.mark.parametrize("at", ["お名前", "郵便番号", "何通必要", "おもて", SUMMARY])
def test_staff_state_and_language_are_there_at_any_moment_and_lose_nothing(pilot: AppRevision, hanako: Chat, at: str):
    answer_until(hanako, at)
    before = state_of(hanako)
    assert "047-000-0000" in hanako.say("職員に聞く")
    assert at in hanako.tap("入力に戻る")
    assert "まだ申請はありません" in hanako.say("申請状況")
    assert at in hanako.tap("入力に戻る")
    assert "Please choose" in hanako.say("言語")
    assert at in hanako.tap("日本語")
    assert state_of(hanako) == before


def test_leaving_keeps_the_answers_until_they_are_forgotten_on_request(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "何通必要")
    assert "入力を中断しました" in hanako.say("やめる")
    assert "うまく読み取れません" in hanako.say("2")
    assert "何通必要" in hanako.say("入力に戻る")
    hanako.say("やめる")
    assert "入力した内容を消しました" in hanako.tap("入力を消す")
    assert Interview.objects.get().outcome == Interview.Outcome.ABANDONED
    assert "入力の途中の手続はありません" in hanako.say("入力に戻る")


def test_the_menu_way_back_helps_also_where_nothing_is_open(pilot: AppRevision, hanako: Chat):
    heard = hanako.say("入力に戻る")
    assert "入力の途中の手続はありません" in heard and "まだ申請はありません" in heard
    assert "住民票" in hanako.labels


def test_after_sending_the_way_back_shows_the_application(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    hanako.tap("この内容で申請する")
    number = Application.objects.get().receipt_number
    for word in ("入力に戻る", "申請状況", "戻る", "最初から"):
        assert number in hanako.say(word), word
    assert "手続でよろしいですか" in hanako.say("住民票")


def test_words_of_control_are_answers_where_the_question_offers_them(hanako: Chat):
    with_question(type="choice", options=["電話", "やめる", "来庁"])
    hanako.say("住民票")
    hanako.tap("住民票の写し")
    assert "（2/15）" in hanako.say("やめる")
    hanako.say("戻る")
    assert "（2/15）" in hanako.say("電話")
    assert state_of(hanako).answers["問"] == "電話"


# --- two procedures ---


def test_a_resident_with_two_begun_procedures_returns_to_either(pilot: AppRevision, report: AppRevision, hanako: Chat):
    answer_until(hanako, "生年月日")
    begin_report(hanako)
    hanako.say("八幡1丁目の交差点")
    heard = hanako.say("入力に戻る")
    assert "どの手続を続けますか" in heard and "住民票の写し" in heard and "道路の傷みの通報" in heard
    resume = [a for a in _buttons(hanako) if a["label"] == "続きから"]
    assert len(resume) == 2
    assert "生年月日" in hanako.press(resume[1])
    assert "（3/14）" in hanako.say("昭和60年4月1日")
    assert "写真" in hanako.press(resume[0])


def begin_report(chat: Chat) -> str:
    """Out of all procedures, begins the damage report."""
    chat.say("メニュー")
    starts = [a for message in chat.messages for a in actions_of(message) if a.get("data") == "start|everything"]
    return chat.press(starts[-1])


def _buttons(chat: Chat) -> list[dict[str, Any]]:
    return list(actions_of(chat.messages[-1]))


def test_a_button_of_another_interview_changes_nothing(pilot: AppRevision, report: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    old = [hanako.button(label) for label in ("この内容で申請する", "直す")]
    begin_report(hanako)
    for button in old:
        assert "前の手続のボタンは、もう使えません" in hanako.press(button)
    assert not Application.objects.exists()


def test_a_begun_procedure_is_gone_on_with_or_begun_anew_on_request(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "何通必要")
    begin = hanako.button("住民票の写し")
    assert "入力の途中です" in hanako.press(begin)
    assert "何通必要" in hanako.tap("続きから")
    hanako.press(begin)
    assert "（1/14）" in hanako.tap("最初から")
    assert Interview.objects.filter(outcome=OPEN).count() == 1


# --- what nobody expects ---


@pytest.mark.parametrize("sentence", ["あいうえお", "？", "😀", "市民税はいくらですか", "12345", "長" * 5000])
def test_an_unexpected_sentence_gets_a_helpful_answer(pilot: AppRevision, hanako: Chat, sentence: str):
    assert "うまく読み取れませんでした" in hanako.say(sentence)
    assert {"住民票", "申請の状況", "職員に聞く"} <= set(hanako.labels)


@pytest.mark.parametrize("sentence", ["住民票がほしい", "証明書を取りたいです", "住民票の写し", "住民"])
def test_a_sentence_that_names_a_procedure_offers_it(pilot: AppRevision, hanako: Chat, sentence: str):
    assert "住民票の写しを郵送でお届けします" in hanako.say(sentence)


def test_stickers_and_films_are_refused_kindly_and_the_question_stands(pilot: AppRevision, hanako: Chat):
    assert "スタンプや動画" in hanako.act("sticker")
    start(hanako)
    heard = hanako.act("sticker")
    assert "スタンプや動画" in heard and "（1/14）" in heard
    film = ("a.mp4", b"\0" * 100, "video/mp4")
    assert "（1/14）" in hanako.send(film)
    assert "いまは場所をお願いしていません" in hanako.act("location", latitude=35.7, longitude=139.9)


def test_an_unknown_or_ancient_button_is_explained(pilot: AppRevision, hanako: Chat):
    for data in ("ans:3:1", "answer|3|-|1", "nonsense"):
        heard = hanako.press({"type": "postback", "label": "昔", "data": data})
        assert heard, data
    start(hanako)
    for data in ("answer|3|-|1", "confirm|x|1", "nonsense", "answer|", "pick|x|1|-", "change|x|99"):
        assert "（1/14）" in hanako.press({"type": "postback", "label": "昔", "data": data}), data


# --- answers of every kind ---


@pytest.mark.parametrize(
    "typed",
    ["昭和60年4月1日", "S60.4.1", "1985-04-01", "1985/4/1", "19850401", "１９８５年４月１日", "昭和六十年四月一日"],
)
def test_a_date_is_taken_however_it_is_typed(pilot: AppRevision, hanako: Chat, typed: str):
    answer_until(hanako, "生年月日")
    assert "（3/14）住所" in hanako.say(typed)
    assert state_of(hanako).answers["生年月日"] == "1985-04-01"


def test_a_date_is_picked_and_an_impossible_one_is_explained(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "生年月日")
    for wrong, why in (("昭和65年1月1日", "昭和"), ("2月30日", "日付"), ("2999-01-01", "以前の日付")):
        heard = hanako.say(wrong)
        assert why in heard and "（2/14）生年月日" in heard
    assert "（3/14）住所" in hanako.tap("日付を選ぶ", "1985-04-01")


def test_a_name_without_a_space_is_explained_with_an_example(pilot: AppRevision, hanako: Chat):
    start(hanako)
    heard = hanako.say("市川花子")
    assert "姓と名の間に空白を入れてください（例：市川 花子）" in heard
    assert "フリガナ" in hanako.say("𠮷田　邉")
    assert "カタカナで入力してください" in hanako.say("yoshida wataru")
    assert "生年月日" in hanako.say("ヨシダ ワタル")


def test_the_postal_code_names_the_town_and_an_unknown_one_is_explained(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "郵便番号")
    assert "7桁" in hanako.say("272")
    assert "見つかりません" in hanako.say("0000000")
    assert "市区町村の中の住所だけ" in hanako.say("100-0001")
    assert "千葉県市川市八幡のあとの、丁目・番地・号" in hanako.say("２７２－００２１")


def test_where_a_postal_code_has_several_towns_one_is_tapped_or_typed(report: AppRevision, hanako: Chat):
    hanako.say("メニュー")
    hanako.tap("道路の傷みの通報")
    heard = hanako.say("八幡の交差点")
    for _ in range(30):
        if "郵便番号" in heard:
            break
        heard = hanako.say("答えない") if "答えない" not in hanako.labels else hanako.tap("答えない")
        if "状況" in heard or "読み取れませんでした" in heard:
            heard = hanako.say("穴があります")
        if "見つけた日時" in heard:
            heard = hanako.say("2026-11-22 18:30")
        if "1. 穴" in heard or "種類" in heard:
            heard = hanako.say("1")
    heard = hanako.say("4520961")
    assert "【町名】" in heard
    town = hanako.labels[0]
    assert f"{town}のあとの" in hanako.tap(town)


def test_optional_parts_are_left_out(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "建物名")
    assert "（4/14）" in hanako.tap("答えない")
    assert not state_of(hanako).answers["住所"].get("building")


def test_several_choices_are_typed_as_numbers(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "省略せずに")
    hanako.say("1、2")
    answers = state_of(hanako).answers
    assert answers["記載事項"] == ["世帯主と続柄", "本籍と筆頭者"]


def test_more_than_thirteen_choices_are_paged_and_each_can_be_tapped(hanako: Chat):
    with_question(type="choice", options=[f"町内会{number}" for number in range(30)])
    hanako.say("住民票")
    hanako.tap("住民票の写し")
    hanako.tap("ほかの選択肢")
    hanako.tap("ほかの選択肢")
    assert "町内会20" in hanako.labels
    assert "（2/15）" in hanako.tap("町内会20")
    assert state_of(hanako).answers["問"] == "町内会20"


def test_refusing_to_agree_says_what_that_means(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "同意します")
    assert "申請するには同意が必要です" in hanako.tap("同意しない")
    assert SUMMARY in hanako.tap("同意する")


# --- time ---


def test_after_thirty_days_the_chat_says_so_and_begins_again(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "生年月日")
    Interview.objects.update(expires_at=timezone.now() - timedelta(days=1))
    for word in ("昭和60年4月1日", "戻る"):
        heard = hanako.say(word)
        assert "期限（30日）が過ぎ" in heard or "入力の途中の手続はありません" in heard
    hanako.say("住民票")
    assert "（1/14）" in hanako.tap("住民票の写し")


# --- languages ---


def test_the_language_is_chosen_in_chat_and_everything_follows(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "生年月日")
    hanako.say("Language")
    heard = hanako.tap("English")
    assert "I will continue in English." in heard and "Date of birth" in heard
    assert "read" in hanako.say("yesterday")
    assert "Address" in hanako.say("1985-04-01")
    assert friend_of(hanako.person.user_id).resident.language == "en"
    assert state_of(hanako).language == "en"


def test_a_summary_in_english_is_english(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, SUMMARY)
    hanako.say("English")
    heard = hanako.tap("English")
    assert "Full name\n市川 花子" in heard and "1985-04-01" in heard and "710 yen" in heard


def test_easy_japanese_is_offered(pilot: AppRevision, hanako: Chat):
    hanako.say("やさしい日本語")
    assert "話（はな）します" in hanako.tap("やさしい日本語")


# --- coming and going ---


def test_who_comes_back_is_welcomed_back_and_can_go_on(pilot: AppRevision, hanako: Chat):
    answer_until(hanako, "生年月日")
    hanako.act("block")
    assert friend_of(hanako.person.user_id).blocked_at is not None
    assert "おかえりなさい" in hanako.act("unblock")
    assert "生年月日" in hanako.tap("入力に戻る")


def test_the_contact_of_the_open_procedure_is_its_own_office(pilot: AppRevision, hanako: Chat):
    start(hanako)
    assert "窓口市 市民課" in hanako.say("職員に聞く")
    assert hanako.button("電話をかける")["uri"] == "tel:0470000000"
