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


def test_the_first_paragraph_of_the_contract() -> None:
    assert in_words(contract())[0] == (
        "Website sessions (weekly): 12,000 or more; up to 5 % below is close. An action item for Thandi in asana after "
        "2 weeks in a row below it, due 5 business days later. Back on target for 1 week: a comment; the item stays "
        "open until somebody completes it. Off again within 2 weeks: reopened. Completed by somebody: judged again "
        "after 2 weeks more. 4 weeks below it: the next review lists it. While Open support tickets per agent is off "
        "target, new items wait. No number 48 hours after the week's end, 2 weeks in a row: Johan is asked for it. "
        "Not judged 14 Dec 2026–3 Jan 2027."
    )


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


def test_where_work_goes_is_said_last() -> None:
    assert in_words(contract())[-3:] == (
        "A target that is not written here comes from Targets!A10:E of scorecard.",
        "Work for Sales goes to board.",
        "All other work goes to asana.",
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
