"""The shape of what the workspace is, who is in it, what its goals are and what happens when a KPI is off target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, Field, WithJsonSchema

from config.problems import nearest
from config.shape.fields import (
    COUNT_SCHEMA,
    WEEKDAYS,
    CalendarSpan,
    Day,
    Periods,
    Reference,
    References,
    ReopenSpan,
    Shape,
    Text,
)
from connectors.email.settings import looks_like_mail
from connectors.fields import choice, count_field, pattern_field, scalar, shown, wrong


@dataclass(frozen=True, slots=True)
class WorkHours:
    """When `alignd run` may write to people. `days`: 0 Monday … 6 Sunday; from `first` until before `last`."""

    days: frozenset[int]
    first: time
    last: time


def _read_zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    text = str(scalar(value, "a time zone such as Europe/Berlin")).strip()
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    near = nearest(text.rsplit("/", 1)[-1], {z.rsplit("/", 1)[-1] for z in available_timezones()})
    full = next((z for z in sorted(available_timezones()) if near and z.rsplit("/", 1)[-1] == near), None)
    raise wrong(f"{shown(value)} is not a time zone, write {full or 'area and city, such as Europe/Berlin'}")


def _read_week_start(value: object) -> int:
    if isinstance(value, int):
        return value
    text = scalar(value, "a weekday such as monday")
    if text.lower() not in WEEKDAYS:
        raise wrong(f"{shown(value)} is not a weekday, write {nearest(text, WEEKDAYS) or 'monday or sunday'}")
    return WEEKDAYS.index(text.lower())


def _read_fiscal_start(value: object) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    text = str(scalar(value, "month and day such as 03-01")).strip()
    match = re.fullmatch(r"(\d{2})-(\d{2})", text, re.ASCII)
    if text == "02-29":
        raise wrong("most years have no 29 February, write 03-01 (or 02-28)")
    try:
        if match is None:
            raise ValueError
        date(2001, int(match[1]), int(match[2]))
    except ValueError:
        raise wrong(f"{shown(value)} is not month and day, write MM-DD: 03-01 for 1 March") from None
    return int(match[1]), int(match[2])


def _read_work_hours(value: object) -> WorkHours:
    if isinstance(value, WorkHours):
        return value
    text = str(scalar(value, "days and hours: mon-fri 08:00-17:00")).strip().lower()
    match = re.fullmatch(r"([a-z, -]+?)\s+(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", text, re.ASCII)
    days = _days(match[1]) if match else None
    if match is None or not days:
        raise wrong(f"{shown(value)} is not read as work hours, write days and hours: mon-fri 08:00-17:00")
    hours = [int(match[i]) for i in (2, 3, 4, 5)]
    if hours[0] > 23 or hours[1] > 59 or hours[2] > 23 or hours[3] > 59 or hours[:2] >= hours[2:]:
        raise wrong(f"{shown(value)} ends before it begins or has no such hours, write for example mon-fri 08:00-17:00")
    return WorkHours(days, time(hours[0], hours[1]), time(hours[2], hours[3]))


def _days(text: str) -> frozenset[int]:
    short = [day[:3] for day in WEEKDAYS]
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text.strip()):
        ends = [end[:3] for end in part.split("-")]
        if len(ends) > 2 or any(end not in short for end in ends):
            return frozenset()
        first, last = short.index(ends[0]), short.index(ends[-1])
        found.update((first + i) % 7 for i in range((last - first) % 7 + 1))
    return frozenset(found)


class HolidaysShape(Shape):
    """Whose public holidays are kept, and the team's own."""

    country: Text | None = Field(default=None, description="Two letters: ZA, DE, US.", examples=["ZA"])
    subdivision: Text | None = Field(default=None, description="State or province, as the country writes it: BY, CA.")
    extra: tuple[Day, ...] = Field(default=(), description="The team's own days off.", examples=["[2026-12-28]"])


class WorkspaceShape(Shape):
    """The workspace: whose file this is, and its calendar."""

    id: Annotated[
        str,
        pattern_field(
            lambda t: re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?", t) is not None,
            "an id",
            "small letters, digits and -, at most 48: saypro",
        ),
    ] = Field(description="Stable, [a-z0-9-]; part of every reference written into a task.", examples=["saypro"])
    name: Text | None = Field(default=None, description="What people call it. Default: the id.")
    timezone: Annotated[ZoneInfo, BeforeValidator(_read_zone), WithJsonSchema({"type": "string"})] = Field(
        description="Every date and time in this file.", examples=["Africa/Johannesburg"]
    )
    week_starts: Annotated[int, BeforeValidator(_read_week_start), WithJsonSchema({"enum": list(WEEKDAYS)})] = Field(
        default=0, description="First day of the week. Default monday."
    )
    fiscal_year_starts: Annotated[
        tuple[int, int],
        BeforeValidator(_read_fiscal_start),
        WithJsonSchema({"type": "string", "pattern": r"^\d{2}-\d{2}$"}),
    ] = Field(
        default=(1, 1),
        description="MM-DD; a fiscal year is named after the year it ENDS in (FY2027-Q1). Default 01-01.",
        examples=["03-01"],
    )
    holidays: HolidaysShape = Field(
        default=HolidaysShape(),
        description="country, optional subdivision, the team's own days.",
        examples=["{country: ZA, extra: [2026-12-28]}"],
    )
    work_hours: Annotated[WorkHours, BeforeValidator(_read_work_hours), WithJsonSchema({"type": "string"})] | None = (
        Field(
            default=None,
            description="Optional: alignd run writes to people only then; a sync by hand writes at once.",
            examples=["mon-fri 08:00-17:00"],
        )
    )
    fillers: ClassVar[dict[str, Any]] = {"id": "unnamed", "timezone": "UTC"}


