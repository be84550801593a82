"""The action item, as its owner reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.documents import Code, Document, Heading, Link, Paragraph, Rows, Strong, Text, plain
from mapping.judgements import Judgement, Status
from mapping.keys import find_reference, reference
from mapping.kpis import Direction, Goal, Kpi, Policy, TargetValue, Unit
from mapping.people import Person
from mapping.periods import PeriodKind
from mapping.texts import ActionFacts, Explained, Finding, Former, action_item
from tests.unit.sessions_story import BEFORE, CALENDAR, FACTS, HISTORY, PEOPLE, SESSIONS, TARGET, TODAY, judged

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

GOLDEN = """\
Website sessions were 8,200 in the week of 9–15 November. We agreed on 12,000 or more, so 3,800 are missing (32 %).
It is the second week in a row. Mostly Organic Search: 2,900 fewer than the average of the four weeks before.

PLEASE, BY WED 25 NOV

Find the likely cause, decide what to do (or that nothing is needed), write one line here, and complete this task.
The number need not be back by then. We look again when the two full weeks after it are counted.

LAST EIGHT WEEKS (target 12,000)

9–15 Nov  8,200  below
2–8 Nov  9,960  below
26 Oct–1 Nov  12,140  on target
19–25 Oct  12,420  on target
12–18 Oct  11,690  close
5–11 Oct  12,310  on target
28 Sep–4 Oct  12,080  on target
21–27 Sep  12,260  on target

WHY IT MATTERS  20 % more leads than last quarter (Thandi) → Grow in Gauteng (Neo)
M&E FOUND  6 Nov, Johan: "The course pages load slowly since the redesign."
HOW WE COUNT IT  Sessions on the public site, all channels, Monday to Sunday. Agreed 1 Sep by Thandi and Johan.
Google Analytics, read Wed 18 Nov 06:10, final. Chart and history: https://alignd.saypro.example/kpi/sessions

NOT THE RIGHT THING TO DO?

Number looks wrong: comment  alignd wrong: what you think  (Johan checks it; you are left in peace)
Needs more time: move the due date  (no reminders until then)
Fine as it is: comment  alignd accept until 31 Jan: why

Written on Wed 18 Nov; newer numbers come in the pinned comment. These notes are yours now.
Please leave the last line in place, it is how alignd finds this task again.

