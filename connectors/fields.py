"""Fields that several connectors' settings share: how a scalar of the file becomes a value, or what is said instead.

The file's reader hands every scalar over as text, exactly as it was written; each field here decides what it means.
So `12000`, `"12000"` and `2026-09-01` never pass through a float or a guess. Messages say what is wrong, then what
to write; they show a text that came out of the environment only as its `${NAME}`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from mapping import spans
from mapping.spans import Span


class Expanded(str):
    """A text that came out of `${…}`: `written` is what stands in the file, and all that a message may show."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, value: str, written: str) -> Expanded:
        """The expanded value, which still knows how it was written."""
        self = super().__new__(cls, value)
        self.written = written
        return self


def wrong(text: str) -> PydanticCustomError:
    """The error a field raises; `text` is the whole message: what is wrong, then what to write."""
    return PydanticCustomError("alignd", "{text}", {"text": text})


def shown(value: object) -> str:
    """`value` as a message may show it: quoted, short, and never what a `${…}` stands for."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = value.written if isinstance(value, Expanded) else str(value)
    text = "".join(c if c.isprintable() else " " if c.isspace() else ascii(c)[1:-1] for c in text)
    return f'"{text[:60]}…"' if len(text) > 61 else f'"{text}"'


def scalar(value: object, wanted: str) -> str:
    """`value` as text, or an error that says what is wanted here."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None or value == "":
        raise wrong(f"nothing stands here, write {wanted}")
    raise wrong(f"{shown(value)} is not possible here, write {wanted}")


def text_field(wanted: str) -> BeforeValidator:
    """A text that is not empty."""

    def read(value: object) -> str:
        return str(scalar(value, wanted)).strip()

    return BeforeValidator(read)


def choice(*words: str) -> BeforeValidator:
    """One of a few words; another one is answered with the nearest, or with all of them."""
    listed = ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]

    def read(value: object) -> str:
        text = scalar(value, listed)
        if text not in words:
            near = get_close_matches(text.lower(), words, n=1, cutoff=0.7) if len(words) > 2 else []
            mend = f"did you mean {near[0]}?" if near else f"write {listed}"
            raise wrong(f"{shown(value)} is not possible here, {mend}")
        return str(text)

    return BeforeValidator(read)


def count_field(least: int, what: str, most: int = 1_000_000) -> BeforeValidator:
    """A whole number, `least` or more."""

    def read(value: object) -> int:
        text = scalar(value, f"a whole number of {what}")
        if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
            raise wrong(f"{shown(value)} is not a number of {what}, write a whole number, {least} or more")
        return int(text)

    return BeforeValidator(read)


def read_span(value: object) -> Span:
    """A span as the file writes it (`48h`, `14d`, `5 business days`)."""
    if isinstance(value, Span):
        return value
    text = scalar(value, "a span of time such as 48h, 14d or 5 business days")
    try:
        return spans.parse_span(text)
    except ValueError:
        raise wrong(
            f"{shown(value)} is not a span of time, write for example 10m, 48h, 14d, 2w, 20 days, 5 business days"
        ) from None


def read_later(value: object) -> Span:
    """A span that a source's or KPI's clock can use: nothing negative, no periods."""
    span = read_span(value)
    if span.count < 0 or span.unit is spans.SpanUnit.PERIODS:
        raise wrong(f"{shown(value)} cannot be used here, write minutes, hours, days, weeks or business days: 48h")
    return span


def read_elapsed(value: object) -> timedelta:
    """A span of elapsed time, as a timedelta."""
    if isinstance(value, timedelta):
        return value
    span = read_later(value)
    try:
        return spans.elapsed(span)
    except ValueError:
        raise wrong(f"{shown(value)} cannot be used here, write minutes or hours: 10m, 2h") from None


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine (127.0.0.0/8, ::1, localhost)."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_endpoint(value: object) -> str:
    """`http(s)://host[:port]` without anything behind it: it replaces scheme and host of the vendor's address."""
    text = scalar(value, "an address such as http://127.0.0.1:8401")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in text):
        raise wrong(f"{shown(value)} is not an address, write scheme and host: http://127.0.0.1:8401")
    if parts.username is not None or parts.password is not None:
        raise wrong("an address with a user or password in it is not used, write scheme and host only")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        mend = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
        say = "the address without its path" if isinstance(value, Expanded) else mend
        raise wrong(f"the vendor's own path is kept, so nothing may stand behind the host, write {say}")
    return text.rstrip("/")


def read_secret(value: object) -> SecretStr:
    """A secret: never shown, whatever is wrong with it."""
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str) or not value.strip():
        raise wrong("no secret stands here, write ${NAME} and set NAME in the environment, or ${file:PATH}")
    if any(c.isspace() or ord(c) < 33 or ord(c) > 126 for c in value):
        raise wrong("this secret has blanks or unusual characters in it, copy it again: one line, nothing around it")
    return SecretStr(str(value))


def read_list(value: object) -> object:
    """A list; a single text stands for a list of one."""
    return [value] if isinstance(value, str) else value


def pattern_field(test: Callable[[str], bool], what: str, mend: str) -> BeforeValidator:
    """A text of a known shape, such as a vendor's id."""

    def read(value: object) -> str:
        text = str(scalar(value, mend)).strip()
        if not test(text):
            raise wrong(f"{shown(value)} is not {what}, write {mend}")
        return text

    return BeforeValidator(read)


def _text_schema(description: str = "", **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **({"description": description} if description else {}), **more})


SPAN_PATTERN = r"^\s*[+-]?\d+\s*(m|h|d|w|minutes?|hours?|days?|weeks?|business days?|periods?)\s*$|^0$|^\$\{.*\}$"
LaterSpan = Annotated[Span, BeforeValidator(read_later), _text_schema(pattern=SPAN_PATTERN)]
Elapsed = Annotated[timedelta, BeforeValidator(read_elapsed), _text_schema(pattern=SPAN_PATTERN)]
Endpoint = Annotated[
    str, BeforeValidator(read_endpoint), _text_schema("Replaces scheme and host; the vendor's path stays.")
]
Secret = Annotated[SecretStr, BeforeValidator(read_secret), _text_schema("Write ${NAME} or ${file:PATH}.")]
PlainText = Annotated[str, text_field("a text"), WithJsonSchema({"type": ["string", "number", "boolean"]})]
IdSchema = WithJsonSchema({"type": ["string", "integer"]})  # ids are digits, and people leave the quotes out
Credentials = Annotated[str, text_field("the path of a service-account or authorized-user file, or the word anonymous")]
Mode = Annotated[Literal["act", "watch"], choice("act", "watch")]
