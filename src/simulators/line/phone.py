"""The pages: who is there, and a phone for each, kept up to date by server-sent events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from simulators.common import Pages
from simulators.line import chats, richmenus
from simulators.line.control import Control
from simulators.line.core import Line
from simulators.line.errors import ApiError
from simulators.line.login import COOKIE
from simulators.line.oauth import form_of

HEARTBEAT_S = 15.0
LOG_LENGTH = 30


class Phone:
    """``/``, ``/phone/{userId}``, and what https://line.me/R/ti/p/ is on a real phone."""

    def __init__(self, line: Line, pages: Pages, control: Control) -> None:
        self.line = line
        self.pages = pages
        self.control = control

    def routes(self) -> list[Route]:
        """The pages and what they load."""
        return [
            Route("/", self.people),
            Route("/R/ti/p/{account}", self.open_app),
            Route("/people", self.add_person, methods=["POST"]),
            Route("/phone/{user_id}", self.show),
            Route("/phone/{user_id}/state", self.state),
            Route("/phone/{user_id}/events", self.events),
            Route("/phone/content/{message_id}", self.content),
            Route("/phone/menu/{menu_id}", self.menu_image),
        ]

    def _home(self, status: int = 200, error: str = "", typed: str = "") -> Response:
        people = chats.friends(self.line)
        options = self.line.options
        return self.pages.render(
            "people.html", status, people=people, account=options.account_name, error=error, typed=typed
        )

    async def people(self, request: Request) -> Response:
        """Everybody, and a form to add somebody."""
        return self._home()

    async def add_person(self, request: Request) -> Response:
        """Adds a friend and opens their phone."""
        name = (await form_of(request)).get("displayName", "").strip()
        if not 1 <= len(name) <= 40:
            return self._home(400, "名前を1文字以上40文字以内で入れてください。", name)
        person = chats.add_friend(self.line, name)
        self.control.people.deliverer.start(self.control.people.follow(person.id))
        return RedirectResponse(f"/phone/{person.id}", 303)

    async def show(self, request: Request) -> Response:
        """The phone; the browser remembers whose it is, as LINE's own browser would."""
        try:
            person = chats.friend(self.line, request.path_params["user_id"])
        except ApiError:
            text = "この人はいません。一覧に戻って選んでください。"
            return self.pages.render("notice.html", 404, title="見つかりません", text=text)
        page = self.pages.render("phone.html", person=person, account=self.line.options.account_name)
        page.set_cookie(COOKIE, person.id, httponly=True, samesite="lax")
        return page

    async def open_app(self, request: Request) -> Response:
        """The link to the account opens the phone this browser is; everybody's list if it is nobody's."""
        try:
            person = chats.friend(self.line, request.cookies.get(COOKIE, ""))
        except ApiError:
            return RedirectResponse("/", 302)
        return RedirectResponse(f"/phone/{person.id}", 302)

    async def state(self, request: Request) -> Response:
        """What the phone shows now; only messages after ``?after=``."""
        line = self.line
        try:
            person, after = (
                chats.friend(line, request.path_params["user_id"]),
                int(request.query_params.get("after", "0")),
            )
        except ApiError as error:
            return JSONResponse(error.body, error.status)
        except ValueError:
            return JSONResponse({"message": "after must be a number"}, 400)
        quick = chats.quick_reply(line, person.id)
        rows = line.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", LOG_LENGTH)
        unsent = line.store.rows("SELECT n FROM messages WHERE user_id = ? AND unsent", person.id)
        return JSONResponse(
            {
                "messages": chats.messages_after(line, person.id, after),
                "unsent": [row["n"] for row in unsent],
                "quickReplies": quick[1] if quick else [],
                "richMenu": richmenus.menu_of(line, person.id),
                "loadingMs": max(0, person.loading_until_ms - line.now_ms()),
                "blocked": person.blocked,
                "readN": person.read_n,
                "nowMs": line.now_ms(),
                "offsetS": line.clock.offset_s,
                "log": [_log_line(row) for row in rows],
                "faults": line.set_faults({}) if after == 0 else None,
            }
        )

    async def events(self, request: Request) -> Response:
        """Says "changed" whenever anything did."""
        return StreamingResponse(self._changes(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _changes(self) -> AsyncIterator[str]:
        bell, heard = self.line.bell, -1
        while not bell.closed:
            # What rang while the last line was being sent must not be missed: hence the count.
            if bell.rings == heard and not await bell.wait(HEARTBEAT_S):
                yield ": still here\n\n"
            elif bell.rings != heard:
                heard = bell.rings
                yield "data: changed\n\n"

    async def content(self, request: Request) -> Response:
        """What somebody sent, for their own phone."""
        row = self.line.store.row("SELECT * FROM contents WHERE message_id = ?", request.path_params["message_id"])
        if row is None:
            return Response(status_code=404)
        safe = row["content_type"] if row["content_type"].startswith(("image/", "video/", "audio/")) else "text/plain"
        return Response(row["data"], media_type=safe)

    async def menu_image(self, request: Request) -> Response:
        """A rich menu's picture."""
        row = self.line.store.row("SELECT * FROM rich_menus WHERE id = ?", request.path_params["menu_id"])
        if row is None or row["image"] is None:
            return Response(status_code=404)
        return Response(row["image"], media_type=row["image_type"])


def _log_line(row: chats.Json) -> chats.Json:
    events = json.loads(row["body"])["events"]
    return {
        "id": row["id"],
        "at": row["at_ms"],
        "events": ", ".join(event["type"] for event in events) or "（空）",
        "attempt": row["attempt"],
        "status": row["status"],
        "reason": row["reason"],
        "tookMs": row["took_ms"],
    }
