"""Pictures made safe: told by their bytes, limited in pixels, encoded anew so that nothing but pixels survives."""

from __future__ import annotations

import io

import pillow_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

JPEG, PNG, WEBP, HEIC, PDF = "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"
PILLOW_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

MAX_PIXELS = 60_000_000
"""Phones take up to 50 megapixels by default; a bomb of a few kilobytes unfolds to thousands."""
MAX_SIDE = 4096
THUMBNAIL_SIDE = 480
QUALITY = 88

pillow_heif.register_heif_opener()


class FileRefused(Exception):
    """An upload that is not kept; ``str(error)`` says why and what to do, for whoever sent it."""


def sniff(data: bytes, *, limit: int, pdf: bool) -> str:
    """The real content type of ``data``; raises FileRefused when it is empty, over ``limit`` bytes or not allowed."""
    if not data:
        raise FileRefused(_("ファイルが空です。もう一度選んで送ってください。"))
    if len(data) > limit:
        words = _("ファイルが大きすぎます。%(limit)dMB 以下にして送ってください。")
        raise FileRefused(words % {"limit": limit // 1024 // 1024})
    kind = _kind(data)
    if kind is None or (kind == PDF and not pdf):
        raise _wrong_format(pdf)
    return kind


def _wrong_format(pdf: bool) -> FileRefused:
    if pdf:
        words = _("この形式のファイルは受け付けられません。写真（JPEG・PNG・WebP・HEIC）か PDFを送ってください。")
    else:
        words = _("この形式のファイルは受け付けられません。写真（JPEG・PNG・WebP・HEIC）を送ってください。")
    return FileRefused(words)


def _kind(data: bytes) -> str | None:
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return HEIC
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    beginnings = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"%PDF-": PDF}
    return next((kind for start, kind in beginnings.items() if data.startswith(start)), None)


def reencode(data: bytes, kind: str) -> tuple[bytes, bytes]:
    """The picture and its thumbnail as JPEG: upright, in RGB, within the size limits, without metadata."""
    try:
        with Image.open(io.BytesIO(data), formats=[PILLOW_FORMATS[kind]]) as image:
            _refuse_bomb(image)
            # Large JPEGs are decoded at a fraction of their size at once.
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            ImageOps.exif_transpose(image, in_place=True)
            flat = _flat(image)
            return _jpeg(flat, MAX_SIDE), _jpeg(flat, THUMBNAIL_SIDE)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels() from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as broken:
        words = _("写真を読み取れませんでした。撮り直すか、別の写真を送ってください。")
        raise FileRefused(words) from broken


def _refuse_bomb(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> FileRefused:
    return FileRefused(_("写真の画素数が大きすぎます。スマートフォンの標準の設定で撮り直して送ってください。"))


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white: JPEG has no transparency. No copy is made of what is RGB already (150 MB for 50 megapixels)."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, "white")
        return Image.alpha_composite(white, with_alpha).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _jpeg(image: Image.Image, side: int) -> bytes:
    """``image`` as JPEG; shrinks it in place."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    image.info.clear()  # Pillow would write comments and profiles found here.
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
