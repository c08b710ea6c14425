"""QR codes for pages."""

from __future__ import annotations

import segno


def inline_svg(text: str) -> str:
    """The QR code of ``text`` as an SVG element without size and styles of its own; made of squares only."""
    svg: str = segno.make(text, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )
    return svg
