"""Alignments by hand, for the tests of the report: a team in November 2026, and any team at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from mapping.alignment import Alignment, CompletedItem, KpiPicture, Mark, MarkKind
from mapping.gaps import Gap
from mapping.judgements import Judgement, Status
from mapping.kpis import Direction, Goal, Kpi, TargetValue, Unit
from mapping.logbook import Evaluation, Helped, Point
from mapping.periods import PeriodKind
from mapping.readings import Reading, State
from mapping.texts.facts import Finding
from mapping.texts.review_facts import (
    Ahead,
    CampaignNumber,
    Coming,
    Decidable,
    GoalState,
    Matter,
    NumberMatter,
    OpenItem,
    Said,
    Standing,
)
from tests.unit.sessions_story import CALENDAR, GOALS, HISTORY, NOW, PEOPLE, SESSIONS, ZONE, judged

AT = datetime(2026, 11, 18, 8, 0, tzinfo=ZONE)
WEEK = CALENDAR.parse("2026-W46")
RATE = Kpi("rate", "Conversion rate", PeriodKind.WEEK, owner="thandi", unit=Unit.PERCENT)
CALLS = Kpi("calls", "Customer calls", PeriodKind.WEEK, owner="johan")
CAC = Kpi("cac", "Cost of a new customer", PeriodKind.MONTH, owner="johan", unit=Unit.CURRENCY, currency="ZAR",
          direction=Direction.DOWN)  # fmt: skip


def reading(judgement: Judgement, **breakdown: int) -> Reading:
    parts = tuple((label.replace("_", " "), Decimal(value)) for label, value in breakdown.items())
    return Reading(judgement.kpi, "d1", judgement.period, State.VALUE, judgement.value, True, NOW, breakdown=parts)


def standing(kpi: Kpi, *history: Judgement, period: str = "2026-W46") -> Standing:
    """Final for its newest period."""
    return Standing(kpi, CALENDAR.parse(period), history[-1], history, final=True)


SESSIONS_ITEM = OpenItem(
    "Website sessions 32 % below target: find out why, decide what to do", "thandi", date(2026, 11, 25), SESSIONS,
    HISTORY, GOALS[0], "saypro/action/sessions/2026-W46", "https://app.asana.com/0/1/2",
)  # fmt: skip
SESSIONS_OFF = KpiPicture(
    standing(SESSIONS, *HISTORY),
    "marketing",
    readings=(
        *(reading(one, Organic_Search=7000, Direct=5000) for one in HISTORY[-5:-1]),
        reading(HISTORY[-1], Organic_Search=4100, Direct=4100),
    ),
    judgements=HISTORY,
    marks=(Mark(date(2026, 11, 3), date(2026, 11, 3), MarkKind.DEFINITION, "counted otherwise from here on"),),
    item=SESSIONS_ITEM,
)
RATE_HISTORY = (
    judged(RATE, "2026-W44", "0.016", Status.OFF_TRACK, TargetValue(Decimal("0.02"), Decimal("0.045"))),
    judged(RATE, "2026-W45", "0.021", Status.ON_TRACK, TargetValue(Decimal("0.02"), Decimal("0.045"))),
    judged(RATE, "2026-W46", "0.022", Status.ON_TRACK, TargetValue(Decimal("0.02"), Decimal("0.045"))),
)
RATE_BACK = KpiPicture(standing(RATE, *RATE_HISTORY), "marketing", judgements=RATE_HISTORY)
CALLS_FIRST = KpiPicture(
    Standing(
        CALLS,
        WEEK,
        judged(CALLS, "2026-W46", "68", Status.ON_TRACK, TargetValue(Decimal(55)), flags=frozenset({"ahead"})),
        expected=date(2026, 11, 20),
    ),
    "m_and_e",
)
CAC_AWAITED = KpiPicture(
    Standing(CAC, CALENDAR.parse("2026-10"), None, expected=date(2026, 11, 20)), "m_and_e", agreed=False
)
EVALUATION = Evaluation(
    "saypro/action/rate/2026-W44", "rate", Point("2026-W44", date(2026, 10, 26), date(2026, 11, 1), Decimal("0.016")),
    Point("2026-W46", date(2026, 11, 9), date(2026, 11, 15), Decimal("0.022")), RATE_HISTORY[-1].target,
    date(2026, 11, 4), NOW, "The old payment page is back.", "thandi", Helped.YES, "people pay again", "neo", NOW,
)  # fmt: skip

NOVEMBER = Alignment(
    workspace="saypro",
    name="SayPro",
    at=AT,
    calendar=CALENDAR,
    since=date(2026, 10, 20),
    until=date(2026, 11, 18),
    people=PEOPLE,
    kpis=(SESSIONS_OFF, RATE_BACK, CALLS_FIRST, CAC_AWAITED),
    goals=(GoalState(GOALS[1], (), (SESSIONS_OFF.standing,)), GoalState(GOALS[0], (SESSIONS_OFF.standing,))),
    gaps=(Gap("kpi_without_goal", "rate", "Conversion rate"),),
    to_decide=(NumberMatter(Matter.OFF, SESSIONS, HISTORY, "thandi"),),
    open_items=(SESSIONS_ITEM,),
    priorities={"thandi": (SESSIONS_ITEM,), "johan": ()},
    decisions=(Said("Newsletter moves to Thursdays", "johan", date(2026, 11, 12), "Monthly KPI review"),),
    completed=(
        CompletedItem("Conversion rate outside the agreed range", RATE, date(2026, 11, 4), "thandi",
                      "The old payment page is back.", "https://trello.com/c/a", EVALUATION),
    ),
    evaluated=((RATE, EVALUATION),),
    findings=((SESSIONS, Finding(date(2026, 11, 6), "Johan Botha", "The course pages load slowly.")),),
    campaigns=(CampaignNumber("App launch", CALLS, Decimal(61), TargetValue(Decimal(180)), 14, 40, Decimal(63)),),
    coming=(
        Coming(date(2026, 11, 19), Ahead.REVIEW, "Weekly"),
        Coming(date(2026, 11, 26), Ahead.REVIEW, "Weekly"),
        Coming(date(2026, 11, 23), Ahead.MID, "App launch"),
    ),
    url="https://alignd.saypro.example",
)  # fmt: skip


def hostile(text: str) -> Alignment:
    """The same team, with one text for every name and every word of a person."""
    kpi = replace(SESSIONS, name=text, definition=text)
    people = {name: replace(one, name=text) for name, one in PEOPLE.items()}
    goal = Goal("leads", text, "thandi", None, ("sessions",), None, 0)
    item = replace(SESSIONS_ITEM, title=text, kpi=kpi, goal=goal, url="https://a.example/" + text)
    off = replace(
        SESSIONS_OFF, standing=replace(SESSIONS_OFF.standing, kpi=kpi), item=item,
        marks=(Mark(date(2026, 11, 3), date(2026, 11, 3), MarkKind.COMPLETED, text),),
        readings=(*SESSIONS_OFF.readings[:-1], replace(SESSIONS_OFF.readings[-1], breakdown=((text, Decimal(1)),))),
    )  # fmt: skip
    evaluation = replace(EVALUATION, did=text, why=text)
    matters: tuple[Decidable, ...] = (NumberMatter(Matter.OFF, kpi, HISTORY, "thandi", text, "thandi"),)
    return replace(
        NOVEMBER, name=text, title=text, people=people, kpis=(off, *NOVEMBER.kpis[1:]), to_decide=matters,
        goals=(GoalState(goal, (off.standing,)),), gaps=(Gap("kpi_without_goal", "rate", text),), open_items=(item,),
        priorities={"thandi": (item,)}, decisions=(Said(text, "johan", date(2026, 11, 12), text),),
        completed=(replace(NOVEMBER.completed[0], title=text, did=text, url="javascript:alert(1)",
                           evaluation=evaluation),),
        evaluated=((kpi, evaluation),), findings=((kpi, Finding(date(2026, 11, 6), text, text, text)),),
        campaigns=(CampaignNumber(text, kpi, Decimal(1), None, 1, 2),),
        coming=(Coming(date(2026, 11, 19), Ahead.EVENT, text),), problems=(text,),
    )  # fmt: skip


# ── any team ─────────────────────────────────────────────────────────────────────────────────────────────────────

_NAMES = ("Website sessions", "Conversion rate", "Cost of a new customer", "New leads", "Net promoter score", "Calls")


@st.composite
def pictures(draw: st.DrawFn, place: int) -> KpiPicture:
    """A KPI with a few weeks of numbers, in any state."""
    unit = draw(st.sampled_from((Unit.COUNT, Unit.PERCENT, Unit.CURRENCY, Unit.SECONDS, Unit.SCORE)))
    down = draw(st.booleans())
    kpi = Kpi(f"k{place}", _NAMES[place % len(_NAMES)], PeriodKind.WEEK, owner=draw(st.sampled_from(("thandi", None))),
              unit=unit, currency="ZAR" if unit is Unit.CURRENCY else None,
              direction=Direction.DOWN if down else Direction.UP)  # fmt: skip
    scale = Decimal("0.001") if unit is Unit.PERCENT else Decimal(1)
    goal = Decimal(draw(st.integers(20, 900))) * scale
    values = draw(st.lists(st.none() | st.integers(0, 1000), min_size=0, max_size=6))
    history = [_judged(kpi, place, value, goal, scale, len(values)) for place, value in enumerate(values)]
    last = CALENDAR.parse("2026-W46")
    expected = draw(st.none() | st.just(date(2026, 11, 20)))
    kind = draw(st.sampled_from(("final", "first", "awaited")))
    found = Standing(kpi, last, history[-1] if history else None, tuple(history), final=bool(history))
    if history and kind == "first" and history[-1].value is not None:
        found = Standing(kpi, last, history[-1], tuple(history[:-1]), expected=expected)
    elif kind == "awaited" or not history:
        found = Standing(kpi, CALENDAR.after(last), history[-1] if history else None, tuple(history), False, expected)
    item = draw(st.none() | st.builds(
        OpenItem, st.just("Find out why"), st.sampled_from(("thandi", None)),
        st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 10)), st.just(kpi)))  # fmt: skip
    return KpiPicture(found, draw(st.sampled_from(("marketing", "m_and_e"))), judgements=tuple(history), item=item)


def _judged(kpi: Kpi, place: int, value: int | None, goal: Decimal, scale: Decimal, of: int) -> Judgement:
    period = CALENDAR.before(CALENDAR.parse("2026-W46"), of - 1 - place)
    if value is None:
        return replace(judged(kpi, period.label, None, Status.UNKNOWN), state="missing")
    number = value * scale
    gap = ((number - goal) if kpi.direction is Direction.UP else (goal - number)) / goal
    status = Status.ON_TRACK if gap >= 0 else Status.AT_RISK if gap > Decimal("-0.05") else Status.OFF_TRACK
    flags = frozenset({"ahead"}) if gap >= Decimal("0.2") else frozenset[str]()
    return replace(judged(kpi, period.label, str(number), status, TargetValue(goal), flags=flags), gap=gap)


@st.composite
def alignments(draw: st.DrawFn) -> Alignment:
    """Any team: none, one or many KPIs, decisions, findings, open items, meetings."""
    kpis = [draw(pictures(place)) for place in range(draw(st.integers(0, 7)))]
    days = st.dates(date(2026, 10, 20), date(2026, 11, 18))
    decisions = draw(st.lists(st.builds(Said, st.just("so be it"), st.sampled_from(("johan", None)), days), max_size=3))
    findings = [
        (one.kpi, Finding(draw(days), "Johan Botha", "it is slow")) for one in kpis if draw(st.integers(0, 2)) == 0
    ]
    items = [one.item for one in kpis if one.item is not None]
    coming = draw(st.lists(
        st.builds(Coming, st.dates(date(2026, 11, 19), date(2026, 12, 20)), st.sampled_from(Ahead), st.just("Weekly")),
        max_size=4))  # fmt: skip
    until = draw(st.sampled_from((date(2026, 11, 18), date(2026, 11, 1))))
    return replace(
        NOVEMBER, kpis=tuple(kpis), goals=(), gaps=(), to_decide=(), open_items=tuple(items), priorities={},
        decisions=tuple(decisions), completed=draw(st.sampled_from((NOVEMBER.completed, ()))),
        evaluated=draw(st.sampled_from((NOVEMBER.evaluated, ()))), findings=tuple(findings), campaigns=(),
        coming=tuple(sorted(coming)), until=until,
    )  # fmt: skip
