"""What counts: value, zero, missing, untrusted, awaited; first count or final. And photographs of cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.counting import World, reading_of, settled
from mapping.kpis import Kpi, SourceTerms, Unit
from mapping.periods import Calendar, Period, PeriodKind
from mapping.photographs import is_unchanged, last_before_end, photograph_for, photograph_of
from mapping.queries import (
    Aggregate,
    Answer,
    Ask,
    CellQuery,
    Found,
    MatrixQuery,
    MetricQuery,
    Query,
    TableQuery,
)
from mapping.readings import Photograph, Reading, State
from mapping.spans import parse_span

CALENDAR = Calendar(ZoneInfo("Africa/Johannesburg"))
WEEK = CALENDAR.parse("2026-W46")  # 9-15 November, over at 22:00 UTC on the 15th
END = datetime(2026, 11, 15, 22, tzinfo=UTC)


def terms(source: str, settle: str, late: str) -> SourceTerms:
    return SourceTerms(
        source, "any", f"any:{source}", parse_span(settle), parse_span(late), parse_span("14d"), parse_span("6h")
    )


TERMS = {"web": terms("web", "48h", "48h"), "sheet": terms("sheet", "72h", "10 business days")}
LATE = datetime(2026, 11, 27, 22, tzinfo=UTC)  # the end of the tenth business day after 15 November

SESSIONS = MetricQuery("web", "sessions")
PURCHASES = MetricQuery("web", "keyEvents")
SPEND = TableQuery("sheet", "Spend!A:E", "Date", "Amount", Aggregate.SUM)
SPEND_OR_NOTHING = replace(SPEND, empty_is_zero=True)
AWARENESS = MatrixQuery("sheet", "Tracker!A1:Z40", "Awareness")
LOAD = CellQuery("sheet", "Ops!B7", "Ops!B8")
FOLLOWERS = CellQuery("sheet", "Ops!C3")


def kpi(query: Query | None = SESSIONS, **more: object) -> Kpi:
    return Kpi(id="k", name="K", period=PeriodKind.WEEK, value=query, **more)  # type: ignore[arg-type]


def answer(query: Query, found: Found = Found.VALUE, value: str | None = "5", **more: object) -> Answer:
    amount = None if value is None or found in (Found.ABSENT, Found.UNTRUSTED) else Decimal(value)
    return Answer(Ask(query, WEEK), found, amount, **more)  # type: ignore[arg-type]


def read(
    one: Kpi,
    *answers: Answer,
    now: datetime = END + timedelta(days=30),
    photographs: Mapping[tuple[str, str], list[Photograph]] | None = None,
    kpis: Mapping[str, Kpi] | None = None,
    period: Period = WEEK,
) -> Reading | None:
    world = World({a.ask.query: a for a in answers}, photographs or {}, TERMS, CALENDAR, now)
    return reading_of(one, "hash", period, world, kpis or {})


def known(one: Reading | None) -> Reading:
    assert one is not None
    return one


def state(one: Reading | None) -> tuple[State, bool]:
    return known(one).state, known(one).final


# ── final or first count ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_metric_is_final_once_its_period_ended_settle_after_ago() -> None:
    at = END + timedelta(hours=48)
    assert state(read(kpi(), answer(SESSIONS), now=at - timedelta(seconds=1))) == (State.VALUE, False)
    assert state(read(kpi(), answer(SESSIONS), now=at)) == (State.VALUE, True)


def test_ended_is_meant_in_the_source_s_zone() -> None:
    at = END + timedelta(hours=48)  # in Los Angeles the week ended ten hours later
    abroad = answer(SESSIONS, zone="America/Los_Angeles")
    assert state(read(kpi(), abroad, now=at)) == (State.VALUE, False)
    assert state(read(kpi(), abroad, now=at + timedelta(hours=10))) == (State.VALUE, True)


def test_settled_is_a_matter_of_elapsed_time() -> None:
    at = END + timedelta(hours=48)
    assert not settled(WEEK, TERMS["web"], CALENDAR, None, at - timedelta(seconds=1))
    assert settled(WEEK, TERMS["web"], CALENDAR, None, at)


def test_a_zone_this_machine_does_not_know_is_taken_as_the_workspace_s() -> None:
    assert state(read(kpi(), answer(SESSIONS, zone="Mars/Olympus"), now=END + timedelta(hours=48)))[1]


def test_a_table_is_final_only_with_a_row_dated_on_the_last_day_or_later() -> None:
    at = END + timedelta(hours=72)
    for newest, final in (
        (date(2026, 11, 14), False),
        (date(2026, 11, 15), True),
        (date(2026, 11, 20), True),
        (None, False),
    ):
        assert state(read(kpi(SPEND), answer(SPEND, newest=newest), now=at)) == (State.VALUE, final)
    early = read(kpi(SPEND), answer(SPEND, newest=date(2026, 11, 20)), now=at - timedelta(seconds=1))
    assert state(early) == (State.VALUE, False)


def test_a_table_without_such_a_row_stays_a_first_count_until_late_after() -> None:
    stale = answer(SPEND, newest=date(2026, 11, 14))
    assert state(read(kpi(SPEND), stale, now=LATE - timedelta(seconds=1))) == (State.VALUE, False)
    assert state(read(kpi(SPEND), stale, now=LATE)) == (State.VALUE, True)


def test_a_kpi_s_own_late_after_wins_over_the_source_s() -> None:
    own = kpi(SPEND, late_after=parse_span("4 days"))
    stale = answer(SPEND, newest=date(2026, 11, 14))
    assert state(read(own, stale, now=END + timedelta(days=4))) == (State.VALUE, True)


def test_a_matrix_number_is_final_once_settled() -> None:
    at = END + timedelta(hours=72)
    assert state(read(kpi(AWARENESS), answer(AWARENESS), now=at - timedelta(seconds=1))) == (State.VALUE, False)
    assert state(read(kpi(AWARENESS), answer(AWARENESS), now=at)) == (State.VALUE, True)


# ── awaited, missing, zero, not read ─────────────────────────────────────────────────────────────────────────────


def test_nothing_read_is_no_reading_at_all() -> None:
    assert read(kpi()) is None
    ratio = kpi(None, formula="a / b", inputs={"a": PURCHASES, "b": SESSIONS})
    assert read(ratio, answer(PURCHASES)) is None


def test_google_analytics_is_never_awaited_absent_is_missing_and_proven_zero_is_zero() -> None:
    assert state(read(kpi(), answer(SESSIONS, Found.ABSENT), now=END)) == (State.MISSING, False)
    assert state(read(kpi(), answer(SESSIONS, Found.ABSENT))) == (State.MISSING, True)
    zero = known(read(kpi(), answer(SESSIONS, Found.ZERO, None)))
    assert (zero.state, zero.value, zero.final) == (State.ZERO, Decimal(0), True)


@pytest.mark.parametrize("query", [SPEND, AWARENESS])
def test_an_absent_number_of_a_table_or_matrix_is_awaited_until_late_after_then_missing(query: Query) -> None:
    absent = answer(query, Found.ABSENT)
    assert state(read(kpi(query), absent, now=LATE - timedelta(seconds=1))) == (State.AWAITED, False)
    assert state(read(kpi(query), absent, now=LATE)) == (State.MISSING, True)


def test_an_empty_table_period_is_zero_only_if_the_file_says_so_and_a_later_row_exists() -> None:
    later, same = date(2026, 11, 16), date(2026, 11, 15)
    one = kpi(SPEND_OR_NOTHING)
    zero = known(read(one, answer(SPEND_OR_NOTHING, Found.ABSENT, newest=later), now=END + timedelta(days=3)))
    assert (zero.state, zero.value, zero.final) == (State.ZERO, Decimal(0), True)
    awaited = read(one, answer(SPEND_OR_NOTHING, Found.ABSENT, newest=same), now=END + timedelta(days=3))
    assert state(awaited) == (State.AWAITED, False)
    assert state(read(one, answer(SPEND_OR_NOTHING, Found.ABSENT, newest=same))) == (State.MISSING, True)
    assert state(read(kpi(SPEND), answer(SPEND, Found.ABSENT, newest=later))) == (State.MISSING, True)


def test_a_number_that_is_zero_is_zero() -> None:
    assert known(read(kpi(SPEND), answer(SPEND, value="0.00"))).state is State.ZERO


# ── untrusted ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_source_does_not_believe_is_untrusted_and_says_where() -> None:
    bad = known(read(kpi(SPEND), answer(SPEND, Found.UNTRUSTED, note="sheet Spend!D14 holds #REF!")))
    assert (bad.state, bad.value, bad.note) == (State.UNTRUSTED, None, "sheet Spend!D14 holds #REF!")


@pytest.mark.parametrize("flag", ["restricted", "truncated", "few_rows"])
def test_restricted_truncated_and_few_rows_are_untrusted_and_keep_their_number_for_show(flag: str) -> None:
    bad = known(read(kpi(), answer(SESSIONS, flags=frozenset({flag}))))
    assert (bad.state, bad.value, bad.flags) == (State.UNTRUSTED, Decimal(5), frozenset({flag}))
    assert bad.note


def test_a_restricted_metric_without_a_row_is_not_believed_to_be_missing() -> None:
    assert known(read(kpi(), answer(SESSIONS, Found.ABSENT, flags=frozenset({"restricted"})))).state is State.UNTRUSTED


@pytest.mark.parametrize("flag", ["thresholded", "sampled", "other_row"])
def test_other_flags_travel_with_a_number_that_is_believed(flag: str) -> None:
    good = known(read(kpi(), answer(SESSIONS, flags=frozenset({flag}))))
    assert (good.state, good.flags) == (State.VALUE, frozenset({flag}))


def test_outside_plausible_is_untrusted_its_ends_are_within() -> None:
    one = kpi(unit=Unit.PERCENT, plausible=(Decimal(0), Decimal("0.2")))
    assert known(read(one, answer(SESSIONS, value="0.2"))).state is State.VALUE
    assert known(read(one, answer(SESSIONS, value="0"))).state is State.ZERO
    bad = known(read(one, answer(SESSIONS, value="0.2000001")))
    assert (bad.state, bad.value) == (State.UNTRUSTED, Decimal("0.2000001"))
    assert "is not plausible" in bad.note


def test_the_scale_makes_the_source_s_number_the_kpi_s_before_it_is_judged_plausible() -> None:
    one = kpi(scale=Decimal("0.01"), unit=Unit.PERCENT, plausible=(Decimal(0), Decimal("0.2")))
    got = known(read(one, replace(answer(SESSIONS, value="12"), breakdown=(("Gauteng", Decimal(8)),))))
    assert (got.state, got.value, got.breakdown) == (State.VALUE, Decimal("0.12"), (("Gauteng", Decimal("0.08")),))


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────

RATE = kpi(None, formula="purchases / sessions", inputs={"purchases": PURCHASES, "sessions": SESSIONS})
CAC = kpi(None, formula="spend / sessions", inputs={"spend": SPEND, "sessions": SESSIONS})


def test_a_formula_is_computed_from_its_inputs_and_keeps_them_as_parts() -> None:
    got = known(read(RATE, answer(PURCHASES, value="3", origin="GA"), answer(SESSIONS, value="200", origin="GA")))
    assert (got.state, got.value, got.final, got.origin) == (State.VALUE, Decimal("0.015"), True, "GA")
    assert [(part.name, part.value, part.state) for part in got.parts] == [
        ("purchases", Decimal(3), State.VALUE),
        ("sessions", Decimal(200), State.VALUE),
    ]


def test_dividing_by_zero_is_untrusted_and_says_what_is_zero() -> None:
    got = known(read(RATE, answer(PURCHASES, value="3"), answer(SESSIONS, Found.ZERO, None)))
    assert (got.state, got.value, got.final) == (State.UNTRUSTED, None, True)
    assert got.note.startswith("sessions is zero")


def test_a_formula_is_final_when_all_inputs_are() -> None:
    at = END + timedelta(hours=50)  # settled for web, not for the sheet
    newest = date(2026, 11, 20)
    assert not known(read(CAC, answer(SPEND, newest=newest), answer(SESSIONS), now=at)).final
    at = END + timedelta(hours=72)
    assert known(read(CAC, answer(SPEND, newest=newest), answer(SESSIONS), now=at)).final


def test_flags_are_united() -> None:
    got = known(
        read(
            RATE,
            answer(PURCHASES, flags=frozenset({"sampled"})),
            answer(SESSIONS, flags=frozenset({"thresholded"})),
        )
    )
    assert got.flags == {"sampled", "thresholded"}


@pytest.mark.parametrize(
    ("spend", "sessions", "united"),
    [
        (Found.UNTRUSTED, Found.VALUE, State.UNTRUSTED),
        (Found.UNTRUSTED, Found.ABSENT, State.UNTRUSTED),
        (Found.ABSENT, Found.UNTRUSTED, State.UNTRUSTED),
        (Found.VALUE, Found.ABSENT, State.MISSING),
        (Found.ABSENT, Found.ABSENT, State.MISSING),  # awaited in the sheet, missing in Google Analytics
        (Found.ABSENT, Found.VALUE, State.AWAITED),
        (Found.VALUE, Found.VALUE, State.VALUE),
    ],
)
def test_a_formula_is_as_good_as_its_worst_input(spend: Found, sessions: Found, united: State) -> None:
    got = known(read(CAC, answer(SPEND, spend), answer(SESSIONS, sessions), now=END + timedelta(days=4)))
    assert got.state is united
    assert got.value is None or united is State.VALUE
    assert united is State.VALUE or "spend" in got.note or "sessions" in got.note


def test_an_input_that_is_another_kpi_is_counted_for_this_kpi_s_period_with_its_own_scale_and_trust() -> None:
    daily = Kpi(
        "sessions", "S", PeriodKind.DAY, value=SESSIONS, scale=Decimal(1000), plausible=(Decimal(0), Decimal(9000))
    )
    one = kpi(None, formula="purchases / sessions", inputs={"purchases": PURCHASES, "sessions": "sessions"})
    kpis = {"sessions": daily}
    got = known(read(one, answer(PURCHASES, value="4"), answer(SESSIONS, value="8"), kpis=kpis))
    assert got.value == Decimal("0.0005")
    assert known(read(one, answer(PURCHASES), answer(SESSIONS, value="10"), kpis=kpis)).state is State.UNTRUSTED


def test_an_input_no_name_of_the_formula_uses_is_not_needed() -> None:
    one = kpi(None, formula="a * 2", inputs={"a": SESSIONS, "b": PURCHASES})
    assert known(read(one, answer(SESSIONS))).value == 10


def test_the_oldest_newest_row_of_the_tables_is_the_formula_s() -> None:
    other = replace(SPEND, column="Other")
    one = kpi(None, formula="a + b", inputs={"a": SPEND, "b": other})
    got = read(one, answer(SPEND, newest=date(2026, 11, 20)), answer(other, newest=date(2026, 11, 18)))
    assert known(got).newest == date(2026, 11, 18)


@given(
    st.lists(st.sampled_from([Found.VALUE, Found.ZERO, Found.ABSENT, Found.UNTRUSTED]), min_size=1, max_size=4),
    st.integers(0, 400),
)
def test_no_input_is_better_than_the_formula_is_worse(found: list[Found], hours: int) -> None:
    queries = [replace(SPEND, column=f"c{n}") for n in range(len(found))]
    names = [f"n{n}" for n in range(len(found))]
    one = kpi(None, formula=" + ".join(names), inputs=dict(zip(names, queries, strict=True)))
    answers = [answer(q, f, newest=date(2026, 11, 20)) for q, f in zip(queries, found, strict=True)]
    got = known(read(one, *answers, now=END + timedelta(hours=hours)))
    alone = [known(read(kpi(q), a, now=END + timedelta(hours=hours))) for q, a in zip(queries, answers, strict=True)]
    assert got.trusted == all(r.trusted for r in alone)
    assert got.final == all(r.final for r in alone)
    assert got.flags == frozenset().union(*(r.flags for r in alone))


@given(
    st.sampled_from([SESSIONS, SPEND, AWARENESS]),
    st.sampled_from(list(Found)),
    st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_once_final_always_final_while_the_answer_stays(query: Query, found: Found, hours: int, more: int) -> None:
    one = answer(query, found, newest=date(2026, 11, 14))
    first = known(read(kpi(query), one, now=END + timedelta(hours=hours)))
    later = known(read(kpi(query), one, now=END + timedelta(hours=hours + more)))
    assert later.final or not first.final
    assert not first.final or later.state is first.state


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────


def seen(hours: float, value: str | None = "5", as_of: date | None = None, state: State = State.VALUE) -> Photograph:
    """A photograph taken so many hours from the end of the week."""
    amount = None if value is None else Decimal(value)
    return Photograph("sheet", "any", END + timedelta(hours=hours), state, amount, as_of)


def load(*photographs: Photograph, now: datetime = END) -> Reading | None:
    return read(kpi(LOAD), now=now, photographs={("sheet", "Ops!B7"): list(photographs)})


def followers(*photographs: Photograph, now: datetime = END) -> Reading | None:
    return read(kpi(FOLLOWERS), now=now, photographs={("sheet", "Ops!C3"): list(photographs)})


FRIDAY = date(2026, 11, 13)


def test_a_dated_cell_s_reading_is_the_last_value_seen_with_a_date_in_the_period() -> None:
    got = known(
        load(seen(-60, "20", date(2026, 11, 12)), seen(-50, "24", FRIDAY), seen(5, "30", date(2026, 11, 20)), now=END)
    )
    assert (got.state, got.value, got.final) == (State.VALUE, Decimal(24), True)
    late = known(load(seen(-50, "24", FRIDAY), seen(12, "26", FRIDAY), now=END + timedelta(hours=12)))
    assert late.value == 26  # noted on Monday for Friday


def test_a_cell_s_reading_is_final_when_its_period_ended() -> None:
    assert state(load(seen(-50, "24", FRIDAY), now=END - timedelta(seconds=1))) == (State.VALUE, False)
    assert state(followers(seen(-1), now=END - timedelta(seconds=1))) == (State.VALUE, False)
    assert state(followers(seen(-1), now=END)) == (State.VALUE, True)


def test_a_dated_cell_without_a_date_in_the_period_is_awaited_then_missing_if_anybody_could_look() -> None:
    old = seen(-300, "20", date(2026, 11, 6))
    assert state(load(old, now=LATE - timedelta(seconds=1))) == (State.AWAITED, False)
    assert load(old, now=LATE) is None  # it could not be looked at since the week ended
    assert state(load(old, seen(24, "20", date(2026, 11, 6)), now=LATE)) == (State.MISSING, True)


def test_a_cell_without_a_date_is_read_from_the_last_photograph_before_the_period_s_end() -> None:
    got = known(followers(seen(-30, "10"), seen(-1, "12"), seen(0, "99"), now=END))
    assert got.value == 12


def test_a_photograph_of_an_earlier_period_is_not_this_one_s_and_none_taken_is_missing() -> None:
    assert state(followers(seen(-24 * 7 - 1), now=END)) == (State.MISSING, True)
    assert state(followers(now=END)) == (State.MISSING, True)
    assert state(followers(now=END - timedelta(hours=1))) == (State.AWAITED, False)


def test_an_empty_cell_shows_nothing_and_an_error_is_untrusted() -> None:
    assert known(followers(seen(-30, "10"), seen(-1, None, state=State.MISSING))).value == 10
    assert known(followers(seen(-30, "10"), seen(-1, None, state=State.UNTRUSTED))).state is State.UNTRUSTED
    unreadable = seen(-30, None, state=State.UNTRUSTED)
    assert known(load(unreadable)).state is State.UNTRUSTED
    assert known(load(unreadable, seen(-40, "24", FRIDAY))).value == 24  # a readable date says more


def test_a_cell_unchanged_for_three_periods_is_flagged() -> None:
    weeks = [seen(-24 * 7 * back - 1, "12") for back in range(3)]
    assert known(followers(*weeks)).flags == {"unchanged"}
    assert known(followers(*weeks[:2])).flags == frozenset()
    assert known(followers(weeks[0], weeks[1], seen(-24 * 14 - 1, "11"))).flags == frozenset()
    assert known(followers(*weeks)).state is State.VALUE
    dated = [replace(p, as_of=FRIDAY - timedelta(weeks=back)) for back, p in enumerate(weeks)]
    assert not is_unchanged(LOAD, WEEK, dated, CALENDAR)


def test_a_cell_is_an_input_like_any_other() -> None:
    one = kpi(None, formula="load / sessions", inputs={"load": LOAD, "sessions": SESSIONS})
    photographs = {("sheet", "Ops!B7"): [seen(-50, "24", FRIDAY)]}
    got = known(read(one, answer(SESSIONS, value="2"), photographs=photographs))
    assert (got.value, got.final) == (Decimal(12), True)


def test_what_a_cell_answered_is_kept_as_a_photograph() -> None:
    kept = photograph_of(Answer(Ask(LOAD, WEEK), Found.VALUE, Decimal(24), as_of=FRIDAY), END)
    assert kept == Photograph("sheet", "Ops!B7", END, State.VALUE, Decimal(24), FRIDAY)
    empty = photograph_of(Answer(Ask(LOAD, WEEK), Found.ABSENT, note="empty"), END)
    assert (empty.state, empty.value) == (State.MISSING, None)
    assert photograph_of(Answer(Ask(LOAD, WEEK), Found.UNTRUSTED, note="#REF!"), END).note == "#REF!"
    with pytest.raises(TypeError):
        photograph_of(answer(SESSIONS), END)


def test_the_last_photograph_before_the_end_counts_however_old() -> None:
    old = seen(-9999, "7")
    assert last_before_end(WEEK, [old, seen(0, "8")], CALENDAR) == old
    assert last_before_end(WEEK, [seen(1)], CALENDAR) is None


@given(st.lists(st.tuples(st.integers(-400, 100), st.integers(0, 9)), max_size=12), st.randoms())
def test_the_order_photographs_are_kept_in_does_not_matter(taken: list[tuple[int, int]], random: object) -> None:
    photographs = [seen(hours + n / 100, str(value)) for n, (hours, value) in enumerate(taken)]
    shuffled = list(photographs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    chosen = photograph_for(FOLLOWERS, WEEK, photographs, CALENDAR)
    assert chosen == photograph_for(FOLLOWERS, WEEK, shuffled, CALENDAR)
    assert chosen is None or CALENDAR.local_date(chosen.seen_at) in WEEK
