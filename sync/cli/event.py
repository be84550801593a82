"""`alignd event`: note an inflection point, so that one alignment review follows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sync.cli.ending import Ending, wrong
from sync.cli.opening import checked, instant, known_person, opened
from sync.cli.options import DEFAULT_FILE, AsJson, At, ConfigFile
from sync.cli.terminal import show, show_json

if TYPE_CHECKING:
    from config import Config
    from sync.noting import Noted

LONGEST_TITLE = 200
OnDay = Annotated[
    str | None,
    Parameter(name="--on", help="the day it happens or happened: 2026-11-02, 2 Nov, friday; default today"),
]
Owner = Annotated[
    str | None,
    Parameter(name="--owner", help="who leads its review: a person of the file; default the first goal's owner"),
]


def event(
    kind: str,
    title: str,
    /,
    *,
    on: OnDay = None,
    owner: Owner = None,
    config: ConfigFile = DEFAULT_FILE,
    json: AsJson = False,
    at: At = None,
) -> int:
    """Note an inflection point: one alignment review follows, with an item for everybody who has something of theirs.

    Works while the service runs. Saying the same again notes nothing twice.

    Parameters
    ----------
    kind
        acquisition, merger, new_market, new_product, new_capital, new_leader or other.
    title
        what happened, as people call it.
    """
    from mapping.campaigns import Event

    file = checked(config)
    now = instant(file, at)
    chosen, words, person = _kind(kind), _title(title), known_person(file, owner)
    with opened(file, now) as app:
        day = _day(file, on, file.workspace.calendar.local_date(app.clock()))
        noted = app.note_event(Event("", day, chosen, words, person))
    if json:
        from sync.output import report_object

        show_json({"event": report_object(noted.event, file.workspace.calendar.zone)})
        return Ending.DONE
    show(said(noted, file))
    return Ending.DONE


def said(noted: Noted, file: Config) -> str:
    """What was noted, and what follows."""
    from mapping.wording import show_day
    from mapping.wording_dates import show_moment

    calendar, one = file.workspace.calendar, noted.event
    today = one.on
    where = f"{one.title} ({one.id}), {show_day(one.on, today)}"
    if not noted.new:
        return f"{where}: noted already ({noted.origin}); nothing is made twice"
    if noted.appears_at is None:
        return f"{where}: noted; its alignment review was to be held by {show_day(one.due, today)}, so none is made now"
    due = f"due {show_day(one.due, today)}"
    if noted.waits:
        when = show_moment(noted.appears_at.astimezone(calendar.zone), today)
        return f"{where}: noted; its alignment review is made on {when}, {due}"
    return f"{where}: noted; the next sync (or the service, within {_within(file)}) makes the alignment review, {due}"


def _within(file: Config) -> str:
    """The service's interval as the file writes it: 1h, 30m."""
    minutes = max(1, round(file.daemon.every.total_seconds() / 60))
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


def _kind(kind: str) -> str:
    from config.problems import nearest
    from config.shape.cadence import EVENT_KINDS

    folded = kind.strip().casefold().replace("-", "_").replace(" ", "_")
    if folded in EVENT_KINDS:
        return folded
    near = nearest(folded, EVENT_KINDS)
    hint = f"did you mean {near}?" if near else f"write {', '.join(EVENT_KINDS[:-1])} or {EVENT_KINDS[-1]}"
    raise wrong(f"alignd: {kind!r} is no kind of event; {hint}")


def _title(title: str) -> str:
    from sync.cli.terminal import without_controls

    words = " ".join(without_controls(title).split())
    if not words or len(words) > LONGEST_TITLE:
        raise wrong(f"alignd: TITLE is what happened, in 1 to {LONGEST_TITLE} characters: 'Launch of the mobile app'")
    return words


def _day(file: Config, on: str | None, today: date) -> date:
    from mapping.dates_said import day_at_start

    if on is None:
        return today
    if on.strip().casefold() == "today":
        return today
    found = day_at_start(on.strip(), today, file.workspace.calendar, today_counts=True)
    if found is None or found[1] < len(on.strip()):
        raise wrong(f"alignd: --on: {on!r} is not a day, write for example {today.isoformat()}")
    return found[0]
