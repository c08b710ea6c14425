"""A resident at the simulated phone, with the product behind it in the test's own transaction.

The simulator delivers its signed webhooks to a listener; ``settle`` hands them to Django as they came and runs the
jobs they enqueue, whose calls go back to the simulator.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from PIL import Image

from tests.jobs import run_waiting_jobs
from tests.line_shapes import message_findings
from tests.line_simulator import LineSimulator, Person, Webhook

Json = dict[str, Any]


@dataclass
class Chat:
    """One resident's chat with the city."""

    line: LineSimulator
    webhook: Webhook
    person: Person
    seen: int = 0
    client: Client = field(default_factory=Client)

    # --- what the resident does; each returns what the city says to it ---

    def say(self, text: str) -> str:
        self.person.say(text)
        return self.settle()

    def tap(self, label: str, value: str | None = None) -> str:
        self.person.tap(label, value)
        return self.settle()

    def press(self, action: Json) -> str:
        """Presses a button that may long be gone from the screen."""
        self.person.act("press", action=action)
        return self.settle()

    def send(self, *files: tuple[str, bytes, str]) -> str:
        """Sends (name, content, type) files in one go."""
        uploads = [("files", one) for one in files]
        answer = self.line.client.post(f"/control/users/{self.person.user_id}/image", files=uploads)
        assert answer.status_code == 200, answer.text
        return self.settle()

    def send_photo(self, count: int = 1) -> str:
        return self.send(*[("a.jpg", photo(), "image/jpeg")] * count)

    def act(self, name: str, **body: Any) -> str:
        self.person.act(name, **body)
        return self.settle()

    # --- what comes back ---

    def settle(self) -> str:
        """Hands what LINE sent to the product and lets it work; returns what it says in the chat."""
        self.deliver()
        run_waiting_jobs()
        return self.heard()

    def deliver(self) -> list[int]:
        """Hands over what LINE sent, without working; returns the HTTP statuses."""
        requests, self.webhook.requests[:] = list(self.webhook.requests), []
        return [self.post(body, headers["x-line-signature"]) for headers, body in requests]

    def post(self, body: bytes, signature: str) -> int:
        response = self.client.post(
            "/line/webhook", body, content_type="application/json", headers={"x-line-signature": signature}
        )
        return int(response.status_code)

    def heard(self) -> str:
        """The words of everything the city has said since the last time, one message a line.

        Whatever it says must have the shape of LINE's messages.
        """
        new = self.person.messages(self.seen)
        self.seen = new[-1]["n"] if new else self.seen
        said = [row["message"] for row in new if row["from"] == "bot"]
        assert message_findings(said) == []
        return "\n".join(map(words, said))

    @property
    def messages(self) -> list[Json]:
        """What the city said, verbatim."""
        return self.person.from_bot()

    @property
    def labels(self) -> list[str]:
        """What can be pressed now."""
        url = f"/control/users/{self.person.user_id}/labels"
        return list(self.line.client.get(url).json()["labels"])

    @property
    def quick_replies(self) -> list[Json]:
        """The buttons below the newest message."""
        return [item["action"] for item in self.messages[-1].get("quickReply", {}).get("items", [])]

    def button(self, label: str) -> Json:
        """The newest button with that label, wherever it was shown."""
        found = [action for message in self.messages for action in actions_of(message) if action.get("label") == label]
        return found[-1]

    def link(self, label: str) -> str:
        """Where the newest link with that label leads."""
        return str(self.button(label)["uri"])


def words(message: Json) -> str:
    """A message's text; a Flex message's texts."""
    if message["type"] == "text":
        return str(message["text"])
    return "\n".join(_texts(message.get("contents")))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _texts(one)
    if isinstance(node, dict):
        if node.get("type") == "text":
            yield str(node["text"])
        for value in node.values():
            yield from _texts(value) if isinstance(value, dict | list) else ()


def actions_of(node: Any) -> Iterator[Json]:
    """Every action in a message."""
    if isinstance(node, list):
        for one in node:
            yield from actions_of(one)
    if isinstance(node, dict):
        if "label" in node and "type" in node:
            yield node
        for value in node.values():
            yield from actions_of(value)


def photo(size: tuple[int, int] = (800, 500), kind: str = "JPEG") -> bytes:
    """A picture as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", size, "#88aacc").save(out, kind)
    return out.getvalue()
