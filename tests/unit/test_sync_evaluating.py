"""Did it help? What is compared, when, and what of the past is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Config
from mapping.judgements import Judgement
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Helped
from mapping.runs import Rest, resting_verdict
from sync.evaluating import new_evaluations
from tests.unit.helped_story import BEFORE, DONE, HELPED, ITEM, item, open_item, record, team, wednesday, week
from tests.unit.sessions_story import CALENDAR

BACK = week("2026-W48", 12_260)
STILL = (week("2026-W48", 9_000), week("2026-W49", 9_500))


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return team(tmp_path_factory.mktemp("team"))


def found(
    config: Config,
    *weeks: Judgement,
    link: Link | None = None,
    before: Link | None = None,
    known: Evaluation | None = None,
    now: datetime | None = None,
) -> list[Evaluation]:
    """What comes of an item and these weeks, in the cycle that judged the last of them."""
    chosen = link or item()
    return new_evaluations(
        config,
        {"sessions": record(*weeks)},
        {chosen.key: chosen},
        {chosen.key: before or chosen},
        {known.item: known} if known is not None else {},
        now or weeks[-1].judged_at,
    )


def test_the_first_week_back_on_target_that_began_after_it_makes_one(config: Config) -> None:
    assert found(config, *BEFORE, week("2026-W47", 7_000), BACK) == [HELPED]


def test_a_week_that_had_begun_already_says_nothing(config: Config) -> None:
    assert found(config, *BEFORE, week("2026-W47", 12_500)) == []


def test_two_more_weeks_off_make_one_with_the_follow_up(config: Config) -> None:
    assert found(config, *BEFORE, STILL[0]) == []
    (made,) = found(config, *BEFORE, *STILL)
    assert (made.before.label, made.after.label, made.completed_on) == ("2026-W46", "2026-W49", date(2026, 11, 20))


def test_before_is_the_number_that_people_acted_on(config: Config) -> None:
    late = item(completed_at=wednesday(date(2026, 11, 29)) + timedelta(days=1))  # when W48 was back already
    (made,) = found(config, *BEFORE, BACK, week("2026-W50", 12_900), link=late)
    assert (made.before.label, made.after.label) == ("2026-W46", "2026-W50")


def test_a_number_that_was_corrected_since_is_the_one_before(config: Config) -> None:
    mended = week("2026-W46", 8_400, read=wednesday(date(2026, 11, 22)), corrects=True)
    (made,) = found(config, BEFORE[0], mended, BACK)
    assert made.before.value == 8_400


def test_it_is_made_once(config: Config) -> None:
    assert found(config, *BEFORE, BACK, known=HELPED) == []
    later = week("2026-W49", 12_300)
    assert found(config, *BEFORE, BACK, later) == [], "the verdict came a week ago, when nothing was to be kept"


def test_a_completion_that_is_read_late_brings_its_verdict_with_it(config: Config) -> None:
    now = BACK.judged_at + timedelta(days=1)
    assert len(found(config, *BEFORE, BACK, before=open_item(), now=now)) == 1
    assert found(config, *BEFORE, BACK, before=item(), now=now) == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(open_item(), id="still open"),
        pytest.param(item(state=LinkState.DISMISSED), id="set aside"),
        pytest.param(item(adopted=True, made_at=BACK.judged_at), id="found again after a lost ledger"),
    ],
)
def test_of_other_items_none_is_made(config: Config, other: Link) -> None:
    assert found(config, *BEFORE, BACK, link=other) == []


def test_one_that_was_put_away_after_it_was_completed_still_counts(config: Config) -> None:
    assert len(found(config, *BEFORE, BACK, link=item(archived=True))) == 1


def test_one_found_again_is_asked_about_when_its_verdict_comes_later(config: Config) -> None:
    again = item(adopted=True, made_at=wednesday(date(2026, 11, 22)))
    background = [replace(one, background=True, judged_at=again.made_at) for one in BEFORE]
    (made,) = found(config, *background, BACK, link=again)
    assert (made.before.label, made.after.label) == ("2026-W46", "2026-W48")


def test_a_verdict_of_first_sight_is_none_not_even_later(config: Config) -> None:
    long_ago = item(completed_at=datetime(2026, 10, 2, tzinfo=UTC))
    past = [replace(week(f"2026-W{n}", 9_000), background=True) for n in range(38, 47)]
    assert found(config, *past, week("2026-W47", 9_000), link=long_ago) == []
    assert found(config, *past, week("2026-W47", 12_500), link=long_ago) == []


def test_an_item_that_alignd_completed_itself_is_no_deed_of_a_person(tmp_path: Path) -> None:
    completes = team(tmp_path, "on_recover: complete")
    by_alignd = item(completed_by=None, completed_at=BACK.judged_at)
    closed = record(*BEFORE, BACK, week("2026-W50", 12_300))
    assert closed.episode is not None
    closed = replace(closed, episodes=(replace(closed.episode, closed=BACK.period, closed_at=BACK.judged_at),))
    now = closed.judgements[-1].judged_at
    links = {ITEM: by_alignd}
    assert new_evaluations(completes, {"sessions": closed}, links, links, {}, now) == []


def test_off_makes_none(tmp_path: Path) -> None:
    assert found(team(tmp_path, "evaluation: off"), *BEFORE, BACK) == []


def test_completed_anew_before_an_answer_it_is_compared_anew_and_not_after_one(config: Config) -> None:
    again = item(completed_at=DONE + timedelta(weeks=3))
    weeks = (*BEFORE, BACK, week("2026-W49", 9_000), week("2026-W51", 12_100))
    (made,) = found(config, *weeks, link=again, known=HELPED)
    assert (made.before.label, made.after.label) == ("2026-W49", "2026-W51")
    answered = replace(HELPED, helped=Helped.NO)
    assert found(config, *weeks, link=again, known=answered) == []


def test_without_a_number_before_there_is_nothing_to_compare(config: Config) -> None:
    assert found(config, week("2026-W46", None), BACK) == []


@given(st.lists(st.sampled_from([7_000, 12_500, None]), min_size=1, max_size=7), st.sets(st.integers(0, 6)))
def test_however_the_cycles_fall_there_is_one_at_most_and_it_is_of_a_verdict(
    config: Config, totals: list[int | None], skipped: set[int]
) -> None:
    """A cycle on each Wednesday but those that were skipped and caught up on later."""
    first, judged = CALENDAR.parse("2026-W48"), list(BEFORE)
    weeks = [week(CALENDAR.after(first, place).label, total) for place, total in enumerate(totals)]
    known: dict[str, Evaluation] = {}
    link, verdicts = item(), []
    for place, one in enumerate(weeks):
        if place in skipped:
            continue
        now = one.judged_at
        judged += [replace(late, judged_at=now) for late in weeks[: place + 1] if late.period > judged[-1].period]
        made = new_evaluations(config, {"sessions": record(*judged)}, {ITEM: link}, {ITEM: link}, known, now)
        verdicts.append(resting_verdict(DONE.date(), judged, config.kpis["sessions"].policy))
        assert not (made and known)
        known |= {one.item: one for one in made}
        assert bool(known) == any(verdict.verdict is not Rest.NONE for verdict in verdicts)
