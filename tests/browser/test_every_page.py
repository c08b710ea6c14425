"""Every page of the product, with real data: it opens, axe finds nothing, nobody scrolls sideways.

A new address fails ``test_no_page_is_forgotten`` until it is listed here, as a page or with the reason why it is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, expect

from tests.browser.conftest import Check, Photograph
from tests.browser.town import LARGE, SMALL, Clerk, Form, Pages, Phone, Town, press
from tests.walks import photo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("town")]

NO_PAGE = {
    "healthz": "a word for monitors", "readyz": "JSON for monitors",
    "accounts:sign-out": "leads to the sign-in page", "desk:counter": "leads to the public questions",
    "desk:accounting-csv": "CSV", "desk:file": "a picture", "desk:thumbnail": "a picture",
    "desk:letters-print": "PDF", "desk:letters-posted": "leads back", "desk:search": "leads back to the list",
    "desk:newer": "part of the list", "desk:assign-many": "leads back", "desk:assign": "leads back",
    "desk:own-remove": "leads back", "desk:reschedule": "leads back", "desk:inbox-read": "leads back",
    "desk:chart": "looked at in test_desk_views", "desk:chart-csv": "CSV", "desk:chart-delete": "leads back",
    "desk:move": "leads back", "desk:comment": "leads back", "desk:receive-payment": "leads back",
    "desk:refund-payment": "leads back",
    "desk:recalculate": "JSON", "desk:upload": "JSON", "desk:people": "JSON", "desk:lookup": "part of the form",
    "desk:export": "a file", "desk:mass": "in test_working_in_records", "desk:mass-state": "in test_working_in_records",
    "desk:mass-outcomes": "CSV", "desk:mass-stop": "leads back", "desk:restore": "in test_working_in_records",
    "desk:remove-comment": "leads back", "desk:cell": "part of the list",
    "desk:delete": "nobody may in the demo: looked at in test_working_in_records",
    "desk:letter": "PDF", "desk:label": "PDF", "operations:retry": "leads back",
    "line:webhook": "for LINE", "payments:return": "leads on", "payments:paypay-webhook": "for PayPay",
    "api:call": "for programs", "api:guest-call": "for programs", "api:openapi": "JSON",
    "api:reference": "Swagger UI, which axe would have otherwise; see test_api_page",
    "studio:draft": "JSON", "studio:check": "JSON", "studio:complete": "JSON", "studio:decide": "leads back",
    "studio:preview": "part of the designer", "studio:export-state": "part of a page", "studio:export-file": "a file",
    "studio:fee-sample": "JSON", "studio:chart-preview": "JSON", "studio:person-check": "JSON",
    "studio:document-preview": "JSON",
    "studio:import-fields": "needs a file: looked at in test_studio_import",
    "desk:import-columns": "needs a file: looked at in test_studio_import",
    "desk:import": "needs a file: looked at in test_studio_import",
    "desk:import-cancel": "leads back", "desk:import-errors": "a file",
    "studio:withdraw": "leads back", "studio:update": "leads back", "studio:discard": "leads back",
    "studio:call-off": "leads back", "studio:publish-progress": "part of a page",
    "studio:restore-revision": "leads back", "studio:restore-save": "leads back",
    "integration:revoke": "leads back", "integration:resend": "leads back", "integration:switch": "leads back",
    "integration:delete": "leads back", "integration:test": "answers with the webhook's page",
    "integration:webhook": "there is none in the demo: looked at in test_integration",
    "studio:group": "there is none in the demo: looked at in test_integration",
    "studio:group-members": "leads back", "studio:delete-group": "leads back",
    "identity:callback": "leads on", "web:resume": "leads to the open question", "web:file": "a picture",
}  # fmt: skip
PUBLIC = {
    "web:home": "/", "web:start": "/p/juminhyo-2019/", "web:find-status": "/status/", "web:settings": "/lang/",
    "web:accessibility": "/about/accessibility/", "web:privacy": "/about/privacy/", "demo": "/demo/",
    "accounts:sign-in": "/staff/sign-in",
    "web:question": "{interview}q/氏名/", "web:check": "{interview}check/", "web:save": "{interview}save/",
    "web:next": "{unsigned}next/",
    "web:pay": "{unpaid}pay/", "web:cancel": "{unpaid}cancel/", "web:done": "{unpaid}done/",
    "web:status": "{returned}", "web:correct": "{returned}correct/",
}  # fmt: skip
STAFF = {
    "desk:queue": ("sato", "/desk/"), "desk:list": ("sato", "/desk/juminhyo-2019/?view=all"),
    "desk:record": ("sato", "{record}"), "desk:identity": ("sato", "{record}identity/"),
    "desk:add": ("sato", "/desk/juminhyo-2019/add/"), "desk:edit": ("sato", "{record}edit/"),
    "desk:print": ("sato", "{record}print/"),
    "desk:letters": ("sato", "/desk/letters/"), "desk:accounting": ("tanaka", "/desk/accounting/"),
    "operations:overview": ("kobayashi", "/ops/"), "accounts:password": ("sato", "/staff/password"),
    "desk:action": ("sato", "{record}actions/return/"),
    "studio:home": ("watanabe", "/studio/"), "studio:new": ("watanabe", "/studio/new/"),
    "studio:app": ("watanabe", "{built}"), "studio:settings": ("watanabe", "{built}settings/"),
    "studio:review": ("watanabe", "{built}review/"), "studio:publish": ("watanabe", "{built}publish/"),
    "studio:history": ("watanabe", "{built}history/"), "studio:revision": ("watanabe", "{built}history/1/"),
    "studio:replay": ("watanabe", "{built}replay/"), "studio:replay-result": ("watanabe", "{replay}"),
    "studio:export": ("watanabe", "{built}export/"), "studio:arrival": ("watanabe", "/studio/new/file/"),
    "studio:held": ("watanabe", "{held}"), "studio:form": ("watanabe", "{built}form"),
    "studio:process": ("watanabe", "{built}process"), "studio:views": ("watanabe", "{built}views"),
    "studio:permissions": ("watanabe", "{built}permissions"),
    "studio:notifications": ("watanabe", "{built}notifications"), "studio:documents": ("watanabe", "{built}documents"),
    "studio:procedure": ("watanabe", "{built}procedure"), "studio:import": ("watanabe", "/studio/import/"),
    "desk:imports": ("sato", "/desk/juminhyo/import/"),
    "studio:groups": ("kobayashi", "/studio/groups/"), "studio:new-group": ("kobayashi", "/studio/groups/new/"),
    "integration:home": ("watanabe", "{built}integration/"),
    "integration:new-token": ("watanabe", "{built}integration/tokens/new/"),
    "integration:new-webhook": ("watanabe", "{built}integration/webhooks/new/"),
    "desk:inbox": ("sato", "/desk/inbox/"), "desk:own-list": ("sato", "/desk/juminhyo-2019/own-list/"),
    "desk:charts": ("sato", "/desk/juminhyo-2019/charts/"),
    "desk:chart-builder": ("sato", "/desk/juminhyo-2019/chart-builder/"),
    # The same address, another page.
    "desk:action reject": ("suzuki", "{record}actions/reject/"),
    "studio:home of a reviewer": ("ito", "/studio/"),
    "desk:list empty": ("sato", "/desk/juminhyo/"), "desk:queue of nobody": ("kobayashi", "/desk/"),
    "denied": ("yamamoto", "/desk/juminhyo/"),
}  # fmt: skip
SIMULATORS = {"line": "/", "paypay": "/", "linepay": "/", "mynumber": "/"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the residents of this test got to; each ends in a slash."""

    interview: str
    """Everything answered, nothing sent."""
    unsigned: str
    """Confirmed, the card not yet read."""
    unpaid: str
    returned: str
    record: str
    """At the desk, waiting for the identity check."""
    checkout: str
    built: str
    """An app with a draft in the studio."""
    replay: str
    held: str


