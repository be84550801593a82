"""The shape of reviews, campaigns, events, digests, publishing and the service."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from config.problems import nearest
from config.shape.conditions import ConditionField
from config.shape.fields import (
    COUNT_SCHEMA,
    PERIODS,
    WEEKDAYS,
    CalendarSpan,
    Day,
    Reference,
    References,
    Shape,
    Text,
    TimeOfDay,
    Url,
)
from config.shape.kpis import Targets
from connectors.fields import (
    SPAN_PATTERN,
    Elapsed,
    PlainText,
    choice,
    count_field,
    pattern_field,
    read_span,
    scalar,
    shown,
    wrong,
)
from mapping.periods import PeriodKind
from mapping.rhythms import Every, On
from mapping.spans import Span, SpanUnit

AGENDA = ("to_decide", "numbers", "agreed_last_time", "findings", "coming_up", "priorities", "goals", "gaps",
          "adjustments", "plans")  # fmt: skip
EVENT_KINDS = ("acquisition", "merger", "new_market", "new_product", "new_capital", "new_leader", "other")
ORDINALS = ("first", "second", "third", "fourth", "last")


def read_every(value: object) -> Every:
    """`1 week`, `2 weeks`, `1 fiscal_quarter`."""
    if isinstance(value, Every):
        return value
    text = str(scalar(value, "how often: 1 week, 2 weeks, 1 month")).strip().lower()
    match = re.fullmatch(r"(\d{1,3})?\s*([a-z_ ]+?)s?", text, re.ASCII)
    word = match[2].replace(" ", "_") if match else ""
    if match is None or word not in PERIODS or int(match[1] or 1) < 1:
        near = nearest(word, PERIODS) if word else None
        mend = f"{match[1] or 1} {near}" if near and match else "a number and " + ", ".join(PERIODS)
        raise wrong(f"{shown(value)} is not how often, write {mend}")
    return Every(int(match[1] or 1), PeriodKind(word))


def read_on(value: object) -> On:
    """`thursday`, `second thursday`, `last friday`, `15`, `first business day`, `5th business day`."""
    if isinstance(value, On):
        return value
    advice = "thursday, second thursday, last friday, 15, first business day or 5th business day"
    text = " ".join(str(scalar(value, advice)).lower().split())
    if text in WEEKDAYS:
        return On(weekday=WEEKDAYS.index(text))
    if re.fullmatch(r"\d{1,2}", text, re.ASCII) and 1 <= int(text) <= 31:
        return On(nth=int(text))
    word, _, rest = text.partition(" ")
    nth = _nth(word)
    if nth is not None and rest == "business day" and nth <= 23:
        return On(nth=nth, business=True)
    if nth is not None and rest in WEEKDAYS and nth <= 4:
        return On(weekday=WEEKDAYS.index(rest), nth=nth)
    near = nearest(text, WEEKDAYS) if " " not in text else None
    raise wrong(f"{shown(value)} is not a day, write {near or advice}")


def _nth(word: str) -> int | None:
    if word in ORDINALS:
        return -1 if word == "last" else ORDINALS.index(word) + 1
    match = re.fullmatch(r"(\d{1,2})(st|nd|rd|th)", word, re.ASCII)
    return int(match[1]) if match and int(match[1]) >= 1 else None


def _read_agenda_line(value: object) -> str:
    text = str(scalar(value, "a part of the agenda, or a sentence of your own")).strip()
    if text in AGENDA or " " in text or (near := nearest(text, AGENDA)) is None:
        return text
    raise wrong(f"{shown(value)} is no part of an agenda, did you mean {near}? (a line of your own is a sentence)")


def _read_touchpoint(value: object) -> Span | str:
    if value == "middle" or isinstance(value, Span):
        return value
    text = scalar(value, "-10 business days, middle or +5 business days")
    try:
        span = read_span(text)
    except ValueError:
        span = None
    if span is None or span.unit in (SpanUnit.MINUTES, SpanUnit.HOURS, SpanUnit.PERIODS):
        raise wrong(f"{shown(value)} is not a touchpoint, write -10 business days, middle or +5 business days")
    return span


EveryField = Annotated[Every, BeforeValidator(read_every), WithJsonSchema({"type": "string"})]
OnField = Annotated[On, BeforeValidator(read_on), WithJsonSchema({"type": ["string", "integer"]})]
Touchpoint = Annotated[Span | str, BeforeValidator(_read_touchpoint), WithJsonSchema({"type": "string"})]
AgendaLine = Annotated[str, BeforeValidator(_read_agenda_line), WithJsonSchema({"type": "string"})]


class RhythmShape(Shape):
    """When something repeats."""

    every: EveryField = Field(
        description="N day | week | month | quarter | half_year | year | fiscal_quarter | fiscal_year",
        examples=["1 week"],
    )
    on: OnField | None = Field(
        default=None,
        description="weekday | first monday … last friday | 15 | first, 5th, last business day",
        examples=["thursday"],
    )
    at: TimeOfDay = Field(default=time(9), description="Default 09:00.", examples=['"10:00"'])
    anchor: Day | None = Field(
        default=None, description="Every second week from here, for ever.", examples=["2026-09-07"]
    )


class ReviewShape(RhythmShape):
    """A review meeting: a task with its agenda and its numbers, made ahead of time."""

    title: Text = Field(description="As people read it.", examples=["Monthly KPI review"])
    owner: Reference | None = Field(default=None, description="Leads it.")
    invite: References = Field(default=(), description="People or teams: followers in Asana, members in Trello.")
    ahead: CalendarSpan = Field(
        default=Span(2, SpanUnit.BUSINESS_DAYS),
        description="The task appears so long before, at the start of work_hours that day (08:00 without them); "
        "default 2 business days.",
        examples=["1 business day"],
    )
    minutes: Annotated[int, count_field(1, "minutes", 1440), WithJsonSchema(COUNT_SCHEMA)] | None = Field(
        default=None, description="How long it takes."
    )
    link: Url | None = Field(default=None, description="Where it meets.", examples=["https://meet.example/kpi"])
    agenda: tuple[AgendaLine, ...] | None = Field(
        default=None,
        description=" ".join(AGENDA) + "; default for its kind; a plain sentence is a line of your own.",
        examples=["[to_decide, numbers]"],
    )
    summary_to: References = Field(
        default=(), description="The morning after: decisions and actions, to these channels and everybody invited."
    )
    replaces: References = Field(
        default=(), description="Reviews that do not meet in the period in which this one does."
    )
    fillers: ClassVar[dict[str, Any]] = {"title": "?", "every": "1 week"}


class MeasureShape(Shape):
    """A KPI judged over the campaign's own span, with its own filter and target."""

    kpi: Reference = Field(description="A KPI of this file.", examples=["sessions"])
    where: dict[str, ConditionField] | None = Field(default=None, examples=["{sessionCampaignName: spring-2026}"])
    target: Targets | None = Field(default=None, examples=["18000"])


