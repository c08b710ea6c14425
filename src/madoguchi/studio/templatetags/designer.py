"""Icons of the form designer in templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from madoguchi.studio.field_icons import PATHS

register = template.Library()


@register.simple_tag
def line_icon(name: str) -> SafeString:
    """The icon as inline SVG, hidden from screen readers."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>', PATHS[name]
    )
