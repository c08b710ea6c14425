"""One call of the API, as its endpoints get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from madoguchi.api.auth import Caller
from madoguchi.api.errors import ApiError, no_privilege, token_lacks_right
from madoguchi.api.params import Params
from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.app import Right
from madoguchi.records.permissions import Access, access_of


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, with what. ``preview`` means the draft; ``language`` is ``ja`` or ``en``."""

    request: HttpRequest
    caller: Caller
    params: Params
    preview: bool = False
    language: str = "ja"

    def with_params(self, values: Mapping[str, Any]) -> Call:
        """The same caller with other parameters, for bulk requests."""
        return Call(self.request, self.caller, Params(values), self.preview, self.language)

    def app(self, name: str = "app") -> AppRevision:
        """The published app that the parameter names; raises ApiError."""
        return self.caller.app(self.params.id(name))

    def access(self, app: AppRevision, right: Right) -> Access:
        """What the caller may do in ``app``; raises ApiError unless that includes ``right``."""
        access = access_of(app, self.caller.viewer(app.app_id))
        if right not in access.rights:
            raise self.denied()
        return access

    def denied(self) -> ApiError:
        """403 in the words for people or for tokens."""
        return no_privilege() if self.caller.staff else token_lacks_right()
