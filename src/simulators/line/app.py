"""The whole platform as one ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from simulators.common import Pages, StrictHeaders, static_files
from simulators.line import api_account as account
from simulators.line import api_messages as messages
from simulators.line import api_richmenu_batch as batch
from simulators.line import api_richmenus as menus
from simulators.line import liff, login, oauth
from simulators.line.api import Handler, api_route, unknown_path
from simulators.line.control import Control
from simulators.line.core import Line, Options
from simulators.line.delivery import Deliverer
from simulators.line.people import People
from simulators.line.phone import Phone
from simulators.line.store import Store

BOT = "/v2/bot"
SECURED: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/message/reply", messages.reply),
    ("POST", "/message/push", messages.push),
    ("POST", "/message/multicast", messages.multicast),
    ("POST", "/message/broadcast", messages.broadcast),
    *(
        ("POST", f"/message/validate/{via}", messages.validate)
        for via in ("reply", "push", "multicast", "narrowcast", "broadcast")
    ),
    ("GET", "/message/quota", messages.quota),
    ("GET", "/message/quota/consumption", messages.consumption),
    *(
        ("GET", f"/message/delivery/{via}", messages.sent_count(via))
        for via in ("reply", "push", "multicast", "broadcast")
    ),
    ("POST", "/message/markAsRead", account.mark_chat_as_read),
    ("POST", "/chat/markAsRead", account.mark_as_read),
    ("POST", "/chat/loading/start", account.start_loading),
    ("GET", "/message/{message_id}/content", account.content),
    ("GET", "/message/{message_id}/content/preview", account.preview),
    ("GET", "/message/{message_id}/content/transcoding", account.transcoding),
    ("GET", "/info", account.info),
    ("GET", "/profile/{user_id}", account.profile),
    ("GET", "/followers/ids", account.followers),
    ("GET", "/channel/webhook/endpoint", account.webhook_endpoint),
    ("PUT", "/channel/webhook/endpoint", account.set_webhook_endpoint),
    ("POST", "/user/{user_id}/linkToken", account.link_token),
    ("POST", "/richmenu", menus.create),
    ("POST", "/richmenu/validate", menus.validate),
    ("GET", "/richmenu/list", menus.list_all),
    ("POST", "/richmenu/batch", batch.run),
    ("POST", "/richmenu/validate/batch", batch.validate),
    ("GET", "/richmenu/progress/batch", batch.progress),
    ("POST", "/richmenu/bulk/link", menus.bulk_link),
    ("POST", "/richmenu/bulk/unlink", menus.bulk_unlink),
    ("POST", "/richmenu/alias", menus.create_alias),
    ("GET", "/richmenu/alias/list", menus.list_aliases),
    ("POST", "/richmenu/alias/{alias}", menus.update_alias),
    ("GET", "/richmenu/alias/{alias}", menus.get_alias),
    ("DELETE", "/richmenu/alias/{alias}", menus.delete_alias),
    ("POST", "/richmenu/{menu_id}/content", menus.upload),
    ("GET", "/richmenu/{menu_id}/content", menus.download),
    ("GET", "/richmenu/{menu_id}", menus.get),
    ("DELETE", "/richmenu/{menu_id}", menus.delete),
    ("POST", "/user/all/richmenu/{menu_id}", menus.set_default),
    ("GET", "/user/all/richmenu", menus.get_default),
    ("DELETE", "/user/all/richmenu", menus.clear_default),
    ("POST", "/user/{user_id}/richmenu/{menu_id}", menus.link),
    ("GET", "/user/{user_id}/richmenu", menus.linked),
    ("DELETE", "/user/{user_id}/richmenu", menus.unlink),
)
LIFF: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/liff/v1/apps", liff.add),
    ("GET", "/liff/v1/apps", liff.list_all),
    ("PUT", "/liff/v1/apps/{liff_id}", liff.update),
    ("DELETE", "/liff/v1/apps/{liff_id}", liff.delete),
)
OPEN: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/oauth2/v3/token", oauth.stateless),
    ("POST", "/oauth2/v2.1/token", login.token),
    ("GET", "/oauth2/v2.1/tokens/kid", oauth.key_ids),
    ("GET", "/oauth2/v2.1/verify", oauth.verify),
    ("POST", "/oauth2/v2.1/verify", login.verify_id_token),
    ("POST", "/oauth2/v2.1/revoke", oauth.revoke),
    ("POST", "/v2/oauth/accessToken", oauth.short_lived),
    ("POST", "/v2/oauth/verify", oauth.verify),
    ("POST", "/v2/oauth/revoke", oauth.revoke),
    ("GET", "/oauth2/v2.1/userinfo", login.userinfo),
    ("POST", "/oauth2/v2.1/userinfo", login.userinfo),
    ("GET", "/v2/profile", login.login_profile),
    ("GET", "/oauth2/v2.1/certs", login.certs),
    ("GET", "/.well-known/openid-configuration", login.discovery),
)


class Platform:
    """The application, with its parts within reach of whoever runs it."""

    def __init__(self, options: Options, data: Path) -> None:
        self.line = Line(options, Store(data))
        self.deliverer = Deliverer(self.line)
        self.people = People(self.line, self.deliverer)
        self.app = Starlette(
            routes=self._routes(), middleware=[Middleware(StrictHeaders)], lifespan=self._lifespan,
            exception_handlers={HTTPException: unknown_path},
        )  # fmt: skip

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.deliverer.resume()
        yield
        await self.deliverer.close()
        self.line.store.close()

    def _routes(self) -> list[BaseRoute]:
        line, pages = self.line, Pages(Path(__file__).parent / "templates")
        control = Control(line, self.people)
        dialogs: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/oauth2/v2.1/authorize", login.authorize(pages)),
            ("GET", "/dialog/bot/accountLink", login.link_dialog(pages, self.people)),
            ("GET", "/liff/{liff_id}", login.open_liff(pages)),
            ("GET", "/liff/{liff_id}{rest:path}", login.open_liff(pages)),
        )
        testing = (("POST", "/channel/webhook/test", account.test_webhook(self.deliverer)),)
        return [
            *(api_route(line, method, BOT + path, handler) for method, path, handler in (*SECURED, *testing)),
            *(api_route(line, method, path, handler) for method, path, handler in LIFF),
            *(api_route(line, method, path, handler, secured=False) for method, path, handler in (*OPEN, *dialogs)),
            *control.routes(),
            *Phone(line, pages, control).routes(),
            static_files(),
        ]