@pytest.fixture(scope="module")
def places(town: Town, module_pages: Pages) -> Places:
    form = Form(module_pages(viewport=SMALL))
    interview = answer_2019(form, town)
    unsigned = answer_signed(Form(module_pages(viewport=SMALL)), town)
    unpaid_form = Form(module_pages(viewport=SMALL))
    answer_2019(unpaid_form, town)
    unpaid_form.presses("支払いに進む")
    unpaid = unpaid_form.page.url.removesuffix("pay/")
    press(unpaid_form.page, unpaid_form.page.get_by_role("button", name="の支払いに進む"))
    checkout = unpaid_form.page.url
    sato = Clerk(module_pages(viewport=LARGE), town, "sato")
    record, returned = [file_2019(module_pages, town, sato) for _ in range(2)]
    sato.page.goto(returned.record)
    sato.presses("差し戻す")
    sato.presses("身分証の写真が不鮮明")
    sato.presses("差し戻す")
    built = change_in_studio(Clerk(module_pages(viewport=LARGE), town, "watanabe"), town)
    return Places(interview, unsigned, unpaid, returned.status, record.record, checkout, *built)


@pytest.fixture(scope="module")
def module_pages(chromium: object) -> Iterator[Pages]:
    opened = []

    def open_page(**options: object) -> Page:
        context = chromium.new_context(locale="ja-JP", **options)  # type: ignore[attr-defined]
        context.set_default_timeout(20_000)
        opened.append(context)
        page: Page = context.new_page()
        return page

    yield open_page
    for context in opened:
        context.close()


