"""Asana's noes, in its words."""

from __future__ import annotations

from connectors.sandbox.wire import Answer, Refusal, json_answer

HELP = "For more information on API status codes and how to handle them, read the docs on errors: https://developers.asana.com/docs/errors"


def errors(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An error body."""
    return json_answer(status, {"errors": [{"message": message, "help": HELP}]}, headers)


def bad(message: str) -> Refusal:
    """400: malformed or missing."""
    return Refusal(errors(400, message))


def unknown(kind: str, gid: str) -> Refusal:
    """404: no such object, by its path."""
    return Refusal(errors(404, f"{kind}: Unknown object: {gid}"))


def unrecognised(field: str, value: str) -> Refusal:
    """400: no such object, named in a body or parameter."""
    return Refusal(errors(400, f"{field}: Not a recognized ID: {value}"))


def forbidden(kind: str) -> Refusal:
    """403: it exists, but not for this user."""
    return Refusal(errors(403, f"{kind}: You do not have permission to access this {kind}"))


def payment() -> Refusal:
    """402: not in the plan."""
    return Refusal(PAYMENT)


UNAUTHORIZED = errors(401, "Not Authorized")
NO_ROUTE = errors(404, "No matching route for request")
PAYMENT = errors(402, "Payment Required: this feature is only available to premium workspaces")
TOO_MANY = "You've made too many requests and hit a rate limit. Please retry after the given amount of time."
