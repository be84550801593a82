"""A review's task, as its people read it: the whole text of each kind of review, from the situation it is made in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.asana.render import html_notes
from connectors.trello.render import markdown
from mapping.campaigns import Campaign, Measure
from mapping.documents import Document, plain
from mapping.judgements import Status
from mapping.keys import find_reference
from mapping.kpis import TargetValue
from mapping.links import Link, Quiet
from mapping.logbook import LineKind, Logbook, Measured
from mapping.minutes import lines_said
from mapping.people import Away
from mapping.periods import span_of
from mapping.readings import Reading, State
from mapping.tasks import Part, WorkKind
from mapping.texts.facts import Finding
from sync.plan.agenda import Told, day_comment, moved_comment, review_notes
from sync.plan.questions import Question
from sync.plan.situation import Situation
from tests.unit.review_story import (
    CHECKOUT,
    EVALUATION,
    KEY,
    LAST_KEY,
    NOW,
    config_of,
    december,
    link,
    meeting,
    minute,
    record,
    records,
    task,
    view,
)

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

MONTHLY = """\
Thu 10 December, 10:00–11:00 · Johan leads · Marketing, M&E, Sales · https://meet.example/kpi
Takes the place of this week's Marketing and M&E weekly.

IN SHORT

Numbers are final for 10 of 12 KPIs: 6 on target, 1 ahead, 1 close, 2 below. \
Two come on 20 Dec (Cost of a new customer, Customers kept).

TO DECIDE (about 35 minutes)

1. Conversion rate 1.6 % against 2.0–4.5 %, three weeks below. \
In hand: "checkout test until 11 Dec". Is that enough?  Thandi
2. Email open rate 18.1 % against 22 %, first month below. What do we change?  Sipho
3. New visitors from social 164 against 100, second month ahead. What do we do more of?  Sipho
4. Johan, 27 Nov: "Customers do not understand the price page." Act on it, or not?  Lerato
5. Did it help? "Landing page rewritten", 11 Nov: conversion rate 1.4 % before, 1.6 % after, agreed 2.0–4.5 %. \
Yes / no / too early  Sales

ALL NUMBERS (November, target, since when)

Website sessions (last week)  12,260  12,000  on target
New leads  36  35  on target
Budget spent  106 %  90–105 %  close, first month
Email open rate  18.1 %  22 %  below, first month
Conversion rate (last week)  1.6 %  2.0–4.5 %  below, third week
New visitors from social  164  100  ahead
Newsletter clicks  410  400  on target
Calls answered  96 %  95 %  on target
Reviews written  21  20  on target
Partners  8  8  on target
Cost of a new customer (Oct)  R 960  R 1,000  Nov expected 20 Dec
Customers kept (Oct)  91 %  90 %  Nov expected 20 Dec

AGREED LAST TIME  3 done · 1 past its date (Lerato: call ten lost customers, was 4 Dec) · \
1 set aside by Sipho ("season")

WHAT SALES HEARS FROM CUSTOMERS  Lerato

Write as you go, each line as a comment:
Decision: what
Action: who – what – by when  (or just add a subtask with a person and a date)
Feedback: what
Helped: yes, no or too early – why

Tomorrow 09:00 everybody invited gets these as a summary.

alignd ref QVEEHHWEP3JVQJ7XGCOL saypro/review/monthly/2026-12"""

CLOSING = """\
Write as you go, each line as a comment:
Decision: what
Action: who – what – by when  (or just add a {part} with a person and a date)
Feedback: what

