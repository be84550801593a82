"""Gaps: what is not agreed, or does not fit. Each rule with a file that has it and with files that come close."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from mapping.companions import Companion, Role
from mapping.gaps import RULES, Case, Gap
from mapping.goals import Goals
from mapping.kpis import DatedTarget, Fixed
from mapping.links import Link, LinkState
from mapping.logbook import Logbook
from mapping.readings import Reading, State
from mapping.tasks import WorkKind
from mapping.texts.facts import Finding
from mapping.texts.gaps import RULE_WORDS, GapWords, gap_groups, gap_words
from sync.companions_asked import other_digest
from sync.plan.agenda.strategy import gaps_found
from sync.plan.situation import KpiRecord, Situation
from tests.unit.config_samples import GOOD, well

NOW = datetime(2026, 12, 8, 6, tzinfo=UTC)
TODAY = date(2026, 12, 8)
AGREED = "agreed: {on: 2026-09-01, by: [thandi, johan]}"
WELL = f"""\
version: 1
workspace: {{id: saypro, timezone: Africa/Johannesburg}}
people:
  thandi: {{name: Thandi Mokoena, email: thandi@saypro.example, team: marketing}}
  lerato: {{name: Lerato Dube, email: lerato@saypro.example, team: sales}}
  johan: {{name: Johan Botha, email: johan@saypro.example, team: m_and_e}}
teams:
  marketing: {{name: Marketing, lead: thandi, section: marketing}}
  m_and_e: {{name: M&E, lead: johan, section: m_and_e}}
  sales: {{name: Sales, lead: johan}}
sources:
  web: {{kind: ga4, property: "123456789"}}
  scorecard: {{kind: sheets, spreadsheet: 1AbC}}
trackers:
  asana: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "1201234567890123"}}
kpis:
  sessions:
    name: Website sessions
    definition: Sessions on the public site.
    {AGREED}
    owner: thandi
    stage: acquisition
    period: week
    value: {{source: web, metric: sessions}}
    target: 12000
  sales:
    name: Sales made
    definition: Orders paid.
    {AGREED}
    owner: lerato
    stage: conversion
    period: month
    value: {{source: web, metric: keyEvents}}
    target: 50
  # more KPIs
goals:
  - id: grow
    title: Grow in Gauteng
    owner: lerato
    by: 2027-02-28
    kpis: [sales]
    goals:
      - {{id: leads, title: More leads, owner: thandi, kpis: [sessions]}}
  # more goals
reviews:
  monthly: {{title: Monthly, every: 1 month, on: second thursday, owner: johan, invite: [marketing, sales]}}
  quarterly: {{title: Quarterly, every: 1 quarter, on: second tuesday, owner: johan, agenda: [gaps, to_decide]}}
"""
THIRD = f"""\
  visits:
    name: Visits
    definition: Visits.
    {AGREED}
    owner: thandi
    stage: acquisition
    period: quarter
    value: {{source: web, metric: activeUsers}}
    target: 10
