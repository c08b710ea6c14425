"""The remote control: what a test (or the phone page) makes simulated people do, and what it may see and spoil."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.common import json_object
from simulators.line import chats
from simulators.line.actions import PRESSABLE
from simulators.line.chats import Json
from simulators.line.core import Line
from simulators.line.errors import ApiError
from simulators.line.oauth import add_assertion_key
from simulators.line.people import CannotDo, People, Upload
from simulators.line.rules import dotted

MOST_WAIT_S = 60.0
Doing = Callable[[Request], Awaitable[Json]]
Act = Callable[[str, Request], Coroutine[Any, Any, Json]]


class Control:
    """Routes under ``/control``. Mistakes are 400 with ``error``; each act ends when its webhook was attempted,
    or at once with ``?async=1``."""

    def __init__(self, line: Line, people: People) -> None:
        self.line = line
        self.people = people

    def routes(self) -> list[Route]:
        """Everything one may ask."""
        acts: dict[str, Act] = {
            "text": self._text, "tap": self._tap, "press": self._press, "image": self._files, "file": self._files,
            "location": self._location, "sticker": self._sticker, "unsend": self._unsend, "block": self._block,
            "unblock": self._unblock,
        }  # fmt: skip
        return [
            self._route("GET", "/control/users", self._list_users),
            self._route("POST", "/control/users", self._add_user),
            *(self._act(name, act) for name, act in acts.items()),
            self._route("GET", "/control/users/{user_id}/messages", self._messages),
            self._route("GET", "/control/users/{user_id}/labels", self._labels),
            self._route("GET", "/control/deliveries", self._deliveries),
            self._route("POST", "/control/replay", self._replay),
            self._route("GET", "/control/faults", self._faults),
            self._route("POST", "/control/faults", self._faults),
            self._route("GET", "/control/clock", self._clock),
            self._route("POST", "/control/clock", self._clock),
            self._route("POST", "/control/assertion-keys", self._assertion_key),
        ]

    def _route(self, method: str, path: str, doing: Doing) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                return JSONResponse(await doing(request))
            except ApiError as error:
                return JSONResponse({"error": error.body["message"]}, error.status)
            except (CannotDo, ValueError, TypeError) as error:
                return JSONResponse({"error": str(error)}, 400)

        return Route(path, endpoint, methods=[method])

    def _act(self, name: str, act: Act) -> Route:
        async def doing(request: Request) -> Json:
            user_id = chats.friend(self.line, request.path_params["user_id"]).id
            if request.query_params.get("async") != "1":
                return await act(user_id, request)
            await request.body() if name not in ("image", "file") else await request.form()
            self.people.deliverer.start(act(user_id, request))
            return {"started": True}

        return self._route("POST", f"/control/users/{{user_id}}/{name}", doing)

    async def _list_users(self, request: Request) -> Json:
        people = chats.friends(self.line)
        return {"users": [{"userId": p.id, "displayName": p.display_name, "blocked": p.blocked} for p in people]}

    async def _add_user(self, request: Request) -> Json:
        name = str((await json_object(request)).get("displayName") or "").strip()
        if not 1 <= len(name) <= 40:
            raise CannotDo("displayName must have 1 to 40 characters")
        person = chats.add_friend(self.line, name)
        following = self.people.follow(person.id)
        if request.query_params.get("async") == "1":
            self.people.deliverer.start(following)
            return {"userId": person.id}
        return {"userId": person.id, **await following}

    async def _text(self, user_id: str, request: Request) -> Json:
        return await self.people.say(user_id, str((await json_object(request)).get("text", "")))

    async def _tap(self, user_id: str, request: Request) -> Json:
        body = await json_object(request)
        value = body.get("value")
        return await self.people.tap(user_id, str(body.get("label", "")), None if value is None else str(value))

    async def _press(self, user_id: str, request: Request) -> Json:
        """For the phone page, which knows exactly which of several equal labels was pressed."""
        body = await json_object(request)
        wrong = [f"{dotted(path)}: {wording}" for path, wording in PRESSABLE.problems(body.get("action"), ("action",))]
        if wrong:
            raise CannotDo("; ".join(wrong))
        value = None if body.get("value") is None else str(body["value"])
        return await self.people.press(user_id, body["action"], value, quick=bool(body.get("quick")))

    async def _files(self, user_id: str, request: Request) -> Json:
        async with request.form() as form:
            files = [value for value in form.multi_items() if isinstance(value[1], UploadFile)]
            uploads = [await _upload(file) for _, file in files if isinstance(file, UploadFile)]
        return await self.people.send_files(user_id, uploads)

    async def _location(self, user_id: str, request: Request) -> Json:
        return await self.people.send_location(user_id, await json_object(request))

    async def _sticker(self, user_id: str, request: Request) -> Json:
        body = await json_object(request)
        package, sticker = str(body.get("packageId", "446")), str(body.get("stickerId", "1988"))
        return await self.people.send_sticker(user_id, package, sticker)

    async def _unsend(self, user_id: str, request: Request) -> Json:
        return await self.people.unsend(user_id, (await json_object(request)).get("messageId"))

    async def _block(self, user_id: str, request: Request) -> Json:
        return await self.people.block(user_id)

    async def _unblock(self, user_id: str, request: Request) -> Json:
        return await self.people.follow(user_id, unblocked=True)

    async def _messages(self, request: Request) -> Json:
        """``?after=N&wait=S``: with ``wait``, answers as soon as there is something, at the latest after S seconds."""
        user_id = chats.friend(self.line, request.path_params["user_id"]).id
        after = int(request.query_params.get("after", "0"))
        deadline = asyncio.get_running_loop().time() + _seconds(request.query_params.get("wait", "0"))
        while True:
            changed = self.line.bell.changed
            messages = chats.messages_after(self.line, user_id, after)
            left = deadline - asyncio.get_running_loop().time()
            if messages or left <= 0 or self.line.bell.closed:
                return {"messages": messages}
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                continue

    async def _labels(self, request: Request) -> Json:
        return {"labels": self.people.labels(chats.friend(self.line, request.path_params["user_id"]).id)}

    async def _deliveries(self, request: Request) -> Json:
        """Every attempt with the exact body that was signed: also the recording that ``/control/replay`` takes."""
        after = int(request.query_params.get("after", "0"))
        rows = self.line.store.rows("SELECT * FROM deliveries WHERE id > ? ORDER BY id", after)
        return {"deliveries": [_delivery(row) for row in rows]}

    async def _replay(self, request: Request) -> Json:
        """{"deliveries": [{"body": …}]}: sends these bodies again, signed anew, in this order."""
        bodies = [item["body"] for item in (await json_object(request)).get("deliveries", [])]
        if not all(isinstance(body, str) for body in bodies):
            raise CannotDo("every delivery needs its body as text")
        return {"outcomes": [(await self.people.deliverer.post(body)).as_json() for body in bodies]}

    async def _faults(self, request: Request) -> Json:
        return self.line.set_faults(await json_object(request) if request.method == "POST" else {})

    async def _clock(self, request: Request) -> Json:
        if request.method == "POST":
            self.line.advance(_seconds((await json_object(request)).get("advance_s", 0), most=math.inf))
        return {"now_ms": self.line.now_ms(), "offset_s": self.line.clock.offset_s}

    async def _assertion_key(self, request: Request) -> Json:
        return {"kid": add_assertion_key(self.line, await json_object(request))}


async def _upload(file: UploadFile) -> Upload:
    return Upload(await file.read(), file.content_type or "application/octet-stream", file.filename or "")


def _seconds(value: Any, most: float = MOST_WAIT_S) -> float:
    seconds = float(value)
    if math.isnan(seconds) or math.isinf(seconds):
        raise CannotDo("seconds must be a finite number")
    return min(seconds, most)


def _delivery(row: Json) -> Json:
    events = json.loads(row["body"])["events"]
    return {
        "id": row["id"],
        "at": row["at_ms"],
        "attempt": row["attempt"],
        "status": row["status"],
        "reason": row["reason"],
        "took_ms": row["took_ms"],
        "events": [event["type"] for event in events],
        "webhookEventIds": [event["webhookEventId"] for event in events],
        "isRedelivery": any(event["deliveryContext"]["isRedelivery"] for event in events),
        "will_redeliver": bool(row["again"]),
        "body": row["body"],
    }
