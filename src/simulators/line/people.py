"""What a simulated person does, each as the event LINE would send."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from simulators.line import chats, richmenus
from simulators.line.actions import PICKER_PATTERNS, picker_moment
from simulators.line.chats import Json
from simulators.line.core import Line, hex_id, message_id, ulid
from simulators.line.delivery import Deliverer
from simulators.line.errors import ApiError

TRANSCODING_MS = 3000
"""How long a film stays unready for download."""

KEEPS_QUICK_REPLY = ("uri", "camera", "cameraRoll", "location", "clipboard")
INSTEAD = {
    "camera": "send a photo with POST …/image",
    "cameraRoll": "send photos with POST …/image",
    "location": "send a place with POST …/location",
}


class CannotDo(ValueError):
    """What was asked is impossible for the person; the text says why."""


@dataclass(frozen=True)
class Upload:
    """A file somebody sends from their phone."""

    data: bytes
    content_type: str
    name: str = ""


class People:
    """Acts for the simulated people and tells the account's webhook."""

    def __init__(self, line: Line, deliverer: Deliverer) -> None:
        self.line = line
        self.deliverer = deliverer

    async def follow(self, user_id: str, *, unblocked: bool = False) -> Json:
        """Adds the account as a friend, or unblocks it."""
        chats.change_friend(self.line, user_id, blocked=0)
        return await self._tell(user_id, self._event("follow", user_id, follow={"isUnblocked": unblocked}))

    async def block(self, user_id: str) -> Json:
        """Blocks the account: ``unfollow``, which cannot be answered."""
        self._active(user_id)
        chats.change_friend(self.line, user_id, blocked=1)
        return await self._tell(user_id, self._event("unfollow", user_id, reply=False))

    async def say(self, user_id: str, text: str) -> Json:
        """Sends a text."""
        if not text.strip():
            raise CannotDo("text must not be empty")
        return await self._send(user_id, [{"type": "text", "text": text, "quoteToken": hex_id()}])

    async def send_sticker(self, user_id: str, package_id: str, sticker_id: str) -> Json:
        """Sends a sticker."""
        content = {"packageId": package_id, "stickerId": sticker_id, "stickerResourceType": "STATIC"}
        return await self._send(user_id, [{"type": "sticker", **content, "quoteToken": hex_id()}])

    async def send_location(self, user_id: str, place: Json) -> Json:
        """Sends a place: latitude and longitude, and perhaps a title and an address."""
        try:
            content = {key: float(place[key]) for key in ("latitude", "longitude")}
        except (KeyError, TypeError, ValueError):
            raise CannotDo("latitude and longitude must be numbers") from None
        words = {key: str(place[key]) for key in ("title", "address") if place.get(key)}
        return await self._send(user_id, [{"type": "location", **words, **content}])

    async def send_files(self, user_id: str, uploads: Sequence[Upload]) -> Json:
        """Sends photos, films, sounds or files in one go; several photos belong to one ``imageSet``."""
        if not uploads:
            raise CannotDo("no file was sent")
        self._active(user_id)
        images = sum(upload.content_type.startswith("image/") for upload in uploads)
        set_id = hex_id().upper()
        contents: list[Json] = []
        for upload in uploads:
            content = self._keep(upload)
            if content["type"] == "image" and images > 1:
                index = 1 + sum("imageSet" in earlier for earlier in contents)
                content["imageSet"] = {"id": set_id, "index": index, "total": images}
            contents.append(content)
        return await self._send(user_id, contents)

    async def unsend(self, user_id: str, identifier: str | None) -> Json:
        """Takes a message back: the last one, or the one with this id; its content is gone."""
        row = self.line.store.row(
            "SELECT message_id FROM messages WHERE user_id = ? AND sender = 'user' AND unsent = 0"
            " AND message_id IS NOT NULL AND message_id = coalesce(?, message_id) ORDER BY n DESC LIMIT 1",
            user_id, identifier,
        )  # fmt: skip
        if row is None:
            raise CannotDo("there is no message to take back")
        self.line.store.run("UPDATE messages SET unsent = 1 WHERE message_id = ?", row["message_id"])
        self.line.store.run("DELETE FROM contents WHERE message_id = ?", row["message_id"])
        unsend = {"messageId": row["message_id"]}
        return await self._tell(user_id, self._event("unsend", user_id, reply=False, unsend=unsend))

    async def link_account(self, user_id: str, *, nonce: str, ok: bool) -> Json:
        """The end of account linking."""
        event = self._event("accountLink", user_id, reply=ok, link={"result": "ok" if ok else "failed", "nonce": nonce})
        if not ok:
            del event["source"]
        return await self._tell(user_id, event)

    async def tap(self, user_id: str, label: str, value: str | None = None) -> Json:
        """Presses what carries this label: quick reply, newest message that has it, then the rich menu."""
        quick = chats.quick_reply(self.line, user_id)
        for action in quick[1] if quick else ():
            if _says(action, label):
                return await self.press(user_id, action, value, quick=True)
        for _, message in chats.newest_bot_messages(self.line, user_id):
            for action in chats.buttons(message):
                if _says(action, label):
                    return await self.press(user_id, action, value)
        menu = richmenus.menu_of(self.line, user_id)
        for area in menu["areas"] if menu else ():
            if _says(area["action"], label):
                return await self.press(user_id, area["action"], value)
        raise CannotDo(f"nothing to press is labelled {label!r}; on show: {', '.join(self.labels(user_id)) or '-'}")

    def labels(self, user_id: str) -> list[str]:
        """What can be pressed now, quick replies first; of the messages only the newest with buttons."""
        quick = chats.quick_reply(self.line, user_id)
        found = [action.get("label", "") for action in quick[1]] if quick else []
        for _, message in chats.newest_bot_messages(self.line, user_id):
            labels = [action.get("label") or action.get("text", "") for action in chats.buttons(message)]
            if labels:
                found += labels
                break
        menu = richmenus.menu_of(self.line, user_id)
        found += (
            [area["action"].get("label") or area["action"].get("text", "") for area in menu["areas"]] if menu else []
        )
        return [label for label in found if label]

    async def press(self, user_id: str, action: Json, value: str | None = None, *, quick: bool = False) -> Json:
        """Does what an action does."""
        self._active(user_id)
        kind = str(action.get("type"))
        if kind in INSTEAD:
            raise CannotDo(f"this button opens the phone's own picker: {INSTEAD[kind]}")
        doing = {
            "message": self._press_message,
            "postback": self._press_postback,
            "datetimepicker": self._press_picker,
            "richmenuswitch": self._press_switch,
            "uri": self._press_link,
            "clipboard": self._press_copy,
        }.get(kind)
        if doing is None:
            raise CannotDo(f"unknown action {kind!r}")
        shown = chats.quick_reply(self.line, user_id)
        result = await doing(user_id, action, value)
        if quick and shown and kind not in KEEPS_QUICK_REPLY:
            chats.change_friend(self.line, user_id, quick_reply_used_n=shown[0])
        return result

    async def _press_message(self, user_id: str, action: Json, value: str | None) -> Json:
        return await self.say(user_id, action["text"])

    async def _press_postback(self, user_id: str, action: Json, value: str | None) -> Json:
        if action.get("text"):
            await self.say(user_id, action["text"])
        event = self._event("postback", user_id, postback={"data": action["data"]})
        result = await self._tell(user_id, event, action.get("displayText"))
        chosen: Json = {key: action[key] for key in ("inputOption", "fillInText") if key in action}
        return {**result, **chosen}

    async def _press_picker(self, user_id: str, action: Json, value: str | None) -> Json:
        mode = action["mode"]
        moment = picker_moment(mode, value)
        if value is None or moment is None:
            raise CannotDo(f"this button picks a {mode}: value must look like {PICKER_PATTERNS[mode]}")
        least, most = (picker_moment(mode, action.get(key)) for key in ("min", "max"))
        if (least and moment < least) or (most and moment > most):
            raise CannotDo(f"value must be from {action.get('min', '-')} to {action.get('max', '-')}")
        postback = {"data": action["data"], "params": {mode: value}}
        return await self._tell(user_id, self._event("postback", user_id, postback=postback))

    async def _press_switch(self, user_id: str, action: Json, value: str | None) -> Json:
        alias, status = action["richMenuAliasId"], "SUCCESS"
        try:
            target = richmenus.usable(self.line, richmenus.alias_target(self.line, alias))
            chats.change_friend(self.line, user_id, rich_menu_id=target)
        except ApiError:
            status = "RICHMENU_ALIAS_ID_NOTFOUND"
        if "data" not in action:
            return {"switched": alias, "status": status}
        postback = {"data": action["data"], "params": {"newRichMenuAliasId": alias, "status": status}}
        return await self._tell(user_id, self._event("postback", user_id, postback=postback))

    async def _press_link(self, user_id: str, action: Json, value: str | None) -> Json:
        return {"opened": action.get("uri") or action["linkUri"]}

    async def _press_copy(self, user_id: str, action: Json, value: str | None) -> Json:
        return {"copied": action["clipboardText"]}

    async def _send(self, user_id: str, contents: list[Json]) -> Json:
        """Sends messages: one event each, together in one webhook."""
        self._active(user_id)
        events = []
        for content in contents:
            full = {"id": message_id(), **content, "markAsReadToken": hex_id()}
            events.append(self._event("message", user_id, message=full))
            chats.put_event(self.line, user_id, events[-1])
        return await self._deliver(events)

    async def _tell(self, user_id: str, event: Json, shown: str | None = None) -> Json:
        chats.put_event(self.line, user_id, event, shown)
        return await self._deliver([event])

    async def _deliver(self, events: list[Json]) -> Json:
        ids = [event["webhookEventId"] for event in events]
        messages = [event["message"]["id"] for event in events if "message" in event]
        outcome = await self.deliverer.deliver(events)
        return {"webhookEventIds": ids, "messageIds": messages, **outcome.as_json()}

    def _event(self, kind: str, user_id: str, *, reply: bool = True, **more: Any) -> Json:
        line, now = self.line, self.line.now_ms()
        event: Json = {
            "type": kind,
            "mode": "standby" if line.faults.standby else "active",
            "timestamp": now,
            "source": {"type": "user", "userId": user_id},
            "webhookEventId": ulid(now),
            "deliveryContext": {"isRedelivery": False},
            **more,
        }
        if reply and not line.faults.standby:
            event["replyToken"] = hex_id()
            line.store.run(
                "INSERT INTO reply_tokens (token, user_id, event_ms, delivered_ms) VALUES (?, ?, ?, ?)",
                event["replyToken"], user_id, now, now,
            )  # fmt: skip
        return event

    def _active(self, user_id: str) -> None:
        if chats.friend(self.line, user_id).blocked:
            raise CannotDo("this person has blocked the account; unblock it first")

    def _keep(self, upload: Upload) -> Json:
        """Stores what was sent and returns the message content that names it."""
        kind = upload.content_type.split("/", 1)[0]
        kind = kind if kind in ("image", "video", "audio") else "file"
        preview = _preview(upload.data) if kind == "image" else None
        identifier = message_id()
        ready = self.line.now_ms() + (TRANSCODING_MS if kind == "video" else 0)
        self.line.store.run(
            "INSERT INTO contents VALUES (?, ?, ?, ?, ?)", identifier, upload.content_type, upload.data, preview, ready
        )
        if kind == "file":
            return {"id": identifier, "type": kind, "fileName": upload.name or "file", "fileSize": len(upload.data)}
        content: Json = {"id": identifier, "type": kind, "contentProvider": {"type": "line"}}
        if kind != "image":
            content["duration"] = 5000
        return content if kind == "audio" else {**content, "quoteToken": hex_id()}


def _says(action: Json, label: str) -> bool:
    return label == action.get("label") or (not action.get("label") and label == action.get("text"))


def _preview(data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.thumbnail((240, 240))
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=80)
    except (OSError, ValueError, Image.DecompressionBombError):
        raise CannotDo("this file is not a picture LINE can send") from None
    return out.getvalue()
