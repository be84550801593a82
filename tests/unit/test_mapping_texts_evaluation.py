"""Did it help, in words: a line of an agenda, and a task."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from mapping.documents import plain
from mapping.keys import find_reference
from mapping.kpis import TargetValue, Unit
from mapping.texts.evaluation import answer_said, done, evaluation_task, shown
from tests.unit.helped_story import HELPED
from tests.unit.sessions_story import PEOPLE, SESSIONS

TODAY = date(2026, 12, 2)
KEY = "saypro/evaluation/sessions/2026-W46"


def test_what_was_done_and_when() -> None:
    assert done(HELPED, SESSIONS, TODAY) == "Rewrote the landing page, 20 Nov"


def test_where_nobody_wrote_a_line_the_items_title_stands_for_it() -> None:
    silent = replace(HELPED, did="")
    assert done(silent, SESSIONS, TODAY, "Sessions below target") == "Sessions below target, 20 Nov"
    assert done(silent, SESSIONS, TODAY) == "What was done about website sessions, 20 Nov"


def test_what_people_wrote_stays_one_short_line() -> None:
    long = replace(HELPED, did="We tried\nmany\u202e things. " * 40)
    line = done(long, SESSIONS, TODAY)
    assert len(line) < 140
    assert "\n" not in line
    assert "\u202e" not in line


def test_numbers_and_target_that_differ_never_look_the_same() -> None:
    rate = replace(SESSIONS, unit=Unit.PERCENT, name="Conversions")
    before, after = (
        replace(point, value=Decimal(value)) for point, value in ((HELPED.before, "0.0161"), (HELPED.after, "0.01963"))
    )
    close = replace(HELPED, before=before, after=after, target=TargetValue(Decimal("0.02")))
    assert shown(close, rate) == ("1.61 %", "1.96 %")
    assert shown(replace(HELPED, before=replace(HELPED.before, value=None)), SESSIONS) == ("no number", "12,260")


def test_the_task_tells_all_and_how_to_answer() -> None:
    title, body = evaluation_task(
        HELPED, SESSIONS, KEY, TODAY, PEOPLE, title="Find out why", url="https://app.asana.example/0/1/1"
    )
    assert title == "Did it help? Rewrote the landing page, 20 Nov (website sessions)"
    text = plain(body)
    assert find_reference(text, "saypro") == KEY
    assert "What was done: “Rewrote the landing page.” (Thandi, Fri 20 Nov)" in text
    assert "The task: Find out why (https://app.asana.example/0/1/1)" in text
    assert "Before  8,200  9–15 Nov\nAfter  12,260  23–29 Nov\nTarget  12,000" in text
    assert "- Helped: yes – why\n- Helped: no – why\n- Helped: too early – why" in text


def test_without_a_line_or_a_title_the_task_still_says_who_and_when() -> None:
    bare = replace(HELPED, did="", by=None, target=None)
    title, body = evaluation_task(bare, SESSIONS, KEY, TODAY, PEOPLE)
    assert title == "Did it help? What was done about website sessions, 20 Nov (website sessions)"
    assert "Completed: Fri 20 Nov" in plain(body)
    assert answer_said(bare) == ""
