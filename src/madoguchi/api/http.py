"""The door: reads a request, finds its endpoint, answers in JSON, and turns every failure into kintone's form."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from psycopg import errors as pg

from madoguchi.api.auth import PASSWORD_HEADER, TOKEN_HEADER, Caller, caller_of
from madoguchi.api.call import Call
from madoguchi.api.errors import ApiError, changed_meanwhile, no_privilege, record_missing, refused, token_lacks_right
from madoguchi.api.params import Params, from_query
from madoguchi.api.sessions import reader_of
from madoguchi.query import QueryError
from madoguchi.records.errors import InvalidValues, RecordError, StaleRecord
from madoguchi.records.images import FileRefused
from madoguchi.records.read import RecordNotFound

log = logging.getLogger(__name__)
ADDRESS = re.compile(r"^/k(?:/guest/(?P<guest>\d+))?/v1(?P<preview>/preview)?/(?P<name>[A-Za-z/]+)\.json$")
MAX_BODY = 16 * 1024 * 1024
"""Two thousand records of 8 kB, what one bulk request carries at most."""
MAX_CONCURRENT = 100
METHODS = ("GET", "POST", "PUT", "DELETE")
JSON_TYPE = "application/json; charset=utf-8"
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_running = 0
_lock = threading.Lock()

Endpoint = Callable[[Call], Any]


class Shortcut:
    """Middleware: calls with a password or token, and reads with a session, need nothing of what pages need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/k/") or not ADDRESS.match(request.path_info):
            return self.get_response(request)
        if TOKEN_HEADER not in request.headers and PASSWORD_HEADER not in request.headers:
            staff = reader_of(request)
            if staff is None:
                return self.get_response(request)
            request.user = staff
        request.get_host()  # raises DisallowedHost, which Django answers with 400
        response = handle(request)
        response["X-Content-Type-Options"] = "nosniff"
        if settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        if not response.streaming:
            response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        return response


@csrf_exempt
def handle(request: HttpRequest, **parts: object) -> HttpResponseBase:
    """Every call of the API; which one is read from the path, since the shortcut comes here without the URLconf."""
    del parts
    language = language_of(request)
    with translation.override(language), _counted() as running:
        try:
            if running > MAX_CONCURRENT:
                raise _too_many()
            answer = _answer(request, language)
        except ApiError as error:
            answer = _failure(error, language)
        answer.setdefault("Cache-Control", "no-store")
        answer["X-ConcurrencyLimit-Limit"] = str(MAX_CONCURRENT)
        answer["X-ConcurrencyLimit-Running"] = str(running)
        return answer


@contextmanager
def _counted() -> Iterator[int]:
    global _running
    with _lock:
        _running += 1
        running = _running
    try:
        yield running
    finally:
        with _lock:
            _running -= 1


def language_of(request: HttpRequest) -> str:
    """What the page of a session is in, or else the first language asked for that we have; Japanese otherwise."""
    shown = getattr(request, "LANGUAGE_CODE", None) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if shown:
        return "en" if str(shown).startswith("en") else "ja"
    for entry in request.headers.get("Accept-Language", "").split(","):
        tag = entry.split(";")[0].strip().lower()
        if tag.startswith(("ja", "en")):
            return tag[:2]
    return "ja"


def _answer(request: HttpRequest, language: str) -> HttpResponseBase:
    match = ADDRESS.match(request.path_info)
    method = _method(request)
    endpoint = _endpoint(method, match)
    params = _params(request, method)
    csrf_token = params.values.pop("__REQUEST_TOKEN__", None) if isinstance(params.values, dict) else None
    call = Call(request, _caller(request, csrf_token), params, bool(match and match["preview"]), language)
    found = guarded(lambda: endpoint(call), call)
    if isinstance(found, HttpResponseBase):
        return found
    body = b"".join(found) if isinstance(found, tuple) else json.dumps(found, ensure_ascii=False).encode()
    return HttpResponse(body, content_type=JSON_TYPE)


def _method(request: HttpRequest) -> str:
    """What is meant: long queries come as POST with the header that says GET."""
    asked = request.headers.get("X-HTTP-Method-Override", "").upper()
    method = asked if request.method == "POST" and asked in METHODS else str(request.method)
    return "GET" if method == "HEAD" else method


