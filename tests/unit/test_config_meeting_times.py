"""What the check says of when a review or digest meets."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from config import load
from mapping.periods import PeriodKind
from mapping.rhythms import Every, On, Rhythm
from mapping.wording_rhythms import say_rhythm

FILE = """version: 1
workspace: {{id: acme, timezone: Europe/Berlin, holidays: {{country: DE}}}}
people: {{ana: {{name: Ana Alves, email: ana@acme.example}}}}
sources:
  web: {{kind: ga4, property: "123456789", credentials: anonymous, endpoint: "http://127.0.0.1:1"}}
trackers: {{asana: {{kind: asana, token: "${{TOKEN}}", project: "1201234567890123"}}}}
kpis:
  sessions: {{name: Sessions, owner: ana, period: week, value: {{source: web, metric: sessions}}, target: 12000}}
reviews:
{reviews}
"""


def said(folder: Path, *reviews: str) -> tuple[list[str], list[str]]:
    """Problems and warnings of a file with these reviews."""
    path = folder / "alignd.yaml"
    path.write_text(FILE.format(reviews="\n".join(f"  {one}" for one in reviews)), encoding="utf-8")
    loaded = load(path, {"TOKEN": "t"})
    return [f"{one.path}: {one.text}" for one in loaded.problems], [
        f"{one.path}: {one.text}" for one in loaded.warnings
    ]


def test_a_review_before_its_numbers_can_be_final_is_told_the_first_time_that_would_do(tmp_path: Path) -> None:
    problems, warnings = said(tmp_path, "weekly: {title: Weekly, every: 1 week, on: monday}")
    assert problems == []
    assert warnings == [
        "reviews.weekly: it meets before its numbers can be final: on Monday 5 January 2026 Sessions is still a first "
        "count; Wednesday 7 January 2026 00:00 is the first time that would do (settle_after of the source says when a "
        "number is final)"
    ]


@pytest.mark.parametrize(
    "review",
    [
        "weekly: {title: Weekly, every: 1 week, on: wednesday}",
        "weekly: {title: Weekly, every: 1 week, on: monday, agenda: [priorities]}",  # no numbers, nothing to check
        "weekly: {title: Weekly, every: 1 week, on: friday}",  # nor if a holiday moves one to a Monday
        "monthly: {title: Monthly, every: 1 month, on: 1}",  # no KPI of its own kind of period
    ],
)
def test_a_review_after_them_or_without_numbers_of_its_own_is_not_warned_about(tmp_path: Path, review: str) -> None:
    assert said(tmp_path, review) == ([], [])


def test_every_second_week_without_an_anchor_is_told_which_weeks_it_means(tmp_path: Path) -> None:
    _, warnings = said(tmp_path, "talk: {title: Talk, every: 2 weeks, on: friday, agenda: [priorities]}")
    assert warnings == [
        "reviews.talk.every: nothing says which week is the first; counted from 1970 on, 2026-01-02 is one of them: "
        "write anchor: 2026-01-02, or another day, to say which"
    ]


def test_an_anchor_on_another_day_than_the_rules_is_told_when_it_begins(tmp_path: Path) -> None:
    _, warnings = said(
        tmp_path, "talk: {title: Talk, every: 2 weeks, on: monday, anchor: 2026-09-09, agenda: [priorities]}"
    )
    assert warnings == [
        "reviews.talk.anchor: 2026-09-09 is a Wednesday and not a day this rule names, so the first one from there is "
        "2026-09-21: write anchor: 2026-09-21 if that is meant"
    ]


def test_reviews_that_take_each_others_place_are_refused(tmp_path: Path) -> None:
    problems, _ = said(
        tmp_path,
        "a: {title: A, every: 1 week, on: friday, replaces: [b]}",
        "b: {title: B, every: 1 month, on: 15, replaces: [c]}",
        "c: {title: C, every: 1 month, on: 16, replaces: [a]}",
    )
    assert problems == [
        "reviews.a.replaces[0]: b takes the place of a too, by way of its own replaces: remove one of them"
    ]


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm(Every(1, PeriodKind.DAY), at=time(8, 30)), "every day at 08:30"),
        (Rhythm(Every(1, PeriodKind.WEEK), On(3), time(10)), "every week on Thursday at 10:00"),
        (Rhythm(Every(2, PeriodKind.WEEK), On(0)), "every second week on Monday at 09:00"),
        (Rhythm(Every(1, PeriodKind.MONTH), On(3, 2)), "every month on the second Thursday at 09:00"),
        (Rhythm(Every(1, PeriodKind.MONTH), On(4, -1)), "every month on the last Friday at 09:00"),
        (Rhythm(Every(1, PeriodKind.MONTH), On(nth=22)), "every month on the 22nd at 09:00"),
        (Rhythm(Every(3, PeriodKind.FISCAL_QUARTER), On(nth=5, business=True)),
         "every third fiscal quarter on the fifth business day at 09:00"),
        (Rhythm(Every(1, PeriodKind.HALF_YEAR), On(nth=-1, business=True)),
         "every half-year on the last business day at 09:00"),
        (Rhythm(Every(1, PeriodKind.YEAR)), "every year on its first day at 09:00"),
    ],
)  # fmt: skip
def test_a_rhythm_is_said_as_people_say_it(rhythm: Rhythm, words: str) -> None:
    assert say_rhythm(rhythm) == words
