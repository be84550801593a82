"""What is asked beside KPIs' own numbers: when, in which days, of which source; and what is made of the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config import Config
from mapping.companions import Companion, Role
from mapping.goals import Goals
from mapping.judgements import Judgement
from mapping.logbook import Logbook
from mapping.periods import Period
from mapping.queries import Answer, Found
from mapping.readings import Photograph, Reading, State
from sync.asking import Desk, Due
from sync.companions import disagreements, pace_shown
from sync.companions_asked import CompanionDue, companions_from, other_digest, others_due, paces_due
from sync.memory import Memory, digests
from sync.plan.situation import KpiRecord, Situation
from tests.unit.config_samples import HEAD, well

ZONE = ZoneInfo("Europe/Berlin")
KPIS = """\
kpis:
  sessions: {name: Sessions, owner: ana, period: month, value: {source: web, metric: sessions}, target: 900, pace: even}
  leads:
    name: Leads
    owner: ana
    period: month
    value: {source: web, metric: keyEvents}
    same_as: {value: {source: scorecard, cell: "Ops!B7", as_of: "Ops!B6"}, within: 5%}
  both:
    name: Both
    owner: ana
    period: month
    formula: sessions + rows
    inputs: {sessions: sessions, rows: {source: scorecard, table: "Rows!A:B", date: Date, aggregate: count}}
    target: {source: scorecard, cell: "Targets!C4"}
    pace: even
"""
TWO = """\
kpis:
  leads:
    name: Leads
    owner: ana
    period: month
    value: {source: web, metric: keyEvents}
    same_as: {value: {source: scorecard, table: "Rows!A:B", date: Date, aggregate: count}, within: 5%}
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def memory(**known: Any) -> Memory:
    empty: dict[str, Any] = {name: {} for name in Memory.__dataclass_fields__}
    return Memory(**{**empty, "decided": frozenset(), "file_summary": None, "logbook": Logbook(), **known})


def desk(config: Config, now: str, **zones: str) -> Desk:
    found = {source: ZoneInfo(zone) for source, zone in zones.items()}
    return Desk(config.kpis, config.terms, config.workspace.calendar, found, at(now))


def present(config: Config) -> dict[str, str]:
    return {kpi: digest for kpi, (digest, _) in digests(config).items()}


def month(label: str, config: Config) -> Period:
    return config.workspace.calendar.parse(label)


def own(config: Config, kpi: str, label: str, value: str, **more: Any) -> Reading:
    base = Reading(
        kpi, present(config)[kpi], month(label, config), State.VALUE, Decimal(value), True, at("2026-12-04T09:00")
    )
    return replace(base, **more)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return well(tmp_path, HEAD + KPIS)


@pytest.fixture
def two(tmp_path: Path) -> Config:
    return well(tmp_path, HEAD + TWO)


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def days(config: Config, now: str, **zones: str) -> dict[str, str]:
    return {
        one.kpi: one.period.label for one in paces_due(config, memory(), present(config), desk(config, now, **zones))
    }


def test_the_days_that_are_over_are_those_of_the_slowest_source(config: Config) -> None:
    assert days(config, "2026-12-07T08:30") == dict.fromkeys(("sessions", "both"), "2026-12-01..2026-12-06")
    behind = days(config, "2026-12-07T08:30", web="America/Los_Angeles")
    assert behind == dict.fromkeys(("sessions", "both"), "2026-12-01..2026-12-05")
    behind = days(config, "2026-12-07T08:30", scorecard="America/Los_Angeles")
    assert behind == {"sessions": "2026-12-01..2026-12-06", "both": "2026-12-01..2026-12-05"}
    assert days(config, "2026-12-01T12:00") == {}
    assert days(config, "2026-12-02T06:00") == dict.fromkeys(("sessions", "both"), "2026-12-01..2026-12-01")
    assert days(config, "2026-12-01T08:30", web="America/Los_Angeles")["sessions"] == "2026-11-01..2026-11-29"


def test_a_formula_is_counted_from_its_inputs_of_the_same_days(config: Config) -> None:
    (both,) = [
        one
        for one in paces_due(config, memory(), present(config), desk(config, "2026-12-07T08:30"))
        if one.kpi == "both"
    ]
    assert {ask.period.label for ask in both.asks} == {"2026-12-01..2026-12-06"}
    values = {"web": Decimal(36), "scorecard": Decimal(4)}
    answers = {ask: Answer(ask, Found.VALUE, values[ask.query.source]) for ask in both.asks}
    there = desk(config, "2026-12-07T08:30")

    (found,) = companions_from([both], answers, {}, [], memory(), there)

    assert (found.role, found.reading.value, found.reading.final) == (Role.SO_FAR, Decimal(40), False)
    del answers[both.asks[0]]
    assert companions_from([both], answers, {}, [], memory(), there) == []  # not read is not missing


def situation(config: Config, now: str, logbook: Logbook, readings: list[Reading], **more: Any) -> Situation:
    records: dict[str, KpiRecord] = {}
    judged: list[Judgement] = []
    for one in readings:
        records[one.kpi] = KpiRecord({one.period.label: one}, judged)
    return Situation(config, at(now), records, {}, {}, {}, Goals(()), logbook=logbook, **more)


