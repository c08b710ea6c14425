"""The comparison with peers: what is sent, what is compared, what ends the run."""

from __future__ import annotations

import itertools
import json
import os
import sys
from pathlib import Path

import pytest
from benchmarks.peers import install, run, wire
from benchmarks.peers.servers import where
from benchmarks.stats import Round

WORDS = {
    "product": wire.product_words(7, "secret"), "directus": wire.directus_words("app_7", "secret"),
    "nocodb": wire.nocodb_words("m1", "secret"),
}  # fmt: skip
IDS = list(range(100, 0, -1))


def parts(sent: bytes) -> tuple[str, dict[str, str], bytes]:
    head, body = sent.split(b"\r\n\r\n", 1)
    first, *lines = head.decode("ascii").split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


def sent_by(operation: str, words: wire.Words, count: int) -> list[bytes]:
    return list(itertools.islice(wire.requests(operation, words, 8000, [5, 9], itertools.count(1)), count))


@pytest.mark.parametrize("name", WORDS)
def test_every_new_record_has_a_number_of_its_own(name: str):
    bodies = [parts(one)[2].decode() for one in sent_by(wire.CREATE, WORDS[name], 2)]
    assert "PEER-000000001" in bodies[0]
    assert "PEER-000000002" in bodies[1]


@pytest.mark.parametrize("name", WORDS)
def test_the_length_of_a_body_is_counted_in_bytes(name: str):
    _, headers, body = parts(sent_by(wire.CREATE, WORDS[name], 1)[0])
    assert int(headers["Content-Length"]) == len(body) > len(body.decode())
    assert json.loads(body)


@pytest.mark.parametrize("name", WORDS)
def test_records_are_got_in_turn_with_the_token(name: str):
    asked = [parts(one) for one in sent_by(wire.GET, WORDS[name], 3)]
    assert asked[0] == asked[2] != asked[1]
    assert any("secret" in value for value in asked[0][1].values())


@pytest.mark.parametrize("name", WORDS)
def test_addresses_are_ascii_without_spaces(name: str):
    first, _, _ = parts(sent_by(wire.LIST, WORDS[name], 1)[0])
    assert len(first.split(" ")) == 3


def test_all_three_send_the_same_values():
    columns = WORDS["directus"].new(3)
    fields = WORDS["product"].new(3)["record"]
    assert columns == WORDS["nocodb"].new(3)
    assert [field["value"] for field in fields.values()] == [str(value) for value in columns.values()]


def test_ids_are_read_from_each_answer():
    assert WORDS["product"].ids({"records": [{"レコード番号": {"value": "4"}}]}) == [4]
    assert WORDS["directus"].ids({"data": [{"id": "4"}]}) == [4]
    assert WORDS["nocodb"].ids({"list": [{"id": 4}]}) == [4]


def test_the_same_hundred_ids_may_be_compared():
    run.expect_same({run.PRODUCT: IDS, "Directus": IDS})


def test_other_records_end_the_run():
    with pytest.raises(run.PeersDisagree, match="Directus lists other records"):
        run.expect_same({run.PRODUCT: IDS, "Directus": IDS[::-1]})


def test_a_short_page_ends_the_run():
    with pytest.raises(run.PeersDisagree, match="99 records"):
        run.expect_same({run.PRODUCT: IDS[1:], "Directus": IDS[1:]})


@pytest.mark.parametrize("found", [Round(1, [0.1], errors=1), Round(1, [])], ids=["an-error", "no-answer"])
def test_a_failed_request_ends_the_run(found: Round):
    with pytest.raises(run.PeersDisagree):
        run.expect_ok(found, "NocoDB, get")


def test_twice_directus_and_four_times_nocodb_are_promised():
    speed = {run.PRODUCT: 4, **dict.fromkeys(run.PROMISED, 2)}
    rounds = {
        (name, operation, clients): [Round(1, [0.1] * number)]
        for name, number in speed.items() for operation in wire.OPERATIONS for clients in run.CLIENTS
    }  # fmt: skip
    results = run.compare(rounds)
    assert len(results) == 12
    assert {r.name.split(" / ")[1] for r in results if r.met} == {"Directus 12.4.0"}


def test_a_socket_folder_is_a_host_to_node():
    found = where("postgresql://postgres:@/madoguchi?host=/run/pg")
    assert (found["host"], found["database"], found["port"]) == ("/run/pg", "madoguchi", "5432")


def test_a_step_that_fails_is_named_with_what_it_said():
    with pytest.raises(install.CannotInstall, match=r"cannot be installed here.*(?s:.)no compiler"):
        install._run([sys.executable, "-c", "import sys; sys.exit('no compiler')"])


def test_node_is_found_first_and_builds_with_its_own_headers(tmp_path: Path):
    runtime = install.Node(tmp_path)
    assert runtime.environment["PATH"].split(os.pathsep)[0] == str(tmp_path / "bin")
    assert runtime.environment["npm_config_nodedir"] == str(tmp_path)


@pytest.mark.parametrize("name", install.NATIVE)
def test_locks_name_no_registry(name: str):
    lock = json.loads((install.LOCKS / name / "package-lock.json").read_text())
    assert not [key for key, entry in lock["packages"].items() if "resolved" in entry]
    assert lock["packages"]["node_modules/" + name]["version"] in {"12.4.0", "0.301.3"}