def _endpoint(method: str, match: re.Match[str] | None) -> Endpoint:
    from madoguchi.api.routes import find  # noqa: PLC0415 - the endpoints themselves use this module

    found = find(method, match["name"], preview=bool(match["preview"])) if match else None
    if isinstance(found, str):
        words = (f"このAPIは{method}では使えません。{found}を使ってください。", f"Use {found}, not {method}.")
        raise ApiError(405, "CB_NV01", words)
    if found is None:
        raise ApiError(404, "CB_NV01", ("このAPIはありません。", "There is no such API."))
    return found


def _params(request: HttpRequest, method: str) -> Params:
    """From the query string, and for JSON bodies (also of GET and DELETE) from the body."""
    try:
        values = from_query(request.META.get("QUERY_STRING", ""))
    except ValueError:
        raise refused(("URLのパラメーターが正しくありません。", "The parameters in the URL are not valid.")) from None
    if (request.content_type or "").lower() in _FORMS:
        return Params(values | _form(request))
    if request.method != "GET" or request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
        values |= _json(_body(request))
    return Params(values)


def _form(request: HttpRequest) -> dict[str, Any]:
    try:
        return {**request.POST.dict(), **request.FILES.dict()}
    except (MultiPartParserError, RequestDataTooBig, TooManyFilesSent) as error:
        raise refused(("送られた内容を読み取れませんでした。", "The body could not be read.")) from error


def _body(request: HttpRequest) -> bytes:
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        words = (f"リクエストは{MAX_BODY // 1024 // 1024}MB以下にしてください。", "The request is too large.")
        raise ApiError(413, "CB_VA01", words)
    return body


def _json(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise refused(("不正なJSON文字列です。", "Invalid JSON string."), "CB_IJ01")
    return found


def _caller(request: HttpRequest, csrf_token: object) -> Caller:
    """The first question to the database, so a connection that was lost is made anew here.

    Django would ask "SELECT 1" before; nothing was written yet, so asking again is safe.
    """
    token = csrf_token if isinstance(csrf_token, str) else None
    connection.health_check_done = True  # type: ignore[attr-defined] # django-stubs does not know it
    try:
        return caller_of(request, token)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return caller_of(request, token)


def guarded(work: Callable[[], Any], call: Call) -> Any:
    """What ``work`` returns; every failure of the rooms below as an ApiError."""
    try:
        return work()
    except ApiError:
        raise
    except Exception as error:
        raise _translated(error, call) from error


def _translated(error: Exception, call: Call) -> ApiError:
    same = (str(error), str(error))
    match error:
        case QueryError():
            return ApiError(400, error.code, (error.message_ja, error.message_en))
        case PermissionDenied():
            return no_privilege() if call.caller.staff else token_lacks_right()
        case RecordNotFound():
            return record_missing(call.params.values.get("id", ""))
        case StaleRecord():
            return changed_meanwhile()
        case InvalidValues() | FileRefused():
            return refused(same)
        case RecordError():
            return refused(same, "GAIA_IL03")
        case OperationalError() if isinstance(error.__cause__, pg.QueryCanceled):
            return _too_slow()
    return _broken(error)


def _too_slow() -> ApiError:
    words = (
        "検索に時間がかかりすぎました。条件を絞り込んでください。", "The query took too long. Narrow the condition.",
    )
    return ApiError(503, "GAIA_TM12", words)


def _too_many() -> ApiError:
    words = (
        "APIの同時リクエスト数が上限を超えています。", "The number of concurrent API requests exceeds the limit.",
    )
    return ApiError(429, "GAIA_TO04", words)


def _broken(error: Exception) -> ApiError:
    # The type only: messages of databases and libraries quote values.
    log.error("API call failed: %s", type(error).__name__, exc_info=settings.DEBUG)
    words = (
        "サーバーで問題が起きました。時間をおいてやり直してください。",
        "Something went wrong on the server. Try again later.",
    )
    return ApiError(500, "CB_IL02", words)


def _failure(error: ApiError, language: str) -> HttpResponse:
    body = json.dumps(error.body(language), ensure_ascii=False).encode()
    response = HttpResponse(body, content_type=JSON_TYPE, status=error.status)
    response["X-Cybozu-Error"] = error.code
    return response