"""
Edit = Callable[[str], str]
Known = Callable[[Situation], Situation]


def swap(*pairs: tuple[str, str]) -> Edit:
    """The file with each first text in place of the other; each must be there."""

    def edit(text: str) -> str:
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        return text

    return edit


def third(*pairs: tuple[str, str]) -> Edit:
    """The file with a third KPI that no goal names yet."""
    return swap(("  # more KPIs\n", THIRD), *pairs)


SAME = swap()
VISITS_SERVE = ("kpis: [sessions]", "kpis: [sessions, visits]")
TARGET = "target: 12000"


def as_it_is(situation: Situation) -> Situation:
    return situation


def found(folder: Path, edit: Edit, known: Known = as_it_is) -> list[Gap]:
    config = well(folder, edit(WELL))
    base = Situation(config, NOW, records={}, links={}, notes={}, views={}, goals=Goals(config.goals))
    return gaps_found(known(base))


# ── what is known beside the file ────────────────────────────────────────────────────────────────────────────────


def counted_otherwise(day: date) -> Known:
    return lambda situation: replace(situation, counted_since={"sessions": day})


def met(day: date) -> Known:
    """The quarterly review met on Tue 13 October, and `sessions` is counted otherwise since `day`."""
    key = "saypro/review/quarterly/2026-Q4"
    task = Link(
        key, WorkKind.REVIEW, "quarterly", "asana", LinkState.LINKED, datetime(2026, 10, 9, tzinfo=UTC), task="1"
    )
    return lambda situation: replace(situation, links={key: task}, counted_since={"sessions": day})


def noted(on: date, answer: str = "") -> Known:
    finding = Finding(on, "Johan Botha", "The course pages load slowly.", answer=answer)
    return lambda situation: replace(situation, logbook=Logbook(findings={"sessions": [finding]}))


def counted_twice(other: str) -> Known:
    """10,000 in the KPI's own source, so many in the second."""

    def known(situation: Situation) -> Situation:
        period = situation.config.workspace.calendar.parse("2026-W49")
        own = Reading("sessions", "d", period, State.VALUE, Decimal(10000), True, NOW)
        definition = other_digest(situation.kpi("sessions"), situation.config) or "no second source"
        second = replace(own, value=Decimal(other), definition=definition)
        return replace(
            situation,
            records={"sessions": KpiRecord({"2026-W49": own}, ())},
            logbook=Logbook(companions={("sessions", Role.OTHER): Companion("sessions", Role.OTHER, second)}),
        )

    return known


def took(items: int) -> Known:
    """So many action items in a row, a month apart."""
    links = {
        key: Link(
            key, WorkKind.ACTION, "sessions", "asana", LinkState.LINKED, datetime(2026, month, 1, tzinfo=UTC),
            task=str(month), completed=True, completed_at=datetime(2026, month, 9, tzinfo=UTC),
        )
        for month in range(11 - items, 11)
        if (key := f"saypro/action/sessions/2026-W{month * 4}")
    }  # fmt: skip
    return lambda situation: replace(situation, links=links)


def from_the_sheet(first: date | None, last: date | None) -> Known:
    row = DatedTarget(first, last, Fixed(Decimal(12000)))
    return lambda situation: replace(situation, target_rows={"sessions": [row]})


SECOND_SOURCE = swap(
    (TARGET, f'{TARGET}\n    same_as: {{value: {{source: scorecard, table: "A!A:B", date: Date, aggregate: count}}, '
     "within: 5%}"),
)  # fmt: skip
ANOTHER_STAGE = ("stage: acquisition\n    period: quarter", "stage: conversion\n    period: quarter")


def targets(*entries: str) -> Edit:
    return swap((TARGET, "target: [" + ", ".join(entries) + "]"))


def quarter_targets(*entries: str) -> Edit:
    """Of the third KPI, which is judged by the quarter."""
    return third(VISITS_SERVE, ANOTHER_STAGE, ("    target: 10\n", "    target: [" + ", ".join(entries) + "]\n"))


BY_THANDI = "    owner: thandi\n    stage"  # of sessions
INVITED = "invite: [marketing, sales]"
SIPHO = ("  johan: {", "  sipho: {name: Sipho Nkosi}\n  johan: {")
NO_TARGET = ("    target: 12000\n", "")
NO_DEFINITION = ("    definition: Sessions on the public site.\n", "")
NEWLY_AGREED = ("on: 2026-09-01", "on: 2026-12-01")
ONE_STAGE = ("stage: conversion", "stage: acquisition")


def brand(kpis: str) -> tuple[str, str]:
    """Another goal of Thandi's, at the root."""
    return ("  # more goals", f"  - {{id: brand, title: Be known, owner: thandi, kpis: [{kpis}]}}")


def at(now: datetime) -> Known:
    return lambda situation: replace(situation, now=now)


def the_day_before(known: Known) -> Known:
    return lambda situation: replace(known(situation), now=datetime(2026, 10, 12, 6, tzinfo=UTC))


def yearly(last: str) -> Edit:
    """A third KPI, judged by the year, with a target that ends with a day."""
    year = ("period: quarter", "period: year")
    return swap(
        ("  # more KPIs\n", THIRD), VISITS_SERVE, ANOTHER_STAGE, year, ("    target: 10\n", f"    target: [{last}]\n")
    )


