"""List, get and create, at 1 and 32 clients: each of the three alone on the server's core, in turns."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import httpx

from benchmarks import client
from benchmarks.house import COMMAND, DATA, House, open_house
from benchmarks.peers import directus, nocodb, table
from benchmarks.peers.install import CannotInstall, install, node
from benchmarks.peers.servers import Contender, running
from benchmarks.peers.wire import OPERATIONS, PAGE, product_words, requests
from benchmarks.plan import Plan
from benchmarks.stats import Result, Round, Target, result
from madoguchi.site.serving import web_child

PRODUCT = "Madoguchi"
PROMISED = {directus.NAME: Target(ratio=2), nocodb.NAME: Target(ratio=4)}
CLIENTS = (1, 32)
SETTLE_SECONDS = 1.0
WARM_UP = 3
"""Times the usual: a Node process compiles what it runs often, and is a new one each turn."""
Key = tuple[str, str, int]
"""Contender, operation, clients."""


class PeersDisagree(RuntimeError):
    """Somebody failed a request, or they do not return the same records: there is nothing to compare."""


def measure(plan: Plan) -> list[Result]:
    """Ends the command with the reason where the peers cannot be installed."""
    try:
        with open_house() as house, _contenders(house, plan.rows) as contenders:
            _check(contenders)
            return compare(_rounds(contenders, plan))
    except (CannotInstall, PeersDisagree) as error:
        sys.exit(str(error))


@contextmanager
def _contenders(house: House, rows: int) -> Iterator[list[Contender]]:
    runtime = node()
    folders = {name: install(name, runtime) for name in ("directus", "nocodb")}
    app_id = table.fill(house, rows)
    name = f"app_{app_id}"
    token = subprocess.run(
        [COMMAND, "token", "create", "--app", "bench-import", "--rights", "view,add"], check=True,
        capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    with ExitStack() as stack:
        for database in (directus.DATABASE, nocodb.DATABASE, nocodb.OWN_DATABASE):
            stack.callback(table.drop, house, database)
        url = table.copy_for(house, directus.DATABASE, app_id, table.INDEXES[1])
        first = directus.set_up(url=url, table=name, folder=folders["directus"], runtime=runtime)
        url = table.copy_for(house, nocodb.DATABASE, app_id, table.INDEXES[2])
        own_url = table.empty_database(house, nocodb.OWN_DATABASE)
        second = nocodb.set_up(url=url, own_url=own_url, table=name, folder=folders["nocodb"], runtime=runtime)
        yield [_product(house, app_id, token), first, second]


def _product(house: House, app_id: int, token: str) -> Contender:
    child = web_child(host="127.0.0.1", port=house.port, processes=1, data_dir=DATA)
    return Contender(PRODUCT, house.port, (child,), child.ready_url, product_words(app_id, token))


def _check(contenders: list[Contender]) -> None:
    """The same 100 ids in the same order from all three, each also to be got and each able to add one."""
    pages: dict[str, list[int]] = {}
    for one in contenders:
        with running(one.children, one.health), httpx.Client(
            base_url=f"http://localhost:{one.port}", headers=dict(one.words.headers), timeout=60
        ) as browser:
            pages[one.name] = one.words.ids(_ok(browser.get(one.words.list_path)))
            _ok(browser.get(one.words.get_path(pages[one.name][0])))
            _ok(browser.post(one.words.create_path, json=one.words.new(0)))
    expect_same(pages)


def _ok(answer: httpx.Response) -> object:
    if answer.status_code != httpx.codes.OK:
        raise PeersDisagree(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def expect_same(pages: dict[str, list[int]]) -> None:
    """Raises PeersDisagree unless everybody returned the product's 100 ids in its order."""
    wanted = pages[PRODUCT]
    if len(wanted) != PAGE:
        raise PeersDisagree(f"The list holds {len(wanted)} records, not {PAGE}.")
    for name, found in pages.items():
        if found != wanted:
            raise PeersDisagree(f"{name} lists other records: {found[:5]} … instead of {wanted[:5]} …")


def _rounds(contenders: list[Contender], plan: Plan) -> dict[Key, list[Round]]:
    rounds: dict[Key, list[Round]] = defaultdict(list)
    numbers = itertools.count(1)
    ids = random.Random(2026).sample(range(1, plan.rows + 1), min(997, plan.rows))
    for _ in range(plan.rounds):
        for one in contenders:
            with running(one.children, one.health):
                for operation, clients in itertools.product(OPERATIONS, CLIENTS):
                    sent = requests(operation, one.words, one.port, ids, numbers)
                    rounds[one.name, operation, clients].append(_window(one, sent, clients, plan))
    return rounds


def _window(one: Contender, sent: Iterator[bytes], clients: int, plan: Plan) -> Round:
    """Warms up and measures. What a window leaves under way must not be worked off at the next one's cost."""
    for seconds in (plan.warm_up * WARM_UP, plan.seconds):
        found = expect_ok(client.drive(one.port, sent, clients=clients, seconds=seconds), one.name)
        client.once(one.port, next(sent))  # waits in line behind them
        time.sleep(SETTLE_SECONDS)
    return found


def expect_ok(found: Round, what: str) -> Round:
    """Raises PeersDisagree if a request failed or none was answered: a quick error is no achievement."""
    if found.errors or not found.latencies:
        raise PeersDisagree(f"{what}: {found.errors} of {len(found.latencies)} requests were not answered with 200.")
    return found


def compare(rounds: Mapping[Key, list[Round]]) -> list[Result]:
    """One line a peer, operation and number of clients; the peer stands where bare psycopg stands otherwise."""
    return [
        result(
            f"{operation} / {peer}", clients, bare=rounds[peer, operation, clients],
            product=rounds[PRODUCT, operation, clients], target=target,
        )
        for operation, clients, (peer, target) in itertools.product(OPERATIONS, CLIENTS, PROMISED.items())
    ]  # fmt: skip
