"""Data tasks, comments and answers; and the words that people never read, in any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from typing import Literal

import pytest

from mapping.documents import Code, Document, Link, Paragraph, plain
from mapping.judgements import Episode, Judgement, Status
from mapping.keys import find_reference
from mapping.kpis import Direction, Kpi, TargetValue, Unit
from mapping.periods import PeriodKind
from mapping.said import NotUnderstood, parse_command
from mapping.texts import CommentFacts, DataCause, DataFacts, Explained, action_item, answers, comments, data_task
from tests.unit.sessions_story import CALENDAR, FACTS, HISTORY, NOW, PEOPLE, SESSIONS, TARGET, TODAY, ZONE, judged

OCTOBER = CALENDAR.parse("2026-10")
OPEN_RATE = Kpi("open_rate", "Email open rate", PeriodKind.MONTH, unit=Unit.PERCENT, definition="Opens by deliveries.")
EPISODE = Episode("sessions", "d1", CALENDAR.parse("2026-W46"), CALENDAR.parse("2026-W45"), NOW)
WEEK_47 = judged(SESSIONS, "2026-W47", "6700", Status.OFF_TRACK, gap="-0.4417")
WEEK_48 = judged(SESSIONS, "2026-W48", "11500", Status.AT_RISK, gap="-0.0417")
WEEK_49 = judged(SESSIONS, "2026-W49", "12260", Status.ON_TRACK, gap="0.0217")
LATER = CommentFacts(SESSIONS, (*HISTORY, WEEK_47), date(2026, 11, 25), PEOPLE, "thandi", date(2026, 11, 25))
BACK = replace(LATER, history=(*HISTORY, WEEK_47, WEEK_48, WEEK_49), today=date(2026, 12, 9))


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_numbers_comment_has_the_last_eight_newest_first() -> None:
    short = replace(LATER, history=LATER.history[-2:])
    assert plain(comments.numbers(short, date(2026, 11, 25))) == (
        "Latest: 16–22 Nov 6,700 below · 9–15 Nov 8,200 below. Read Wed 25 Nov, final."
    )
    assert plain(comments.numbers(LATER, date(2026, 11, 25))).count("·") == 7


def test_what_follows_from_the_same_cause_has_its_lines_in_the_numbers_comment() -> None:
    rate = Kpi("rate", "Conversion rate", PeriodKind.WEEK, unit=Unit.PERCENT)
    found = judged(rate, "2026-W47", "0.016", Status.OFF_TRACK, TargetValue(Decimal("0.02"), Decimal("0.045")), "-0.2")
    said = plain(comments.numbers(LATER, date(2026, 11, 25), (Explained(rate, found),)))
    assert said.splitlines()[1] == (
        "Probably follows from it: Conversion rate 1.6 % against 2.0–4.5 % in the week of 16–22 November."
    )


def test_a_correction_begins_with_a_capital_whoever_made_it() -> None:
    right = replace(HISTORY[-1], value=Decimal(11900), status=Status.AT_RISK)
    said = plain(comments.corrected(LATER, HISTORY[-1], right, "the sheet scorecard"))
    assert said.startswith("The sheet scorecard corrected the week of 9–15 November")


def test_worse_says_what_it_was_when_it_was_last_told() -> None:
    assert plain(comments.worse(LATER, HISTORY[-1])) == (
        "Week of 16–22 Nov: 6,700 of 12,000, now 44 % below (32 % the week before). "
        "Still yours to decide by Wed 25 Nov."
    )
    assert "now 44 % below (17 % in the week of 2–8 November)" in plain(comments.worse(LATER, HISTORY[-2]))
    assert plain(comments.worse(replace(LATER, due=None), HISTORY[-1])).endswith("Still yours to decide.")
    overdue = replace(LATER, due=date(2026, 11, 1))
    assert plain(comments.worse(overdue, HISTORY[-1])).endswith("Still yours to decide.")  # nobody is blamed


def test_worse_of_a_rate_is_told_in_points() -> None:
    target = TargetValue(Decimal("0.02"))
    history = (
        judged(OPEN_RATE, "2026-09", "0.016", Status.OFF_TRACK, target, "-0.2"),
        judged(OPEN_RATE, "2026-10", "0.014", Status.OFF_TRACK, target, "-0.3"),
    )
    facts = CommentFacts(OPEN_RATE, history, TODAY)
    assert plain(comments.worse(facts, history[0])) == (
        "October: 1.4 % against 2.0 %, now 0.6 points below (0.4 points the month before). Still yours to decide."
    )


@pytest.mark.parametrize(
    ("then", "ending"),
    [
        ("open", "If you are finished, write one line on what helped and complete this. It stays open until you do."),
        ("completed", "This task is completed now; reopen it if something is left to do."),
        ("resting", "Thank you. Nothing is left to do here."),
    ],
)
def test_recovered_begins_back_on_target(then: Literal["open", "completed", "resting"], ending: str) -> None:
    assert plain(comments.recovered(BACK, EPISODE, then)) == (
        "Back on target: Website sessions at 12,260 in the week of 30 November–6 December (target 12,000), "
        f"after three weeks below. {ending}"
    )


def test_recovered_fits_the_direction() -> None:
    tickets = Kpi("load", "Open tickets", PeriodKind.WEEK, direction=Direction.DOWN)
    target = TargetValue(Decimal(25))
    history = (
        judged(tickets, "2026-W46", "31", Status.OFF_TRACK, target, "-0.24"),
        judged(tickets, "2026-W47", "20", Status.ON_TRACK, target, "0.2"),
    )
    episode = replace(EPISODE, began=history[0].period)
    said = plain(comments.recovered(CommentFacts(tickets, history, TODAY), episode, "open"))
    assert "at 20 in the week of 16–22 November (limit 25), after one week above." in said


def test_reopened_and_taken_up_say_why_and_ask_one_thing() -> None:
    facts = replace(LATER, due=date(2026, 12, 2))
    again = (
        "Below target again: Website sessions 6,700 of 12,000 in the week of 16–22 November, the third week in a row."
    )
    ask = "Please decide what to do, by Wed 2 Dec, write one line here, and complete this task."
    assert plain(comments.reopened(facts, CALENDAR.parse("2026-W44"))) == (
        f"{again} This task is open again: the number had been back on target in the week of 26 October–1 November."
        f"\n{ask}"
    )
    assert plain(comments.taken_up(facts)) == f"{again} This task is still open, so it goes on here.\n{ask}"


def test_escalation_names_who_is_told_and_blames_nobody() -> None:
    assert plain(comments.escalated(LATER, "neo", EPISODE, "follow")) == (
        "Website sessions have been below target for three weeks by now, so Neo follows this too. It stays with Thandi."
    )
    assert plain(comments.escalated(LATER, "neo", EPISODE, "review")) == (
        "Website sessions have been below target for three weeks by now, so the next review has it on its list, for "
        "Neo. It stays with Thandi, and nothing more is asked here."
    )


def test_a_correction_says_what_it_changes() -> None:
    right = replace(HISTORY[-1], value=Decimal(11900), status=Status.AT_RISK)
    unknown = replace(HISTORY[-1], value=None, status=Status.UNKNOWN, target=None, state="missing")
    assert plain(comments.corrected(LATER, HISTORY[-1], right, "Google")) == (
        "Google corrected the week of 9–15 November from 8,200 to 11,900. That would not have been reported. "
        "Please complete this if nothing is left to do."
    )
    assert plain(comments.corrected(LATER, right, HISTORY[-1], "")) == (
        "The source corrected the week of 9–15 November from 11,900 to 8,200. With that it is below target "
        "(8,200 of 12,000)."
    )
    assert plain(comments.corrected(LATER, HISTORY[-1], unknown, "Google")).endswith(
        "from 8,200 to no number. With that there is no number to go by."
    )


def test_what_leaves_the_file_is_left_to_its_people() -> None:
    left = "This task is left to you: please complete it if nothing is left to do."
    assert plain(comments.redefined(LATER, TODAY)) == (
        "How we count website sessions changed on Wed 18 Nov, so older and newer numbers cannot be compared. " + left
    )
    assert plain(comments.removed("Website sessions", TODAY, TODAY)) == (
        "Nothing new comes here any more: Website sessions left the agreed list on Wed 18 Nov. " + left
    )


def test_an_extra_links_the_one_that_counts() -> None:
    said = comments.extra("Website sessions 32 % below target", "https://x.example/1")
    assert plain(said) == (
        "This was made twice by mistake; the one that counts is Website sessions 32 % below target "
        "(https://x.example/1). This one is put away, and nothing is lost."
    )
    assert not any(isinstance(part, Link) for part in inlines(comments.extra("x", "javascript:alert(1)")))


# ── data tasks ───────────────────────────────────────────────────────────────────────────────────────────────────

MISSING = DataFacts(
    "saypro/data/mailings/2026-10",
    DataCause.MISSING,
    (OPEN_RATE,),
    date(2026, 11, 9),
    OCTOBER,
    "Mailings",
    "data/mailings-*.csv",
    expected_by=date(2026, 11, 6),
)


def test_a_missing_number_is_asked_for_by_its_name_and_place() -> None:
    title, body = data_task(MISSING)
    assert title == "Please add October's email open rate (expected by Fri 6 Nov)"
    assert plain(body) == (
        "Please put October's number where it is read: data/mailings-*.csv.\n"
        "Without it nobody can say how October went. This task completes itself when the number is there.\n"
        "\n"
        "If it will not come, put this task away (delete or archive it): you are not asked for it again.\n"
        "\n"
        "Please leave the last line in place, it is how alignd finds this task again.\n"
        "\n"
        f"{body.reference}"
    )
    assert find_reference(plain(body), "saypro") == MISSING.key


def test_kpis_with_the_same_cause_share_a_data_task() -> None:
    week = replace(
        MISSING, kpis=(SESSIONS, OPEN_RATE), period=CALENDAR.parse("2026-W46"), expected_by=None, place="", today=TODAY
    )
    title, body = data_task(week)
    assert title == "Please add website sessions and 1 more number for the week of 9–15 November"
    assert "Please put the numbers for the week of 9–15 November into Mailings." in plain(body)
    assert "Waiting for it:\n\n- Website sessions\n- Email open rate" in plain(body)
    assert data_task(replace(week, kpis=(SESSIONS,) * 30))[0].startswith(
        "Please add website sessions and 29 more numbers"
    )
    assert "- and 18 more" in plain(data_task(replace(week, kpis=(SESSIONS,) * 30))[1])


def test_a_cell_that_cannot_be_right_is_named() -> None:
    facts = replace(MISSING, cause=DataCause.UNTRUSTED, note="scorecard Spend!D14 holds #REF!", place="Spend!A:E")
    title, body = data_task(facts)
    assert title == "Please check October's email open rate: it does not look right"
    assert plain(body).startswith(
        "October's email open rate cannot be used: scorecard Spend!D14 holds #REF!. It is read from Spend!A:E.\n"
        "Until that is mended nobody can say how October went. "
        "This task completes itself when a number is there that can be used."
    )


def test_a_source_that_cannot_be_read_is_one_task_with_what_waits() -> None:
    facts = DataFacts(
        "saypro/data/web/2026-11-17",
        DataCause.UNREAD,
        (SESSIONS,),
        TODAY,
        source="Google Analytics",
        note="the credential may not read property 123456789",
        since=datetime(2026, 11, 17, 6, 10, tzinfo=ZONE),
    )
    title, body = data_task(facts)
    assert title == "Please look at Google Analytics: it cannot be read since Tue 17 Nov 06:10"
    assert plain(body).startswith(
        "Numbers could not be read from Google Analytics since Tue 17 Nov 06:10. "
        "It answered: the credential may not read property 123456789.\n"
        "Everything else goes on. This task completes itself when it can be read again.\n"
        "\n"
        "Waiting for it:\n"
        "\n"
        "- Website sessions"
    )


def test_a_doubted_number_goes_to_its_data_owner_with_the_words_of_who_doubts_it() -> None:
    facts = DataFacts(
        "saypro/data/sessions/2026-W46",
        DataCause.DOUBTED,
        (SESSIONS,),
        TODAY,
        CALENDAR.parse("2026-W46"),
        source="Google Analytics",
        doubt="the tag broke",
        doubted_by="Thandi",
        item_url="https://x.example/1",
        person=PEOPLE["johan"],
        has_account=False,
        chart_url="https://alignd.saypro.example/kpi/sessions",
    )
    title, body = data_task(facts)
    assert title == "Please check website sessions for the week of 9–15 November: Thandi thinks it is wrong"
    assert plain(body).startswith(
        "For: Johan Botha\n"
        "\n"
        "Thandi wrote: “the tag broke”\n"
        "Please see whether the number is right, write one line here, and complete this task. "
        "It is read from Google Analytics.\n"
        "Until then the task it is about rests. A number put right where it is read is seen by itself.\n"
        "\n"
        "How we count it: Sessions on the public site, all channels, Monday to Sunday.\n"
        "\n"
        "The task it is about: https://x.example/1\n"
        "\n"
        "Chart and history: https://alignd.saypro.example/kpi/sessions\n"
    )


@pytest.mark.parametrize("cause", list(DataCause))
def test_a_hostile_data_task_stays_within_a_tracker_s_limits(cause: DataCause) -> None:
    text = "*<b>\n\u202e" * 5_000
    kpi = replace(SESSIONS, name=text, definition=text)
    facts = DataFacts(
        MISSING.key,
        cause,
        (kpi,) * 40,
        TODAY,
        OCTOBER,
        text,
        text,
        text,
        doubt=text,
        doubted_by=text,
        item_url=f"https://x.example/{'y' * 20_000}",
    )
    title, body = data_task(facts)
    assert len(title) <= 250
    assert 2 * len(plain(body)) <= 16_384
    assert "\u202e" not in plain(body)
    assert find_reference(plain(body), "saypro") == MISSING.key


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("Email open rate", "email open rate"),
        ("NPS", "NPS"),
        ("LinkedIn followers", "LinkedIn followers"),
        ("Google reviews", "Google reviews"),
        ("A/B tests", "A/B tests"),
    ],
)
def test_a_name_within_a_sentence_begins_small_unless_it_is_a_name(name: str, within: str) -> None:
    title, _ = data_task(replace(MISSING, kpis=(replace(OPEN_RATE, name=name),)))
    assert f"October's {within} (expected" in title


# ── words that people never read ─────────────────────────────────────────────────────────────────────────────────

NEVER = re.compile(
    r"episode|breach|settled|provisional|occurrence|restated|\breadings?\b|\b\d{4}-W\d\d|\bW\d\d\b|adopted|ledger|"
    r"off_track|on_track|at_risk|thresholded|sampled|other_row|truncated|restricted|few_rows|few rows|baseline|"
    r"null|\bNone\b|totalUsers|Status\.|Decimal|datetime",
    re.IGNORECASE,
)


def inlines(document: Document) -> list[object]:
    return [part for block in document.blocks if isinstance(block, Paragraph) for line in block.lines for part in line]


def shapes() -> Iterator[tuple[Kpi, TargetValue, str]]:
    """Every unit, direction and kind of target, with a value that misses it."""
    kinds = [kind for kind in PeriodKind if kind is not PeriodKind.SPAN]
    for unit, direction, kind in product(Unit, Direction, kinds):
        kpi = Kpi("kpi", "Visits of people", kind, unit=unit, currency="ZAR", direction=direction)
        scale = Decimal("0.01") if unit is Unit.PERCENT else Decimal(100)
        for target in (TargetValue(scale * 5), TargetValue(scale * 5, scale * 7), TargetValue(Decimal(0))):
            yield kpi, target, str(scale * (3 if direction is Direction.UP else 9))


def everything_written() -> Iterator[tuple[str, str]]:
    for kpi, target, value in shapes():
        first = CALENDAR.after(CALENDAR.containing(kpi.period, date(2024, 5, 1)), 1)
        flags = frozenset({"thresholded", "sampled", "other_row", "truncated", "unchanged", "corrected", "few_rows"})
        history: list[Judgement] = []
        for place, status in enumerate((*Status, Status.OFF_TRACK, Status.OFF_TRACK)):
            label = CALENDAR.after(first, place).label
            history.append(judged(kpi, label, value, status, target, "-0.4", flags))
        missing = judged(kpi, CALENDAR.after(first, 6).label, None, Status.UNKNOWN, None, state="missing")
        facts = replace(FACTS, kpi=kpi, history=(*history, missing), number=2)
        title, body = action_item(facts)
        yield title, plain(replace(body, reference=None))
        said = CommentFacts(kpi, tuple(history), TODAY, PEOPLE, "thandi", TODAY)
        episode = replace(EPISODE, began=history[0].period)
        for comment in (
            comments.numbers(said, TODAY),
            comments.worse(said, history[2]),
            comments.recovered(said, episode, "open"),
            comments.recovered(said, episode, "completed"),
            comments.recovered(said, episode, "resting"),
            comments.reopened(said, history[0].period),
            comments.taken_up(said),
            comments.escalated(said, "neo", episode, "follow"),
            comments.escalated(said, "neo", episode, "review"),
            comments.corrected(said, history[0], history[2], "Google"),
            comments.corrected(said, history[2], missing, ""),
            comments.redefined(said, TODAY),
        ):
            yield "", plain(comment)
        for cause in DataCause:
            title, body = data_task(replace(MISSING, cause=cause, kpis=(kpi,), period=first))
            yield title, plain(replace(body, reference=None))
    for comment in (
        comments.removed("A KPI", TODAY, TODAY),
        comments.extra("A task", ""),
    ):
        yield "", plain(comment)
    for text in ("alignd", "alignd snooze", "alignd accept until 1 Jan 2020", "alignd snooze 2 weeks", "alignd wrong"):
        found = parse_command(text, TODAY, CALENDAR)
        assert found is not None
        yield (
            "",
            plain(
                answers.not_understood(found) if isinstance(found, NotUnderstood) else answers.understood(found, TODAY)
            ),
        )


def test_no_text_has_a_word_that_people_never_read() -> None:
    count = 0
    for title, body in everything_written():
        count += 1
        found = NEVER.search(f"{title}\n{body}")
        assert found is None, (found, title, body)
    assert count > 1000


def test_no_fact_that_is_missing_leaves_a_gap_in_its_sentence() -> None:
    for title, body in everything_written():
        assert not re.search(r"\.\.|,,| ,| \.|\( |\(\)", f"{title}\n{body}"), (title, body)


def test_alignd_never_says_something_that_it_would_obey() -> None:
    for _, body in everything_written():
        assert parse_command(body, TODAY, CALENDAR) is None


def test_commands_in_texts_are_code_so_that_no_renderer_changes_them() -> None:
    found = parse_command("alignd snooze 2 weeks", TODAY, CALENDAR)
    assert found is not None
    assert not isinstance(found, NotUnderstood)
    said = answers.understood(found, TODAY)
    assert [part.text for part in inlines(said) if isinstance(part, Code)] == ["alignd wake"]
    assert TARGET.low == 12000
