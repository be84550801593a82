"""Trello's noes: plain text mostly, JSON for rate limits."""

from __future__ import annotations

from connectors.sandbox.wire import Answer, Refusal, json_answer, text_answer

NOT_FOUND = text_answer(404, "The requested resource was not found.")
NO_ROUTE = text_answer(404, "Cannot find that route")
INVALID_KEY = text_answer(401, "invalid key")
INVALID_TOKEN = text_answer(401, "invalid token")
UNAUTHORIZED = text_answer(401, "unauthorized permission requested")


def bad(text: str) -> Refusal:
    """400: a bad or missing field."""
    return Refusal(text_answer(400, text))


def missing() -> Refusal:
    """404: no such thing, or not for this token."""
    return Refusal(NOT_FOUND)


def too_many(code: str, message: str = "Rate limit exceeded") -> Answer:
    """429, in JSON, without Retry-After."""
    return json_answer(429, {"error": code, "message": message})
