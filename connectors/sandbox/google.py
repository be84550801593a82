"""What Google's APIs share: error bodies and who is let in."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.sandbox.wire import Answer, Call, json_answer

STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
          429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip
_NO_CREDENTIAL = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other "
    "valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def error(status: int, message: str, name: str | None = None) -> Answer:
    """An error body."""
    return json_answer(status, {"error": {"code": status, "message": message, "status": name or STATUS[status]}})


@dataclass
class Credentials:
    """Who is let in. By default everybody, with or without a token (loopback); `required` asks for a bearer token,
    `refused` are tokens that are revoked, `accepted` (when set) the only good ones.
    """

    required: bool = False
    refused: set[str] = field(default_factory=set)
    accepted: set[str] | None = None

    def refusal(self, call: Call, *, anonymous: int) -> Answer | None:
        """The no, or None. `anonymous`: what the API answers to no credential at all (GA4 401, Sheets 403)."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            if not self.required:
                return None
            if anonymous == 403:
                return error(403, "Method doesn't allow unregistered callers (callers without established identity).")
            return error(401, _NO_CREDENTIAL)
        if token in self.refused or (self.accepted is not None and token not in self.accepted):
            return error(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")
        return None