HAS: dict[str, list[tuple[Edit, Known, str]]] = {
    "goal_past_its_date": [(swap(("2027-02-28", "2026-12-07")), as_it_is, "grow")],
    "goal_without_kpi": [(swap(brand("")), as_it_is, "brand")],
    "one_stage": [(third(ONE_STAGE, VISITS_SERVE), as_it_is, "grow")],
    "no_shared_goal": [(swap(("      - {id: leads", "  - {id: leads"), ("    goals:\n", "")), as_it_is, "marketing")],
    "kpi_without_goal": [
        (third(), as_it_is, "visits"),
        (swap(("kpis: [sessions]", "kpis: [sales]")), as_it_is, "sessions"),
    ],
    "kpi_without_owner": [(swap((BY_THANDI, "    stage")), as_it_is, "sessions")],
    "kpi_without_target": [
        (swap(NO_TARGET), as_it_is, "sessions"),
        (targets("{to: 2026-12-07, value: 9000}"), as_it_is, "sessions"),
        (swap(NO_TARGET), from_the_sheet(None, date(2026, 12, 7)), "sessions"),
    ],
    "kpi_not_agreed": [
        (swap(NO_DEFINITION), as_it_is, "sessions"),
        (swap((f"    {AGREED}\n", "")), as_it_is, "sessions"),
        (swap(("on: 2026-09-01", "on: 2026-06-30")), counted_otherwise(date(2026, 7, 1)), "sessions"),
    ],
    "definition_changed": [
        (swap(NEWLY_AGREED), counted_otherwise(date(2026, 9, 8)), "sessions"),
        (swap(NEWLY_AGREED), met(date(2026, 10, 13)), "sessions"),
        (swap(NEWLY_AGREED), the_day_before(met(date(2026, 9, 1))), "sessions"),  # that review is still ahead
    ],
    "target_in_question": [(SAME, took(3), "sessions")],
    "target_ends_soon": [
        (targets("{to: 2027-01-06, value: 12000}"), as_it_is, "sessions"),
        (targets("{to: 2027-01-06, value: 12000}", "{from: 2027-01-08, value: 13000}"), as_it_is, "sessions"),
        (swap(NO_TARGET), from_the_sheet(None, date(2026, 12, 31)), "sessions"),
        (quarter_targets("{to: 2026-12-31, value: 10}"), as_it_is, "visits"),
        (yearly("{to: 2026-12-31, value: 10}"), at(datetime(2026, 10, 1, 6, tzinfo=UTC)), "visits"),
    ],
    "measured_by_owner": [
        (swap((BY_THANDI, f"    data_owner: thandi\n{BY_THANDI}")), as_it_is, "sessions"),
        (swap(("lead: johan, section: m_and_e", "lead: lerato, section: m_and_e")), as_it_is, "sales"),
        (swap(("lead: johan, section: m_and_e", "lead: johan")), as_it_is, "sessions"),
    ],
    "sources_disagree": [(SECOND_SOURCE, counted_twice("10501"), "sessions")],
    "finding_unanswered": [(SAME, noted(date(2026, 11, 30)), "sessions")],
    "nobody_to_escalate_to": [
        (swap(("owner: lerato\n    by", "owner: thandi\n    by")), as_it_is, "sessions"),
        (
            swap((INVITED, "invite: [sipho]"), SIPHO),
            as_it_is,
            "sessions",
        ),
    ],
}
HAS_NOT: dict[str, list[tuple[Edit, Known]]] = {
    "goal_past_its_date": [(swap(("2027-02-28", "2026-12-08")), as_it_is)],
    "goal_without_kpi": [
        (swap(("    kpis: [sales]\n", ""), ("kpis: [sessions]", "kpis: [sessions, sales]")), as_it_is)
    ],
    "one_stage": [
        (third(VISITS_SERVE), as_it_is),
        (swap(ONE_STAGE), as_it_is),  # two are not many
        (third(VISITS_SERVE, ("    stage: acquisition\n", ""), ("    stage: conversion\n", "")), as_it_is),  # not known
    ],
    "no_shared_goal": [(swap(brand("sales")), as_it_is), (swap(brand("")), as_it_is)],
    "kpi_without_goal": [(third(VISITS_SERVE), as_it_is)],
    "kpi_without_owner": [(SAME, as_it_is)],
    "kpi_without_target": [
        (targets("{from: 2027-03-01, value: 9000}"), as_it_is),
        (swap(NO_TARGET), from_the_sheet(None, None)),
    ],
    "kpi_not_agreed": [(SAME, counted_otherwise(date(2026, 9, 1)))],
    "definition_changed": [
        (SAME, counted_otherwise(date(2026, 9, 7))),  # 13 weeks and a day ago
        (swap(NEWLY_AGREED), met(date(2026, 10, 12))),
    ],
    "target_in_question": [(SAME, took(2))],
    "target_ends_soon": [
        (targets("{to: 2027-01-07, value: 12000}"), as_it_is),
        (targets("{to: 2026-12-31, value: 12000}", "{from: 2027-01-01, value: 13000}"), as_it_is),
        (quarter_targets("{to: 2027-03-31, value: 10}"), as_it_is),
        (yearly("{to: 2026-12-31, value: 10}"), at(datetime(2026, 9, 30, 6, tzinfo=UTC))),  # not all year
    ],
    "measured_by_owner": [(swap((BY_THANDI, f"    data_owner: lerato\n{BY_THANDI}")), as_it_is)],
    "sources_disagree": [(SECOND_SOURCE, counted_twice("10500")), (SECOND_SOURCE, as_it_is)],
    "finding_unanswered": [(SAME, noted(date(2026, 12, 1))), (SAME, noted(date(2026, 11, 1), "Not now."))],
    "nobody_to_escalate_to": [
        (swap((TARGET, f"{TARGET}\n    policy: {{escalate: follow}}"), (INVITED, "invite: [sipho]"), SIPHO), as_it_is),
        (swap((INVITED, "invite: [sales]")), as_it_is),
    ],
}


