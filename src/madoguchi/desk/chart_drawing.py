"""Charts as SVG: made here, so that pages need no script for them. Every mark leads to its records.

The numbers always stand in a table as well; the picture has only what a picture can show.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from madoguchi.desk.chart_tables import Cell, ChartTable

MAX_MARKS = 40
MAX_SERIES = 8
WIDTH, HEIGHT = 960, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 16, 24, 44
_ROW = 36
_LABEL_ROOM = 220
_RADIUS = 150


@dataclass(frozen=True, slots=True)
class Series:
    """One colour: its name and a number (or None) for each category."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """``svg`` may be empty where there is nothing to draw; ``left_out``: only the table has them all."""

    svg: SafeString | str
    legend: tuple[tuple[int, str], ...]
    left_out: bool


def picture_of(kind: str, table: ChartTable, *, measures: int, stacked: bool, title: str) -> Picture:
    """The picture of a table; of several numbers it draws the first."""
    if kind in ("table", "cross") or not table.rows or (len(table.heads) > 1):
        return Picture("", (), left_out=False)
    names = [" / ".join(row.heads) for row in table.rows[:MAX_MARKS]]
    series = _series(table, measures)
    body = _DRAWERS[kind](names, series, stacked)
    height = _height(kind, len(names))
    svg = format_html(
        '<svg class="chart__svg" viewBox="0 0 {} {}" width="{}" height="{}" role="group" aria-label="{}">{}</svg>',
        WIDTH, height, WIDTH, height, title, body,
    )
    labels = names[:MAX_SERIES] if kind == "pie" else [one.name for one in series] if table.crossed else []
    left_out = len(table.rows) > MAX_MARKS or (table.crossed and len(table.columns) // measures > MAX_SERIES)
    left_out = left_out or (kind == "pie" and len(names) > MAX_SERIES)
    return Picture(svg, tuple(enumerate(labels)), left_out)


def _series(table: ChartTable, measures: int) -> list[Series]:
    rows = table.rows[:MAX_MARKS]
    columns = range(0, len(table.columns), measures)[:MAX_SERIES]
    return [Series(table.columns[n], tuple(row.cells[n] for row in rows)) for n in columns]


def _height(kind: str, count: int) -> int:
    return max(_ROW * count + _TOP + 16, 120) if kind == "bar" else HEIGHT


# --- scales --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """Numbers from ``low`` to ``high`` on pixels from ``start`` to ``end``, with a line every ``step``."""

    low: float
    high: float
    step: float
    start: float
    end: float

    def at(self, number: float) -> float:
        return round(self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start), 1)

    @property
    def lines(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + n * self.step for n in range(count + 1)]


def _scale(series: Sequence[Series], start: float, end: float, *, stacked: bool) -> _Scale:
    numbers = [_number(cell) for one in series for cell in one.cells]
    if stacked:
        numbers += [sum(max(_number(one.cells[n]), 0) for one in series) for n in range(len(series[0].cells))]
    low, high = min(0.0, *numbers, 0.0), max(0.0, *numbers, 0.0)
    step = _nice((high - low or 1) / 4)
    return _Scale(math.floor(low / step) * step, math.ceil((high or step) / step) * step, step, start, end)


def _nice(rough: float) -> float:
    """1, 2 or 5 times a power of ten, not below 1 unless numbers are smaller than that."""
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(power * n for n in (1, 2, 5, 10) if power * n >= rough))


def _number(cell: Cell) -> float:
    return float(cell.number) if cell.number is not None else 0.0


def _plain(number: float) -> str:
    return f"{Decimal(str(round(number, 6))).normalize():,f}"


# --- marks ---------------------------------------------------------------------------------------------------------


def _linked(cell: Cell, label: str, mark: SafeString) -> SafeString:
    """A mark that leads to its records, with its number on hover."""
    titled = format_html("<title>{}</title>", label)
    if not cell.url:
        return format_html('<g role="img" aria-label="{}">{}{}</g>', label, titled, mark)
    return format_html('<a href="{}" aria-label="{}">{}{}</a>', cell.url, label, titled, mark)


def _label(name: str, one: Series, cell: Cell, several: bool) -> str:
    return f"{name} {one.name}: {cell.text}" if several else f"{name}: {cell.text}"


def _text(x: float, y: float, text: str, kind: str) -> SafeString:
    return format_html('<text class="chart__{}" x="{}" y="{}">{}</text>', kind, x, y, text)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _all(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _grid(scale: _Scale) -> list[SafeString]:
    return [
        part for line in scale.lines for part in (
            format_html(
                '<line class="chart__line" x1="{}" x2="{}" y1="{}" y2="{}"/>', _LEFT, WIDTH - _RIGHT, scale.at(line),
                scale.at(line),
            ),
            _text(_LEFT - 8, scale.at(line) + 5, _plain(line), "axis-y"),
        )
    ]


def _names_below(names: Sequence[str], band: float) -> list[SafeString]:
    every = max(1, math.ceil(64 / band))
    length = max(4, int(band * every / 14))
    return [
        _text(round(_LEFT + band * (n + 0.5), 1), HEIGHT - _BOTTOM + 22, _short(name, length), "axis-x")
        for n, name in enumerate(names) if n % every == 0
    ]


# --- kinds ---------------------------------------------------------------------------------------------------------


def _columns(names: Sequence[str], series: Sequence[Series], stacked: bool) -> SafeString:
    scale = _scale(series, HEIGHT - _BOTTOM, _TOP, stacked=stacked)
    band = (WIDTH - _LEFT - _RIGHT) / len(names)
    parts = [*_grid(scale), *_names_below(names, band)]
    side = 1 if stacked else len(series)
    width = min(band * 0.72 / side, 72)
    for n, name in enumerate(names):
        below = 0.0
        for m, one in enumerate(series):
            number = _number(one.cells[n])
            left = _LEFT + band * (n + 0.5) - width * side / 2 + (0 if stacked else width * m)
            ends = sorted((scale.at(below), scale.at(below + number)))
            mark = _rect(m, left, ends[0], width, ends[1] - ends[0])
            if len(series) == 1 and band >= 48:
                mark = format_html("{}{}", mark, _text(left + width / 2, ends[0] - 6, one.cells[n].text, "value"))
            if one.cells[n].number is not None:
                parts.append(_linked(one.cells[n], _label(name, one, one.cells[n], len(series) > 1), mark))
            below += number if stacked else 0
    return _all(parts)


def _rect(colour: int, x: float, y: float, width: float, height: float) -> SafeString:
    return format_html(
        '<rect class="chart__mark chart__c{}" x="{}" y="{}" width="{}" height="{}"/>', colour, round(x, 1), round(y, 1),
        round(width, 1), round(height, 1),
    )


def _bars(names: Sequence[str], series: Sequence[Series], stacked: bool) -> SafeString:
    scale = _scale(series, _LABEL_ROOM, WIDTH - 120, stacked=stacked)
    parts: list[SafeString] = []
    side = 1 if stacked else len(series)
    height = (_ROW - 8) / side
    for n, name in enumerate(names):
        top, below = _TOP + _ROW * n, 0.0
        parts.append(_text(_LABEL_ROOM - 8, top + _ROW / 2 + 1, _short(name, 14), "axis-y"))
        for m, one in enumerate(series):
            number = _number(one.cells[n])
            ends = sorted((scale.at(below), scale.at(below + number)))
            mark = _rect(m, ends[0], top + (0 if stacked else height * m), ends[1] - ends[0], height)
            if len(series) == 1:
                mark = format_html("{}{}", mark, _text(ends[1] + 8, top + 20, one.cells[n].text, "value-end"))
            if one.cells[n].number is not None:
                parts.append(_linked(one.cells[n], _label(name, one, one.cells[n], len(series) > 1), mark))
            below += number if stacked else 0
    return _all(parts)


def _lines(names: Sequence[str], series: Sequence[Series], stacked: bool, *, filled: bool = False) -> SafeString:
    scale = _scale(series, HEIGHT - _BOTTOM, _TOP, stacked=stacked)
    band = (WIDTH - _LEFT - _RIGHT) / len(names)
    parts = [*_grid(scale), *_names_below(names, band)]
    floor = [0.0] * len(names)
    for m, one in enumerate(series):
        tops = [(floor[n] if stacked else 0.0) + _number(cell) for n, cell in enumerate(one.cells)]
        points = [(round(_LEFT + band * (n + 0.5), 1), scale.at(top)) for n, top in enumerate(tops)]
        if filled:
            base = [(round(_LEFT + band * (n + 0.5), 1), scale.at(low)) for n, low in enumerate(floor)]
            parts.append(_path("area", m, [*points, *reversed(base)]))
        parts.append(_path("stroke", m, points))
        for (x, y), name, cell in zip(points, names, one.cells, strict=True):
            dot = format_html('<circle class="chart__mark chart__c{}" cx="{}" cy="{}" r="6"/>', m, x, y)
            parts.append(_linked(cell, _label(name, one, cell, len(series) > 1), dot))
        floor = tops if stacked else floor
    return _all(parts)


def _areas(names: Sequence[str], series: Sequence[Series], stacked: bool) -> SafeString:
    return _lines(names, series, stacked, filled=True)


def _path(kind: str, colour: int, points: Sequence[tuple[float, float]]) -> SafeString:
    tag = "polygon" if kind == "area" else "polyline"
    joined = " ".join(f"{x},{y}" for x, y in points)
    return format_html(
        '<{} class="chart__{} chart__c{}" points="{}"/>', mark_safe(tag), kind, colour, joined  # noqa: S308
    )


def _pie(names: Sequence[str], series: Sequence[Series], stacked: bool) -> SafeString:
    """Shares of the whole; the eighth slice is all the rest."""
    del stacked
    cells = list(series[0].cells)
    numbers = [max(_number(cell), 0) for cell in cells]
    whole = sum(numbers)
    if whole == 0:
        return mark_safe("")
    parts, turned = [], 0.0
    for n, (name, cell, number) in enumerate(zip(names, cells, numbers, strict=True)):
        share = number / whole
        label = f"{name}: {cell.text} ({share:.1%})"
        parts.append(_linked(cell, label, _slice(min(n, MAX_SERIES - 1), turned, share)))
        if share >= 0.04:
            x, y = _point(turned + share / 2, _RADIUS + 24)
            anchor = "pie-right" if x > WIDTH / 2 else "pie-left"
            parts.append(_text(x, y, f"{_short(name, 14)} {share:.0%}", anchor))
        turned += share
    return _all(parts)


def _slice(colour: int, start: float, share: float) -> SafeString:
    centre = (WIDTH / 2, HEIGHT / 2)
    if share > 0.9999:
        return format_html(
            '<circle class="chart__mark chart__c{}" cx="{}" cy="{}" r="{}"/>', colour, *centre, _RADIUS
        )
    (x1, y1), (x2, y2) = _point(start, _RADIUS), _point(start + share, _RADIUS)
    way = f"M{centre[0]} {centre[1]}L{x1} {y1}A{_RADIUS} {_RADIUS} 0 {int(share > 0.5)} 1 {x2} {y2}Z"
    return format_html('<path class="chart__mark chart__slice chart__c{}" d="{}"/>', colour, way)


def _point(turn: float, radius: float) -> tuple[float, float]:
    angle = turn * 2 * math.pi - math.pi / 2
    return round(WIDTH / 2 + radius * math.cos(angle), 1), round(HEIGHT / 2 + radius * math.sin(angle), 1)


_DRAWERS = {"column": _columns, "bar": _bars, "line": _lines, "area": _areas, "pie": _pie}
