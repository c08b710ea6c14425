"""What the studio's templates need beside the desk's."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def styled(field: BoundField, *, help: str = "") -> SafeString:
    """The field's control in the desk's look, tied to its help and errors."""
    described = [f"{field.id_for_label}-{what}" for what, there in (("help", help), ("error", field.errors)) if there]
    kind = {"select": "select", "textarea": "textarea"}.get(field.widget_type, "input")
    attributes: dict[str, str | bool] = {"class": kind}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes | ({"aria-invalid": "true"} if field.errors else {}))