alignd ref 6SADZD7P6NG7MP55Q52V saypro/action/sessions/2026-W46"""


def text_of(facts: ActionFacts) -> str:
    return plain(action_item(facts)[1])


def title_of(facts: ActionFacts) -> str:
    return action_item(facts)[0]


def test_the_action_item_reads_as_its_readers_wished() -> None:
    title, body = action_item(FACTS)
    assert title == "Website sessions 32 % below target: find out why, decide what to do"
    assert plain(body) == GOLDEN


def test_the_action_item_is_the_design_s_word_for_word() -> None:
    design = SHARED / "design" / "texts.md"
    if not design.exists():
        pytest.skip(f"{design} is not here: the design's text is compared only beside it")
    section = design.read_text(encoding="utf-8").split("## 1. Action item")[1]
    wanted = section.split("```")[1]
    assert text_of(FACTS).split() == wanted.split()
    assert title_of(FACTS) in section


def test_headings_labels_commands_and_links_are_structure_and_not_signs() -> None:
    body = action_item(FACTS)[1]
    headings = [block.text for block in body.blocks if isinstance(block, Heading)]
    assert headings == ["PLEASE, BY WED 25 NOV", "LAST EIGHT WEEKS (target 12,000)", "NOT THE RIGHT THING TO DO?"]
    inlines = [part for block in body.blocks if isinstance(block, Paragraph) for line in block.lines for part in line]
    assert [one.text for one in inlines if isinstance(one, Strong)] == [
        "WHY IT MATTERS",
        "M&E FOUND",
        "HOW WE COUNT IT",
    ]
    assert [one.text for one in inlines if isinstance(one, Code)] == [
        "alignd wrong: what you think",
        "alignd accept until 31 Jan: why",
    ]
    assert [one.url for one in inlines if isinstance(one, Link)] == ["https://alignd.saypro.example/kpi/sessions"]
    assert any(isinstance(block, Rows) and len(block.rows) == 8 for block in body.blocks)


# ── direction and unit ───────────────────────────────────────────────────────────────────────────────────────────


def facts_for(
    name: str,
    unit: Unit,
    value: str,
    target: TargetValue,
    gap: str | None,
    direction: Direction = Direction.UP,
    kind: PeriodKind = PeriodKind.MONTH,
    currency: str | None = None,
) -> ActionFacts:
    kpi = Kpi("kpi", name, kind, unit=unit, direction=direction, currency=currency)
    label = {PeriodKind.MONTH: "2026-10", PeriodKind.WEEK: "2026-W46", PeriodKind.DAY: "2026-11-16"}[kind]
    history = (judged(kpi, label, value, Status.OFF_TRACK, target, gap),)
    return ActionFacts("saypro/action/kpi/2026-10", kpi, history, TODAY, PEOPLE)


def plain_target(value: str) -> TargetValue:
    return TargetValue(Decimal(value))


RANGE = TargetValue(Decimal("0.02"), Decimal("0.045"))


@pytest.mark.parametrize(
    ("facts", "title", "opening"),
    [
        (
            facts_for("Email open rate", Unit.PERCENT, "0.181", plain_target("0.22"), "-0.1773"),
            "Email open rate 3.9 points below target (18.1 % against 22 %): find out why, decide what to do",
            "Email open rate was 18.1 % in October. We agreed on 22 % or more, so 3.9 points are missing.",
        ),
        (
            facts_for("Conversion rate", Unit.PERCENT, "0.016", RANGE, "-0.2"),
            "Conversion rate outside the agreed range (1.6 % against 2.0–4.5 %): find out why, decide what to do",
            "Conversion rate was 1.6 % in October. "
            "We agreed on 2.0–4.5 %, so that is 0.4 points below the agreed range.",
        ),
        (
            facts_for("Conversion rate", Unit.PERCENT, "0.05", RANGE, "-0.1111"),
            "Conversion rate outside the agreed range (5.0 % against 2.0–4.5 %): find out why, decide what to do",
            "Conversion rate was 5.0 % in October. "
            "We agreed on 2.0–4.5 %, so that is 0.5 points above the agreed range.",
        ),
        (
            facts_for(
                "Cost of a new customer",
                Unit.CURRENCY,
                "1180",
                plain_target("1000"),
                "-0.18",
                Direction.DOWN,
                currency="ZAR",
            ),
            "Cost of a new customer 18 % above the limit: find out why, decide what to do",
            "Cost of a new customer was R 1,180 in October. "
            "We agreed on R 1,000 or less, so that is R 180 too high (18 %).",
        ),
        (
            facts_for("Open support tickets per agent", Unit.RATIO, "31", plain_target("25"), "-0.24", Direction.DOWN),
            "Open support tickets per agent 24 % above the limit: find out why, decide what to do",
            "Open support tickets per agent were 31 in October. We agreed on 25 or less, so that is 6 too high (24 %).",
        ),
        (
            facts_for("Complaints", Unit.COUNT, "3", plain_target("0"), None, Direction.DOWN),
            "Complaints above the limit (3 against 0): find out why, decide what to do",
            "Complaints were 3 in October. We agreed on 0, so that is 3 too many.",
        ),
        (
            facts_for(
                "Answer time", Unit.SECONDS, "125", plain_target("60"), "-1.0833", Direction.DOWN, PeriodKind.DAY
            ),
            "Answer time 108 % above the limit: find out why, decide what to do",
            "Answer time was 2 min 5 s on Mon 16 Nov. "
            "We agreed on 1 min or less, so that is 1 min 5 s too long (108 %).",
        ),
        (
            facts_for("Net promoter score", Unit.SCORE, "31", plain_target("35"), "-0.1143"),
            "Net promoter score 11 % below target: find out why, decide what to do",
            "Net promoter score was 31 in October. We agreed on 35 or more, so that is 4 too low (11 %).",
        ),
        (
            facts_for("Revenue", Unit.CURRENCY, "88000", plain_target("100000"), "-0.12", currency="EUR"),
            "Revenue 12 % below target: find out why, decide what to do",
            "Revenue was EUR 88,000 in October. We agreed on EUR 100,000 or more, so EUR 12,000 is missing (12 %).",
        ),
        (
            facts_for("New members", Unit.COUNT, "9", plain_target("10"), "-0.1"),
            "New members 10 % below target: find out why, decide what to do",
            "New members were 9 in October. We agreed on 10 or more, so 1 is missing (10 %).",
        ),
    ],
)
def test_title_and_opening_fit_unit_and_direction(facts: ActionFacts, title: str, opening: str) -> None:
    assert title_of(facts) == title
    assert text_of(facts).splitlines()[0] == opening


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("Website sessions", "were"),
        ("Visits from social channels", "were"),
        ("Customers kept", "were"),
        ("Cost of a new customer", "was"),
        ("Cost per lead", "was"),
        ("Budget spent", "was"),
        ("Email open rate", "was"),
        ("Gross margin on sales", "was"),
        ("Business awareness", "was"),
        ("Campaign status", "was"),
        ("NPS", "was"),
    ],
)
def test_names_are_spoken_of_in_one_or_many(name: str, verb: str) -> None:
    facts = replace(FACTS, kpi=replace(SESSIONS, name=name))
    assert text_of(facts).startswith(f"{name} {verb} 8,200")


def test_a_target_that_was_computed_says_where_it_came_from() -> None:
    target = TargetValue(Decimal(12000), said="20 % more than the week before")
    history = (judged(SESSIONS, "2026-W46", "8200", Status.OFF_TRACK, target, "-0.3167"),)
    assert "We agreed on 12,000 or more (20 % more than the week before), so 3,800" in text_of(
        replace(FACTS, history=history)
    )


# ── for how long, and mostly what ────────────────────────────────────────────────────────────────────────────────


def after(*statuses: Status) -> tuple[Judgement, ...]:
    first = CALENDAR.parse("2026-W40")
    return tuple(
        judged(SESSIONS, CALENDAR.after(first, place).label, "8200", status, gap="-0.3167")
        for place, status in enumerate(statuses)
    )


OFF, ON, NEAR, UNKNOWN = Status.OFF_TRACK, Status.ON_TRACK, Status.AT_RISK, Status.UNKNOWN


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        (after(ON, OFF), "It is the first week below."),
        (after(ON, OFF, OFF), "It is the second week in a row."),
        (after(ON, OFF, NEAR, OFF), "It is the second week below in the last three."),
        (after(*[OFF] * 13), "It is the 13th week in a row."),
    ],
)
def test_it_says_for_how_long(history: tuple[Judgement, ...], sentence: str) -> None:
    second = text_of(replace(FACTS, history=history, breakdown=())).splitlines()[1]
    assert second == sentence


def test_a_first_month_outside_a_range_is_said_so() -> None:
    facts = facts_for("Conversion rate", Unit.PERCENT, "0.016", RANGE, "-0.2")
    assert text_of(facts).splitlines()[1] == "It is the first month outside the range."


def test_an_item_that_waited_in_line_tells_of_the_last_number_that_was_off() -> None:
    later = judged(SESSIONS, "2026-W47", "11500", Status.AT_RISK, gap="-0.0417")
    text = text_of(replace(FACTS, history=(*HISTORY, later)))
    assert text.startswith("Website sessions were 8,200 in the week of 9–15 November.")
    assert "16–22 Nov  11,500  close" in text
    assert "in a row" not in text


def test_without_an_off_track_number_there_is_nothing_to_ask() -> None:
    with pytest.raises(ValueError, match="no number that is off target"):
        action_item(replace(FACTS, history=HISTORY[:3]))


def test_the_breakdown_names_what_changed_most_in_the_bad_direction() -> None:
    now = (("Direct", Decimal(5000)), ("Referral", Decimal(900)), ("Organic Search", Decimal(4600)))
    text = text_of(replace(FACTS, breakdown=now, breakdowns_before=(BEFORE,)))
    assert "Mostly Organic Search: 300 fewer than the week before." in text
    spread = tuple((f"channel {n}", Decimal(100)) for n in range(5))
    earlier = tuple((f"channel {n}", Decimal(130 + n)) for n in range(5))
    text = text_of(replace(FACTS, breakdown=spread, breakdowns_before=(earlier, earlier)))
    assert "Most changed: channel 4, 34 fewer than the average of the two weeks before." in text


def test_the_breakdown_of_too_much_says_more() -> None:
    facts = facts_for("Spend", Unit.CURRENCY, "1180", plain_target("1000"), "-0.18", Direction.DOWN, currency="ZAR")
    facts = replace(facts, breakdown=(("Search", Decimal(900)),), breakdowns_before=((("Search", Decimal(500)),),))
    assert "Mostly Search: R 400 more than the month before." in text_of(facts)


@pytest.mark.parametrize(
    "changed",
    [
        {"breakdown": ()},
        {"breakdowns_before": ()},
        {"breakdowns_before": ((),)},
        {"breakdown": (("Direct", Decimal(9000)), ("Organic Search", Decimal(9000)))},  # nothing fell
        {"kpi": replace(SESSIONS, unit=Unit.RATIO)},  # a share of a rate explains nothing
    ],
)
def test_without_something_to_tell_the_breakdown_is_left_out(changed: dict[str, object]) -> None:
    text = text_of(replace(FACTS, **changed))  # type: ignore[arg-type]
    assert "Mostly" not in text
    assert "Most changed" not in text


# ── parts that may be missing ────────────────────────────────────────────────────────────────────────────────────


def test_the_barest_item_still_reads_well() -> None:
    bare = ActionFacts(
        "saypro/action/leads/2026-10",
        Kpi("leads", "New leads", PeriodKind.MONTH),
        (judged(Kpi("leads", "New leads", PeriodKind.MONTH), "2026-10", "30", OFF, plain_target("35"), "-0.1429"),),
        TODAY,
        {},
        pinned=False,
    )
    assert text_of(bare) == (
        "New leads were 30 in October. We agreed on 35 or more, so 5 are missing (14 %).\n"
        "It is the first month below.\n"
        "\n"
        "PLEASE\n"
        "\n"
        "Find the likely cause, decide what to do (or that nothing is needed), write one line here, and complete this "
        "task.\n"
        "The number need not be back. We look again when the full month after it is counted.\n"
        "\n"
        "LAST MONTH (target 35)\n"
        "\n"
        "Oct  30  below\n"
        "\n"
        "HOW WE COUNT IT  Not yet described. Not yet agreed.\n"
        "\n"
        "NOT THE RIGHT THING TO DO?\n"
        "\n"
        "Number looks wrong: comment  alignd wrong: what you think  (it is checked; you are left in peace)\n"
        "Needs more time: move the due date  (no reminders until then)\n"
        "Fine as it is: comment  alignd accept until 31 Jan: why\n"
        "\n"
        "Written on Wed 18 Nov; newer numbers come in the comment that begins “Latest:”. These notes are yours now.\n"
        "Please leave the last line in place, it is how alignd finds this task again.\n"
        "\n" + reference("saypro/action/leads/2026-10")
    )


def test_a_person_without_an_account_is_named_in_the_first_line() -> None:
    assert text_of(replace(FACTS, has_account=False)).startswith("For: Thandi Mokoena\n\nWebsite sessions were")
    assert "For:" not in text_of(replace(FACTS, has_account=False, owner="nobody"))


def test_what_is_not_agreed_any_more_is_said_so() -> None:
    assert "Monday to Sunday. Not yet agreed." in text_of(replace(FACTS, agreed=False))


def test_who_checks_the_number_is_said_as_it_is() -> None:
    assert "(nothing more comes here until you have checked it)" in text_of(replace(FACTS, data_owner="thandi"))


def test_what_google_did_with_small_numbers_is_said_once() -> None:
    thresholded = replace(HISTORY[-1], flags=frozenset({"thresholded"}))
    text = text_of(replace(FACTS, history=(*HISTORY[:-1], thresholded)))
    assert text.count("Google hid small numbers.") == 1
    assert "final. Google hid small numbers. Chart and history" in text
    odd = replace(HISTORY[-1], flags=frozenset({"sampled", "other_row", "unchanged"}))
    text = text_of(replace(FACTS, history=(*HISTORY[:-1], odd)))
    assert (
        "Google estimated it from a sample. Google put rare values together. It has stayed the same for three weeks."
        in text
    )


def test_targets_that_differ_stand_in_their_rows() -> None:
    history = (replace(HISTORY[-2], target=plain_target("11000")), HISTORY[-1])
    text = text_of(replace(FACTS, history=history))
    assert "LAST TWO WEEKS\n\n9–15 Nov  8,200  target 12,000  below\n2–8 Nov  9,960  target 11,000  below" in text


def test_rows_say_what_there_is_of_a_week_without_a_verdict() -> None:
    missing = judged(SESSIONS, "2026-W44", None, UNKNOWN, None, state="missing")
    paused = judged(SESSIONS, "2026-W43", "5000", UNKNOWN, TARGET, flags=frozenset({"paused"}))
    put_right = replace(HISTORY[-2], corrects=True, flags=frozenset({"corrected"}))
    text = text_of(replace(FACTS, history=(paused, missing, put_right, HISTORY[-1])))
    assert "2–8 Nov  9,960  below, corrected\n26 Oct–1 Nov  –  no number\n19–25 Oct  5,000  paused" in text


def test_a_number_that_came_late_is_no_correction() -> None:
    late = replace(HISTORY[-2], corrects=True)  # judged before as missing
    text = text_of(replace(FACTS, history=(late, HISTORY[-1])))
    assert "2–8 Nov  9,960  below" in text
    assert "corrected" not in text


def test_kpis_that_this_one_explains_are_lines_in_it() -> None:
    conversion = Kpi("conversion_rate", "Conversion rate", PeriodKind.WEEK, unit=Unit.PERCENT)
    line = Explained(conversion, judged(conversion, "2026-W46", "0.016", OFF, RANGE, "-0.2"))
    text = text_of(replace(FACTS, explained=(line,)))
    assert "PROBABLY FOLLOWS FROM IT\n\n- Conversion rate 1.6 % against 2.0–4.5 % in the week of 9–15 November" in text
    many = text_of(replace(FACTS, explained=(line,) * 11))
    assert many.count("- Conversion rate") == 8
    assert "- 3 more" in many


FORMER = Former(
    "Website sessions 20 % below target",
    "https://app.asana.example/0/1/2",
    date(2026, 9, 3),
    "Thandi",
    "New landing page.",
)


def test_a_new_item_names_and_links_the_one_before_it() -> None:
    text = text_of(replace(FACTS, former=FORMER))
    assert (
        "The item before this one: Website sessions 20 % below target (https://app.asana.example/0/1/2), "
        "completed on Thu 3 Sep (“New landing page.”)." in text
    )
    assert "The item before this one: the item before." not in text_of(replace(FACTS, former=Former("x")))


def test_a_follow_up_says_who_completed_what_and_asks_to_look_again() -> None:
    facts = replace(FACTS, former=FORMER, number=2, key="saypro/action/sessions/2026-W46/2")
    assert title_of(facts) == "Website sessions still 32 % below target: look again, decide what to do"
    text = text_of(facts)
    assert (
        "Thandi completed Website sessions 20 % below target (https://app.asana.example/0/1/2) on Thu 3 Sep "
        "(“New landing page.”). The two full weeks after it are counted now, and the number is not back." in text
    )
    assert "Look again for the likely cause" in text
    assert "the target is right" not in text


def test_a_third_item_says_that_the_review_asks_about_the_target() -> None:
    assert "It is the third item in a row: the quarterly review asks whether the target is right." in text_of(
        replace(FACTS, former=FORMER, number=3)
    )


def test_how_soon_we_look_again_follows_the_policy() -> None:
    daily = replace(SESSIONS, policy=Policy(recheck_after=5), period=PeriodKind.DAY)
    assert "when the five full days after it are counted." in text_of(replace(FACTS, kpi=daily))


# ── hostile words ────────────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = (
    '=IMPORTXML("http://evil.example")',
    "<script>alert(1)</script>",
    "]]>",
    "[click](https://evil.example)",
    "**bold** _it_ `code`",
    "x" * 20_000,
    "😀👩‍👩‍👧‍👦" * 5_000,
    "*" * 20_000,
    "زيارات الموقع",
    "a\u202edcba",
    "line\nalignd ref AAAAAAAAAAAAAAAAAAAA saypro/action/x/2026-W01\r\nmore\u2028x\x00\x1b[31m",
    "half \ud83d a pair, \ufffe and \ufeff",
    "e\u0301" * 10_000,
)


def hostile(text: str, letter: str = "x") -> ActionFacts:
    kpi = replace(SESSIONS, name=text, definition=text)
    return replace(
        FACTS,
        kpi=kpi,
        people={"thandi": Person("thandi", text), "johan": Person("johan", text), "neo": Person("neo", text)},
        has_account=False,
        goals=tuple(Goal(str(depth), text, "neo", None, (), None, depth) for depth in range(9)),
        findings=tuple(Finding(TODAY, text, text) for _ in range(9)),
        origin=text,
        breakdown=((text, Decimal(1)),),
        breakdowns_before=(((text, Decimal(9)),),),
        explained=(Explained(kpi, HISTORY[-1]),) * 20,
        former=Former(text, f"https://x.example/{letter * 20_000}", TODAY, text, text),
        history=tuple(replace(one, target=TargetValue(Decimal(12000), said=text)) for one in HISTORY),
        chart_url=f"https://x.example/{letter * 20_000}",
        number=3,
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words_and_the_reference_survives(text: str) -> None:
    title, body = action_item(hostile(text))
    whole = plain(body)
    assert len(title) <= 250
    assert "still 32 % below target: look again, decide what to do" in title
    whole.encode("utf-8")
    for piece in (title, *strings_of(body)):
        assert not re.search("[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066\u2067\ufffe\ufeff]", piece)
        assert piece.count("\u2068") == piece.count("\u2069")
    assert find_reference(whole, "saypro") == FACTS.key
    assert whole.splitlines()[-1] == body.reference
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", whole)  # a backslash before every sign
    assert len(escaped.encode("utf-16-le")) // 2 <= 16_384  # however a tracker counts its characters


def strings_of(body: Document) -> list[str]:
    found: list[str] = []
    for block in body.blocks:
        match block:
            case Heading(text=text):
                found.append(text)
            case Rows(rows=rows):
                found += [cell for row in rows for cell in row]
            case Paragraph(lines=lines):
                found += [part.text for line in lines for part in line]
            case _:
                found += [part.text for line in block.items for part in line]
    return found


def test_right_to_left_names_are_isolated_from_the_numbers_beside_them() -> None:
    title = title_of(replace(FACTS, kpi=replace(SESSIONS, name="زيارات الموقع")))
    assert title == "\u2068زيارات الموقع\u2069 32 % below target: find out why, decide what to do"


def test_what_comes_from_outside_is_only_ever_in_text() -> None:
    body = action_item(hostile("<b>evil</b>"))[1]
    for block in body.blocks:
        if isinstance(block, Paragraph):
            for line in block.lines:
                for part in line:
                    assert isinstance(part, Text) or "evil" not in part.text


@given(st.text(max_size=300))
def test_any_name_makes_a_title_and_a_body(name: str) -> None:
    kpi = replace(SESSIONS, name=name)
    title, body = action_item(replace(FACTS, kpi=kpi, goals=(Goal("g", name, None, None, (), None, 0),)))
    assert 0 < len(title) <= 250
    assert find_reference(plain(body), "saypro") == FACTS.key
