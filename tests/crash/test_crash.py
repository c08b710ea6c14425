"""Web and worker die at random points while residents apply; nothing is lost, doubled or stuck."""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.crash.book import findings, read_book, unfinished
from tests.crash.house import House, running_house
from tests.crash.resident import Resident
from tests.threads import in_own_thread

APPLICATIONS = int(os.environ.get("MADOGUCHI_CRASH_APPLICATIONS", "30"))
SEED = int(os.environ.get("MADOGUCHI_CRASH_SEED", "20190301"))
AT_ONCE = 12
QUIET_WITHIN_S = 90
LIFE_S = (2.0, 6.0)
"""How long the two live between kills, at least; on a slow machine longer, or they would hardly be up at all."""

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with running_house(tmp_path) as house:
        yield house


def test_every_confirmed_application_exists_once_is_charged_once_and_answered(house: House):
    residents = in_own_thread(lambda: asyncio.run(_everybody(house)))
    _wait_until_quiet(house)
    told = {resident.phone.replace("-", ""): _receipts(resident) for resident in residents}
    meant = {resident.phone.replace("-", ""): int(resident.copies) for resident in residents}
    print(f"killed {house.kills} during {len(residents)} applications, seed {SEED}")  # noqa: T201 - pytest shows it when the test fails
    wrong = findings(read_book(house.database_url, house.wallet_url, meant=meant, told=told))
    assert not wrong, "\n".join(wrong)
    assert min(house.kills.values()) >= APPLICATIONS // 20, f"too few kills to prove anything: {house.kills}"


async def _everybody(house: House) -> list[Resident]:
    """All residents apply, a dozen at a time, while the house falls and rises."""
    turnstile = asyncio.Semaphore(AT_ONCE)
    limits = httpx.Limits(max_connections=4 * AT_ONCE)
    async with httpx.AsyncClient(base_url=house.line_url, timeout=60, limits=limits) as line:

        async def live(number: int) -> Resident:
            async with turnstile, httpx.AsyncClient(timeout=20, follow_redirects=True) as browser:
                resident = Resident(number, line, browser)
                await resident.apply()
                return resident

        killing = asyncio.create_task(_kill_at_random(house, random.Random(SEED)))
        try:
            residents = await asyncio.gather(*(live(number) for number in range(1, APPLICATIONS + 1)))
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
        for child in (house.web, house.worker):
            if not child.running:
                house.revive(child)
        for resident in residents:
            await resident.reread()
        return list(residents)


async def _kill_at_random(house: House, chance: random.Random) -> None:
    took = 0.0
    while True:
        await asyncio.sleep(max(chance.uniform(*LIFE_S), chance.uniform(1, 2) * took))
        child = chance.choice((house.web, house.worker))
        house.kill(child)
        died = time.monotonic()
        await asyncio.sleep(chance.uniform(0, 1))
        child.start()
        while not child.answers():
            await asyncio.sleep(0.2)
        took = time.monotonic() - died


def _wait_until_quiet(house: House) -> None:
    deadline = time.monotonic() + QUIET_WITHIN_S
    while unfinished(house.database_url) and time.monotonic() < deadline:
        time.sleep(0.5)


def _receipts(resident: Resident) -> list[str]:
    found = (re.search(r"JT-\w+-\d+", notice["altText"]) for notice in resident.notices())
    return [match[0] for match in found if match]
