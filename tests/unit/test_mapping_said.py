"""What people say in comments, and the days they name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.dates_said import day_at_start
from mapping.documents import plain
from mapping.said import Command, NotUnderstood, Wish, parse_command
from mapping.texts import answers
from tests.unit.sessions_story import CALENDAR, TODAY


def day_said(text: str, today: date, *, today_counts: bool = False) -> date | None:
    """The day that the whole of a text says, None if it says anything else beside."""
    found = day_at_start(text, today, CALENDAR, today_counts=today_counts)
    return found[0] if found is not None and found[1] == len(text) else None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("31 Jan", date(2027, 1, 31)),
        ("31 January", date(2027, 1, 31)),
        ("31. jan.", date(2027, 1, 31)),
        ("31st of January 2028", date(2028, 1, 31)),
        ("31-Jan-2027", date(2027, 1, 31)),
        ("Jan 31", date(2027, 1, 31)),
        ("January 31st, 2027", date(2027, 1, 31)),
        ("Sept 3", date(2027, 9, 3)),
        ("12 Dec", date(2026, 12, 12)),
        ("Fri 4 Dec", date(2026, 12, 4)),
        ("Friday, 4 December", date(2026, 12, 4)),
        ("2026-12-31", date(2026, 12, 31)),
        ("2026/12/31", date(2026, 12, 31)),
        ("31/1", date(2027, 1, 31)),
        ("31.01.2027", date(2027, 1, 31)),
        ("1/31/27", date(2027, 1, 31)),
        ("5.5.2027", date(2027, 5, 5)),
        ("Friday", date(2026, 11, 20)),
        ("FRI", date(2026, 11, 20)),
        ("this Friday", date(2026, 11, 20)),
        ("next Friday", date(2026, 11, 27)),
        ("Wednesday", date(2026, 11, 25)),
        ("tomorrow", date(2026, 11, 19)),
        ("18 Nov", date(2026, 11, 18)),
        ("end of January", date(2027, 1, 31)),
        ("the end of Feb 2028", date(2028, 2, 29)),
        ("end of the month", date(2026, 11, 30)),
        ("end of next month", date(2026, 12, 31)),
        ("end of the year", date(2026, 12, 31)),
        ("next week", date(2026, 11, 23)),
        ("next month", date(2026, 12, 1)),
        ("2 weeks", date(2026, 12, 2)),
        ("2w", date(2026, 12, 2)),
        ("two weeks", date(2026, 12, 2)),
        ("another two weeks", date(2026, 12, 2)),
        ("a week", date(2026, 11, 25)),
        ("3 days", date(2026, 11, 21)),
        ("5 business days", date(2026, 11, 25)),
        ("3 working days", date(2026, 11, 23)),
        ("a month", date(2026, 12, 18)),
        ("until 31 Jan", date(2027, 1, 31)),
        ("for 2 weeks", date(2026, 12, 2)),
        ("by Friday", date(2026, 11, 20)),
        ("until the end of the month", date(2026, 11, 30)),
        ("1 Jan 2020", date(2020, 1, 1)),  # as it is said; whether it will do is for the asker
    ],
)
def test_days_are_read_as_people_say_them(said: str, day: date) -> None:
    assert day_said(said, TODAY) == day


@pytest.mark.parametrize(
    "said",
    [
        "",
        "soon",
        "3/4",  # April to some, March to others
        "31 Feb",
        "2026-13-01",
        "Fri 5 Dec",  # a Saturday
        "9999 years",
        "2 business weeks",
        "31 Jan and then some",
        "12 December street",
        "20,000 days",
        "W46",
        "1" * 400 + " weeks",
    ],
)
def test_what_is_no_sure_day_is_not_guessed(said: str) -> None:
    assert day_said(said, TODAY) is None


def test_a_weekday_said_on_that_day_is_next_week_unless_today_counts() -> None:
    wednesday = date(2026, 11, 18)
    assert day_said("Wed", wednesday) == date(2026, 11, 25)
    assert day_said("Wed", wednesday, today_counts=True) == wednesday


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(0, 300))
def test_a_day_said_without_its_year_is_the_next_such_day(today: date, later: int) -> None:
    day = today + timedelta(days=later)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    if (day.month, day.day) == (2, 29):
        return
    assert day_said(f"{day.day} {months[day.month - 1]}", today) == day
    assert day_said(day.isoformat(), today) == day


@given(st.text(max_size=60), st.dates(date(2000, 1, 1), date(2200, 1, 1)))
def test_any_text_is_a_day_or_none(text: str, today: date) -> None:
    found = day_at_start(text, today, CALENDAR)
    assert found is None or 0 < found[1] <= len(text)


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

TWO_WEEKS = date(2026, 12, 2)
JANUARY = date(2027, 1, 31)


@pytest.mark.parametrize(
    ("comment", "command"),
    [
        ("alignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("Alignd Snooze 2 Weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd snooze for 2 weeks", Command(Wish.SNOOZE, TWO_WEEKS)),
        ("alignd snooze 2 weeks because we move", Command(Wish.SNOOZE, TWO_WEEKS, "because we move")),
        ("alignd snooze until Friday: holiday", Command(Wish.SNOOZE, date(2026, 11, 20), "holiday")),
        ("alignd: snooze, 2 weeks, why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd - snooze - 2 weeks - why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd – snooze – 2 weeks – why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd — snooze — 2 weeks — why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("@alignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("- alignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("• alignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("* @alignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("1. alignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("**alignd snooze 2 weeks: why**", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("`alignd snooze 2 weeks: why`", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd\u00a0snooze\u00a02\u00a0weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd snooze\n2 weeks\nwhy", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        (
            "alignd snooze 2 weeks:\nthe first reason\nthe second",
            Command(Wish.SNOOZE, TWO_WEEKS, "the first reason the second"),
        ),
        ("Dear all,\n\nalignd snooze 2 weeks: why", Command(Wish.SNOOZE, TWO_WEEKS, "why")),
        ("alignd accept until 31 Jan: season", Command(Wish.ACCEPT, JANUARY, "season")),
        ("alignd accepted 2027–01–31: a — b", Command(Wish.ACCEPT, JANUARY, "a — b")),
        ("alignd accept until 2027\u201101\u201131, season", Command(Wish.ACCEPT, JANUARY, "season")),
        ("alignd wrong: the tag broke", Command(Wish.WRONG, None, "the tag broke")),
        ("alignd wrong", Command(Wish.WRONG)),
        ("alignd wrong – 2 weeks are missing", Command(Wish.WRONG, None, "2 weeks are missing")),
        ("alignd wake", Command(Wish.WAKE)),
        ("Alignd, wake up!", Command(Wish.WAKE)),
        ("alignd snooze 2 weeks: a\nalignd wake", Command(Wish.WAKE)),  # the last word counts
        ("alignd sneeze\nalignd wake", Command(Wish.WAKE)),
    ],
)
def test_a_command_is_understood_in_many_spellings(comment: str, command: Command) -> None:
    assert parse_command(comment, TODAY, CALENDAR) == command


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "We told alignd to snooze 2 weeks",
        "> alignd snooze 2 weeks: somebody else said so",
        "alignd's numbers look odd",
        "alignd.example.com is down",
        "realignd snooze 2 weeks",
        "alignds",
        "alignd ref 6SADZD7P6NG7MP55Q52V saypro/action/sessions/2026-W46",
        "The last lines were:\nalignd ref 6SADZD7P6NG7MP55Q52V saypro/action/sessions/2026-W46\nsnooze",
    ],
)
def test_what_does_not_call_alignd_is_left_alone(comment: str) -> None:
    assert parse_command(comment, TODAY, CALENDAR) is None


@pytest.mark.parametrize(
    ("comment", "reason", "write"),
    [
        ("alignd snooze", "for how long is not clear", "alignd snooze 2 weeks: why"),
        ("alignd snooze: busy", "for how long is not clear", "alignd snooze 2 weeks: why"),
        ("alignd accept until 3/4: x", "until when is not clear", "alignd accept until 31 Jan: why"),
        ("alignd accept until 1 Jan 2020", "that day has come already", "alignd accept until 31 Jan: why"),
        ("alignd accept until 18 Nov", "that day has come already", "alignd accept until 31 Jan: why"),
        ("alignd snoze 2 weeks", "", "alignd snooze 2 weeks: why"),
        ("Alignd acept it", "", "alignd accept until 31 Jan: why"),
    ],
)
def test_what_is_not_understood_says_what_to_write(comment: str, reason: str, write: str) -> None:
    found = parse_command(comment, TODAY, CALENDAR)
    assert isinstance(found, NotUnderstood)
    assert (found.reason, found.write) == (reason, (write,))


def test_a_call_that_is_no_command_is_answered_with_all_four() -> None:
    found = parse_command("- alignd is great", TODAY, CALENDAR)
    assert isinstance(found, NotUnderstood)
    assert found.said == "alignd is great"
    assert plain(answers.not_understood(found)) == (
        "Not understood: “alignd is great”. Please write, for example: alignd snooze 2 weeks: why · "
        "alignd accept until 31 Jan: why · alignd wrong: what you think · alignd wake"
    )


def test_every_example_that_an_answer_gives_is_understood() -> None:
    found = parse_command("alignd", TODAY, CALENDAR)
    assert isinstance(found, NotUnderstood)
    assert len(found.write) == 4
    for example in found.write:
        assert isinstance(parse_command(example, TODAY, CALENDAR), Command)


@given(st.text(max_size=80), st.sampled_from(["alignd ", "@Alignd: ", "- alignd snooze ", "alignd wrong "]))
def test_an_answer_is_one_line_and_never_a_command_itself(text: str, start: str) -> None:
    found = parse_command(start + text, TODAY, CALENDAR)
    if found is None:
        return
    answer = (
        answers.not_understood(found)
        if isinstance(found, NotUnderstood)
        else answers.understood(found, TODAY, checker="alignd")
    )
    assert len(plain(answer).splitlines()) == 1
    assert parse_command(plain(answer), TODAY, CALENDAR) is None


def test_answers_say_what_follows_and_how_to_undo_it() -> None:
    assert plain(answers.understood(Command(Wish.SNOOZE, TWO_WEEKS, "why"), TODAY)) == (
        "Understood: nothing is written here until Wed 2 Dec. To undo it, write: alignd wake"
    )
    assert plain(answers.understood(Command(Wish.ACCEPT, JANUARY, "why"), TODAY)) == (
        "Understood: accepted as it is until Sun 31 Jan 2027; the numbers that end before are left out. "
        "To undo it, write: alignd wake"
    )
    assert plain(answers.understood(Command(Wish.WRONG), TODAY, checker="Johan")) == (
        "Understood: Johan is asked to check the number, and nothing more is asked here until that is done. "
        "To undo it, write: alignd wake"
    )
    assert plain(answers.understood(Command(Wish.WAKE), TODAY)) == "Understood: this goes on as before."
