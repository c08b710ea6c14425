"""Template context: the city whose name and phone number stand on every page."""

from __future__ import annotations

from django.http import HttpRequest

from madoguchi.catalog.models import City


def city(request: HttpRequest) -> dict[str, City | None]:
    """``city`` for every template; None before a pack was loaded."""
    return {"city": City.objects.first()}
