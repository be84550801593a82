"""Keys and references: how a piece of work is told from every other, in the ledger and at the vendor.

A key names the work (`saypro/action/sessions/2026-W46`). A reference is the last line of the task's notes; it carries
the key and a hash of it, so that a line that was cut, mistyped or made up does not count.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_REFERENCE = re.compile(r"alignd[ ]ref[ ](?P<hash>[A-Z2-7]{20})[ ](?P<key>\S+)", re.IGNORECASE)
_BEGINNING = re.compile(r"[\s>`*\u200b\ufeff\[]*alignd\b", re.IGNORECASE)
_LINKED = re.compile(r"\[(?P<text>[^\[\]]+)\]\([^()]*\)")  # a line that an editor made a link
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_DRESS = " \t`*"  # what an editor may put around a line it takes for code or emphasis


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A key, taken apart. `rest` is what follows the subject: the period or slot, and for follow-ups its number."""

    workspace: str
    kind: str
    subject: str
    rest: tuple[str, ...]

    @property
    def period(self) -> str | None:
        """The period or slot label the key names."""
        return self.rest[0] if self.rest else None

    @property
    def number(self) -> int:
        """1 for the first item of an action, 2 for its first follow-up, and so on."""
        return int(self.rest[1]) if len(self.rest) > 1 and self.rest[1].isdecimal() else 1


def action_key(workspace: str, kpi: str, period_label: str, n: int = 1) -> str:
    """The action item of the KPI that opened with the period; `n` from 2 on names its follow-ups (`…/2`)."""
    key = f"{workspace}/action/{kpi}/{period_label}"
    return key if n == 1 else f"{key}/{n}"


def data_key(workspace: str, subject: str, period_label: str) -> str:
    """The data task for a source (several KPIs, one cause) or a KPI; the period is the one that made it due."""
    return f"{workspace}/data/{subject}/{period_label}"


def review_key(workspace: str, review: str, slot_label: str) -> str:
    """The meeting of a review in that slot, the rule's own period: a moved day makes no second one."""
    return f"{workspace}/review/{review}/{slot_label}"


def campaign_key(workspace: str, campaign: str, touch: str) -> str:
    """A campaign's kickoff, mid or post."""
    return f"{workspace}/campaign/{campaign}/{touch}"


def event_key(workspace: str, event: str) -> str:
    """The one alignment review of an inflection event."""
    return f"{workspace}/event/{event}"


def said_key(workspace: str, review: str, comment: str, number: int) -> str:
    """What a line of a comment asks for: `comment` is its vendor id, `number` counts its lines from 1."""
    return f"{workspace}/said/{review}/{comment}/{number}"


def comment_key(task_key: str, kind: str, period_label: str | None) -> str:
    """A comment of alignd's on a task, made once: `TASK-KEY#worse/2026-W47`, `TASK-KEY#numbers`."""
    return f"{task_key}#{kind}" if period_label is None else f"{task_key}#{kind}/{period_label}"


def parts_of(key: str) -> KeyParts | None:
    """A key taken apart, None if it does not have the shape of one (it has no comment part)."""
    workspace, *rest = key.split("/")
    if len(rest) < 2 or "#" in key or not all((workspace, *rest)):
        return None
    return KeyParts(workspace, rest[0], rest[1], tuple(rest[2:]))


def fingerprint(key: str) -> str:
    """First 20 characters of the base32 SHA-256 of the key in UTF-8, upper case."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode("ascii")[:20]


def reference(key: str) -> str:
    """The whole last line of the notes: `alignd ref 6SADZD7P6NG7MP55Q52V saypro/action/sessions/2026-W46`."""
    return f"alignd ref {fingerprint(key)} {key}"


def find_reference(notes: str, workspace: str) -> str | None:
    """The key that `notes` refer to, if hash and key fit and it is this workspace's; else None.

    It need not be the last line any more, and blanks, line breaks in their place, code marks, a link around it or a
    backslash that an editor put before `_` do not hurt. Of several that count, the last wins; a quoted one ("> …")
    counts only where no other does, since who quotes speaks of another task.
    """
    plain: str | None = None
    quoted: str | None = None
    for line in _unwrapped(notes.splitlines()):
        bare = line.translate(_INVISIBLE).replace("\u00a0", " ").strip(_DRESS)
        is_quote = bare.startswith(">")
        key = _key_in(bare.lstrip("> ").strip(_DRESS))
        if key is None or not key.startswith(f"{workspace}/"):
            continue
        if is_quote:
            quoted = key
        else:
            plain = key
    return plain if plain is not None else quoted


def _unwrapped(lines: list[str]) -> Iterator[str]:
    """The lines, and each that begins a reference also with those after it, where its blanks became line breaks."""
    for place, line in enumerate(lines):
        yield line
        if _BEGINNING.match(line):
            yield from (" ".join(lines[place : place + many]) for many in (2, 3, 4) if place + many <= len(lines))


def _key_in(line: str) -> str | None:
    if (linked := _LINKED.fullmatch(line)) is not None:
        line = linked["text"]
    found = _REFERENCE.fullmatch(" ".join(line.split()))
    if found is None:
        return None
    stated = found["hash"].upper()
    for key in (found["key"], found["key"].replace("\\", "")):
        if fingerprint(key) == stated:
            return key
    return None
