"""Several changes in one request, all or nothing."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.http import JsonResponse

from madoguchi.api.call import Call
from madoguchi.api.errors import ApiError, Words, invalid_at
from madoguchi.api.http import guarded
from madoguchi.api.params import NEEDED, Params

MANY = 20
ALLOWED = frozenset({"record", "records", "record/status", "records/status", "record/assignees"})
_API = re.compile(r"^/k(?:/guest/\d+)?/v1/([A-Za-z/]+)\.json$")
TOO_MANY: Words = ("一度に20件までのリクエストを実行できます。", "Up to 20 requests can be run at once.")
WRONG: Words = ("このAPIは一括処理で実行できません。", "This API cannot be run in a bulk request.")


class _Failed(Exception):
    def __init__(self, number: int, error: ApiError) -> None:
        super().__init__()
        self.number, self.error = number, error


def run(call: Call) -> Any:
    """POST bulkRequest."""
    if not call.params.has("requests"):
        raise invalid_at("requests", NEEDED)
    rows = call.params.rows("requests")
    if len(rows) > MANY:
        raise invalid_at("requests", TOO_MANY)
    try:
        with transaction.atomic():
            return {"results": [_one(call, row, number) for number, row in enumerate(rows)]}
    except _Failed as failed:
        results: list[dict[str, Any]] = [{} for _ in rows]
        results[failed.number] = failed.error.body(call.language)
        answer = JsonResponse({"results": results}, status=failed.error.status)
        answer["X-Cybozu-Error"] = failed.error.code
        return answer


def _one(call: Call, row: Params, number: int) -> Any:
    from madoguchi.api.routes import find  # noqa: PLC0415 - the list of endpoints has this one in it

    match = _API.match(row.text("api"))
    method = row.text("method").upper()
    endpoint = find(method, match[1]) if match and match[1] in ALLOWED and method != "GET" else None
    if endpoint is None or isinstance(endpoint, str):
        raise _Failed(number, invalid_at(f"requests[{number}].api", WRONG))
    inner = call.with_params(row.mapping("payload"))
    try:
        return guarded(lambda: endpoint(inner), inner)
    except ApiError as error:
        raise _Failed(number, error) from error
