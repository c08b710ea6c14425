"""A link to keep: as text, to copy, and as a QR code for another device."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from madoguchi.lib.qr import inline_svg


@dataclass(frozen=True, slots=True)
class KeptLink:
    """A full address of this site that the resident should keep."""

    path: str

    @property
    def url(self) -> str:
        return f"{settings.BASE_URL}{self.path}"

    @property
    def qr(self) -> SafeString:
        """The QR code as an SVG element without styles of its own."""
        return mark_safe(inline_svg(self.url))  # noqa: S308 - made of squares only
