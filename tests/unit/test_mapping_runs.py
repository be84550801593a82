"""Runs and episodes: when a shortfall becomes work, and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.judgements import Episode, EpisodeEnd, Judgement, Status
from mapping.kpis import Policy
from mapping.periods import Period
from mapping.readings import State
from mapping.runs import (
    Accepted,
    Rest,
    advance,
    clearly_worse,
    escalation_due,
    may_tell_worse,
    no_data_due,
    redefined,
    reopen_or_new,
    resting_verdict,
    run_of,
)
from mapping.spans import parse_span
from tests.unit.sessions_story import CALENDAR, NOW, SESSIONS, judged, weeks

WEEKLY = Policy(breach_after=2, clear_after=1, recheck_after=2, escalate_after=4, no_data_after=2)


def replay(
    history: Sequence[Judgement],
    policy: Policy = WEEKLY,
    episode: Episode | None = None,
    accepted: tuple[Accepted, ...] = (),
    known: int = 0,
) -> tuple[list[Episode], Episode | None]:
    """Every judgement after the `known` ones as it came; all records made on the way, and the latest."""
    records: list[Episode] = []
    for end in range(known + 1, len(history) + 1):
        moved = advance(history[:end], episode, policy, NOW, accepted=accepted)
        records += [one for one in (moved.opens, moved.closes) if one is not None]
        episode = moved.after(episode)
    return records, episode


def story(pattern: str, policy: Policy = WEEKLY) -> list[str]:
    """What a row of weeks did, in short: "+W46" opened and named so, "-W49" closed by that week."""
    records, _ = replay(weeks(pattern), policy)
    return [f"-{one.closed.label[5:]}" if one.closed is not None else f"+{one.opened.label[5:]}" for one in records]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("x", []),
        ("xx", ["+W02"]),
        ("xox", []),  # on_track ends the run
        ("x~x", ["+W03"]),  # close is passed over
        ("x?x", ["+W03"]),  # unknown is passed over
        ("x~?~x", ["+W05"]),  # three in a row are passed over
        ("x~?~?x", []),  # a fourth ends the run
        ("x~?~?xx", ["+W07"]),
        ("~~~~xx", ["+W06"]),
        ("xxo", ["+W02", "-W03"]),
        ("xx~~~~~", ["+W02"]),  # only on_track closes
        ("xxxx", ["+W02"]),  # once
        ("xxoxo", ["+W02", "-W03"]),
        ("xxoxx", ["+W02", "-W03", "+W05"]),  # the next run begins after the closing week
        ("xxo~xoxx", ["+W02", "-W03", "+W08"]),
    ],
)
def test_weekly_runs_open_and_close_episodes(pattern: str, expected: list[str]) -> None:
    assert story(pattern) == expected


def test_an_episode_that_needs_three_on_track_closes_at_the_third_since_the_last_off_track() -> None:
    daily = replace(WEEKLY, breach_after=1, clear_after=3)
    assert story("xoxo~oo", daily) == ["+W01", "-W07"]


def test_an_episode_remembers_the_first_week_of_its_run() -> None:
    _, episode = replay(weeks("ox~x"))
    assert episode is not None
    assert (episode.began.label, episode.opened.label) == ("2026-W02", "2026-W04")


def test_a_run_counts_off_track_weeks_and_the_weeks_it_spans() -> None:
    run = run_of(weeks("xox~x?"))
    assert [period.label for period in run.periods] == ["2026-W03", "2026-W05"]
    assert (run.count, run.spanned) == (2, 4)
    assert run.began == CALENDAR.parse("2026-W03")
    assert run_of(weeks("xxo")).began is None
    assert run_of(()).count == 0


def test_background_judgements_open_a_background_episode() -> None:
    history = tuple(replace(one, background=True) for one in weeks("xx"))
    _, episode = replay(history)
    assert episode is not None
    assert episode.background


# ── corrections and late arrivals ────────────────────────────────────────────────────────────────────────────────


def corrected(history: tuple[Judgement, ...], place: int, status: Status) -> tuple[tuple[Judgement, ...], Judgement]:
    news = replace(history[place], status=status, corrects=True)
    return (*history[:place], news, *history[place + 1 :]), news


def test_a_correction_may_complete_a_run_which_then_opens_now_named_after_the_week_that_made_it() -> None:
    history, news = corrected(weeks("xo~x"), 1, Status.OFF_TRACK)
    moved = advance(history, None, WEEKLY, NOW, news=news)
    assert moved.opens is not None
    assert (moved.opens.opened.label, moved.opens.opened_at) == ("2026-W02", NOW)


def test_a_correction_from_on_track_to_close_may_join_two_halves_of_a_run() -> None:
    history, news = corrected(weeks("xox"), 1, Status.AT_RISK)
    moved = advance(history, None, WEEKLY, NOW, news=news)
    assert moved.opens is not None
    assert moved.opens.opened.label == "2026-W03"


def test_a_late_arrival_may_complete_a_run() -> None:
    history = weeks("x?x")[:1] + weeks("xxx")[1:]
    moved = advance(history, None, WEEKLY, NOW, news=history[1])
    assert moved.opens is not None
    assert moved.opens.opened.label == "2026-W02"


def test_a_late_arrival_opens_nothing_for_a_run_that_is_over() -> None:
    history = weeks("xxo")
    assert advance(history, None, WEEKLY, NOW, news=history[0]).opens is None


def test_a_correction_of_a_week_before_the_run_moves_nothing() -> None:
    history, news = corrected(weeks("oooxx"), 0, Status.OFF_TRACK)
    assert advance(history, None, WEEKLY, NOW, news=news).opens is None


def test_a_correction_never_closes() -> None:
    _, episode = replay(weeks("xx"))
    history, news = corrected(weeks("xx"), 1, Status.ON_TRACK)
    assert advance(history, episode, WEEKLY, NOW, news=news).closes is None


def test_a_correction_never_reopens_or_renames() -> None:
    before = weeks("xxo")
    _, episode = replay(before)
    history, news = corrected(before, 2, Status.OFF_TRACK)
    assert advance(history, episode, WEEKLY, NOW, news=news).after(episode) == episode


def test_after_a_correction_of_the_closing_week_the_next_run_still_begins_after_it() -> None:
    before = weeks("xxo")
    _, episode = replay(before)
    history, _ = corrected(before, 2, Status.OFF_TRACK)
    longer = (*history, weeks("ooox")[3])
    assert advance(longer, episode, WEEKLY, NOW).opens is None


def test_a_late_on_track_of_an_older_week_does_not_close() -> None:
    _, episode = replay(weeks("xx?x"))
    history = (*weeks("xxo")[:3], weeks("xx?x")[3])
    assert advance(history, episode, WEEKLY, NOW, news=history[2]).closes is None


def test_a_redefined_episode_is_over_and_the_next_takes_another_name() -> None:
    history = weeks("xxxx")
    _, episode = replay(history[:2])
    assert episode is not None
    ended = redefined(episode, NOW)
    assert (ended.end, ended.closed, ended.is_open) == (EpisodeEnd.REDEFINED, None, False)
    records, _ = replay(history, episode=ended)
    assert [one.opened.label for one in records] == ["2026-W04"]


def test_accepted_weeks_are_passed_over_until_one_ends_on_the_date_or_later() -> None:
    week = CALENDAR.parse("2026-W04")
    spans = (Accepted(since=date(2026, 1, 12), until=week.last),)
    records, _ = replay(weeks("xxooo"), accepted=spans)
    assert [one.closed.label for one in records if one.closed is not None] == ["2026-W04"]
    records, _ = replay(weeks("ooxx"), accepted=(Accepted(date(2026, 1, 1), week.last + timedelta(days=1)),))
    assert records == []


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PATTERNS = st.text(alphabet="xo~?", max_size=40)
POLICIES = st.builds(Policy, breach_after=st.integers(1, 5), clear_after=st.integers(1, 4))


@given(PATTERNS, POLICIES, st.integers(0, 40))
def test_a_history_judged_in_two_cycles_gives_the_same_episodes(pattern: str, policy: Policy, cut: int) -> None:
    history = weeks(pattern)
    earlier, episode = replay(history[:cut], policy)
    later, last = replay(history, policy, episode, known=cut)
    assert ([*earlier, *later], last) == replay(history, policy)


@given(PATTERNS, POLICIES, st.text(alphabet="~?", max_size=3))
def test_up_to_three_passed_over_weeks_change_nothing(pattern: str, policy: Policy, passed: str) -> None:
    assert story(pattern + passed, policy) == story(pattern, policy)


@given(PATTERNS, POLICIES)
def test_names_of_episodes_only_go_forward_and_never_change(pattern: str, policy: Policy) -> None:
    records, _ = replay(weeks(pattern), policy)
    opened = [one for one in records if one.is_open]
    closed = [one for one in records if not one.is_open]
    assert all(earlier.opened < later.opened for earlier, later in pairwise(opened))
    for before, after in zip(opened, closed, strict=False):
        assert (before.opened, before.began, before.opened_at) == (after.opened, after.began, after.opened_at)
    assert len(opened) - len(closed) in (0, 1)


@given(PATTERNS, POLICIES)
def test_episodes_open_at_an_off_track_and_close_at_an_on_track_only(pattern: str, policy: Policy) -> None:
    status = {one.period: one.status for one in weeks(pattern)}
    for record in replay(weeks(pattern), policy)[0]:
        assert status[record.opened] is Status.OFF_TRACK
        if record.closed is not None:
            assert status[record.closed] is Status.ON_TRACK
            assert record.closed > record.opened


@given(PATTERNS, POLICIES, st.data())
def test_a_correction_never_touches_an_open_episode(pattern: str, policy: Policy, data: st.DataObject) -> None:
    history = weeks(pattern)
    _, episode = replay(history, policy)
    if episode is None or not episode.is_open:
        return
    place = data.draw(st.integers(0, len(history) - 1))
    changed, news = corrected(history, place, data.draw(st.sampled_from(list(Status))))
    assert advance(changed, episode, policy, NOW, news=news).after(episode) == episode


# ── a person completed it ────────────────────────────────────────────────────────────────────────────────────────

DONE_ON = date(2026, 1, 7)  # Wednesday of W02


@pytest.mark.parametrize(
    ("pattern", "verdict", "week"),
    [
        ("xx", Rest.NONE, None),
        ("xxx", Rest.NONE, None),
        ("xxxx", Rest.FOLLOW_UP, "2026-W04"),
        ("xxo", Rest.CLOSES, "2026-W03"),
        ("xxxo", Rest.CLOSES, "2026-W04"),
        ("xx~~", Rest.NONE, None),  # the last must be off track
        ("xx~x", Rest.FOLLOW_UP, "2026-W04"),
        ("xx?x", Rest.NONE, None),  # a week without a verdict does not count
        ("xo", Rest.NONE, None),  # the week it was completed in began before
    ],
)
def test_after_a_completion_the_periods_that_begin_later_decide(pattern: str, verdict: Rest, week: str | None) -> None:
    resting = resting_verdict(DONE_ON, weeks(pattern), WEEKLY)
    assert resting.verdict is verdict
    assert (resting.period.label if resting.period else None) == week


def test_a_resting_verdict_gives_the_numbers_before_and_after() -> None:
    resting = resting_verdict(DONE_ON, weeks("xxo"), WEEKLY)
    assert resting.before is not None
    assert resting.after is not None
    assert (resting.before.period.label, resting.after.period.label) == ("2026-W02", "2026-W03")


def test_accepted_periods_do_not_recheck_a_completed_item() -> None:
    spans = (Accepted(DONE_ON, date(2026, 3, 1)),)
    assert resting_verdict(DONE_ON, weeks("xxxxx"), WEEKLY, accepted=spans).verdict is Rest.NONE


# ── escalation, worse, reopening, no data ────────────────────────────────────────────────────────────────────────


def opened_in(pattern: str) -> Episode:
    episode = replay(weeks(pattern))[1]
    assert episode is not None
    return episode


def test_escalation_is_due_at_the_fourth_off_track_week_and_once() -> None:
    today = date(2026, 2, 1)
    episode = opened_in("xx")
    assert not escalation_due(weeks("xxx"), episode, WEEKLY, told=False, today=today)
    assert escalation_due(weeks("xxxx"), episode, WEEKLY, told=False, today=today)
    assert escalation_due(weeks("xxxx~"), episode, WEEKLY, told=False, today=today)
    assert not escalation_due(weeks("xxxx"), episode, WEEKLY, told=True, today=today)


def test_a_promise_holds_escalation_and_worse_back_until_the_day_after() -> None:
    episode, promise = opened_in("xx"), date(2026, 2, 6)
    for day, due in ((date(2026, 2, 5), False), (promise, False), (date(2026, 2, 7), True)):
        assert escalation_due(weeks("xxxx"), episode, WEEKLY, told=False, today=day, promise=promise) is due
        assert may_tell_worse(None, day, promise) is due


def test_a_closed_episode_escalates_no_more() -> None:
    history = weeks("xxxxo")
    episode = replay(history)[1]
    assert episode is not None
    assert not escalation_due(history, episode, WEEKLY, told=False, today=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("told", "gap", "worse"),
    [
        ("-0.32", "-0.44", True),
        ("-0.32", "-0.42", True),
        ("-0.32", "-0.4199", False),
        (None, "-0.5", False),
        ("-0.3", None, False),
    ],
)
def test_clearly_worse_is_a_tenth_of_the_target_below_what_was_told(
    told: str | None, gap: str | None, worse: bool
) -> None:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    assert clearly_worse(number(told), number(gap)) is worse


def test_worse_is_told_at_most_weekly() -> None:
    assert not may_tell_worse(date(2026, 1, 1), date(2026, 1, 7))
    assert may_tell_worse(date(2026, 1, 1), date(2026, 1, 8))


@pytest.mark.parametrize(
    ("within", "began", "expected"),
    [
        ("2 periods", "2026-W11", "reopen"),
        ("2 periods", "2026-W13", "reopen"),
        ("2 periods", "2026-W14", "new"),
        ("14d", "2026-W13", "reopen"),
        ("13d", "2026-W13", "new"),
        ("5 business days", "2026-W12", "reopen"),
        ("0", "2026-W11", "new"),
    ],
)
def test_an_item_is_reopened_if_the_new_run_began_soon_enough(within: str, began: str, expected: str) -> None:
    policy = replace(WEEKLY, reopen_within=parse_span(within))
    assert reopen_or_new(CALENDAR.parse("2026-W10"), CALENDAR.parse(began), policy, CALENDAR) == expected


def test_without_reopen_within_an_item_is_never_reopened() -> None:
    assert reopen_or_new(CALENDAR.parse("2026-W10"), CALENDAR.parse("2026-W11"), WEEKLY, CALENDAR) == "new"


def states(*found: State) -> list[tuple[Period, State]]:
    return [(CALENDAR.after(CALENDAR.parse("2026-W01"), place), state) for place, state in enumerate(found)]


V, Z, M, U, A = State.VALUE, State.ZERO, State.MISSING, State.UNTRUSTED, State.AWAITED


@pytest.mark.parametrize(
    ("found", "due"),
    [
        ((V, M), None),
        ((V, M, M), "2026-W03"),
        ((V, M, U), "2026-W03"),
        ((V, M, M, M), "2026-W03"),  # the same as long as no number came
        ((M, V, M), None),
        ((M, Z, M), None),  # zero is a number
        ((M, M, V, M, U), "2026-W05"),
        ((M, A, M), "2026-W03"),
        ((M, M, A), "2026-W02"),
        ((), None),
    ],
)
def test_no_data_is_due_at_the_second_week_without_a_number(found: tuple[State, ...], due: str | None) -> None:
    period = no_data_due(states(*found), WEEKLY)
    assert (period.label if period else None) == due


def test_a_first_missing_month_is_due_at_once_where_the_policy_says_one() -> None:
    period = no_data_due(states(V, M), replace(WEEKLY, no_data_after=1))
    assert period == CALENDAR.parse("2026-W02")


def test_the_policy_may_have_been_looser_when_the_run_began() -> None:
    history = weeks("xxxx")
    strict = replace(WEEKLY, breach_after=9)
    _, none = replay(history[:3], strict)
    assert none is None
    moved = advance(history, None, WEEKLY, NOW)
    assert moved.opens is not None
    assert moved.opens.opened.label == "2026-W02"


def test_an_unjudged_kpi_moves_nothing() -> None:
    assert advance((), None, WEEKLY, NOW).after(None) is None
    only = judged(SESSIONS, "2026-W01", None, Status.UNKNOWN, state="missing")
    assert advance((only,), None, WEEKLY, NOW).opens is None