@dataclass(frozen=True, slots=True)
class Filed:
    """An application: where its resident and where staff find it."""

    status: str
    record: str


SAVE = """async ([address, version, label]) => {
    const draft = await (await fetch(address)).json();
    for (const field of draft.definition.fields) if (field.code === "通数") field.label = label;
    const csrf = document.querySelector("meta[name=csrf-token]").content;
    const answer = await fetch(address, {
        method: "PUT", headers: {"X-CSRFToken": csrf, "Content-Type": "application/json"},
        body: JSON.stringify({version: version ?? draft.version, definition: draft.definition}),
    });
    return {...await answer.json(), began: draft.version};
}"""


def change_in_studio(clerk: Clerk, town: Town) -> tuple[str, str, str]:
    """A draft of two saves of which the second contradicts the first, and a replay; the addresses of all three."""
    built = f"{town.url}/studio/juminhyo-2019/"
    clerk.page.goto(built)
    first = clerk.page.evaluate(SAVE, [f"{built}draft.json", None, "枚数"])
    held = clerk.page.evaluate(SAVE, [f"{built}draft.json", first["began"], "部数"])
    clerk.page.goto(f"{built}replay/")
    clerk.presses("試す")
    return built, clerk.page.url, f"{town.url}{held['url']}"


def answer_2019(form: Form, town: Town) -> str:
    """All questions of the re-enactment on the web; returns the interview's address."""
    form.begins(town, "住民票の写し（2019年実証実験の再現）")
    form.chooses("住民票に載せる範囲を選んでください", "世帯全員")
    form.writes("何通必要ですか", "1")
    form.chooses("何に使いますか", "年金")
    answer_who(form)
    form.chooses("写真を送る身分証を選んでください", "運転免許証")
    form.attaches("身分証の表面の写真を送ってください", photo())
    form.attaches("身分証の裏面の写真を送ってください", photo("teal"))
    form.agrees("次のことを確認してください")
    form.is_asked("入力内容を確認してください")
    return form.page.url.removesuffix("check/")


def answer_signed(form: Form, town: Town) -> str:
    """The lawful procedure up to the card; returns the interview's address."""
    form.begins(town, "住民票の写し")
    for question, answer in (
        ("どなたの住民票が必要ですか", "本人"), ("住民票に載せる範囲を選んでください", "世帯全員"),
        ("世帯主の氏名と続柄を載せますか", "載せない"), ("本籍と筆頭者を載せますか", "載せない"),
        ("マイナンバーを載せますか", "載せない"),
    ):  # fmt: skip
        form.chooses(question, answer)
    form.writes("何通必要ですか", "1")
    form.chooses("何に使いますか", "年金")
    answer_who(form)
    form.chooses("郵送の種類を選んでください", "普通郵便")
    form.agrees("次のことを確認してください")
    form.presses("電子署名に進む")
    return form.page.url.removesuffix("next/")


