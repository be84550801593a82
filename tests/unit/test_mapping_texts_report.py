"""The report's words: the summary that is written by rules, and what stands in the five sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from mapping.alignment import Alignment
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi
from mapping.texts.phrases import short_by
from mapping.texts.report import report
from mapping.texts.report_parts import About
from mapping.texts.report_summary import SENTENCES, summary
from mapping.texts.review_facts import Matter, NumberMatter
from mapping.texts.tally import Place, Tally, tally, tally_sentence, tally_words
from mapping.wording import (
    in_period,
    show_date,
    show_day,
    show_period,
    show_target,
    show_value,
)
from tests.unit.report_samples import AT, CALLS_FIRST, NOVEMBER, RATE_BACK, SESSIONS_OFF, alignments
from tests.unit.sessions_story import HISTORY, SESSIONS, judged

TODAY = AT.date()
FORBIDDEN = re.compile(
    r"episode|breach|settled|provisional|occurrence|restated|reading|\d-W\d|_track|at_risk|thresholded|keyEvents|"
    r"none|null|because|due to|caused|\bNone\b.*\bNone\b",
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def said(alignment: Alignment) -> list[str]:
    return [one.said for one in summary(alignment)]


# ── the summary, word for word ───────────────────────────────────────────────────────────────────────────────────


def test_a_leader_reads_what_is_off_target_why_and_who_does_what_by_when() -> None:
    assert said(NOVEMBER) == [
        "2 of 4 KPIs are on target (1 well ahead), 1 is off target and 1 waits for a number; one of the numbers is "
        "a first count, not final yet.",
        "Website sessions were 8,200 in the week of 9–15 November (target 12,000): 32 % below since the week of 2–8 "
        "November; mostly Organic Search: 2,900 fewer than the average of the four weeks before; Johan Botha, 6 Nov: "
        "“The course pages load slowly.”; Thandi decides what to do by Wed 25 Nov.",
        "Back on target: Conversion rate (since the week of 2–8 November).",
        "Neo says it helped: “The old payment page is back.” (4 Nov; conversion rate 1.6 % before, 2.2 % after).",
        "Well ahead: Customer calls 68 in the week of 9–15 November (target 55, first count).",
        "One decision was written down since 20 Oct, by Johan on 12 Nov: “Newsletter moves to Thursdays”; one action "
        "item was completed.",
        "Waiting for a number: Cost of a new customer, October (expected Fri 20 Nov); still a first count: Customer "
        "calls (final by Fri 20 Nov).",
        "Next: Weekly on Thu 19 Nov and the mid-campaign check of App launch on Mon 23 Nov; one action is open.",
    ]


def test_nothing_is_said_of_causes_where_no_breakdown_shows_one_and_nobody_wrote_one() -> None:
    plain = replace(SESSIONS_OFF, readings=())
    off = said(replace(NOVEMBER, kpis=(plain,), findings=()))[1]
    assert off == (
        "Website sessions were 8,200 in the week of 9–15 November (target 12,000): 32 % below since the week of 2–8 "
        "November; Thandi decides what to do by Wed 25 Nov."
    )


def test_a_note_from_before_the_shortfall_is_no_reason_for_it() -> None:
    kpi, old = NOVEMBER.findings[0]
    before = replace(NOVEMBER, findings=((kpi, replace(old, on=date(2026, 10, 30))),))
    assert "load slowly" not in " ".join(said(before))


def test_what_people_wrote_on_the_task_is_told_as_theirs() -> None:
    matter = NumberMatter(Matter.OFF, SESSIONS, HISTORY, "thandi", "redirects are being restored", "thandi")
    off = said(replace(NOVEMBER, to_decide=(matter,)))[1]
    assert off.endswith("; Thandi has it in hand until Wed 25 Nov: “redirects are being restored”.")


@pytest.mark.parametrize(
    ("changed", "ending"),
    [
        (replace(SESSIONS_OFF, item=None), "nobody has a task for it; Thandi owns it."),
        (
            replace(SESSIONS_OFF, item=None, waits="waits in line: Thandi has 5"),
            "no task now: waits in line: Thandi has 5.",
        ),
        (
            replace(SESSIONS_OFF, item=replace(SESSIONS_OFF.item, due=date(2026, 11, 11))),  # type: ignore[type-var]
            "Thandi was to decide what to do by Wed 11 Nov.",
        ),
        (
            replace(SESSIONS_OFF, item=replace(SESSIONS_OFF.item, due=None)),  # type: ignore[type-var]
            "Thandi decides what to do, no day is set.",
        ),
        (
            replace(SESSIONS_OFF, item=replace(SESSIONS_OFF.item, person=None)),  # type: ignore[type-var]
            "its task is with nobody, due Wed 25 Nov.",
        ),
    ],
)
def test_who_does_what_by_when_or_that_nobody_does(changed: object, ending: str) -> None:
    assert said(replace(NOVEMBER, kpis=(changed,)))[1].endswith(ending)  # type: ignore[arg-type]


def test_many_off_target_are_told_in_three_sentences() -> None:
    many = []
    for place in range(6):
        kpi = replace(SESSIONS, id=f"k{place}", name=f"Number {place}")
        many.append(replace(SESSIONS_OFF, standing=replace(SESSIONS_OFF.standing, kpi=kpi), item=None, readings=()))
    told = summary(replace(NOVEMBER, kpis=tuple(many), to_decide=(), findings=()))
    off = [one.said for one in told if one.about is About.OFF]
    assert len(off) == 3
    assert off[2] == (
        "Off target too: Number 2 (32 % below), Number 3 (32 % below), Number 4 (32 % below) and 1 more; none of these "
        "has a task."
    )


def test_one_whose_newest_number_is_awaited_stays_off_target_until_it_comes() -> None:
    waiting = replace(
        SESSIONS_OFF.standing, period=SESSIONS_OFF.standing.period, final=False, expected=date(2026, 11, 27)
    )
    later = replace(waiting, period=NOVEMBER.calendar.parse("2026-W47"))
    told = said(replace(NOVEMBER, kpis=(replace(SESSIONS_OFF, standing=later),)))
    assert told[0] == "The one KPI is off target."
    assert "the week of 16–22 November is expected Fri 27 Nov" in told[1]


def test_all_well_is_said_in_one_sentence() -> None:
    told = said(
        replace(NOVEMBER, kpis=(RATE_BACK,), evaluated=(), decisions=(), completed=(), coming=(), open_items=())
    )
    assert told == [
        "The one KPI is on target.",
        "Back on target: Conversion rate (since the week of 2–8 November).",
        "No decision was written down since 20 Oct; no action items were completed.",
    ]


def test_a_team_without_kpis_has_a_summary() -> None:
    assert said(replace(NOVEMBER, kpis=()))[0] == "No KPI is looked at here."


def test_a_persons_sentence_at_the_end_needs_no_second_full_stop() -> None:
    matter = NumberMatter(Matter.OFF, SESSIONS, HISTORY, "thandi", "The redirects are back.", "thandi")
    assert said(replace(NOVEMBER, to_decide=(matter,)))[1].endswith("“The redirects are back.”")


# ── its laws ─────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=30, deadline=None)
@given(alignments())
def test_the_summary_has_at_most_eight_sentences_and_each_ends(alignment: Alignment) -> None:
    told = said(alignment)
    assert 1 <= len(told) <= SENTENCES
    for one in told:
        assert one.endswith((".", ".”"))
        assert one[0].isupper() or one[0].isdigit()
        assert "  " not in one
        assert " ," not in one
        assert ".." not in one


@settings(max_examples=30, deadline=None)
@given(alignments())
def test_every_number_of_the_summary_is_in_the_data(alignment: Alignment) -> None:
    known = {number for text in _data(alignment) for number in NUMBER.findall(text)}
    for one in said(alignment):
        assert set(NUMBER.findall(one)) <= known, one


@settings(max_examples=30, deadline=None)
@given(alignments())
def test_the_summary_has_no_word_that_people_do_not_read(alignment: Alignment) -> None:
    for one in said(alignment):
        assert not FORBIDDEN.search(one.replace("none of these", "").replace("None of", "")), one


@settings(max_examples=30, deadline=None)
@given(alignments())
def test_one_is_said_of_one_and_many_of_many(alignment: Alignment) -> None:
    for one in said(alignment):
        assert not re.search(r"\b(1|one|One) (KPIs|are|have|wait|actions|decisions|action items)\b", one), one
        assert not re.search(r"\b([2-9]|two|three|four) (KPI|is|has|waits|action|decision)\b", one), one


@settings(max_examples=30, deadline=None)
@given(alignments())
def test_every_kpi_is_counted_once(alignment: Alignment) -> None:
    made = report(alignment)
    counts = made.counts
    places = (counts.on_target, counts.ahead, counts.close, counts.off_target, counts.waiting, counts.no_number)
    assert sum(places) + counts.not_judged == counts.of == len(alignment.kpis)
    assert len(made.marketing.kpis) + len(made.m_and_e.kpis) == counts.of
    assert len(made.pressing) == counts.off_target


def _data(alignment: Alignment) -> Iterator[str]:
    """All numbers that the data has, as the wording functions say them."""
    dates = [alignment.since, alignment.until, *(one.on for one in alignment.decisions)]
    dates += [one.day for one in alignment.coming] + [finding.on for _, finding in alignment.findings]
    dates += [one.due for one in alignment.open_items if one.due is not None]
    for picture in alignment.kpis:
        dates += [picture.standing.expected] if picture.standing.expected is not None else []
        yield in_period(picture.standing.period, TODAY)
        judgements = [*picture.standing.history, *([picture.standing.shown] if picture.standing.shown else [])]
        for one in judgements:
            yield from _numbers(picture.kpi, one)
    for kpi, found in alignment.evaluated:
        dates.append(found.completed_on)
        yield from (show_value(kpi, one.value, more) for one in (found.before, found.after) if one.value is not None
                    for more in range(5))  # fmt: skip
    for day in dates:
        yield show_day(day, TODAY)
        yield show_date(day, TODAY)
    yield from (str(count) for count in range(max(len(alignment.kpis), len(alignment.open_items)) + 1))


def _numbers(kpi: Kpi, judgement: Judgement) -> Iterator[str]:
    yield show_period(judgement.period, TODAY)
    yield short_by(judgement, kpi)
    if judgement.target is not None:
        yield show_target(kpi, judgement.target)
    for more in range(5):
        if judgement.value is not None:
            yield show_value(kpi, judgement.value, more)


# ── the count ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_count_says_how_many_stand_where() -> None:
    counts = Tally(12, {Place.ON_TARGET: 7, Place.AHEAD: 1, Place.CLOSE: 1, Place.OFF_TARGET: 2, Place.WAITING: 1})
    assert tally_sentence(counts) == (
        "8 of 12 KPIs are on target (1 well ahead), 1 is close, 2 are off target and 1 waits for a number."
    )
    assert ", ".join(tally_words(counts)) == "8 of 12 on target, 1 close, 2 off target, 1 waiting for a number"


def test_a_paused_or_accepted_number_is_not_judged_and_a_missing_one_is_none() -> None:
    paused = judged(SESSIONS, "2026-W46", "9000", Status.UNKNOWN, flags=frozenset({"paused"}))
    missing = judged(SESSIONS, "2026-W46", None, Status.UNKNOWN, state="missing")
    doubted = judged(SESSIONS, "2026-W46", "3", Status.UNKNOWN, state="untrusted")
    standings = [replace(SESSIONS_OFF.standing, shown=one, history=(one,)) for one in (paused, missing, doubted)]
    counts = tally([*standings, CALLS_FIRST.standing])
    assert (counts[Place.NOT_JUDGED], counts[Place.NO_NUMBER], counts[Place.AHEAD], counts.first_counts) == (1, 2, 1, 1)


# ── the sections ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_off_target_comes_first_and_stands_in_its_section_too() -> None:
    made = report(NOVEMBER)
    assert made.off_target == ("sessions",)
    kpi = made.marketing.kpis[0]
    assert (kpi.said, kpi.how_far, kpi.since) == ("below, second week", "32 % below", "since the week of 2–8 November")
    assert kpi.doing == "Thandi decides what to do by Wed 25 Nov"
    assert kpi.agreed == "Agreed 1 Sep by Thandi and Johan."
    assert kpi.target is not None
    assert kpi.target.said == "12,000 or more"
    assert [one.said for one in kpi.history[:3]] == ["below", "below", "on target"]


def test_a_first_count_and_a_number_that_is_awaited_say_so() -> None:
    calls, cac = report(NOVEMBER).m_and_e.kpis
    assert (calls.said, calls.awaited, calls.first_count) == ("ahead, first count", "final by Fri 20 Nov", True)
    assert (cac.said, cac.awaited) == ("waiting, expected Fri 20 Nov", "October is expected Fri 20 Nov")
    assert cac.agreed == "Not yet agreed."


def test_adjustments_have_before_and_after_and_who_said_that_it_helped() -> None:
    (done,) = report(NOVEMBER).adjustments.completed
    assert (done.before, done.after, done.helped_said, done.why) == (
        "1.6 %",
        "2.2 %",
        "yes, says Neo",
        "people pay again",
    )


def test_days_that_are_over_are_told_as_of_their_end() -> None:
    over = report(replace(NOVEMBER, until=date(2026, 10, 31)))
    assert (
        over.as_of == "The numbers are as of 31 Oct 2026; what is open, to be decided and ahead is as of 18 Nov 2026."
    )
    assert report(NOVEMBER).as_of == ""


def test_only_addresses_of_the_web_are_links() -> None:
    hostile = replace(NOVEMBER.open_items[0], url="javascript:alert(1)")
    made = report(replace(NOVEMBER, open_items=(hostile,)))
    assert made.plans.open_actions[0].url == ""
