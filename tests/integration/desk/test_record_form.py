"""A record is added and changed by hand, whatever types of field it has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from madoguchi.catalog.models import City
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import AppDefinition
from madoguchi.records.models import AccessLog, Event, StoredFile
from madoguchi.records.read import get_record
from tests.integration.desk import ledger
from tests.integration.desk.conftest import At
from tests.integration.desk.ledger import add, sent
from tests.publishing import publish

pytestmark = pytest.mark.django_db
ADD = "/desk/ledger/add/"


@pytest.fixture
def app(city: City) -> AppRevision:
    return ledger.published()


def newest(app: AppRevision) -> dict[str, Any]:
    event = Event.objects.filter(app_id=app.app_id, kind="created").latest("id")
    return get_record(app, event.record_id).values


def test_a_record_with_every_type_is_added(app: AppRevision, at: At, staff: object) -> None:
    data = sent(
        app, 件名="雨漏り", メモ="1行目\r\n2行目", 単価="1,200円", 数量="３", 受付日="令和8年11月23日", 種別="修理",
        色=["赤", "黄"], 氏名__family="市川",
        氏名__given="花子", 氏名__family_kana="いちかわ", 氏名__given_kana="はなこ",
        職員="sato suzuki", 課="shimin", 店="A-1", 説明="<p>急ぎ<script>alert(1)</script></p>", 日時__date="R8.11.23",
        日時__time="午後2時5分", 管理番号="K-1", ページ="https://example.jp/", 時刻="9:30", 同意="yes",
        明細__row=["0", "7"], **{"明細__0.16": "板", "明細__0.17": "2", "明細__0.18": "500",
        "明細__7.16": "釘", "明細__7.17": "10", "明細__7.18": "20"},
        住所__postal_code="2720021", 住所__town="八幡", 住所__street="1丁目1番1号", 場所__lat="35.7", 場所__lon="139.9",
    )
    answer = at("sato").post(ADD, data)
    assert answer.status_code == 302, re.findall(r'<a href="#[^>]*>([^<]*)', answer.content.decode())
    values = newest(app)
    assert values["単価"] == 1200
    assert values["数量"] == "3"
    assert values["合計"] == 3600
    assert values["受付日"] == "2026-11-23"
    assert values["職員"] == ["sato", "suzuki"]
    assert values["店名"] == "窓口金物店"
    assert values["説明"] == "<p>急ぎ</p>"
    assert values["日時"] == "2026-11-23T14:05:00+09:00"
    assert [(row["品名"], row["小計"]) for row in values["明細"]] == [("板", 1000), ("釘", 200)]
    assert values["番号"] == "修繕-0001"
    assert values["住所"]["city"] == "市川市"


def test_the_form_begins_with_the_defaults_and_an_emptied_one_stays_empty(app: AppRevision, at: At) -> None:
    page = at("sato").get(ADD).content.decode()
    assert 'name="f.4" value="1"' in page
    at("sato").post(ADD, sent(app, 件名="雨漏り", 数量=""))
    assert "数量" not in newest(app)


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(app: AppRevision, at: At) -> None:
    data = sent(app, 件名="", 単価="たくさん", 受付日="昨日の昨日", メモ="書いたこと", 職員="dareka",
                明細__row=["0"], **{"明細__0.17": "x"})
    answer = at("sato").post(ADD, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    told = ("「件名」を入力してください", "「単価」は数字で", "日付", "「dareka」は登録されていません", "明細 1行目")
    for message in told:
        assert message in page
    for typed in ("たくさん", "昨日の昨日", "書いたこと"):
        assert typed in page
    assert not Event.objects.filter(app_id=app.app_id).exists()


def test_a_field_whose_condition_is_false_is_neither_asked_nor_stored(app: AppRevision, at: At) -> None:
    at("sato").post(ADD, sent(app, 件名="雨漏り", 種別="修理", 理由="残っていた言葉"))
    assert "理由" not in newest(app)
    answer = at("sato").post(ADD, sent(app, 件名="雨漏り", 種別="その他", 理由=""))
    assert "「理由」を入力してください" in answer.content.decode()


def test_what_follows_is_calculated_while_somebody_types(app: AppRevision, at: At) -> None:
    data = sent(app, 件名="雨漏り", 単価="700", 数量="2", 種別="その他", 店="B-2", 受付日="R8.11.23",
                明細__row=["3"], **{"明細__3.16": "板", "明細__3.17": "2", "明細__3.18": "500"})
    answer = at("sato").post("/desk/ledger/form/", data).json()
    assert answer["outputs"]["f.5"] == "1,400円"
    assert answer["outputs"]["f.14"] == "八幡電気"
    assert answer["outputs"]["f.15.3.19"] == "1,000円"
    assert "令和8年11月23日" in answer["outputs"]["f.6"]
    assert 8 not in answer["hidden"]
    assert 8 in at("sato").post("/desk/ledger/form/", {**data, "f.7": "修理"}).json()["hidden"]


def test_rows_move_without_any_script(app: AppRevision, at: At) -> None:
    rows = {"明細__0.16": "板", "明細__1.16": "釘"}
    data = sent(app, 件名="雨漏り", 明細__row=["0", "1"], **rows)
    def names(do: str) -> list[str]:
        page = at("sato").post(ADD, {**data, "do": do}).content.decode().split("<template>")[0]
        return re.findall(r'name="f\.15\.\d+\.16" value="([^"]*)"', page)
    assert names("row_down.15.0") == ["釘", "板"]
    assert names("row_up.15.1") == ["釘", "板"]
    assert names("remove_row.15.0") == ["釘"]
    assert names("add_row.15") == ["板", "釘", ""]
    assert not Event.objects.filter(app_id=app.app_id).exists()


def test_only_what_was_changed_is_written(app: AppRevision, at: At) -> None:
    record_id = add(app, 単価=100, 数量="1", 職員=["sato"], メモ="もと", 明細=[{"品名": "板", "個数": "1"}])
    page = at("sato").get(f"/desk/ledger/{record_id}/edit/").content.decode()
    assert 'name="f.1" value="雨漏り"' in page
    data = sent(app, 件名="雨漏り", 単価="200", メモ="もと", 職員="sato")
    answer = at("sato").post(f"/desk/ledger/{record_id}/edit/", {**data, "revision": 1})
    assert answer.status_code == 302
    event = Event.objects.filter(record_id=record_id, kind="updated").get()
    assert set(event.after) == {"3", "5"}
    assert get_record(app, record_id).values["明細"][0]["品名"] == "板"


def test_a_row_keeps_its_number_when_it_moves(app: AppRevision, at: At) -> None:
    record_id = add(app, 明細=[{"品名": "板"}, {"品名": "釘"}])
    first, second = (row["$id"] for row in get_record(app, record_id).values["明細"])
    rows = {"明細__0.id": first, "明細__0.16": "板", "明細__1.id": second, "明細__1.16": "釘"}
    data = sent(app, 明細__row=["1", "0"], **rows)
    at("sato").post(f"/desk/ledger/{record_id}/edit/", {**data, "revision": 1})
    stored = [(row["$id"], row["品名"]) for row in get_record(app, record_id).values["明細"]]
    assert stored == [(second, "釘"), (first, "板")]


def test_a_value_that_may_be_there_once_is_refused_beside_its_field(app: AppRevision, at: At) -> None:
    add(app, 管理番号="K-1")
    answer = at("sato").post(ADD, sent(app, 件名="別の件", 管理番号="K-1"))
    assert answer.status_code == 422
    assert "同じ値のレコードがすでにあります" in answer.content.decode()


def test_fields_that_may_not_be_changed_are_not_boxes_and_are_not_taken(city: City, at: At) -> None:
    app = ledger.published(field_rules=[
        {"field": "単価", "allow": [{"access": "read"}]},
        {"field": "メモ", "allow": [{"staff": "ito", "access": "write"}]},
    ])
    record_id = add(app, 単価=100, メモ="秘密の言葉")
    page = at("sato").get(f"/desk/ledger/{record_id}/edit/").content.decode()
    assert 'name="f.3"' not in page
    assert "100円" in page
    assert "秘密の言葉" not in page
    data = sent(app, 件名="変えた", 単価="1", メモ="上書き")
    at("sato").post(f"/desk/ledger/{record_id}/edit/", {**data, "revision": 1})
    values = get_record(app, record_id).values
    assert (values["件名"], values["単価"], values["メモ"]) == ("変えた", 100, "秘密の言葉")


def test_who_may_not_edit_by_a_rule_gets_no_form(city: City, at: At) -> None:
    app = ledger.published(record_rules=[{"filter": "", "allow": [{"rights": ["view"]}]}])
    record_id = add(app)
    assert at("sato").get(f"/desk/ledger/{record_id}/edit/").status_code == 403
    assert at("sato").get(f"/desk/ledger/{record_id}/delete/").status_code == 403
    assert f"{record_id}/edit/" not in at("sato").get(f"/desk/ledger/{record_id}/").content.decode()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def test_files_are_sent_before_the_form_and_belong_to_whoever_sent_them(app: AppRevision, at: At) -> None:
    kept = at("sato").post("/desk/ledger/form/upload/20/", {"file": SimpleUploadedFile("見積.pdf", PDF)}).json()
    other = at("suzuki").post(ADD, sent(app, 件名="盗む", 書類=[kept["value"]]))
    assert other.status_code == 302
    assert "書類" not in newest(app)
    at("sato").post(ADD, sent(app, 件名="雨漏り", 書類=[kept["value"]]))
    (file_id,) = newest(app)["書類"]
    file = StoredFile.objects.get(pk=file_id)
    assert file.record_id is not None
    assert file.delete_after is None
    edit = f"/desk/ledger/{file.record_id}/edit/"
    at("sato").post(edit, {"f": ["20"], "revision": 1})
    file.refresh_from_db()
    assert file.deleted_at is not None


def test_a_file_sent_with_a_refused_form_is_not_lost(app: AppRevision, at: At) -> None:
    data = {**sent(app, 件名=""), "f": ["1", "20"], "f.20.new": SimpleUploadedFile("見積.pdf", PDF)}
    page = at("sato").post(ADD, data).content.decode()
    (name,) = re.findall(r'name="f\.20" value="([^"]+)"', page)
    at("sato").post(ADD, sent(app, 件名="雨漏り", 書類=[name]))
    assert len(newest(app)["書類"]) == 1


def test_a_record_is_copied_without_what_may_be_there_once_and_files_are_asked_about(app: AppRevision, at: At) -> None:
    kept = at("sato").post("/desk/ledger/form/upload/20/", {"file": SimpleUploadedFile("見積.pdf", PDF)}).json()
    at("sato").post(ADD, sent(app, 件名="雨漏り", 管理番号="K-1", 書類=[kept["value"]]))
    source = Event.objects.filter(app_id=app.app_id, kind="created").latest("id").record_id
    page = at("sato").get(f"{ADD}?from={source}").content.decode()
    assert 'value="雨漏り"' in page
    assert "K-1" not in page
    assert "ファイル1点も写す" in page
    at("sato").post(ADD, {**sent(app, 件名="雨漏り"), "from": source, "f": ["1", "20"]})
    assert "書類" not in newest(app)
    at("sato").post(ADD, {**sent(app, 件名="雨漏り"), "from": source, "f": ["1", "20"], "files": "1"})
    assert newest(app)["書類"] != get_record(app, source).values["書類"]
    assert newest(app)["番号"] != get_record(app, source).values["番号"]


def test_a_lookup_offers_the_rows_one_may_see(app: AppRevision, at: At) -> None:
    found = at("sato").post("/desk/ledger/form/lookup/13/", {"q": "八幡"}).content.decode()
    assert "八幡電気" in found
    assert "窓口金物店" not in found
    shops = {**ledger.SHOPS, "permissions": [{"department": "kankyo", "rights": ["view"]}]}
    publish(AppDefinition.model_validate(shops))
    hidden = at("sato").post("/desk/ledger/form/lookup/13/", {"q": ""}).content.decode()
    assert "八幡電気" not in hidden
    assert "権限がありません" in hidden


def test_colleagues_are_found_by_name(app: AppRevision, at: At) -> None:
    found = at("sato").get("/desk/ledger/form/people/?kind=staff&q=鈴木").json()["people"]
    assert [one["code"] for one in found] == ["suzuki"]
    (place,) = at("sato").get("/desk/ledger/form/people/?kind=department&q=shimin").json()["people"]
    assert (place["kind"], place["code"]) == ("department", "shimin")


def test_opening_the_form_is_noted_as_a_visit(app: AppRevision, at: At) -> None:
    record_id = add(app, 氏名={"family": "市川", "given": "花子", "family_kana": "イチカワ", "given_kana": "ハナコ"})
    at("sato").get(f"/desk/ledger/{record_id}/edit/")
    assert AccessLog.objects.get().field_ids == [10]


def test_deleting_says_what_goes_and_needs_the_state_that_was_seen(app: AppRevision, at: At) -> None:
    record_id = add(app)
    page = at("sato").get(f"/desk/ledger/{record_id}/delete/").content.decode()
    assert "なくなるもの" in page
    assert at("sato").post(f"/desk/ledger/{record_id}/delete/", {"revision": 9}).status_code == 409
    assert at("sato").post(f"/desk/ledger/{record_id}/delete/", {"revision": 1}).status_code == 302
    assert at("sato").get(f"/desk/ledger/{record_id}/").status_code == 404
    assert Event.objects.filter(record_id=record_id, kind="deleted").exists()


def test_the_record_shows_tables_names_links_and_rich_text(app: AppRevision, at: At) -> None:
    record_id = add(
        app, 説明="<p><strong>急ぎ</strong></p>", 職員=["suzuki"], ページ="https://example.jp/",
        明細=[{"品名": "板", "個数": "2"}],
    )
    for place in ("", "print/"):
        page = at("sato").get(f"/desk/ledger/{record_id}/{place}").content.decode()
        assert "<strong>急ぎ</strong>" in page
        assert "鈴木 健太" in page
        assert 'href="https://example.jp/"' in page
        assert "<td>板</td>" in page
