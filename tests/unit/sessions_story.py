"""One team's website sessions in the autumn of 2026, for the tests of what follows a shortfall."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mapping.judgements import Judgement, Status
from mapping.kpis import Agreed, Goal, Kpi, Policy, TargetValue
from mapping.people import Person
from mapping.periods import Calendar, PeriodKind
from mapping.texts import ActionFacts, Finding

ZONE = ZoneInfo("Africa/Johannesburg")
CALENDAR = Calendar(ZONE, fiscal_start=(3, 1), country="ZA")
NOW = datetime(2026, 11, 18, 6, 10, tzinfo=UTC)
TODAY = date(2026, 11, 18)
PEOPLE = {
    "thandi": Person("thandi", "Thandi Mokoena", team="marketing"),
    "johan": Person("johan", "Johan Botha", team="m_and_e"),
    "neo": Person("neo", "Neo Khumalo", team="leadership"),
}
SESSIONS = Kpi(
    "sessions",
    "Website sessions",
    PeriodKind.WEEK,
    owner="thandi",
    definition="Sessions on the public site, all channels, Monday to Sunday.",
    agreed=Agreed(date(2026, 9, 1), ("thandi", "johan")),
    policy=Policy(breach_after=2, clear_after=1, recheck_after=2, escalate_after=4, no_data_after=2),
)
TARGET = TargetValue(Decimal(12000))
GOALS = (
    Goal("leads", "20 % more leads than last quarter", "thandi", None, ("sessions",), "grow", 1),
    Goal("grow", "Grow in Gauteng", "neo", None, (), None, 0),
)
LETTERS = {
    "x": Status.OFF_TRACK,
    "o": Status.ON_TRACK,
    "~": Status.AT_RISK,
    "?": Status.UNKNOWN,
}


def judged(
    kpi: Kpi,
    label: str,
    value: str | None,
    status: Status,
    target: TargetValue | None = TARGET,
    gap: str | None = None,
    flags: frozenset[str] = frozenset(),
    corrects: bool = False,
    state: str = "value",
) -> Judgement:
    return Judgement(
        kpi=kpi.id,
        definition="d1",
        period=CALENDAR.parse(label),
        status=status,
        value=None if value is None else Decimal(value),
        target=target,
        gap=None if gap is None else Decimal(gap),
        judged_at=NOW,
        flags=flags,
        corrects=corrects,
        state=state,
    )


def weeks(pattern: str, first: str = "2026-W01") -> tuple[Judgement, ...]:
    """Judgements of consecutive weeks, one for each letter: x off track, o on track, ~ close, ? unknown."""
    start = CALENDAR.parse(first)
    return tuple(
        judged(SESSIONS, CALENDAR.after(start, place).label, "1", LETTERS[letter])
        for place, letter in enumerate(pattern)
    )


HISTORY = (
    judged(SESSIONS, "2026-W39", "12260", Status.ON_TRACK),
    judged(SESSIONS, "2026-W40", "12080", Status.ON_TRACK),
    judged(SESSIONS, "2026-W41", "12310", Status.ON_TRACK),
    judged(SESSIONS, "2026-W42", "11690", Status.AT_RISK),
    judged(SESSIONS, "2026-W43", "12420", Status.ON_TRACK),
    judged(SESSIONS, "2026-W44", "12140", Status.ON_TRACK),
    judged(SESSIONS, "2026-W45", "9960", Status.OFF_TRACK, gap="-0.17"),
    judged(SESSIONS, "2026-W46", "8200", Status.OFF_TRACK, gap="-0.3167"),
)
BEFORE = (("Direct", Decimal(5100)), ("Organic Search", Decimal(4900)))
FACTS = ActionFacts(
    key="saypro/action/sessions/2026-W46",
    kpi=SESSIONS,
    history=HISTORY,
    today=TODAY,
    people=PEOPLE,
    owner="thandi",
    due=date(2026, 11, 25),
    data_owner="johan",
    goals=GOALS,
    findings=(Finding(date(2026, 11, 6), "Johan", "The course pages load slowly since the redesign."),),
    origin="Google Analytics",
    read_at=datetime(2026, 11, 18, 6, 10, tzinfo=ZONE),
    breakdown=(("Direct", Decimal(5000)), ("Organic Search", Decimal(2000))),
    breakdowns_before=(BEFORE, BEFORE, BEFORE, BEFORE),
    chart_url="https://alignd.saypro.example/kpi/sessions",
)
