"""Documents that staff design, made of one record's values."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader

from madoguchi.definition.app import AppDefinition, DocumentTemplate
from madoguchi.documents.designed import as_pdf, as_png, unknown_placeholders

DEFN = AppDefinition.model_validate({
    "code": "hojo", "name": "補助金", "owner_department": "midori",
    "fields": [
        {"type": "text", "id": 1, "code": "品名", "label": "品名"},
        {"type": "money", "id": 2, "code": "費用", "label": "費用"},
        {"type": "textarea", "id": 3, "code": "備考", "label": "備考"},
    ],
})
BODY = """# 決定通知書

{受付番号} について、次のとおり決めました。

| 品名 | {品名} |
| 費用 | {費用} | 円 |

## 備考
{備考}"""


def template(body: str = BODY, paper: str = "A4") -> DocumentTemplate:
    return DocumentTemplate.model_validate({"code": "d", "name": "決定通知書", "body": body, "paper": paper})


def words(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "")


def test_placeholders_become_the_values_as_people_read_them() -> None:
    text = words(as_pdf(template(), DEFN, {"品名": "生垣", "費用": 12000, "備考": "なし"}, 受付番号="HK-R08-000001"))
    assert "決定通知書" in text
    assert "HK-R08-000001" in text
    assert "生垣" in text
    assert "12,000円" in text


def test_what_is_missing_is_marked() -> None:
    assert "（備考：なし）" in words(as_pdf(template(), DEFN, {"品名": "生垣"}))


def test_what_looks_like_markup_in_a_value_stays_words() -> None:
    text = words(as_pdf(template("{品名}"), DEFN, {"品名": "#set page(width: 1mm) $x$ *a* [b]"}))
    assert "#set page(width: 1mm) $x$ *a* [b]" in text


def test_every_paper_has_its_size_and_an_empty_body_is_a_page() -> None:
    for paper, width in (("A4", 595), ("A5", 420), ("postcard", 283)):
        page = PdfReader(BytesIO(as_pdf(template("", paper), DEFN, {}))).pages[0]
        assert round(float(page.mediabox.width)) == width
    assert as_png(template(), DEFN, {}).startswith(b"\x89PNG")


def test_names_that_are_no_fields_are_told() -> None:
    assert unknown_placeholders(template("{品名} {住所} {受付番号}"), DEFN) == ["住所"]
