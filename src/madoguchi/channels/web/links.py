"""A link to keep: as text, to copy, and as a QR code for another device."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


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
        svg: str = segno.make(self.url, error="m", micro=False).svg_inline(
            border=2, omitsize=True, svgclass=None, lineclass=None, light="#fff"
        )
        return mark_safe(svg)  # noqa: S308 - made of squares only
