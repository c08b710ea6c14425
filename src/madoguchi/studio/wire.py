"""JSON between the designer's scripts and the studio."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from pydantic import ValidationError

from madoguchi.catalog import drafts
from madoguchi.catalog.drafts import Clashed
from madoguchi.catalog.models import App, Revision
from madoguchi.catalog.queries import published_apps
from madoguchi.definition import part_words
from madoguchi.definition.app import AppDefinition
from madoguchi.definition.findings import Finding
from madoguchi.definition.schema_errors import problems_from
from madoguchi.query import validation


class NotUnderstood(ValueError):
    """The request was no JSON object, or held no definition; ``problems`` say where."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__("not understood")
        self.problems = problems

    def response(self) -> JsonResponse:
        """422 with the problems."""
        return answer({"problems": self.problems}, status=422)


def answer(data: dict[str, Any], *, status: int = 200) -> JsonResponse:
    """JSON that nobody keeps."""
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent; raises NotUnderstood."""
    try:
        data = json.loads(request.body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise NotUnderstood([problem((), "JSON として読めません。", "画面を読み込みなおしてください。")])
    return data


def definition(data: Any, *, code: str) -> AppDefinition:
    """The definition in ``data``, which must be of the app ``code``; raises NotUnderstood."""
    try:
        defn = AppDefinition.model_validate(data)
    except ValidationError as refusal:
        found = problems_from(refusal, data)
        raise NotUnderstood([problem(path, f"{f.where}: {f.message}", f.mend) for path, f in found.items()]) from None
    if defn.code != code:
        text = "アプリのコードは、作った後には変えられません。"
        raise NotUnderstood([problem(("code",), text, f"「{code}」に戻してください。")])
    return defn


def problem(path: Iterable[str | int], message: str, mend: str) -> dict[str, Any]:
    """One reason why something could not be understood."""
    return {"path": list(path), "message": message, "mend": mend}


def findings(defn: AppDefinition) -> list[dict[str, str]]:
    """What the definition's own check finds, errors first."""
    others = {other.code: other.definition for other in published_apps()}
    return [finding(found) for found in validation.findings(defn, others)]


def finding(found: Finding) -> dict[str, str]:
    return {"level": found.level, "where": found.where, "message": found.message, "mend": found.mend}


def draft(app: App, revision: Revision) -> dict[str, Any]:
    """The draft as the designer works on it."""
    defn = AppDefinition.model_validate(revision.definition)
    return {
        "version": revision.version,
        "number": revision.number,
        "state": revision.state,
        "definition": revision.definition,
        "findings": findings(defn),
        "published_number": app.published.number if app.published else None,
        "next_field_id": drafts.next_field_id(app),
        "saved_by": str(revision.saved_by or ""),
        "saved_at": revision.saved_at.isoformat(),
    }


def clashes(app: App, found: Clashed) -> list[dict[str, Any]]:
    """Each place that both changed, in words, with who changed it meanwhile and when."""
    base = found.held.base_version if found.held else 0
    sent = found.held.definition if found.held else {}
    result = []
    for clash in found.clashes:
        by = drafts.changer(app, since=base, path=clash.path)
        result.append({
            "key": clash.key, "path": list(clash.path),
            "where": part_words.place_words(clash.path, found.head.definition, sent),
            "mine": part_words.value_words(clash.mine, _last(clash.path)),
            "theirs": part_words.value_words(clash.theirs, _last(clash.path)),
            "by": by.name if by else "", "at": timezone.localtime(by.at).isoformat() if by else "",
        })
    return result


def _last(path: tuple[str | int, ...]) -> str:
    return str(path[-1]) if path else ""
