"""Madoguchi (窓口): an open, self-hosted platform for the procedures of Japan's municipalities."""

__version__ = "0.1.0"
