"""Configuration from the environment: every setting in one place, with its meaning and its default."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - refused by `madoguchi check`
GSI_TILES = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png"
"""地理院タイル, the pale map: free to use with their name on the map."""
DEVELOPMENT_KEY = base64.b64encode(b"development-key-not-for-real-use"[:32]).decode()


@dataclass(frozen=True, slots=True)
class Service:
    """Where an outside service answers and how we prove who we are. An empty ``base_url`` means: not configured."""

    base_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What the environment says. Names are the variables' without ``MADOGUCHI_``, in lower case."""

    secret_key: str
    encryption_keys: tuple[str, ...]
    database_url: str
    data_dir: Path
    base_url: str
    debug: bool
    trusted_proxies: int
    line: Service
    paypay: Service
    linepay: Service
    mynumber: Service
    mynumber_private_key: str
    email_url: str
    email_from: str
    demo: bool
    api_deploy_without_review: bool
    staff_email: bool
    map_tiles: str
    webhook_allow_private: bool

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Reads the variables; nothing is required here, ``madoguchi check`` says what is missing for real use."""

        def text(name: str, default: str = "") -> str:
            return env.get(f"MADOGUCHI_{name}", default)

        def service(name: str) -> Service:
            return Service(
                base_url=text(f"{name}_BASE_URL").rstrip("/"),
                client_id=text(f"{name}_CLIENT_ID"),
                client_secret=text(f"{name}_CLIENT_SECRET"),
                public_url=text(f"{name}_PUBLIC_URL").rstrip("/"),
            )

        return cls(
            secret_key=text("SECRET_KEY", DEVELOPMENT_SECRET),
            encryption_keys=tuple(text("ENCRYPTION_KEYS", DEVELOPMENT_KEY).split(",")),
            database_url=env.get("DATABASE_URL", ""),
            data_dir=Path(text("DATA_DIR", "var/data")).absolute(),
            base_url=text("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            debug=text("DEBUG") == "1",
            trusted_proxies=_whole_number("MADOGUCHI_TRUSTED_PROXIES", text("TRUSTED_PROXIES", "0")),
            line=service("LINE"),
            paypay=service("PAYPAY"),
            linepay=service("LINEPAY"),
            mynumber=service("MYNUMBER"),
            mynumber_private_key=text("MYNUMBER_PRIVATE_KEY"),
            email_url=text("EMAIL_URL"),
            email_from=text("EMAIL_FROM", "madoguchi@localhost"),
            demo=text("DEMO") == "1",
            staff_email=text("STAFF_EMAIL") == "1",
            map_tiles=text("MAP_TILES", GSI_TILES),
            api_deploy_without_review=text("API_DEPLOY_WITHOUT_REVIEW", text("DEMO")) == "1",
            webhook_allow_private=text("WEBHOOK_ALLOW_PRIVATE") == "1",
        )


def _whole_number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} は 0 以上の整数にしてください（今は「{text}」）。")
    return int(text)
