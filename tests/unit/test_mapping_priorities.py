"""What comes first: laws of the order, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.judgements import Judgement, Status
from mapping.kpis import Goal, Kpi, TargetValue
from mapping.periods import Calendar, PeriodKind
from mapping.priorities import Rank, first_things, in_order, rank_of
from mapping.tasks import WorkKind
from mapping.texts.priorities import first_thing, rest_said, why_first
from mapping.texts.review_facts import OpenItem
from sync.plan.agenda.strategy import open_items, priorities
from tests.unit.review_story import december, link

TODAY = date(2026, 11, 18)
CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"))
NEWEST = CALENDAR.parse("2026-W46")
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)
TARGET = Decimal(12000)


def judged(gap: Decimal, off: int, status: Status) -> tuple[Judgement, ...]:
    """So many weeks off target, the newest by `gap`; before them one that was on target."""

    def one(back: int, gap: Decimal, status: Status) -> Judgement:
        value = TARGET * (1 + gap)
        return Judgement("k", "d", CALENDAR.before(NEWEST, back), status, value, TargetValue(TARGET), gap, NOW)

    newest = one(0, gap, status)
    earlier = [one(back, Decimal("-0.2"), Status.OFF_TRACK) for back in range(off - 1, 0, -1)]
    return (one(off, Decimal("0.01"), Status.ON_TRACK), *earlier, newest)


def item(
    place: int,
    gap: str = "-0.3",
    depth: int | None = 0,
    off: int = 2,
    due: date | None = date(2026, 11, 25),
    status: Status = Status.OFF_TRACK,
) -> OpenItem:
    kpi = Kpi(f"k{place}", f"Number {place}", PeriodKind.WEEK, place=place)
    goal = None if depth is None else Goal("g", "Grow in Gauteng", None, None, (kpi.id,), None, depth)
    return OpenItem("title", "thandi", due, kpi, judged(Decimal(gap), off, status), goal, f"saypro/action/{kpi.id}/W")


def dated(key: str, due: date | None, kind: WorkKind = WorkKind.SAID) -> OpenItem:
    return OpenItem(f"do {key}", "thandi", due, key=key, kind=kind)


DAYS = st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31))
SHORT = st.builds(
    item,
    st.integers(0, 30),
    st.decimals("-0.9", "-0.01", places=2).map(str),
    st.none() | st.integers(0, 4),
    st.integers(1, 6),
    DAYS,
    st.sampled_from([Status.OFF_TRACK, Status.AT_RISK]),
)
BACK = st.builds(item, st.integers(31, 60), st.just("0.05"), st.none(), st.just(1), DAYS, st.just(Status.ON_TRACK))
DATED = st.builds(dated, st.text("abc", min_size=1, max_size=3), DAYS, st.sampled_from([WorkKind.SAID, WorkKind.DATA]))
ITEMS = st.lists(SHORT | BACK | DATED, max_size=8, unique_by=lambda one: one.key)


@given(ITEMS, st.randoms())
def test_however_the_items_come_the_order_is_the_same(items: list[OpenItem], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_order(shuffled) == in_order(items)
    assert first_things(shuffled) == first_things(items) == in_order(items)[:2]


@given(ITEMS, ITEMS)
def test_what_comes_first_for_two_is_what_comes_first_for_one_of_them(
    mine: list[OpenItem], yours: list[OpenItem]
) -> None:
    both = {one.key: one for one in (*mine, *yours)}
    theirs = [one for one in yours if both[one.key] is one]
    own = [one for one in mine if both[one.key] is one]
    assert set(map(_key, first_things(both.values()))) <= {
        *map(_key, first_things(own)),
        *map(_key, first_things(theirs)),
    }


def _key(one: OpenItem) -> str:
    return one.key


def before(first: OpenItem, second: OpenItem) -> bool:
    return in_order([second, first]) == [first, second]


@given(SHORT, SHORT)
def test_of_two_that_are_short_the_one_further_off_comes_first(one: OpenItem, other: OpenItem) -> None:
    gaps = (one.history[-1].gap, other.history[-1].gap)
    assert gaps[0] is not None
    assert gaps[1] is not None
    if gaps[0] < gaps[1]:
        assert before(one, other)


@given(SHORT, DATED, BACK)
def test_short_numbers_come_before_dated_work_and_that_before_what_is_on_target_again(
    short: OpenItem, dated: OpenItem, back: OpenItem
) -> None:
    assert in_order([back, dated, short]) == [short, dated, back]
    assert [rank_of(one) for one in (short, dated, back)] == [Rank.SHORT, Rank.DATED, Rank.BACK]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (item(9, depth=0), item(1, depth=1)),  # as far off: the higher goal
        (item(9, depth=3), item(1, depth=None)),  # any goal before none
        (item(9, off=3), item(1, off=2)),  # as far off, as high: the longer
        (item(1), item(9)),  # else the place in the file
        (dated("b", date(2026, 11, 20)), dated("a", date(2026, 11, 21))),  # by the day
        (dated("b", date(2026, 11, 20)), dated("a", None)),  # no day last
        (dated("b", date(2026, 11, 9)), dated("a", date(2026, 11, 20))),  # what is overdue before what is not
    ],
)
def test_where_they_are_alike_the_next_question_decides(first: OpenItem, second: OpenItem) -> None:
    assert before(first, second)


def test_what_people_asked_to_have_left_in_peace_is_not_among_the_first() -> None:
    quiet = replace(item(1, gap="-0.9"), quiet="quiet until Wed 2 Dec, by Thandi Mokoena")
    assert first_things([quiet, item(2), item(3), item(4)]) == [item(2), item(3)]
    assert first_things([quiet]) == []


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            item(1, gap="-0.3167"),
            'Number 1: 32 % below target, second week; serves "Grow in Gauteng"; due Wed 25 Nov',
        ),
        (item(1, depth=None, off=1, due=None), "Number 1: 30 % below target, first week"),
        (
            item(1, due=date(2026, 11, 17)),
            'Number 1: 30 % below target, second week; serves "Grow in Gauteng"; was due Tue 17 Nov',
        ),
        (
            item(1, gap="-0.03", off=1, status=Status.AT_RISK, depth=None),
            "Number 1: close to target; due Wed 25 Nov",
        ),
        (
            item(1, gap="0.02", off=1, status=Status.ON_TRACK, depth=None),
            "Number 1: on target again, write what helped and complete it; due Wed 25 Nov",
        ),
        (replace(dated("x", TODAY), where="Monthly KPI review"), "do x: agreed in Monthly KPI review; due Wed 18 Nov"),
        (dated("x", None), "do x: agreed in a review"),
        (dated("x", TODAY, WorkKind.DATA), "do x: the number is waited for; due Wed 18 Nov"),
        (dated("x", TODAY, WorkKind.EVALUATION), "do x: a question that waits for an answer; due Wed 18 Nov"),
    ],
)
def test_each_thing_says_in_a_plain_sentence_why_it_comes_first(one: OpenItem, said: str) -> None:
    assert first_thing(one, TODAY) == said


def test_where_a_whole_team_reads_nobody_is_told_to_be_late() -> None:
    late = item(1, due=TODAY - timedelta(days=1))
    assert why_first(late, TODAY, overdue=False) == '30 % below target, second week; serves "Grow in Gauteng"'


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ([], ""),
        ([dated("a", None)], "1 more is open after these."),
        ([dated("a", date(2026, 11, 17))], "1 more is open after these, past its date."),
        ([dated("a", TODAY), dated("b", date(2026, 11, 1))], "2 more are open after these, 1 of them past its date."),
        ([dated("a", date(2026, 11, 1))] * 3, "3 more are open after these, 3 of them past their dates."),
    ],
)
def test_what_is_left_is_counted_and_what_is_late_is_not_hidden(left: Sequence[OpenItem], said: str) -> None:
    assert rest_said(left, TODAY) == said


def test_whatever_asks_somebody_for_something_is_among_what_they_do_and_meetings_are_not() -> None:
    days = {WorkKind.DATA: 11, WorkKind.EVALUATION: 10, WorkKind.SAID: 9, WorkKind.REVIEW: 8, WorkKind.CAMPAIGN: 8}
    links = [
        link(f"saypro/{kind.value}/monthly/2026-11", kind, person="sipho", title=kind.value, due=date(2026, 12, day))
        for kind, day in days.items()
    ]
    situation = december(links={one.key: one for one in links})
    assert [one.title for one in priorities(["sipho"], situation)["sipho"]] == ["said", "evaluation", "data"]
    assert priorities(["sipho"], situation)["sipho"][0].where == "Monthly KPI review"
    assert [one.title for one in open_items(situation)] == ["said"]
