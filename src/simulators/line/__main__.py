"""``python -m simulators.line``: the LINE platform on 127.0.0.1."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulators.common import argument_parser, serve
from simulators.line.app import Platform
from simulators.line.core import Options


def _arguments() -> argparse.Namespace:
    parser = argument_parser("line", 8010)
    parser.add_argument("--channel-id", default="1234567890", help="of the Messaging API channel")
    parser.add_argument("--channel-secret", required=True, help="signs the webhooks")
    parser.add_argument("--channel-access-token", default="", help="a long-lived token that is always accepted")
    parser.add_argument("--webhook-url", default="", help="where events go; else the one set before")
    parser.add_argument("--account-name", default="市役所", help="the account's name on the phone")
    parser.add_argument("--login-channel-id", default="", help="of LINE Login (default: the channel's)")
    parser.add_argument("--login-channel-secret", default="")
    return parser.parse_args()


def main() -> None:
    """Serves until SIGTERM."""
    given = _arguments()
    options = Options(
        base_url=f"http://127.0.0.1:{given.port}",
        channel_id=given.channel_id,
        channel_secret=given.channel_secret,
        channel_access_token=given.channel_access_token,
        webhook_url=given.webhook_url,
        account_name=given.account_name,
        login_channel_id=given.login_channel_id or given.channel_id,
        login_channel_secret=given.login_channel_secret or given.channel_secret,
    )
    platform = Platform(options, Path(given.data))
    serve(platform.app, given.port, name="LINE", on_stop=platform.line.bell.close)


if __name__ == "__main__":
    main()
