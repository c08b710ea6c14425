"""``python -m simulators.linepay``."""

from __future__ import annotations

from simulators.common import argument_parser, serve
from simulators.linepay.app import build


def main() -> None:
    """Serves the simulator until told to stop."""
    parser = argument_parser("linepay", 8903)
    parser.add_argument("--channel-id", default="1234567890", help="the merchant's channel id")
    parser.add_argument("--channel-secret", default="simulator-secret", help="the merchant's channel secret")
    parser.add_argument("--shop", default="市役所", help="the merchant's name on the checkout page")
    parser.add_argument("--lifetime", type=int, default=1200, help="seconds a request can be paid (%(default)s)")
    args = parser.parse_args()
    app = build(
        data=args.data,
        channel_id=args.channel_id,
        channel_secret=args.channel_secret,
        shop=args.shop,
        lifetime_s=args.lifetime,
    )
    serve(app, args.port, name="LINE Pay")


if __name__ == "__main__":
    main()
