"""The one form in which answers travel through the house: plain JSON values.

| field type | value |
|---|---|
| text, textarea, phone, email, link, choice, lookup, serial | ``str`` |
| richtext | ``str``, HTML of harmless elements |
| staff, department, group | ``list[str]`` of usernames or codes |
| number | decimal number as ``str`` ("12.5"), so that no digit is lost |
| money | ``int`` yen |
| consent | ``bool`` |
| date, time, datetime | ISO 8601 ``str`` ("2026-11-23", "09:30", "2026-11-23T09:30:00+09:00") |
| choices | ``list[str]`` |
| name | ``{"family", "given", "family_kana", "given_kana"}`` |
| address | ``{"postal_code", "prefecture", "city", "town", "street", "building"}`` |
| location | ``{"lat": float, "lon": float, "label": str}`` |
| file, photo | ``list[str]`` of file ids |
| table | ``list`` of rows, each ``{sub-field code: value}``, stored ones with their number under ``ROW_ID`` |
| formula | as its ``format`` says: number → ``str``, money → ``int``, text/date → ``str`` |

A blank is ``None``; empty strings, lists and mappings are stored as ``None``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""One answer; which of the forms above follows from its field's type."""

Values: TypeAlias = Mapping[str, Value]
"""Answers by field code."""

ROW_ID = "$id"
"""Where a row of a table keeps the number by which programs know it again; no field can have that code."""

NAME_PARTS = ("family", "given", "family_kana", "given_kana")
ADDRESS_PARTS = ("postal_code", "prefecture", "city", "town", "street", "building")
LOCATION_PARTS = ("lat", "lon", "label")
