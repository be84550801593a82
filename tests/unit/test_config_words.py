"""What check says back: policies and targets in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Config, load
from config.words import in_words
from tests.unit.config_samples import ENVIRON, GOOD, HEAD, SESSIONS, well


def contract() -> Config:
    config = load(GOOD / "contract.yaml", ENVIRON).config
    assert config is not None
    return config


def test_a_kpi_alone_of_its_kind_says_all_of_it(tmp_path: Path) -> None:
    assert in_words(well(tmp_path, HEAD + SESSIONS + "    target: 12000\n"))[0] == (
        "Website sessions (weekly): 12,000 or more; up to 5 % below is close. An action item for Ana in asana after "
        "2 weeks in a row below it, due 5 business days later. Back on target for 1 week: a comment; the item stays "
        "open until somebody completes it. Off again within 2 weeks: reopened. Completed by somebody: judged again "
        "after 2 weeks more. 4 weeks below it: the next review lists it. No number 48 hours after the week's end, "
        "2 weeks in a row: Ana is asked for it."
    )


def test_what_kpis_of_one_kind_have_in_common_is_said_once() -> None:
    said = in_words(contract())
    assert said[0] == (
        "Website sessions (weekly): 12,000 or more; up to 5 % below is close. Items go to Thandi in asana, requests "
        "for numbers to Johan. While Open support tickets per agent is off target, new items wait. "
        "Not judged 14 Dec 2026–3 Jan 2027."
    )
    common = [one for one in said if one.startswith("Unless said otherwise above")]
    assert common[0] == (
        "Unless said otherwise above (weekly KPIs): An action item for its owner after 2 weeks in a row off target, "
        "due 5 business days later. Back on target for 1 week: a comment; the item stays open until somebody completes "
        "it. Off again within 2 weeks: reopened. Completed by somebody: judged again after 2 weeks more. 4 weeks off "
        "target: the next review lists it. No number 48 hours after the week's end, 2 weeks in a row: its data owner "
        "is asked for it."
    )


def test_forty_kpis_say_what_is_theirs_and_the_exception_says_its_own(tmp_path: Path) -> None:
    kpis = "".join(
        f"  k{n}: {{name: K{n}, owner: {'ben' if n % 2 else 'ana'}, period: week, target: {n + 1}, "
        f"value: {{source: web, metric: sessions}}{', policy: {breach_after: 3}' if n == 7 else ''}}}\n"
        for n in range(40)
    )
    said = in_words(well(tmp_path, HEAD + "kpis:\n" + kpis))
    assert said[6].startswith("K6 (weekly): 7 or more; up to 5 % below is close. Items go to Ana in asana")
    assert "An action item for Ben in asana after 3 weeks in a row below it, due" in said[7]
    assert sum("judged again" in one for one in said) == 1
    assert sum(map(len, said)) < 40 * 160


def test_a_kpi_made_of_others_says_that_its_numbers_are_asked_for_there(tmp_path: Path) -> None:
    kpis = (
        "kpis:\n  a: {name: A, owner: ana, period: week, target: 1, value: {source: web, metric: sessions}}\n"
        "  b: {name: B, owner: ana, period: week, target: 1, value: {source: web, metric: sessions}}\n"
        "  c: {name: C, owner: ana, period: week, unit: ratio, target: 1, formula: x / y, "
        "inputs: {x: a, y: b}}\n"
    )
    assert in_words(well(tmp_path, HEAD + kpis))[2].endswith("Its numbers are those of other KPIs, asked for there.")


@pytest.mark.parametrize(
    "kpi, words",
    [
        (
            "weekly_users",
            "from 1 Mar 2026: 9,000 or more; from 1 Sep 2026: 20 % more than the same week a year before;",
        ),
        ("conversion_rate", "within 2.0–4.5 %; up to 5 % outside is close."),
        ("conversion_rate", "While Website sessions has an open item, this is a line in that one."),
        ("cac", "what Targets!C4 of scorecard says, or less; up to 5 % above is close."),
        ("cac", "No number 20 days after the month's end: Johan is asked for it."),
        ("leads", "(every fiscal quarter): 20 % more than the quarter before;"),
        ("nps", "An action item for Lerato in board after 1 half-year below it"),
        ("support_load", "25 or less; up to 5 % above is close."),
    ],
)
def test_a_paragraph_says(kpi: str, words: str) -> None:
    config = contract()
    assert words in in_words(config)[list(config.kpis).index(kpi)]


def test_where_work_goes_and_who_is_told_are_said_last() -> None:
    assert in_words(contract())[-11:] == (
        "A target that is not written here comes from Targets!A10:E of scorecard.",
        "Work for Sales goes to board.",
        "All other work goes to asana.",
        "Launch of the mobile app is on Mon 2 Nov 2026; its alignment review is due Tue 10 Nov 2026, Neo leads.",
        "A digest goes to team_slack (Slack) every week on Wednesday at 08:30.",
        "A digest goes to mail (mail) to Leadership and Monitoring & Evaluation every month on the fifth business day "
        "at 08:00.",
        "The summary of Marketing and M&E weekly goes to team_slack (Slack), the morning after.",
        "When alignd itself needs a person, mail (mail) hears of it.",
        "The tab Dashboard of scorecard shows how the KPIs stand.",
        "A goal in Asana shows the number of Qualified leads.",
        "alignd run shows its dashboard at http://127.0.0.1:8787.",
    )


def test_a_kpi_without_a_target_is_shown_and_never_judged(tmp_path: Path) -> None:
    words = in_words(well(tmp_path, HEAD + SESSIONS))
    assert words[0].startswith("Website sessions (weekly): no target is agreed, so it is shown and never judged.")


def test_a_policy_of_its_own_is_said(tmp_path: Path) -> None:
    policy = (
        "    target: 10\n    tolerance: 0\n    policy: {reopen_within: 0, on_recover: complete, escalate: follow, "
        "on_no_data: report, clear_after: 3, breach_after: 1}\n"
    )
    goals = "goals: [{id: g, title: G, owner: ben, kpis: [sessions]}]\n"
    said = in_words(well(tmp_path, HEAD + SESSIONS + policy + goals))[0]
    assert "; nothing off it is close." in said
    assert "after 1 week below it," in said
    assert "Back on target for 3 weeks in a row: a comment, and the item is completed." in said
    assert "Off again: a new item." in said
    assert "4 weeks below it: Ben follows the item." in said
    assert said.endswith("No number 48 hours after the week's end: reported as late.")


def test_a_tracker_in_mode_watch_is_said(tmp_path: Path) -> None:
    words = in_words(well(tmp_path, HEAD.replace("kind: asana,", "kind: asana, mode: watch,") + SESSIONS))
    assert words[-1] == "Nothing is written to asana yet: it is in mode watch."


def test_a_campaign_says_its_days_who_leads_and_what_measures_it(tmp_path: Path) -> None:
    spring = (
        "    target: 12000\ncampaigns:\n  - {id: spring, title: Spring sale, owner: ana, evaluator: ben, "
        "starts: 2026-09-14, ends: 2026-10-30, measure: [{kpi: sessions, target: 18000}]}\n"
    )
    assert in_words(well(tmp_path, HEAD + SESSIONS + spring))[1] == (
        "Spring sale (campaign): 14 Sep 2026 to 30 Oct 2026. Kickoff 31 Aug 2026, halfway 7 Oct 2026, Ana leads. "
        "Evaluation 6 Nov 2026, Ben leads. Measured over these days by Website sessions (target 18,000)."
    )


def test_pace_and_second_source_are_said_back(tmp_path: Path) -> None:
    more = (
        "    target: 12000\n    pace: %s\n    same_as: {value: {source: scorecard, table: 'Visits!A:B', date: Date, "
        "column: Sessions, aggregate: sum}, within: 5%%}\n"
    )
    even = in_words(well(tmp_path, HEAD + SESSIONS + more % "even"))[0]
    assert even.endswith(
        "While the week runs, its number so far is shown beside the target spread evenly over the days. Compared with "
        "Sessions in Visits!A:B of scorecard: up to 5 % apart counts as the same."
    )
    last_year = in_words(well(tmp_path, HEAD + SESSIONS + more % "like_last_year"))[0]
    assert "beside the target spread as the same week of the year before came in." in last_year
