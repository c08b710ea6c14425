"""LINE's own shapes as an oracle: the models of line-bot-sdk, which LINE generates from its OpenAPI description.

The SDK reads leniently (it ignores what it does not know); here every unknown property is a finding.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from linebot.v3 import liff, messaging, oauth
from linebot.v3.webhooks import CallbackRequest
from pydantic.v1 import BaseModel, ValidationError
from pydantic.v1.fields import MAPPING_LIKE_SHAPES, ModelField

Json = dict[str, Any]
Model = type[BaseModel]
APIS = (messaging.MessagingApi, messaging.MessagingApiBlob, oauth.ChannelAccessToken, liff.Liff)
_CALL = re.compile(
    r"_response_types_map = \{(?P<types>.*?)\}.*?call_api\(\s*'(?P<path>[^']+)', '(?P<method>[A-Z]+)'", re.S
)
_TYPE = re.compile(r"'(\d{3})': \"(\w+)\"")


@dataclass(frozen=True)
class Operation:
    """One call of LINE's API as the SDK makes it: ``answers`` and ``body`` are its models."""

    method: str
    path: str
    answers: Mapping[int, Model]
    body: Model | None

    @property
    def name(self) -> str:
        """``POST /v2/bot/message/push``, parameters without their names."""
        return f"{self.method} {nameless(self.path)}"

    def matches(self, method: str, path: str) -> bool:
        """Whether a request for ``path`` is this operation."""
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.path))
        return method == self.method and re.fullmatch(pattern, path) is not None


def nameless(path: str) -> str:
    """``/user/{userId}`` as ``/user/{}``."""
    return re.sub(r"\{[^}]*\}", "{}", path)


@cache
def operations() -> Mapping[str, Operation]:
    """Every operation of the SDK's clients for messages, content, tokens and LIFF, by name; fixed paths first."""
    found = [operation for api in APIS for operation in _operations_of(api)]
    return {operation.name: operation for operation in sorted(found, key=lambda one: one.path.count("{"))}


def _operations_of(api: type) -> Iterator[Operation]:
    models = sys.modules[api.__module__.rsplit(".", 2)[0] + ".models"]
    for name, method in inspect.getmembers(api, inspect.isfunction):
        call = _CALL.search(inspect.getsource(method)) if name.endswith("_with_http_info") else None
        if call:
            types = _TYPE.findall(call["types"])
            answers = {int(status): getattr(models, kind) for status, kind in types if hasattr(models, kind)}
            yield Operation(call["method"], call["path"], answers, _body_of(method, models))


def _body_of(method: Any, models: Any) -> Model | None:
    for parameter in inspect.signature(method).parameters.values():
        named = re.findall(r"\w+Request", str(parameter.annotation))
        if named and hasattr(models, named[0]):
            return getattr(models, named[0])  # type: ignore[no-any-return]
    return None


def findings(model: Model, value: object, where: str = "") -> list[str]:
    """What in ``value`` is unknown to the model, missing or of another kind, with its place; [] when it fits."""
    return list(_findings(model, value, where))


def request_findings(method: str, path: str, body: object) -> list[str]:
    """What in a request the SDK could not have sent: its path, or something in its body."""
    found = [one for one in operations().values() if one.matches(method, path)]
    if not found:
        return [f"LINE knows no {method} {path}"]
    return findings(found[0].body, body) if found[0].body and body is not None else []


def message_findings(messages: Iterable[object]) -> list[str]:
    """What in these messages LINE does not know or misses."""
    return [finding for message in messages for finding in findings(messaging.Message, message)]


def webhook_findings(body: object) -> list[str]:
    """What a webhook's body has that LINE's would not have."""
    return findings(CallbackRequest, body)


def _findings(model: Model, value: object, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where or '/'}: no object"
        return
    chosen = _subtype(model, value)
    if chosen is None:
        yield f"{where}/type: {model.__name__} knows no {value.get('type')!r}"
        return
    fields = {field.alias: field for field in chosen.__fields__.values()}
    yield from (f"{where}/{key}: unknown to {chosen.__name__}" for key in value if key not in fields)
    for key, field in fields.items():
        if key in value:
            yield from _inside(field, value[key], f"{where}/{key}")
    try:
        chosen.parse_obj(value)
    except ValidationError as error:
        yield from (f"{where}/{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())


def _inside(field: ModelField, value: Any, where: str) -> Iterator[str]:
    """Models inside objects, lists and free dictionaries; plain values are checked where they stand."""
    kind = field.type_
    if value is None:
        yield f"{where}: null, where LINE leaves it out"
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for place, item in _items(field, value):
            yield from _findings(kind, item, f"{where}{place}")


def _items(field: ModelField, value: Any) -> Iterable[tuple[str, object]]:
    if isinstance(value, list):
        return [(f"/{index}", item) for index, item in enumerate(value)]
    if field.shape in MAPPING_LIKE_SHAPES and isinstance(value, dict):
        return [(f"/{key}", item) for key, item in value.items()]
    return [("", value)]


def subtypes(model: Model) -> dict[str, Model]:
    """The models a discriminator chooses from, by its word; none where the model stands for itself."""
    words = getattr(model, f"_{model.__name__}__discriminator_value_class_map", {})
    return {word: getattr(sys.modules[model.__module__.rsplit(".", 1)[0]], name) for word, name in words.items()}


def _subtype(model: Model, value: Json) -> Model | None:
    known = subtypes(model)
    return known.get(str(value.get("type"))) if known else model
