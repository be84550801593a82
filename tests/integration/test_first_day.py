"""The first day: two years of history, forty KPIs, half of them off target; and the two weeks that follow."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from mapping.judgements import Status
from sync.steps import CycleReport, Outcome, Step
from tests.integration.forty import Forty
from tests.integration.team import Clock, steps

FIRST = "2026-11-18T08:00"
MADE_FOR_THANDI = {"organic_visits", "signups", "paid_social_visits", "social_visits", "sessions"}
MADE_FOR_LERATO = {"response_time", "refunds", "churn", "calls", "new_customers"}
IN_LINE = ["revenue", "ad_spend", "conversion_rate", "downloads", "awareness"]  # gap worst first, of two people


@pytest.fixture
def forty(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Forty:
    return Forty(tmp_path, sandbox, clock)


def of(report: CycleReport, outcome: Outcome = Outcome.DONE, kind: str = "create") -> list[Step]:
    return [one for one in report.steps if one.outcome is outcome and one.kind.value == kind]


def subjects(found: list[Step], work: str = "action") -> set[str]:
    return {one.subject for one in found if one.work.value == work}


def everything_said(team: Forty) -> list[str]:
    asana, trello = team.sandbox.asana.state, team.sandbox.trello.state
    said = [story.text for task in team.tasks() for story in asana.comments_of(task)]
    return said + [str(one.data["text"]) for card in team.cards() for one in trello.comments_of(card)]


def texts_on_the_boards(team: Forty) -> dict[str, str]:
    """Title → notes, of every task and card."""
    return {task.name: task.notes for task in team.tasks()} | {card.name: card.desc for card in team.cards()}


def test_the_first_morning_is_what_was_promised(forty: Forty) -> None:
    report = forty.at(FIRST).sync()

    newest = {reading.kpi: judgement.status for reading, judgement in report.shown if reading.final}
    assert len(forty.config().kpis) == 40
    assert sum(status is Status.OFF_TRACK for status in newest.values()) >= 19
    made = of(report)
    assert subjects([one for one in made if one.person == "thandi"]) == MADE_FOR_THANDI
    assert subjects([one for one in made if one.person == "lerato"]) == MADE_FOR_LERATO
    assert {one.subject for one in made if one.person == "neo"} == {"leads"}
    assert subjects([one for one in made if one.person == "johan"]) == {"trainings"}
    waiting = of(report, Outcome.WAITING)
    assert [one.subject for one in waiting if "waits in line" in one.because] == IN_LINE
    assert [one.subject for one in waiting if "explained by" in one.because] == ["weekly_users"]
    assert "bounce_rate" not in subjects([*made, *waiting])  # the first week of two that it takes
    assert Counter(one.tracker for one in made) == {"asana": 8, "board": 6}
    assert {one.link.due for one in made if one.link is not None} == {date(2026, 11, 25)}


def test_nobody_is_told_of_the_past(forty: Forty) -> None:
    report = forty.at(FIRST).sync()
    assert everything_said(forty) == []
    assert {one.kind.value for one in report.steps} == {"create"}


def test_what_is_missing_now_is_asked_for_once_a_cause(forty: Forty) -> None:
    report = forty.at(FIRST).sync()
    data = [one for one in of(report) if one.work.value == "data"]
    assert [(one.key, one.person) for one in data] == [
        ("saypro/data/mailings/2026-10", "johan"),
        ("saypro/data/runway/2026-10", "johan"),
    ]
    texts = texts_on_the_boards(forty)
    asked = texts["Please add October's email open rate and 2 more numbers (expected by Mon 9 Nov)"]
    assert asked.startswith("Please put October's numbers where they are read: mailings-2026.csv.\n")
    broken = texts["Please check October's months of cash: it does not look right"]
    assert broken.startswith("October's months of cash cannot be used: scorecard Tracker!T11 holds #REF!.\n")
    late = [one.what for one in report.problems if one.where == "mailings"]
    assert late == [
        "Email open rate, Email click rate and Unsubscribes, since October 2026: there is no number for this period"
    ]


def test_the_texts_read_as_people_would_love_to_get_them(forty: Forty) -> None:
    forty.at(FIRST).sync()
    texts = texts_on_the_boards(forty)
    sessions = texts["Website sessions 21 % below target: find out why, decide what to do"]
    assert sessions.startswith(
        "Website sessions were 9,477 in the week of 9–15 November. We agreed on 12,000 or more, so 2,523 are missing "
        "(21 %).\nIt is the second week in a row. Mostly Organic Search: 2,502 fewer than the average of the four "
        "weeks before.\n"
    )
    assert "Weekly users 2,280 against 2,840 in the week of 9–15 November" in sessions
    never = re.compile(
        r"(?i)\b(episode|breach|settled|provisional|occurrence|restated|reading|W4\d|off_track|gap|background|"
        r"totalUsers|keyEvents|sessionDefaultChannelGroup|None|null|thresholded)\b"
    )
    for title, notes in texts.items():
        body, _, reference = notes.rstrip().rpartition("\n")
        assert reference.startswith("alignd ref ")
        assert never.search(f"{title}\n{body}") is None, title
        assert len(title) <= 120
    leads = texts["Qualified leads 33 % below target: find out why, decide what to do"]
    assert "so 84 are missing (33 %)" in leads
    assert "LAST SIX QUARTERS" in leads  # not the time before there were numbers
    trainings = texts["Trainings held 33 % below target: find out why, decide what to do"]
    assert "Agreed 1 Sep by Johan." in trainings


def test_a_deputy_reads_whom_they_stand_in_for(forty: Forty) -> None:
    report = forty.at(FIRST).sync()
    signups = texts_on_the_boards(forty)["Newsletter sign-ups 37 % below target: find out why, decide what to do"]
    assert signups.startswith("You stand in for Sipho, who is away until Fri 27 Nov.\n")
    assert next(one for one in of(report) if one.subject == "signups").because.endswith("; Sipho is away")
    sessions = texts_on_the_boards(forty)["Website sessions 21 % below target: find out why, decide what to do"]
    assert "stand in" not in sessions


def test_what_was_so_from_the_first_look_on_is_not_said_to_have_begun_there(forty: Forty) -> None:
    report = forty.at(FIRST).sync()
    conversion = next(one for one in of(report, Outcome.WAITING) if one.subject == "conversion_rate")
    assert conversion.order is None
    thandi = forty.person()
    for title in ("Visits from search ", "Visits from social ads", "Newsletter"):
        thandi.complete(next(task.gid for task in forty.tasks() if task.name.startswith(title)))
    forty.later(hours=1).sync()
    notes = next(notes for title, notes in texts_on_the_boards(forty).items() if title.startswith("Conversion rate"))
    assert "It has been outside the range for at least 13 weeks." in notes


def test_too_much_at_once_waits_for_a_word_and_says_so_once(forty: Forty) -> None:
    forty.new_at_most = 5
    report = forty.at(FIRST).sync()
    assert of(report) == []
    assert len(of(report, Outcome.DEFERRED)) == 14
    assert [(one.where, one.what, one.advice) for one in report.problems if one.kind == "latch"] == [
        (
            tracker,
            f"{many} new tasks at once are more than new_at_most (5), so none of them is made",
            "look at them with alignd plan, then: alignd sync --accept-new",
        )
        for tracker, many in (("asana", 8), ("board", 6))
    ]
    again = forty.later(hours=1).sync()
    assert [one for one in again.problems if one.new] == []
    accepted = forty.later(hours=1).sync(accept_new=True)
    assert len(of(accepted)) == 14


def weeks_pass(team: Forty, until: date, *mornings: date) -> list[tuple[date, CycleReport]]:
    """A sync a morning (only on `mornings`, if any). Sales gets well on 23 November; October's mailing is exported on
    the 20th.
    """
    day, found = date(2026, 11, 19), []
    while day <= until:
        team.add_sales_day(day - timedelta(days=1), well=day > date(2026, 11, 23))
        if day == date(2026, 11, 20):
            team.add_october_mailing()
        if not mornings or day in mornings:
            found.append((day, team.at(f"{day}T08:00").sync()))
        day += timedelta(days=1)
    return found


def test_the_second_and_third_week_are_calm(forty: Forty) -> None:
    forty.at(FIRST).sync()
    weekdays = [date(2026, 11, 19) + timedelta(days=n) for n in (0, 1, 4, 5, 6, 7, 9, 12, 13, 14)]
    by_day = dict(weeks_pass(forty, date(2026, 12, 3), *weekdays))

    assert steps(by_day[date(2026, 11, 20)]) == [("complete", "number_came")]
    # Sales' week of 9–15 November was a first count on the first morning: it is news when it is final.
    told = by_day[date(2026, 11, 19)]
    assert {one.subject for one in of(told, kind="comment")} == {"calls", "response_time"}
    # Sipho is back on the 28th: his next item is his, and his number comes off Thandi's line.
    back = of(by_day[date(2026, 11, 28)])
    assert [(one.subject, one.person) for one in back] == [("downloads", "sipho")]
    recovered = [one for one in by_day[date(2026, 12, 3)].steps if one.reason.value == "recovered"]
    assert {one.subject for one in recovered} == {"calls", "response_time"}
    quiet = [day for day, report in by_day.items() if not steps(report)]
    assert quiet == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 12, 1)]
    comments = Counter(re.split(r"[:#]", said)[0] for said in everything_said(forty))
    assert set(comments) == {"Latest", "Back on target"}
    assert all(not [one for one in report.problems if one.new] for day, report in by_day.items())


def test_two_weeks_of_watching_then_acting_makes_what_is_open_now(forty: Forty) -> None:
    forty.mode = "watch"
    report = forty.at(FIRST).sync()
    assert of(report) == []
    assert {one.because for one in of(report, Outcome.DEFERRED)} == {
        "asana is in mode: watch",
        "board is in mode: watch",
    }
    mornings = date(2026, 11, 19), date(2026, 11, 26), date(2026, 12, 3)
    for day, watched in weeks_pass(forty, mornings[-1], *mornings):
        assert steps(watched) == [], day
    assert not forty.tasks()
    assert not forty.cards()

    forty.mode = "act"
    acted = forty.at("2026-12-04T08:00").sync()
    made = subjects(of(acted))
    assert "calls" not in made  # it is well again
    assert {"organic_visits", "sessions", "signups"} <= made
    assert everything_said(forty) == []
    assert all(len([one for one in of(acted) if one.person == person]) <= 5 for person in ("thandi", "sipho", "lerato"))
    quiet = forty.later(hours=1).sync()
    assert steps(quiet) == []


def test_a_late_number_is_not_news_again_because_the_year_ends(forty: Forty) -> None:
    forty.at(FIRST).sync()
    before = forty.at("2026-12-31T23:50").sync()
    after = forty.at("2027-01-01T00:10").sync()
    late = {one.what for one in after.problems if one.kind == "late"}
    assert late
    assert late <= {one.what for one in before.problems}
    assert [one.what for one in after.problems if one.kind == "late" and one.new] == []
