"""Words that every designer beside the form's shows."""

from __future__ import annotations

from django.utils.translation import gettext as _


def common() -> dict[str, str]:
    """By key, in the language of the page."""
    return {
        "done_changed": _("{what}を変えました。"),
        "number_between": _("{least}から{most}までの整数を入れてください。"),
    }