{summary} everybody invited gets these as a summary."""


def told(review: str, slot: str, situation: Situation) -> Told:
    return review_notes(meeting(review, slot, situation.config), f"saypro/review/{review}/{slot}", situation)


def text_of(review: str, slot: str, situation: Situation) -> str:
    return plain(told(review, slot, situation).body)


def test_the_monthly_review_reads_as_its_people_wished() -> None:
    found = told("monthly", "2026-12", december())
    assert found.title == "Monthly KPI review, Thu 10 Dec: how November went"
    assert plain(found.body) == MONTHLY
    assert found.about == (
        "number:conversion",
        "number:open_rate",
        "ahead:social",
        "finding:reviews/2026-11-27",
        "helped:saypro/action/conversion/2026-W44",  # the fifth, as people read it
    )


@pytest.mark.parametrize(
    "words",
    [
        "Monthly KPI review, Thu 10 Dec: how November went",
        "Thu 10 December, 10:00–11:00 · Johan leads · Marketing, M&E, Sales · https://meet.example/kpi",
        "Takes the place of this week's Marketing and M&E weekly.",
        "Numbers are final for 10 of 12 KPIs: 6 on target, 1 ahead, 1 close, 2 below. "
        "Two come on 20 Dec (Cost of a new customer, Customers kept).",
        "TO DECIDE (about 35 minutes)",
        "Email open rate 18.1 % against 22 %, first month below. What do we change? Sipho",
        "Conversion rate 1.6 % against 2.0–4.5 %, three weeks below.",
        "New visitors from social 164 against 100, second month ahead. What do we do more of? Sipho",
        '4. Johan, 27 Nov: "Customers do not understand the price page." Act on it, or not? Lerato',
        "1.4 % before, 1.6 % after",
        "Yes / no / too early Sales",
        "Website sessions (last week) 12,260 12,000 on target",
        "90–105 % close, first month",
        "AGREED LAST TIME 3 done · 1 past its date (Lerato: call ten lost customers, was 4 Dec) · "
        '1 set aside by Sipho ("season")',
        "WHAT SALES HEARS FROM CUSTOMERS Lerato",
        "Write as you go, each line as a comment: Decision: what Action: who – what – by when "
        "(or just add a subtask with a person and a date) Feedback: what",
        "Tomorrow 09:00 everybody invited gets these as a summary. "
        "alignd ref QVEEHHWEP3JVQJ7XGCOL saypro/review/monthly/2026-12",
    ],
)
def test_what_the_design_says_stands_there_word_for_word(words: str) -> None:
    design = SHARED / "design" / "texts.md"
    found = told("monthly", "2026-12", december())
    assert words in " ".join(f"{found.title} {plain(found.body)}".split())
    if design.exists():
        section = design.read_text(encoding="utf-8").split("## 2. Review task")[1].split("## 3.")[0]
        assert words in " ".join(section.split())


def test_the_weekly_review_tells_of_its_week_and_of_what_comes() -> None:
    later = datetime(2026, 12, 15, 6, tzinfo=UTC)
    file = config_of()
    known = records(file, later, sessions=(("2026-W49", "12260"), ("2026-W50", "11700")))
    known["conversion"] = replace(
        record(file, "conversion", [("2026-W49", "0.016")]),
        readings={"2026-W50": first_count("conversion", "2026-W50", "0.021")},
    )
    for kpi in ("cac", "kept"):
        known.pop(kpi)
    found = told("weekly", "2026-W51", december(file, now=later, records=known, links={}, logbook=Logbook()))
    assert found.title == "Marketing and M&E weekly, Thu 17 Dec: how the week of 7–13 Dec went"
    assert plain(found.body) == (
        "Thu 17 December, 10:00–11:00 · Johan leads · Marketing, M&E\n"
        "\n"
        "IN SHORT\n"
        "\n"
        "Numbers are final for 9 of 12 KPIs: 5 on target, 1 ahead, 2 close, 1 below. "
        "One is a first count, final on 16 Dec (Conversion rate). "
        "Two come on 20 Dec (Cost of a new customer, Customers kept).\n"
        "\n"
        "TO DECIDE (about 20 minutes)\n"
        "\n"
        "1. Conversion rate 1.6 % against 2.0–4.5 %, first week below. What do we change?  Thandi\n"
        "2. Email open rate 18.1 % against 22 %, first month below. What do we change?  Sipho\n"
        "3. New visitors from social 164 against 100, second month ahead. What do we do more of?  Sipho\n"
        "\n"
        "ALL NUMBERS (week of 7–13 December, target, since when)\n"
        "\n"
        "Website sessions  11,700  12,000  close, first week\n"
        "New leads (Nov)  36  35  on target\n"
        "Budget spent (Nov)  106 %  90–105 %  close, first month\n"
        "Email open rate (Nov)  18.1 %  22 %  below, first month\n"
        "Conversion rate (first count)  2.1 %  2.0–4.5 %  on target\n"
        "New visitors from social (Nov)  164  100  ahead\n"
        "Newsletter clicks (Nov)  410  400  on target\n"
        "Calls answered (Nov)  96 %  95 %  on target\n"
        "Reviews written (Nov)  21  20  on target\n"
        "Partners (Nov)  8  8  on target\n"
        "Cost of a new customer  –  –  Nov expected 20 Dec\n"
        "Customers kept  –  –  Nov expected 20 Dec\n"
        "\n"
        "COMING UP  Thu 24 Dec Marketing and M&E weekly · Mon 28 Dec Social priorities\n"
        "\n" + CLOSING.format(part="subtask", summary="Tomorrow 09:00") + "\n"
        "\n"
        "alignd ref TKDRZP7GDNARIQKVIWPW saypro/review/weekly/2026-W51"
    )


def first_count(kpi: str, label: str, value: str) -> Reading:
    period = config_of().workspace.calendar.parse(label)
    return Reading(kpi, "d", period, State.VALUE, Decimal(value), False, NOW)


def test_the_talk_of_two_tells_each_what_goes_first_and_why() -> None:
    rate = link(
        "saypro/action/open_rate/2026-11",
        WorkKind.ACTION,
        episode="2026-11",
        person="thandi",
        due=date(2026, 12, 15),
        title="Email open rate 3.9 points below target",
    )
    photos = link("saypro/said/monthly/c7/1", WorkKind.SAID, person="thandi", title="new photos", due=date(2026, 12, 9))
    situation = december(links={one.key: one for one in (photos, rate, CHECKOUT)})
    found = told("one_on_one", "2026-W51", situation)
    assert found.title == "Social priorities, Mon 14 Dec"
    assert plain(found.body) == (
        "Mon 14 December, 09:00 · Sipho leads · Thandi\n"
        "\n"
        "FIRST FOR SIPHO  nothing is open\n"
        "\n"
        "FIRST FOR THANDI\n"
        "\n"
        "1. Conversion rate: outside the agreed range (1.6 % against 2.0–4.5 %), third week; "
        'serves "20 % more leads than last quarter"; due Fri 11 Dec\n'
        "2. Email open rate: 3.9 points below target (18.1 % against 22 %), first month; "
        'serves "Keep the customers we win"; due Tue 15 Dec\n'
        "1 more is open after these.\n"
        "\n" + CLOSING.format(part="subtask", summary="Tomorrow 09:00") + "\n"
        "\n"
        "alignd ref ELG2H2EKECROAHLSFGF5 saypro/review/one_on_one/2026-W51"
    )


def test_the_quarterly_review_looks_at_goals_gaps_what_was_done_and_what_is_ahead() -> None:
    base = december()
    moved = minute(8, LineKind.DECISION, "Newsletter moves to Thursdays", by="sipho")
    logbook = replace(base.logbook, minutes={**base.logbook.minutes, moved.source: moved})
    found = told("quarterly", "FY2027-Q4", replace(base, logbook=logbook))
    assert found.title == "Quarterly strategy adjustment, Tue 15 Dec: how the fiscal quarter Sep–Nov 2026 went"
    text = plain(found.body)
    assert (
        "GOALS\n"
        "\n"
        "- Grow in Gauteng (Neo, by 28 Feb 2027): below it 2 of 4 on target, 1 off target (Conversion rate), "
        "1 waiting for a number\n"
        "- → 20 % more leads than last quarter (Thandi, by 30 Nov): New leads on target; Website sessions "
        "waiting for a number, expected Wed 16 Dec; Conversion rate 1.6 % against 2.0–4.5 %, three weeks below; "
        "New visitors from social ahead\n"
        "- → Be known (Neo): nothing measures it\n"
        "- Keep the customers we win (Lerato): Customers kept waiting for a number, expected Sun 20 Dec; "
        "Calls answered on target; Email open rate 18.1 % against 22 %, first month below\n"
        "\n"
        "GAPS IN WHAT IS AGREED\n"
        "\n"
        '- The goal "20 % more leads than last quarter" was for 30 Nov. Its day is over, and the file still counts on '
        "it: nobody has said whether it was reached. Thandi, was it reached? Then give it a new by:, or take it out of "
        "goals.\n"
        '- No KPI measures the goal "Be known". Neither the goal nor any goal below it has a KPI, so nobody can see '
        "how far it is. Name what shows it, kpis: [KPI] at goal brand or at a goal below it.\n"
    ) in text
    assert (
        "- KPIs that serve no goal: Budget spent, Newsletter clicks, Reviews written, Partners, "
        "Cost of a new customer. Nobody can tell what it is for, and when there is too much to do it goes last. "
        "List it at the goal it serves: kpis: [KPI] under goals.\n"
        "- KPIs whose definition is not agreed as it is counted now: Website sessions, New leads, Budget spent, "
        "Email open rate, Conversion rate, New visitors from social, Newsletter clicks, Calls answered, and 4 more. "
    ) in text
    assert (
        "DECIDED AND DONE SINCE LAST TIME\n"
        "\n"
        "- 12 Nov: Newsletter moves to Thursdays (Sipho, Monthly KPI review)\n"
        '- Conversion rate, 11 Nov, Thandi: "Landing page rewritten", 1.4 % before, 1.6 % after\n'
        "\n"
        "OPEN ACTIONS\n"
        "\n"
        "- call ten lost customers (Lerato, by Fri 4 Dec)\n"
        "- Conversion rate outside the agreed range (Thandi, by Fri 11 Dec)\n"
        "\n"
        "AHEAD\n"
        "\n"
        "- Fri 8 Jan 2027 Sales corner\n"
        "- Thu 14 Jan 2027 Monthly KPI review\n"
        "- Sun 28 Feb 2027 goal ends, Grow in Gauteng\n"
        "- Tue 16 Mar 2027 Quarterly strategy adjustment\n"
    ) in text
    assert "Thu 17 Dec 09:00 everybody invited" in text  # the morning after is a holiday


def test_a_team_whose_numbers_nobody_has_judged_yet_still_gets_a_task_it_can_use() -> None:
    text = text_of("monthly", "2026-12", december(records={}, links={}, logbook=Logbook()))
    assert (
        "IN SHORT\n"
        "\n"
        "No number is final yet. Two come on 9 Dec (Website sessions, Conversion rate). "
        "Two come on 20 Dec (Cost of a new customer, Customers kept). "
        "Without a number that counts: New leads, Budget spent, Email open rate, New visitors from social, "
        "Newsletter clicks, Calls answered, and 2 more.\n"
        "\n"
        "TO DECIDE\n"
        "\n"
        "There is no final number to decide on yet.\n"
    ) in text
    assert "New leads  –  –  no number\n" in text
    assert "AGREED LAST TIME" not in text


def test_a_review_on_a_trello_board_speaks_of_checklist_items_and_keeps_the_team_s_own_lines_in_their_place() -> None:
    found = told("sales", "2026-12", december())
    assert found.title == "Sales corner, Fri 11 Dec"
    assert plain(found.body) == (
        "Fri 11 December, 09:00 · Lerato leads\n"
        "\n"
        "TO DECIDE (about 5 minutes)\n"
        "\n"
        '1. Johan, 27 Nov: "Customers do not understand the price page." Act on it, or not?  Lerato\n'
        "\n"
        "What did customers ask for?\n"
        "\n"
        "COMING UP  Mon 14 Dec Social priorities · Tue 15 Dec Quarterly strategy adjustment · "
        "Thu 17 Dec Marketing and M&E weekly\n"
        "\n" + CLOSING.format(part="checklist item", summary="Mon 14 Dec 09:00") + "\n"
        "\n"
        "alignd ref G532Y3SXJFCJJDFE35O6 saypro/review/sales/2026-12"
    )


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_missed_and_who_is_not_on_the_task_is_said_at_the_top() -> None:
    missed = (meeting("weekly", "2026-W48"), meeting("weekly", "2026-W47"))
    found = review_notes(meeting("monthly", "2026-12"), KEY, december(), missed=missed, absent=("lerato",))
    assert plain(found.body).splitlines()[2:4] == [
        "Not held while alignd was stopped: 19 and 26 Nov.",
        "Not on this task, please tell them: Lerato Dube (no account here).",
    ]


def test_subtasks_that_people_added_last_time_are_its_actions() -> None:
    parts = (
        Part("p1", "print the posters", "a-sipho", date(2026, 12, 1)),
        Part("p2", "ask the printer", "a-sipho", date(2026, 12, 12)),
        Part("p3", "book the room", completed=True),
    )
    situation = december(views={"asana": view(tasks={LAST_KEY: task(LAST_KEY, parts)}), "board": view("board")})
    line = next(one for one in text_of("monthly", "2026-12", situation).splitlines() if one.startswith("AGREED"))
    assert line == (
        "AGREED LAST TIME  4 done · "
        "2 past its date (Lerato: call ten lost customers, was 4 Dec; Sipho: print the posters, was 1 Dec) · "
        "1 open (Sipho: ask the printer, by 12 Dec) · "
        '1 set aside by Sipho ("season")'
    )


def test_decisions_of_last_time_are_said_again() -> None:
    base = december()
    moved = minute(8, LineKind.DECISION, "Newsletter moves to Thursdays", by="sipho")
    gone = minute(9, LineKind.DECISION, "never mind", withdrawn=True)
    minutes = {**base.logbook.minutes, moved.source: moved, gone.source: gone}
    text = text_of("monthly", "2026-12", replace(base, logbook=replace(base.logbook, minutes=minutes)))
    assert "\nDECIDED LAST TIME  Newsletter moves to Thursdays (Sipho)\n" in text
    assert "never mind" not in text


def test_what_people_accepted_or_doubt_is_not_put_to_the_review() -> None:
    quiet = Quiet("accept", date(2027, 1, 31), "season", "thandi", NOW, "c1")
    links = {CHECKOUT.key: replace(CHECKOUT, quiet=quiet)}
    text = text_of("monthly", "2026-12", december(links=links, logbook=Logbook()))
    assert "1. Email open rate" in text
    assert "three weeks below" not in text


def test_a_page_that_shows_the_rest_makes_the_list_of_numbers_short() -> None:
    more = "".join(
        f"  extra{n}: {{name: Extra {n}, period: month, target: 5, owner: sipho, "
        f"value: {{source: web, metric: sessions}}}}\n"
        for n in range(3)
    )
    public = "daemon: {public_url: https://alignd.saypro.example}\n"
    file = config_of(public, goals=more + "goals: []\n")
    text = text_of("monthly", "2026-12", december(file))
    assert "… 3 more: https://alignd.saypro.example/review/2026-12-10\n" in text
    without = text_of("monthly", "2026-12", december(config_of("", goals=more + "goals: []\n")))
    assert "Extra 2  –  –  no number" in without


# ── hostile words, and every tracker ─────────────────────────────────────────────────────────────────────────────

EVIL = "</body><script>alert(1)</script> **bold** [x](https://evil.example) @all\nDecision: fire everybody"


def test_words_of_people_stay_data_in_every_tracker() -> None:
    base = december()
    finding = Finding(date(2026, 11, 30), EVIL, EVIL)
    line = replace(CHECKOUT, last_human_line=EVIL * 40)
    logbook = replace(base.logbook, findings={"clicks": [finding] * 9})
    found = told("monthly", "2026-12", replace(base, links={**base.links, line.key: line}, logbook=logbook))
    html, marked = html_notes(found.body), markdown(found.body)
    assert "<script" not in html
    assert "](https://evil" not in marked.replace("\\]", "")
    for rendered in (plain(found.body), marked):
        assert find_reference(rendered, "saypro") == KEY
        assert len(rendered) < 14_000
    assert not any(one.startswith("Decision: fire") for one in plain(found.body).splitlines())


def test_forty_kpis_off_target_stay_readable() -> None:
    kpis = "".join(
        f"  k{n}: {{name: Number {n} that has a rather long name indeed, period: month, target: 100, owner: sipho, "
        f"value: {{source: web, metric: sessions}}}}\n"
        for n in range(60)
    )
    file = config_of("", goals=kpis + "goals: []\n")
    known = {f"k{n}": record(file, f"k{n}", [("2026-11", str(n))]) for n in range(60)}
    found = told("monthly", "2026-12", december(file, records=known, logbook=Logbook()))
    text = plain(found.body)
    assert "54 more off target stand under the numbers." in text
    assert "… 32 more" in text
    assert len(markdown(found.body)) < 14_000
    assert re.findall(r"^\d+\. ", text, re.MULTILINE) == ["1. ", "2. ", "3. ", "4. ", "5. ", "6. "]


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────


def made(situation: Situation) -> Link:
    return link(KEY, WorkKind.REVIEW, made_at=situation.now)


def on_the_day(**changes: Any) -> Situation:
    return december(now=datetime(2026, 12, 10, 6, tzinfo=UTC), **changes)


def said(document: Document) -> list[str]:
    return plain(document).splitlines()


def test_on_the_day_nothing_changed_is_one_line() -> None:
    comment = day_comment(meeting("monthly", "2026-12"), made(december()), on_the_day())
    assert said(comment) == ["Today 10:00. The numbers are as they were on Tue 8 Dec."]


def test_on_the_day_it_says_what_became_final_what_was_done_and_what_was_decided() -> None:
    file = config_of()
    later = NOW + timedelta(days=1)
    known = records(file)
    for kpi, label, value in (
        ("conversion", "2026-W50", "0.022"),
        ("kept", "2026-11", "0.92"),
        ("cac", "2026-11", "1500"),
    ):
        new = record(file, kpi, [(label, value)], later).judgements
        known[kpi] = replace(known[kpi], judgements=[*known[kpi].judgements, *new])
    done = replace(CHECKOUT, completed=True, completed_at=later, completed_by="thandi")
    decided = minute(20, LineKind.DECISION, "Prices stay", by="lerato", at=later)
    situation = on_the_day(records=known, links={done.key: done}, logbook=Logbook(minutes={decided.source: decided}))
    comment = day_comment(meeting("monthly", "2026-12"), made(december()), situation)
    assert said(comment) == [
        "Today 10:00. New since Tue 8 Dec:",
        "On target again: Conversion rate 2.2 % against 2.0–4.5 % in the week of 7–13 December, on target now, "
        "it was below.",
        "Final by now: Cost of a new customer R 1,500 against R 1,000 in November, above now, it was on target.",
        "Final by now, as they were before: Customers kept.",
        "New decision: Prices stay (Lerato)",
        "Completed by Thandi: Conversion rate outside the agreed range",
    ]


def test_the_comment_of_the_day_has_eight_lines_at_most_and_commands_nothing() -> None:
    later = NOW + timedelta(days=1)
    minutes = {}
    for n, words in enumerate(["Decision: x", "Action: Sipho – y", "alignd wake", "Helped: yes", *"abcdefgh"]):
        one = minute(n, LineKind.DECISION, words, by="lerato", at=later)
        minutes[one.source] = one
    comment = day_comment(meeting("monthly", "2026-12"), made(december()), on_the_day(logbook=Logbook(minutes=minutes)))
    lines = said(comment)
    assert len(lines) == 8
    assert lines[-1] == "And 6 more changes."
    assert not any(re.match(r"\W*(alignd|decision|action|feedback|helped)", one, re.IGNORECASE) for one in lines)


def test_a_moved_meeting_says_from_when_to_when() -> None:
    comment = moved_comment(meeting("sales", "2026-12"), date(2026, 12, 10), december())
    assert said(comment) == ["This meets Fri 11 Dec 09:00 now (it was Thu 10 Dec), as alignd.yaml has it."]


# ── questions, campaigns, deputies ───────────────────────────────────────────────────────────────────────────────


def test_what_has_lasted_too_long_comes_first_with_who_is_to_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        Question("escalated:open_rate/2026-11", "open_rate", "escalated", "neo"),
        Question("target:cac", "cac", "target", "neo"),
    ]
    monkeypatch.setattr("sync.plan.agenda.decide.questions_for", lambda meeting, situation: asked)
    item = link("saypro/action/open_rate/2026-11", WorkKind.ACTION, episode="2026-11", person="sipho")
    rows = [("2026-09", "0.17"), ("2026-10", "0.19"), ("2026-11", "0.181")]
    file = config_of()
    known = {**records(file), "open_rate": record(file, "open_rate", rows)}
    found = told("monthly", "2026-12", december(file, records=known, links={item.key: item}, logbook=Logbook()))
    lines = [one for one in plain(found.body).splitlines() if re.match(r"\d\. ", one)]
    assert lines == [
        "1. Email open rate 18.1 % against 22 %, three months below, with Sipho. "
        "It has lasted too long: what do we decide?  Neo",
        "2. Conversion rate 1.6 % against 2.0–4.5 %, three weeks below. What do we change?  Thandi",
        "3. New visitors from social 164 against 100, second month ahead. What do we do more of?  Sipho",
        "4. Is the target of cost of a new customer (limit R 1,000) right? It took three action items in a row.  Neo",
    ]
    assert found.about == ("escalated:open_rate/2026-11", "number:conversion", "ahead:social", "target:cac")


def test_several_did_it_help_questions_say_which_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = replace(EVALUATION, item="saypro/action/calls/2026-09", kpi="calls", did="", target=None)
    asked = [Question(f"helped:{one.item}", one.kpi, "helped", "lerato", "sales", one) for one in (EVALUATION, calls)]
    monkeypatch.setattr("sync.plan.agenda.decide.questions_for", lambda meeting, situation: asked)
    found = told("monthly", "2026-12", december(links={}))
    text = plain(found.body)
    assert "Did it help? What was done about it until 11 Nov: calls answered 140 % before" not in text
    assert "Did it help? What was done about it until 11 Nov: calls answered 1.4 % before, 1.6 % after. Yes" in text
    assert "\nHelped (Conversion rate): yes, no or too early – why\n" in text
    assert found.about[-len(asked) :] == tuple(one.about for one in asked)


def test_a_review_that_decides_nothing_asks_nothing() -> None:
    assert told("one_on_one", "2026-W51", december()).about == ()


def test_a_running_campaign_s_measures_stand_under_the_numbers() -> None:
    spring = Campaign(
        "spring",
        "App launch",
        date(2026, 11, 25),
        date(2027, 1, 3),
        measures=(Measure("sessions"), Measure("leads")),
    )
    span = span_of(spring.starts, date(2026, 12, 7))
    number = Reading("sessions", "d", span, State.VALUE, Decimal(6100), False, NOW)
    measured = Measured("spring", "sessions", number, TargetValue(Decimal(18000)))
    logbook = Logbook(campaigns=(spring,), measured={("spring", "sessions"): measured})
    text = text_of("monthly", "2026-12", december(logbook=logbook))
    assert "\nApp launch: Website sessions  6,100  18,000, 5,850 by now  day 14 of 40\n" in text
    assert "App launch: New leads" not in text
    coming = text_of("sales", "2026-12", december(logbook=logbook))
    assert "COMING UP  Mon 14 Dec mid-campaign check, App launch · Mon 14 Dec Social priorities · " in coming


def test_the_deputy_leads_while_the_owner_is_away() -> None:
    file = config_of()
    away = replace(file.people["johan"], away=(Away(date(2026, 12, 9), date(2026, 12, 20), "thandi"),))
    changed = replace(file, people={**file.people, "johan": away})
    first = text_of("monthly", "2026-12", december(changed)).splitlines()[0]
    assert " · Thandi leads (Johan is away) · " in first


def test_a_correction_is_told_on_the_day() -> None:
    file = config_of()
    later = NOW + timedelta(days=1)
    known = records(file)
    before = known["open_rate"].judgements[-1]
    after = replace(before, value=Decimal("0.221"), status=Status.ON_TRACK, corrects=True, judged_at=later)
    changed = replace(
        known["open_rate"],
        judgements=[*known["open_rate"].judgements[:-1], after],
        corrections=[(before, after)],
    )
    situation = on_the_day(records={**known, "open_rate": changed})
    comment = day_comment(meeting("monthly", "2026-12"), made(december()), situation)
    assert said(comment)[1:] == ["Corrected: Email open rate in November from 18.1 % to 22.1 %, on target."]


def test_findings_that_are_answered_are_told_and_not_asked() -> None:
    known = [
        Finding(date(2026, 12, 4), "Johan", "Nobody reads the newsletter", "Send it on Thursdays"),
        Finding(date(2026, 12, 3), "", "The form is slow.", answer="It was mended on 5 Dec"),
        Finding(date(2026, 8, 3), "Johan", "An old one.", answer="Done"),
    ]
    base = december(links={}, logbook=Logbook(findings={"kept": known}))
    text = text_of("sales", "2026-12", base)
    assert (
        '1. Johan, 4 Dec: "Nobody reads the newsletter". Recommended: "Send it on Thursdays". '
        "Act on it, or not?  Lerato"
    ) in text
    assert 'FINDINGS\n\n- 3 Dec: "The form is slow." Answer: "It was mended on 5 Dec"\n\n' in text
    assert "An old one" not in text


def test_a_first_count_of_a_week_that_ended_since_is_told_on_the_day() -> None:
    file = config_of()
    known = records(file)
    reading = first_count("sessions", "2026-W50", "11700")
    known["sessions"] = replace(known["sessions"], readings={"2026-W50": reading})
    monday = december(file, now=datetime(2026, 12, 15, 6, tzinfo=UTC), records=known, links={}, logbook=Logbook())
    comment = day_comment(meeting("quarterly", "FY2027-Q4"), made(december()), monday)
    assert said(comment) == [
        "Today 09:00. New since Tue 8 Dec:",
        "First count: Website sessions 11,700 against 12,000 in the week of 7–13 December, close so far.",
    ]


def test_a_daily_number_is_the_one_of_the_last_day_that_is_final() -> None:
    daily = "  visits: {name: Visits, period: day, target: 100, owner: sipho, value: {source: web, metric: sessions}}\n"
    file = config_of("", goals=daily + "goals: []\n")
    known = {**records(file), "visits": record(file, "visits", [("2026-12-04", "90"), ("2026-12-05", "104")])}
    text = text_of("monthly", "2026-12", december(file, records=known))
    assert "\nVisits (Sat 5 Dec)  104  100  on target\n" in text


@pytest.mark.parametrize(
    ("slots", "said_days"),
    [
        (["2026-W47"], "19 Nov"),
        (["2026-W46", "2026-W47", "2026-W48", "2026-W49"], "12, 19, 26 Nov and 3 Dec"),
        ([f"2026-W{n}" for n in range(40, 50)], "5, 12, 19, 26 Nov and 3 Dec, and 5 before"),
    ],
)
def test_missed_days_are_told_by_month_and_the_older_ones_counted(slots: list[str], said_days: str) -> None:
    missed = tuple(meeting("weekly", slot) for slot in slots)
    text = plain(review_notes(meeting("monthly", "2026-12"), KEY, december(), missed=missed).body)
    assert f"Not held while alignd was stopped: {said_days}." in text


@pytest.mark.parametrize("name", ["alignd wake", "Decision: close the shop", "* Action: Sipho - leave", "Helped: yes"])
def test_a_name_that_reads_like_a_command_never_begins_a_line_of_a_comment(name: str) -> None:
    file = config_of()
    kpi = replace(file.kpis["cac"], name=name)
    changed = replace(file, kpis={**file.kpis, "cac": kpi})
    known = records(file)
    known["cac"] = record(file, "cac", [("2026-10", "960"), ("2026-11", "1500")], NOW + timedelta(days=1))
    comment = day_comment(meeting("monthly", "2026-12"), made(december()), on_the_day(config=changed, records=known))
    assert [line for line in said(comment) if name.lstrip("* ") in line]
    assert lines_said(plain(comment)) == []
    assert not any(line.lower().startswith("alignd") for line in said(comment))


def test_a_number_that_never_came_is_no_final_number_on_the_day() -> None:
    file = config_of()
    known = records(file)
    newest = known["sessions"].judgements[-1]
    blank = replace(newest, value=None, status=Status.UNKNOWN, state="missing", gap=None, judged_at=NOW)
    later = replace(blank, period=file.workspace.calendar.after(newest.period), judged_at=NOW + timedelta(days=1))
    known["sessions"] = replace(known["sessions"], judgements=[*known["sessions"].judgements, blank, later])
    comment = day_comment(meeting("monthly", "2026-12"), made(december()), on_the_day(records=known))
    assert said(comment) == ["Today 10:00. The numbers are as they were on Tue 8 Dec."]


def test_what_is_ahead_is_asked_about_once_a_number() -> None:
    before = link("saypro/review/monthly/2026-11", WorkKind.REVIEW, made_at=NOW - timedelta(days=30))
    old, situation = december(links={before.key: before}), december()
    assert any("What do we do more of?" in line for line in text_of("monthly", "2026-12", old).splitlines())
    known = situation.records["social"]
    seen = replace(known, judgements=[replace(one, judged_at=NOW - timedelta(days=60)) for one in known.judgements])
    again = december(links={before.key: before}, records={**situation.records, "social": seen})
    assert "What do we do more of?" not in text_of("monthly", "2026-12", again)


def test_a_shortfall_that_another_kpis_item_explains_is_no_question_of_its_own() -> None:
    file = config_of()
    kpis = {**file.kpis, "open_rate": replace(file.kpis["open_rate"], explained_by=("conversion",))}
    file = replace(file, kpis=kpis)
    item = link("saypro/action/conversion/2026-W46", WorkKind.ACTION, episode="2026-W46", person="thandi")
    explained = text_of("monthly", "2026-12", december(file, links={item.key: item}))
    assert ". Email open rate" not in explained
    assert "Email open rate  18.1 %" in explained
    assert ". Email open rate" in text_of("monthly", "2026-12", december(file, links={}))


def test_a_review_that_takes_anothers_place_looks_back_at_that_one_too() -> None:
    weekly = link("saypro/review/weekly/2026-W49", WorkKind.REVIEW, made_at=NOW - timedelta(days=7))
    monthly = link("saypro/review/monthly/2026-11", WorkKind.REVIEW, made_at=NOW - timedelta(days=30))
    said = [
        replace(
            minute(1, LineKind.DECISION, "Prices stay", by="lerato", at=NOW - timedelta(days=29)), link=monthly.key
        ),
        replace(
            minute(2, LineKind.DECISION, "Speed is looked at", by="johan", at=NOW - timedelta(days=5)), link=weekly.key
        ),
    ]
    known = december(
        links={weekly.key: weekly, monthly.key: monthly}, logbook=Logbook(minutes={one.source: one for one in said})
    )
    text = text_of("monthly", "2026-12", known)
    assert "Prices stay" in text
    assert "Speed is looked at" in text