def answer_who(form: Form) -> None:
    """A person with a name of 30 characters, which must fit everywhere."""
    family, given = "寿限無寿限無五劫の擦り切れ海砂利", "水魚の水行末雲来末風来末"
    kana = ("ジュゲムジュゲムゴコウノスリキレ", "スイギョノスイギョウマツ")
    form.writes_name("あなたの氏名を入力してください", family, given, *kana)
    form.writes_date("あなたの生年月日を入力してください", "平成", 2, 4, 1)
    form.writes_address("住民登録をしている住所を入力してください", "2720021", "1丁目1番1号", "コーポ窓口 203")
    form.writes("日中に連絡できる電話番号を入力してください", "090-1234-5678")
    form.writes("お知らせを受け取るメールアドレスを入力してください", "every-page@example.jp")


def file_2019(pages: Pages, town: Town, clerk: Clerk) -> Filed:
    form = Form(pages(viewport=SMALL))
    answer_2019(form, town)
    form.presses("支払いに進む")
    form.pays("LINE Pay")
    number = form.receipt_number
    status = form.page.url.removesuffix("done/")
    clerk.opens("juminhyo-2019", number)
    return Filed(status, clerk.page.url)


def addresses(patterns: list[URLPattern | URLResolver], room: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else room)
        else:
            yield f"{room}{pattern.name}"


def test_no_page_is_forgotten() -> None:
    listed = {*NO_PAGE, *PUBLIC, *STAFF}
    assert set(addresses(get_resolver().url_patterns)) - listed == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_for_residents_is_accessible_and_fits(
    name: str, town: Town, places: Places, pages: Pages, assert_accessible: Check, photograph: Photograph
) -> None:
    page = pages(viewport=SMALL)
    look_at(page, address(town, PUBLIC[name], places), assert_accessible)
    photograph(page, f"every-{name.replace(':', '-')}")


@pytest.mark.parametrize("name", STAFF)
def test_a_page_for_staff_is_accessible_and_fits(
    name: str, town: Town, places: Places, pages: Pages, assert_accessible: Check, photograph: Photograph
) -> None:
    username, path = STAFF[name]
    clerk = Clerk(pages(viewport=LARGE), town, username)
    look_at(clerk.page, address(town, path, places), assert_accessible, status=404 if name == "denied" else 200)
    photograph(clerk.page, f"every-{re.sub('[: ]', '-', name)}")


@pytest.mark.parametrize("name", SIMULATORS)
def test_the_front_page_of_a_simulator_is_accessible(
    name: str, town: Town, places: Places, pages: Pages, assert_accessible: Check, photograph: Photograph
) -> None:
    page = pages(viewport=SMALL)
    look_at(page, f"{town.simulator(name)}{SIMULATORS[name]}", assert_accessible)
    photograph(page, f"every-simulator-{name}")


def test_the_pages_in_between_are_accessible(
    town: Town, places: Places, pages: Pages, assert_accessible: Check, photograph: Photograph
) -> None:
    page = pages(viewport=SMALL)
    look_at(page, places.checkout, assert_accessible)
    photograph(page, "every-checkout")
    form = Form(page)
    page.goto(f"{places.unsigned}next/")
    form.presses("電子署名に進む")
    assert_accessible(page)
    photograph(page, "every-use-card")
    hanako = Phone(pages(viewport=LARGE), town)
    expect(hanako.page.locator("#rich-menu img")).to_be_visible()
    assert_accessible(hanako.page)


def address(town: Town, path: str, places: Places) -> str:
    whole = path.format(**{name: getattr(places, name) for name in places.__slots__} if "{" in path else {})
    return whole if whole.startswith("http") else f"{town.url}{whole}"


def look_at(page: Page, where: str, check: Check, *, status: int = 200) -> None:
    answer = page.goto(where)
    assert answer is not None and answer.status == status, where
    check(page)