class AwayShape(Shape):
    """A span of dates, both ends inclusive, in which the deputy gets new work."""

    first: Day = Field(alias="from", description="First day away.", examples=["2026-12-14"])
    last: Day = Field(alias="to", description="Last day away.", examples=["2027-01-04"])
    deputy: Reference | None = Field(default=None, description="Who gets new work meanwhile.")
    fillers: ClassVar[dict[str, Any]] = {"from": "1970-01-01", "to": "2200-01-01"}


class PersonShape(Shape):
    """Somebody who gets work or is told of it."""

    name: Text = Field(description="As people read it.", examples=["Ana Alves"])
    email: Annotated[str | None, pattern_field(looks_like_mail, "a mail address", "one such as ana@acme.example")] = (
        Field(default=None, description="The mail address; Asana knows the person by it.")
    )
    team: Reference | None = Field(default=None, description="A team of this file.")
    trello: Text | None = Field(default=None, description="The person's Trello username.")
    away: tuple[AwayShape, ...] = Field(default=(), examples=["[{from: 2026-12-14, to: 2027-01-04, deputy: ana}]"])
    fillers: ClassVar[dict[str, Any]] = {"name": "?"}
    belongs: ClassVar[dict[str, str]] = {"asana": "Asana knows a person by email:"}


class TeamShape(Shape):
    """A team: its lead, and where its KPIs stand in the report."""

    name: Text | None = Field(default=None, description="As people read it. Default: the id.")
    lead: Reference | None = Field(default=None, description="A person of this file.")
    section: Annotated[Literal["marketing", "m_and_e"], choice("marketing", "m_and_e")] | None = Field(
        default=None, description="Where its KPIs stand in the report."
    )


class GoalShape(Shape):
    """A goal, the KPIs that serve it, and the goals under it."""

    id: Reference = Field(description="An id, [a-z0-9_-].", examples=["awareness"])
    title: Text = Field(description="The goal in one line.", examples=["Qualified leads up 20 % on last quarter"])
    owner: Reference | None = Field(default=None, description="A person of this file.")
    by: Day | None = Field(default=None, description="When it should be reached.")
    kpis: References = Field(default=(), description="KPIs that serve it.")
    goals: tuple[GoalShape, ...] = Field(default=(), description="The goals under it.")
    fillers: ClassVar[dict[str, Any]] = {"id": "?", "title": "?"}


class PolicyShape(Shape):
    """What happens when a KPI leaves its target; any KPI may override any key under its own policy:."""

    breach_after: Periods | None = Field(
        default=None, description="Final off-track periods in a row before an action item; one number = for all."
    )
    clear_after: Periods | None = Field(
        default=None, description="Final on-track periods in a row before it counts as back on target."
    )
    recheck_after: Periods | None = Field(
        default=None, description="A person completed the item: judged again after so many new periods."
    )
    escalate_after: Periods | None = Field(default=None, description="Off-track periods before it is escalated.")
    no_data_after: Periods | None = Field(
        default=None, description="Missing or untrusted, past late_after, before the data owner gets a task."
    )
    due: CalendarSpan | None = Field(
        default=None, description="From the day the item is made.", examples=["5 business days"]
    )
    on_recover: (
        Annotated[
            Literal["comment", "complete_if_untouched", "complete"],
            choice("comment", "complete_if_untouched", "complete"),
        ]
        | None
    ) = Field(default=None, description="comment | complete_if_untouched | complete")
    reopen_within: ReopenSpan | None = Field(
        default=None,
        description="From the end of the period that closed it to the start of the first one off again; 0 = never.",
        examples=["2 periods"],
    )
    escalate: Annotated[Literal["review", "follow"], choice("review", "follow")] | None = Field(
        default=None,
        description="review: the next review lists it for the goal's owner | follow: adds them to the task.",
    )
    evaluation: Annotated[Literal["review", "task", "off"], choice("review", "task", "off")] | None = Field(
        default=None, description="Did it help? review: a question in the next review | task | off"
    )
    ask: References | None = Field(default=None, description="Teams whose view the evaluation asks for.")
    max_open: Annotated[int, count_field(1, "open items"), WithJsonSchema(COUNT_SCHEMA)] | None = Field(
        default=None, description="Open action items a person; the next ones wait in line, the most important first."
    )
    on_no_data: Annotated[Literal["task", "report"], choice("task", "report")] | None = Field(
        default=None, description="task | report"
    )
