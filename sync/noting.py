"""Noting an inflection event: one row, kept once. What it leads to is the next cycle's work."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from config import Config
from mapping.campaigns import Event, alignment_day, event_appears_at
from mapping.wording import show_day
from sync.store import Records

LONGEST_ID = 48
_APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class NotedEvent:
    """An event as `--json` shows it. `due`: the day of its alignment review."""

    id: str
    on: date
    kind: str
    title: str
    owner: str | None
    due: date


@dataclass(frozen=True, slots=True)
class Noted:
    """What noting came to. `origin`: where it stands. `new`: False where it was known before. `appears_at`: when its
    review is made; None if it is over, so that none will be. `waits`: that is later than now.
    """

    event: NotedEvent
    origin: str
    new: bool
    appears_at: datetime | None
    waits: bool = False


def note_event(records: Records, config: Config, wanted: Event, now: datetime) -> Noted:
    """Keep an event (its id is made here) unless the same one is known: the same kind, day and title, in any case."""
    known = [*config.events, *records.events()]
    same = next((one for one in known if one.identity == wanted.identity), None)
    if same is not None:
        return _noted(same, False, config, now)
    today = config.workspace.calendar.local_date(now)
    origin = f"noted on {show_day(today, today)} by command"
    made = replace(wanted, id=new_id(wanted.title, {one.id for one in known}), origin=origin)
    records.add_event(made, now)
    return _noted(made, True, config, now)


def new_id(title: str, taken: Collection[str]) -> str:
    """An id from a title that no other event has: `launch-of-the-mobile-app`, then `…-2`."""
    plain = unicodedata.normalize("NFKD", title[: LONGEST_ID * 8]).encode("ascii", "ignore").decode()
    words = _APART.sub("-", plain.lower()).strip("-")
    slug = _cut(words.split("-")) or "event"
    number = 1
    while (found := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    return found


def _cut(words: Iterable[str]) -> str:
    """Whole words, as many as there is room for; of a first one that is too long its beginning."""
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:LONGEST_ID]
        if len(longer) > LONGEST_ID:
            break
        found = longer
    return found


def _noted(event: Event, new: bool, config: Config, now: datetime) -> Noted:
    calendar = config.workspace.calendar
    due = alignment_day(event, calendar)
    over = due < calendar.local_date(now)
    shown = NotedEvent(event.id, event.on, event.kind, event.title, event.owner, due)
    appears = event_appears_at(event, calendar, config.opens)
    return Noted(shown, event.origin, new, None if over else appears, waits=appears > now)
