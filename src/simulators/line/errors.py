"""LINE's error answers, word for word where they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Detail = dict[str, str]


class ApiError(Exception):
    """An answer that is not a success: HTTP status, LINE's JSON body and extra headers."""

    def __init__(
        self,
        status: int,
        message: str,
        details: Sequence[Detail] = (),
        *,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, object] = {"message": message, **more}
        if details:
            self.body["details"] = list(details)


class OAuthError(ApiError):
    """The form OAuth endpoints use: ``error`` and ``error_description``."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(status, description)
        self.body = {"error": error, "error_description": description}


def invalid_property(name: str) -> ApiError:
    """A property of the request body that is missing, of the wrong kind or malformed."""
    return ApiError(400, f"The property, '{name}', in the request body is invalid (line: -, column: -)")


def body_errors(details: Sequence[Detail]) -> ApiError:
    """Several properties at once, each with its own reason."""
    return ApiError(400, f"The request body has {len(details)} error(s)", details)


def not_found(message: str = "Not found") -> ApiError:
    """What was asked for does not exist."""
    return ApiError(404, message)