class TouchpointsShape(Shape):
    """When the campaign is met about: before its start, in its middle, after its end."""

    kickoff: Touchpoint | None = Field(default=None, examples=["-10 business days"])
    mid: Touchpoint | None = Field(default=None, examples=["middle"])
    post: Touchpoint | None = Field(default=None, examples=["+5 business days"])


class CampaignShape(Shape):
    """A campaign: kickoff, mid and post evaluation, measured over its own span."""

    id: Reference = Field(examples=["spring"])
    title: Text = Field(examples=["Spring sale"])
    owner: Reference | None = None
    evaluator: Reference | None = Field(
        default=None, description="Leads the post evaluation; default the lead of the first team with section m_and_e."
    )
    invite: References = ()
    starts: Day = Field(examples=["2026-09-14"])
    ends: Day = Field(examples=["2026-10-31"])
    measure: tuple[MeasureShape, ...] = ()
    touchpoints: TouchpointsShape = TouchpointsShape()
    fillers: ClassVar[dict[str, Any]] = {"id": "?", "title": "?", "starts": "1970-01-01", "ends": "2200-01-01"}


class EventShape(Shape):
    """An inflection point: an alignment review out of turn."""

    id: Reference = Field(examples=["mobile-app"])
    on: Day = Field(examples=["2026-11-02"])
    kind: Annotated[str, choice(*EVENT_KINDS), WithJsonSchema({"enum": list(EVENT_KINDS)})] = Field(
        description=" ".join(EVENT_KINDS), examples=["new_product"]
    )
    title: Text = Field(examples=["Launch of the mobile app"])
    owner: Reference | None = None
    fillers: ClassVar[dict[str, Any]] = {"id": "?", "title": "?", "on": "2026-01-01", "kind": "other"}


class DigestShape(RhythmShape):
    """A digest to a channel."""

    channel: Reference = Field(examples=["team_slack"])
    to: References = Field(default=(), description="People or teams; wins over the channel's own to.")
    fillers: ClassVar[dict[str, Any]] = {"every": "1 week"}


class PublishSheetShape(Shape):
    """The shared dashboard, in the tool the team uses."""

    source: Reference = Field(examples=["scorecard"])
    tab: Text = Field(examples=["Dashboard"])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


class PublishShape(Shape):
    """Where numbers are published."""

    sheet: PublishSheetShape | None = Field(default=None, examples=["{source: scorecard, tab: Dashboard}"])
    asana_goals: (
        dict[str, Annotated[str, pattern_field(_is_number, "an Asana goal's id", 'its number: "1209999999999999"')]]
        | None
    ) = Field(
        default=None, description="A KPI's value into an Asana goal's metric.", examples=['{leads: "1209999999999999"}']
    )


def _read_listen(value: object) -> str:
    text = str(scalar(value, "an address and port: 127.0.0.1:8787")).strip()
    match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]*):(\d{1,5})", text, re.ASCII)
    if match is None or not 0 <= int(match[2]) <= 65535:
        raise wrong(f"{shown(value)} is not an address and port, write 127.0.0.1:8787")
    return text


class DaemonShape(Shape):
    """How `alignd run` runs."""

    every: Elapsed = Field(
        default=read_span("1h"),
        description="How often alignd run looks; reviews and digests are met to the minute.",
        examples=["1h"],
        validate_default=True,
        json_schema_extra={"default": "1h", "pattern": SPAN_PATTERN},
    )
    http: Annotated[str, BeforeValidator(_read_listen)] | None = Field(
        default=None, description="Dashboard, /healthz, /readyz, /metrics. Default: none.", examples=["127.0.0.1:8787"]
    )
    public_url: Url | None = Field(default=None, description="Where links in tasks and digests point.")
    alerts: Reference | None = Field(
        default=None, description="The channel that hears when alignd itself needs a person, once a trouble."
    )
    heartbeat: Url | None = Field(default=None, description="Pinged after every good cycle.")
    reports: PlainText = Field(default="reports", description="Folder for written reports.")
