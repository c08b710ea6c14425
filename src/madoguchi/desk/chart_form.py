"""What somebody fills in to make a chart of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi import query
from madoguchi.accounts.language import current, in_words
from madoguchi.definition.app import Chart
from madoguchi.desk import cards, listing
from madoguchi.desk.chart_words import how_words, per_words
from madoguchi.records.charts import SYSTEM_DATES, SYSTEM_PLAIN, groupable, is_date, summable
from madoguchi.records.permissions import Access

PERIODS = ("day", "week", "month", "quarter", "year", "fiscal_year")
HOWS = ("count", "sum", "average", "min", "max")
NAME_LENGTH = 60
Choices = list[tuple[str, str]]


def kind_words() -> Choices:
    """The kinds of chart, in the language of the page."""
    return [
        ("column", _("棒グラフ（縦）")), ("bar", _("棒グラフ（横）")), ("line", _("折れ線グラフ")),
        ("area", _("面グラフ")),
        ("pie", _("円グラフ")), ("cross", _("クロス集計表")), ("table", _("集計表")),
    ]


@dataclass(frozen=True, slots=True)
class ChartForm:
    """What was typed, as it was typed."""

    access: Access
    typed: dict[str, str]

    NAMES = (
        "name", "view", "type", "group0", "per0", "group1", "per1", "how", "of", "sort", "stacked", "filter",
    )

    @classmethod
    def posted(cls, access: Access, data: QueryDict) -> ChartForm:
        return cls(access, {name: data.get(name, "").strip() for name in cls.NAMES})

    @classmethod
    def of_chart(cls, access: Access, chart: Chart, base: str, name: str) -> ChartForm:
        """A chart that is there already, to be changed."""
        found = {
            "name": name, "view": base, "type": chart.type, "sort": chart.sort, "filter": chart.filter or "",
            "how": chart.measures[0].how, "of": chart.measures[0].field or "", "stacked": "1" if chart.stacked else "",
        }
        for number, group in enumerate(chart.groups[:2]):
            found |= {f"group{number}": group.field, f"per{number}": group.per or ""}
        return cls(access, {name: found.get(name, "") for name in cls.NAMES})

    def problems(self) -> dict[str, str]:
        """What is wrong, by the name of what was filled in."""
        found: dict[str, str] = {}
        if not self.typed["group0"]:
            found["group0"] = _("何ごとに数えるかを選んでください。")
        if self.typed["how"] != "count" and self.typed["of"] not in dict(self.numbers):
            found["of"] = _("計算する項目を選んでください。件数なら項目は要りません。")
        try:
            condition = query.parse(self.typed["filter"], options=False).condition
            if condition is not None:
                query.check(condition, self.access.query_fields)
        except query.QueryError as problem:
            found["filter"] = problem.message_en if current() == "en" else problem.message_ja
        return found

    @property
    def chart(self) -> Chart:
        """The chart; only without ``problems``. What a browser would never send becomes the first choice."""
        how = self._one_of("how", HOWS)
        groups = [self._group(n) for n in (0, 1) if self.typed[f"group{n}"]]
        return Chart.model_validate({
            "code": "own", "name": self.typed["name"] or _("自分のグラフ"),
            "type": self._one_of("type", dict(self.kinds)), "stacked": bool(self.typed["stacked"]),
            "groups": groups, "filter": self.typed["filter"] or None,
            "measures": [{"how": how, "field": self.typed["of"] or None if how != "count" else None}],
            "sort": self._one_of("sort", ("group", "value_descending", "value")),
        })  # fmt: skip

    def _group(self, number: int) -> dict[str, Any]:
        code = self.typed[f"group{number}"]
        per = self._one_of(f"per{number}", PERIODS, "month")
        return {"field": code, "per": per if is_date(self.access.app.definition, code) else None}

    def _one_of(self, name: str, known: Any, default: str = "") -> str:
        return self.typed[name] if self.typed[name] in known else default or next(iter(known))

    # --- what can be chosen ---

    @property
    def kinds(self) -> Choices:
        return kind_words()

    @property
    def groups(self) -> Choices:
        """What records can be grouped by, as far as the person sees it."""
        defn = self.access.app.definition
        absent = {*defn.live_copies}
        fields = [f for f in defn.fields if groupable(f) and self.access.sees_field(f) and f.code not in absent]
        system = ["status"] if defn.process else []
        system += [code for code in ("assignee", "channel", "created_by") if code in SYSTEM_PLAIN]
        system += sorted(SYSTEM_DATES if defn.procedure else SYSTEM_DATES - {"submitted_at"})
        return [(code, cards.label_of(defn, code)) for code in [*(f.code for f in fields), *system]]

    @property
    def numbers(self) -> Choices:
        defn = self.access.app.definition
        return [
            (f.code, in_words(f.label)) for f in defn.fields
            if summable(f) and self.access.sees_field(f) and f.code not in defn.live_copies
        ]

    @property
    def periods(self) -> Choices:
        return [(per, per_words(per)) for per in PERIODS]

    @property
    def hows(self) -> Choices:
        return [(how, how_words(how)) for how in HOWS]

    @property
    def sorts(self) -> Choices:
        return [("group", _("項目の順")), ("value_descending", _("数の大きい順")), ("value", _("数の小さい順"))]

    @property
    def views(self) -> Choices:
        views = [(view.code, in_words(view.name)) for view in listing.views_of(self.access.app.definition)]
        return [("", _("アプリ全体")), *views]
