"""``python -m simulators.paypay``."""

from __future__ import annotations

from simulators.common import argument_parser, serve
from simulators.paypay.app import build


def main() -> None:
    """Serves the simulator until told to stop."""
    parser = argument_parser("paypay", 8902)
    parser.add_argument("--api-key", default="simulator-key", help="the merchant's API key")
    parser.add_argument("--api-secret", default="simulator-secret", help="the merchant's API secret")
    parser.add_argument("--webhook-url", default="", help="where transaction notifications go; none without it")
    parser.add_argument("--shop", default="市役所", help="the merchant's name on the checkout page")
    parser.add_argument("--lifetime", type=int, default=300, help="seconds a code can be paid (%(default)s)")
    args = parser.parse_args()
    app = build(
        data=args.data,
        api_key=args.api_key,
        api_secret=args.api_secret,
        webhook_url=args.webhook_url,
        shop=args.shop,
        lifetime_s=args.lifetime,
    )
    serve(app, args.port, name="PayPay")


if __name__ == "__main__":
    main()