def test_a_target_in_a_cell_is_what_it_holds_now(config: Config) -> None:
    (both,) = [
        one
        for one in paces_due(config, memory(), present(config), desk(config, "2026-12-07T08:30"))
        if one.kpi == "both"
    ]
    reading = Reading("both", both.definition, both.period, State.VALUE, Decimal(40), False, at("2026-12-07T08:30"))
    logbook = Logbook(companions={("both", Role.SO_FAR): Companion("both", Role.SO_FAR, reading)})
    seen = Photograph("scorecard", "Targets!C4", at("2026-12-02T08:00"), State.VALUE, Decimal(310))
    cells = {("scorecard", "Targets!C4"): [seen]}

    pace = pace_shown(config.kpis["both"], situation(config, "2026-12-07T09:00", logbook, [], photographs=cells))
    without = pace_shown(config.kpis["both"], situation(config, "2026-12-07T09:00", logbook, []))

    assert pace is not None
    assert without is not None
    assert (pace.expected, without.expected) == (Decimal(60), None)
    assert without.value == 40


# ── the second source ────────────────────────────────────────────────────────────────────────────────────────────


def others(config: Config, now: str, known: Memory, *periods: str) -> list[CompanionDue]:
    dues = [Due("leads", month(one, config), (), background=False) for one in periods]
    return others_due(config, known, present(config), dues, desk(config, now))


def leads(config: Config, *readings: Reading, other: Reading | None = None) -> Memory:
    kept = {("leads", present(config)["leads"]): {one.period.label: one for one in readings}}
    companions = {("leads", Role.OTHER): Companion("leads", Role.OTHER, other)} if other is not None else {}
    return memory(readings=kept, logbook=Logbook(companions=companions))


def other(config: Config, label: str, value: str, **more: Any) -> Reading:
    counted = {"definition": other_digest(config.kpis["leads"], config)}
    return own(config, "leads", label, value, **{**counted, **more})


def test_it_is_asked_for_the_newest_final_period_with_the_own_number_or_after_it(two: Config) -> None:
    assert others(two, "2026-12-04T09:00", leads(two)) == []
    (first,) = others(two, "2026-12-04T09:00", leads(two), "2026-10", "2026-11")
    assert (first.period.label, [ask.query.source for ask in first.asks]) == ("2026-11", ["scorecard"])
    (later,) = others(two, "2026-12-04T09:00", leads(two, own(two, "leads", "2026-11", "100")))
    assert later == first


def test_a_first_count_is_compared_with_nothing(two: Config) -> None:
    first_count = own(two, "leads", "2026-11", "90", final=False)
    assert others(two, "2026-12-01T09:00", leads(two), "2026-11") == []  # not settled yet
    assert others(two, "2026-12-04T09:00", leads(two, first_count)) == []
    missing = replace(own(two, "leads", "2026-11", "90"), state=State.MISSING, value=None)
    assert others(two, "2026-12-05T09:00", leads(two, missing), "2026-11") == []  # looked for hourly: alone


def test_it_is_asked_again_with_the_own_number_and_not_otherwise_that_day(two: Config) -> None:
    known = leads(two, own(two, "leads", "2026-11", "100"), other=other(two, "2026-11", "103"))
    assert others(two, "2026-12-04T12:00", known) == []
    assert len(others(two, "2026-12-04T12:00", known, "2026-11")) == 1
    assert len(others(two, "2026-12-05T09:00", known)) == 1  # for its own corrections
    old = replace(known.logbook.companions["leads", Role.OTHER].reading, definition="another query")
    assert len(others(two, "2026-12-04T12:00", leads(two, own(two, "leads", "2026-11", "100"), other=old))) == 1


def test_a_dated_cell_is_compared_from_its_photographs_and_kept_once(config: Config) -> None:
    known = leads(config, own(config, "leads", "2026-11", "100"))
    (due,) = others(config, "2026-12-04T09:00", known)
    assert due.asks == ()
    taken = Photograph("scorecard", "Ops!B7", at("2026-12-01T08:00"), State.VALUE, Decimal(80), date(2026, 11, 30))
    photographs = {("scorecard", "Ops!B7"): [taken]}
    there = desk(config, "2026-12-04T09:00")

    (found,) = companions_from([due], {}, photographs, [], known, there)

    assert (found.reading.value, found.reading.final) == (Decimal(80), True)
    again = leads(config, own(config, "leads", "2026-11", "100"), other=found.reading)
    later = replace(there, now=there.now + timedelta(hours=1))
    assert companions_from(others(config, "2026-12-04T10:00", again), {}, photographs, [], again, later) == []


def test_a_second_number_without_an_own_final_one_is_let_go(two: Config) -> None:
    (due,) = others(two, "2026-12-04T09:00", leads(two), "2026-11")
    answers = {ask: Answer(ask, Found.VALUE, Decimal(103), newest=date(2026, 12, 1)) for ask in due.asks}
    there = desk(two, "2026-12-04T09:00")
    assert companions_from([due], answers, {}, [], leads(two), there) == []
    fresh = own(two, "leads", "2026-11", "100")
    (found,) = companions_from([due], answers, {}, [fresh], leads(two), there)
    assert (found.reading.value, found.reading.final) == (Decimal(103), True)


def test_only_those_that_differ_are_disagreements(two: Config) -> None:
    def found(value: str, **more: Any) -> list[str]:
        companion = Companion("leads", Role.OTHER, other(two, "2026-11", value, **more))
        logbook = Logbook(companions={("leads", Role.OTHER): companion})
        numbers = [own(two, "leads", "2026-11", "100")]
        return list(disagreements(situation(two, "2026-12-05T09:00", logbook, numbers)))

    assert found("105") == []
    assert found("106") == ["leads"]
    assert found("106", definition="counted in another way") == []
    assert found("106", final=False) == []