def test_a_file_in_which_all_is_agreed_has_no_gap(tmp_path: Path) -> None:
    assert found(tmp_path, SAME) == []


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_it_is_for(rule: str, tmp_path: Path) -> None:
    for edit, known, subject in HAS[rule]:
        gaps = found(tmp_path, edit, known)
        assert subject in [one.subject for one in gaps if one.rule == rule], gaps


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_leaves_alone_what_comes_close(rule: str, tmp_path: Path) -> None:
    for edit, known in HAS_NOT[rule]:
        assert [one for one in found(tmp_path, edit, known) if one.rule == rule] == []


# ── noise ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_smallest_file_is_told_only_what_its_one_person_can_mend(tmp_path: Path) -> None:
    gaps = found(tmp_path, lambda _: (GOOD / "minimal.yaml").read_text())
    assert [(one.rule, one.subject, one.case) for one in gaps] == [
        ("kpi_without_goal", "sessions", Case.NO_GOALS),
        ("kpi_not_agreed", "sessions", Case.NO_DEFINITION),
    ]
    assert gap_words(gaps[0], TODAY).mend == (
        "The file has no goals yet. Write the first: `goals: [{id: ID, title: TITLE, kpis: [sessions]}]`."
    )


def test_the_highest_goal_of_a_branch_is_told_of_its_one_stage_and_none_below_it(tmp_path: Path) -> None:
    below = third(("kpis: [sales]\n    goals:", "goals:"), ("kpis: [sessions]", "kpis: [sessions, visits, sales]"),
                  ("stage: conversion", "stage: acquisition"))  # fmt: skip
    gap = next(one for one in found(tmp_path, below) if one.rule == "one_stage")
    assert [one.subject for one in found(tmp_path, below) if one.rule == "one_stage"] == ["grow"]
    assert gap_words(gap, TODAY).what == (
        'All three KPIs of the goal "Grow in Gauteng" are of the stage acquisition: '
        "Website sessions, Sales made and Visits."
    )


