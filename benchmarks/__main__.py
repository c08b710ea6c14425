"""``python -m benchmarks [webhook] [list] [search] …``: measures, prints, writes ``var/bench/results.json``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks import stats
from benchmarks.cores import ELSEWHERE, SERVER
from benchmarks.house import DATA
from benchmarks.plan import Plan

USUAL = Plan()


def _webhook(plan: Plan) -> list[stats.Result]:
    from benchmarks import webhook

    return webhook.measure(plan)


def _chat(plan: Plan) -> list[stats.Result]:
    from benchmarks import chat

    return chat.measure(plan)


def _list(plan: Plan) -> list[stats.Result]:
    from benchmarks import records

    return records.measure(plan)


def _import(plan: Plan) -> list[stats.Result]:
    from benchmarks import bulk

    return bulk.measure(plan)


def _api(plan: Plan) -> list[stats.Result]:
    from benchmarks import api

    return api.measure(plan)


def _search(plan: Plan) -> list[stats.Result]:
    from benchmarks import search

    return search.measure(plan)


def _peers(plan: Plan) -> list[stats.Result]:
    from benchmarks.peers import run

    return run.measure(plan)


BENCHMARKS: dict[str, Callable[[Plan], list[stats.Result]]] = {
    "webhook": _webhook, "chat": _chat, "list": _list, "api": _api, "import": _import,
    "search": _search,
}
ONLY_BY_NAME: dict[str, Callable[[Plan], list[stats.Result]]] = {"peers": _peers}
"""Downloads two other products and takes ten minutes: not what a plain ``make bench`` should do."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = [*BENCHMARKS, *ONLY_BY_NAME, []]
    parser.add_argument("names", nargs="*", choices=names, help="all but peers if none is named")
    parser.add_argument("--seconds", type=float, default=USUAL.seconds, help="length of one window")
    parser.add_argument("--rounds", type=int, default=USUAL.rounds)
    rows = f"records in the lists ({USUAL.rows}) and in the search ({USUAL.search_rows})"
    parser.add_argument("--rows", type=int, help=rows)
    return parser.parse_args()


def main() -> int:
    """0 if every promise is kept, else 1."""
    asked = _arguments()
    plan = Plan(
        seconds=asked.seconds, rounds=asked.rounds, rows=asked.rows or USUAL.rows,
        search_rows=asked.rows or USUAL.search_rows,
    )
    if SERVER is None:
        print("Only one core: server, PostgreSQL and client share it, ratios say little.", file=sys.stderr)
    before = os.getloadavg()[0]
    results: list[stats.Result] = []
    for name in asked.names or BENCHMARKS:
        results += (BENCHMARKS | ONLY_BY_NAME)[name](plan)
    print(stats.table(results))
    _write(results, before)
    return 0 if all(r.met for r in results) else 1


def _write(results: list[stats.Result], load_before: float) -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.machine(), "python": platform.python_version(),
        "server_core": SERVER, "other_core": ELSEWHERE, "load_before": load_before,
        "results": [r.as_json() for r in results],
    }
    file = DATA / "results.json"
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2))
    print(f"\n{file}")


if __name__ == "__main__":
    sys.exit(main())
