"""How a line of the service's log looks: as JSON for programs, or for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from textwrap import wrap

from structlog.typing import EventDict

from sync.cli.terminal import json_without_controls, without_controls

_SIGNS = {"info": " ", "warning": "!", "error": "✗"}
_COLOURS = {"info": "", "warning": "\x1b[33m", "error": "\x1b[31m"}
_BARE = frozenset(
    {"where", "what", "why", "next_why", "advice", "file", "url", "address", "said", "failed"}
)  # what speaks for itself
_ORDINALS = frozenset({"cycle"})  # a number that counts nothing
_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"
_FIRST = ("at", "level", "event", "workspace")


def as_json(event: EventDict) -> str:
    at = event["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    first = {name: event[name] for name in _FIRST if name in event}
    rest = {name: value for name, value in event.items() if name not in _FIRST}
    return json_without_controls(json.dumps({**first, "at": at, **rest}, ensure_ascii=False, default=_written))


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def for_people(event: EventDict, *, colours: bool, width: int | None) -> str:
    """`08:00:01 saypro     cycle done         12 readings · 1 made`, in this machine's zone; wrapped within `width`."""
    at = event["at"].astimezone()
    level = str(event["level"])
    who, what = (without_controls(str(event.get(name) or "-")) for name in ("workspace", "event"))
    fields = [_said(name, value, at) for name, value in event.items() if name not in (*_FIRST, "traceback")]
    told = without_controls(" · ".join(one for one in fields if one))
    begin = f"{at:%H:%M:%S} {who:<8} "
    middle = f"{_SIGNS.get(level, ' ')} {what.replace('_', ' '):<18}"
    if width is not None:
        before = " " * (len(begin) + len(middle) + 1)
        lines = wrap(
            told, max(width, len(before) + 20), initial_indent=before, subsequent_indent=" " * (len(begin) + 2)
        )
        told = "\n".join(lines).lstrip(" ")
    if colours:
        begin = f"{_DIM}{begin}{_PLAIN}"
        middle = f"{_COLOURS[level]}{middle}{_PLAIN}" if _COLOURS.get(level) else middle
    return f"{begin}{middle} {told}".rstrip()


def _said(name: str, value: object, now: datetime) -> str:
    """A field in words: "12 readings", "thread: …"; nothing for what is empty, false or 0."""
    called = name.replace("_", " ")
    match value:
        case None | False | "" | [] | 0:
            return ""
        case True:
            return called
        case int():
            if name in _ORDINALS:
                return f"{called} {value}"
            return f"{value:,} {called.removesuffix('s') if value == 1 else called}"
        case float():
            return f"{value:.1f} {called}"
        case datetime():
            local = value.astimezone()
            return f"{called} {local:%H:%M}" if local.date() == now.date() else f"{called} {local:%a %d %b %H:%M}"
        case list():
            text = "; ".join(str(one) for one in value)
        case dict():
            text = ", ".join(f"{key} {one}" for key, one in value.items())
        case _:
            text = str(value)
    return text if name in _BARE else f"{called}: {text}"
