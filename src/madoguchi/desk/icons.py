"""The few line icons of the desk, as SVG paths on a 24 × 24 grid. They always stand beside a word."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

PATHS: Final = {
    "inbox": "M4 13h4l2 3h4l2-3h4M4 13V18a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5M4 13l3-8h10l3 8",
    "open": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
    "waiting_resident": "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
    "waiting_payment": "M7 4l5 8l5-8M12 12v8M8 13h8M8 16h8",
    "done": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12l3 3l5-6",
    "rejected": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9 9l6 6M15 9l-6 6",
    "cancelled": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12h8",
    "expired": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3 3",
    "search": "M10 4a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15 15l5 5",
    "back": "M15 5l-7 7l7 7",
    "next": "M9 5l7 7l-7 7",
    "up": "M6 15l6-6l6 6",
    "down": "M6 9l6 6l6-6",
    "sort": "M8 10l4-4l4 4M8 14l4 4l4-4",
    "close": "M6 6l12 12M18 6L6 18",
    "warning": "M12 4L2.5 20h19zM12 10v4M12 17v.5",
    "person": "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4 20c1-4 4-6 8-6s7 2 8 6",
    "yen": "M7 4l5 8l5-8M12 12v8M8 13h8M8 16h8",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4",
    "print": "M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z",
    "mail": "M3 6h18v12H3zM3 7l9 7l9-7",
    "card": "M3 6h18v12H3zM6 10h5v4H6zM14 11h4M14 14h4",
    "comment": "M4 5h16v11H10l-4 4v-4H4z",
    "keyboard": "M3 7h18v10H3zM7 11h.5M11 11h.5M15 11h.5M7 14h10",
    "counter": "M3 20h18M5 20V10h14v10M3 10l3-6h12l3 6z",
    "edit": "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
    "copy": "M8 8h12v12H8zM4 16V4h12",
    "trash": "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
    "download": "M12 4v10M7 10l5 5l5-5M4 20h16",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
    "history": "M4 12a8 8 0 1 0 3-6M4 4v4h4M12 8v4l3 2",
    "plus": "M12 5v14M5 12h14",
    "minus": "M5 12h14",
    "rotate": "M19 12a7 7 0 1 1-2-5M17 3v4h-4",
    "build": "M4 4h7v7H4zM14 4h6v7h-6zM4 14h7v6H4zM17 14v6M14 17h6",
    "board": "M4 5h4v14H4zM10 5h4v9h-4zM16 5h4v12h-4z",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
    "map": "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4",
    "chart": "M4 20h16M6 20v-7M12 20V5M18 20v-10",
    "star": "M12 4l2.4 5.2l5.6.7l-4.1 3.9l1 5.6l-4.9-2.8l-4.9 2.8l1-5.6L4 9.9l5.6-.7z",
    "tools": "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0a2 2 0 0 0-4 0M7 17a2 2 0 1 0 4 0a2 2 0 0 0-4 0",
}


@lru_cache(maxsize=64)
def icon(name: str) -> SafeString:
    """The icon as inline SVG, hidden from screen readers; KeyError for a name that is not there."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        PATHS[name],
    )
