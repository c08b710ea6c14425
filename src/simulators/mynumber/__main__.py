"""``python -m simulators.mynumber``: serves the simulated card service until told to stop."""

from __future__ import annotations

from pathlib import Path

from simulators.common import argument_parser, serve
from simulators.mynumber.app import CardService


def main() -> None:
    """Reads the arguments and serves."""
    parser = argument_parser("mynumber", 9104)
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--client-public-key", type=Path, required=True, help="PEM file of the client's public key")
    parser.add_argument("--redirect-uri", required=True, help="the only address codes are sent to")
    given = parser.parse_args()
    service = CardService(
        folder=given.data, base_url=f"http://127.0.0.1:{given.port}", client_id=given.client_id,
        client_key=given.client_public_key.read_bytes(), redirect_uri=given.redirect_uri,
    )
    serve(service.app(), given.port, name="mynumber")


if __name__ == "__main__":
    main()
