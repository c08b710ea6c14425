"""Line icons of the designer, as SVG paths on a 24 × 24 grid. They always stand beside a word."""

from __future__ import annotations

from typing import Final

from madoguchi.desk import icons

PATHS: Final = {
    "text": "M5 6h14M12 6v13M9 19h6",
    "lines": "M4 6h16M4 10h16M4 14h16M4 18h9",
    "number": "M5 9h15M4 15h15M10 4L8 20M16 4l-2 16",
    "radio": "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5",
    "check": "M4 4h16v16H4zM8 12l3 3l5-6",
    "consent": "M6 3h12v18H6zM9 12l2 2l4-4",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "clock": "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 8v4l3 2",
    "datetime": "M4 6h10M4 6v14h7M4 10h10M8 3v4M17 11a5 5 0 1 0 0 10a5 5 0 0 0 0-10M17 14v2l1.5 1",
    "house": "M4 11l8-7l8 7M6 9v11h12V9M10 20v-6h4v6",
    "phone": "M6 3h4l2 5l-3 2a12 12 0 0 0 5 5l2-3l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7",
    "clip": "M18 9l-7 7a2.5 2.5 0 0 1-4-4l8-8a4 4 0 0 1 6 6l-9 9a6 6 0 0 1-8-8l7-7",
    "pin": "M12 21c-4-5-6-8-6-11a6 6 0 1 1 12 0c0 3-2 6-6 11M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4",
    "table": "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
    "heading": "M6 5v14M18 5v14M6 12h12",
    "formula": "M17 5H8l5 7l-5 7h9",
    "lookup": "M4 4h9v7H4zM10 15a4 4 0 1 0 8 0a4 4 0 0 0-8 0M17 18l3 3",
    "related": "M4 5h7v5H4zM13 14h7v5h-7zM7.5 10v6.500h5.500",
    "sum": "M4 20V10M10 20V4M16 20v-7M2 20h20",
    "serial": "M5 5h2v6M4 11h4M11 6h9M11 9h9M4 15h3l-3 4h4M11 16h9M11 19h9",
    "badge": "M5 4h14v16H5zM12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4M8 17c1-2 2-3 4-3s3 1 4 3",
    "building": "M5 21V4h9v17M14 9h5v12M8 8h3M8 12h3M8 16h3M3 21h18",
    "people": "M9 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M3 19c0-3 2-5 6-5s6 2 6 5M16 6a3 3 0 0 1 0 5M17 14c2 0 4 2 4 5",
    "rich": "M6 5h7a3.500 3.500 0 0 1 0 7H6zM6 12h8a3.500 3.500 0 0 1 0 7H6z",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    "copy": "M8 8h12v12H8zM16 8V4H4v12h4",
    "trash": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    "undo": "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
    "redo": "M15 14l5-5l-5-5M20 9H10a6 6 0 0 0 0 12h3",
    "eye": "M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
    "paste": "M8 5h8v3H8zM8 6H5v15h14V6h-3M8 13h8M8 17h5",
    **{name: icons.PATHS[name] for name in (
        "up", "down", "close", "back", "search", "warning", "done", "person", "yen", "mail", "plus",
    )},
}  # fmt: skip