def test_a_team_that_shares_no_goal_with_several_is_told_once_with_all_of_them(tmp_path: Path) -> None:
    gaps = found(tmp_path, lambda _: (GOOD / "contract.yaml").read_text())
    told = [gap_words(one, TODAY) for one in gaps if one.rule == "no_shared_goal"]
    assert [one.what for one in told] == ["Sales shares no goal with Marketing and Leadership."]


def test_a_kpi_that_many_goals_name_is_one_of_three(tmp_path: Path) -> None:
    twice = third(("kpis: [sales]", "kpis: [sales, sessions]"), ("stage: conversion", "stage: acquisition"))
    assert "one_stage" not in {one.rule for one in found(tmp_path, twice)}


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def words_of(folder: Path, rule: str, place: int = 0) -> GapWords:
    edit, known, _ = HAS[rule][place]
    people = well(folder, edit(WELL)).people
    return next(gap_words(one, TODAY, people) for one in found(folder, edit, known) if one.rule == rule)


@pytest.mark.parametrize("rule", RULES)
def test_each_gap_says_in_whole_sentences_what_it_is_why_it_matters_and_what_to_do(rule: str, tmp_path: Path) -> None:
    for place in range(len(HAS[rule])):
        words = words_of(tmp_path, rule, place)
        for one in (words.what, words.why, words.mend):
            assert re.fullmatch(r"[A-Z].*[.\"?]", one), one
            assert not re.search(r"episode|breach|settled|provisional|occurrence|None|  ", one), one


def test_the_words_name_people_days_and_what_to_write_where(tmp_path: Path) -> None:
    assert words_of(tmp_path, "goal_past_its_date").what == 'The goal "Grow in Gauteng" was for 7 Dec.'
    assert words_of(tmp_path, "goal_past_its_date").mend.startswith("Lerato, was it reached? ")
    assert words_of(tmp_path, "kpi_not_agreed", 2).what == (
        "Website sessions is counted otherwise since 1 Jul; it was agreed on 30 Jun."
    )
    assert words_of(tmp_path, "target_ends_soon").what == (
        "The target of Website sessions ends on 6 Jan 2027, and none follows."
    )
    assert words_of(tmp_path, "sources_disagree").what == (
        "Website sessions: web says 10,000 in the week of 30 November–6 December, scorecard 10,501."
    )
    assert words_of(tmp_path, "finding_unanswered").what == (
        'Nobody has answered what Johan Botha noted on Website sessions on 30 Nov: "The course pages load slowly."'
    )
    assert words_of(tmp_path, "measured_by_owner").what == "Thandi owns Website sessions and gives its number."
    assert words_of(tmp_path, "target_in_question").short == "Website sessions (three action items in a row)"
    assert words_of(tmp_path, "nobody_to_escalate_to", 1).mend.startswith("Invite Lerato to a review with `to_decide`")


def test_gaps_are_grouped_by_rule_in_their_order(tmp_path: Path) -> None:
    gaps = found(tmp_path, swap(("    target: 12000\n", ""), ("    target: 50\n", "")))
    groups = gap_groups(gaps, TODAY)
    assert [(one.rule, one.title, [gap.short for gap in one.gaps]) for one in groups] == [
        ("kpi_without_target", "KPIs without a target", ["Website sessions", "Sales made"])
    ]


def test_the_words_of_hostile_names_stay_one_line(tmp_path: Path) -> None:
    gap = Gap("one_stage", "g", "Grow\n\u202e" + "x" * 5000, others=("a\nb",) * 40, said="s\r\nt", count=40)
    for text in (gap_words(gap).what, gap_words(gap).short):
        assert not {"\n", "\r", "\u202e"} & set(text)
        assert len(text) < 1000


def test_every_rule_has_words_and_its_row_in_the_docs() -> None:
    assert list(RULE_WORDS) == list(RULES)
    page = (Path(__file__).parents[2] / "docs" / "gaps.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in row.split("|")[1:-1]) for row in page.splitlines() if row.startswith("| `")]
    assert rows == [(f"`{rule}`", f"**{one.title}.** {one.explanation}", one.mend) for rule, one in RULE_WORDS.items()]
