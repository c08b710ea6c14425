"""The ``madoguchi`` command."""
import sys


def main() -> None:
    sys.exit(0)
