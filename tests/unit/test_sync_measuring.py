"""When campaigns are measured and their sheets read: on occasions, with what is asked anyway, at most daily."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config import Config
from mapping.campaigns import Campaign
from mapping.logbook import Measured
from mapping.periods import span_of
from mapping.queries import Answer, Found, Reply, Trouble
from mapping.readings import Reading, State
from sync.asking import Desk
from sync.campaigning import note_sections, read_sheets, sections_due, still_unread
from sync.measuring import MeasureDue, measured_from, measures_due
from sync.occasions import newest_of_all, newest_review
from tests.unit.config_samples import HEAD, SESSIONS, well

REST = """\
reviews:
  weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: ana, ahead: 1 business day}
campaigns:
  - {id: spring, title: Spring, owner: ana, starts: 2026-11-09, ends: 2026-11-29,
     measure: [{kpi: sessions, where: {sessionCampaignName: spring}, target: 100}]}
"""
SHEETS = """\
campaigns_from: {source: scorecard, table: "Campaigns!A:H"}
findings: {source: scorecard, table: "Findings!A:F"}
"""
ZONE = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return well(tmp_path, HEAD + SESSIONS + REST)


def due(config: Config, now: str, known: Mapping[tuple[str, str], Measured] | None = None) -> list[MeasureDue]:
    desk = Desk(config.kpis, config.terms, config.workspace.calendar, {}, at(now))
    return measures_due(config, config.campaigns, known or {}, desk)


def known(read_at: str, last: date, *, final: bool = False, first: date = date(2026, 11, 9)) -> Any:
    reading = Reading("sessions", "", span_of(first, last), State.VALUE, Decimal(5), final, at(read_at))
    return {("spring", "sessions"): Measured("spring", "sessions", reading)}


# ── occasions ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_occasion_is_when_a_reviews_task_is_made_and_its_day(config: Config) -> None:
    assert newest_review(config, at("2026-11-18T07:59")) == at("2026-11-12T08:00")
    assert newest_review(config, at("2026-11-18T08:00")) == at("2026-11-18T08:00")
    assert newest_review(config, at("2026-11-20T23:00")) == at("2026-11-19T08:00")


def test_touchpoints_are_occasions_too(config: Config) -> None:
    campaigns = config.campaigns
    assert newest_of_all(config, campaigns, at("2026-11-17T12:00")) == at("2026-11-17T08:00")  # of halfway, Thu 19 Nov
    assert newest_of_all(replace(config, reviews={}), (), at("2026-11-17T12:00")) is None


# ── measures ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_measure_is_asked_over_the_days_that_are_over_once_there_is_an_occasion(config: Config) -> None:
    assert due(config, "2026-11-09T12:00") == []  # no day is over
    assert due(config, "2026-11-10T12:00") == []  # nobody is about to look
    (one,) = due(config, "2026-11-11T08:00")
    assert one.period == span_of(date(2026, 11, 9), date(2026, 11, 10))
    (ask,) = one.asks
    assert (ask.period, len(ask.query.where)) == (one.period, 1)  # type: ignore[union-attr]


def test_it_is_asked_again_at_most_once_a_day_and_only_after_an_occasion(config: Config) -> None:
    read = known("2026-11-11T08:10", date(2026, 11, 10))
    assert due(config, "2026-11-11T20:00", read) == []
    assert len(due(config, "2026-11-12T08:00", read)) == 1  # the day of the review
    assert due(config, "2026-11-13T08:00", known("2026-11-12T08:10", date(2026, 11, 11))) == []


def test_a_touchpoint_has_its_numbers_however_lately_they_were_read(config: Config) -> None:
    read = known("2026-11-17T07:00", date(2026, 11, 16))
    assert due(config, "2026-11-17T07:59", read) == []
    assert len(due(config, "2026-11-17T08:00", read)) == 1


def test_a_campaign_that_was_moved_is_measured_anew(config: Config) -> None:
    read = known("2026-11-19T09:00", date(2026, 11, 18), first=date(2026, 11, 2))
    assert len(due(config, "2026-11-19T10:00", read)) == 1


def test_a_final_number_is_looked_at_again_while_it_may_be_corrected(config: Config) -> None:
    read = known("2026-12-02T09:00", date(2026, 11, 29), final=True)
    assert len(due(config, "2026-12-03T09:00", read)) == 1
    read = known("2026-12-03T09:00", date(2026, 11, 29), final=True)
    assert due(config, "2026-12-17T09:00", read) == []


def test_without_reviews_it_is_asked_for_its_touchpoints_alone(config: Config) -> None:
    alone = replace(config, reviews={})
    hours = [at("2026-11-09T00:00") + timedelta(hours=n) for n in range(24 * 45)]
    asked: list[str] = []
    read: Any = {}
    for hour in hours:
        desk = Desk(alone.kpis, alone.terms, alone.workspace.calendar, {}, hour)
        for one in measures_due(alone, alone.campaigns, read, desk):
            asked.append(f"{hour.astimezone(ZONE):%m-%d %H}")
            reading = Reading("sessions", "", one.period, State.VALUE, Decimal(5), False, hour)
            read = {("spring", "sessions"): Measured("spring", "sessions", reading)}
    # halfway appears on 17 and is on 19 November; the evaluation appears on 2 and is on 4 December
    assert asked == ["11-17 08", "11-19 08", "12-02 08", "12-04 08"]


def test_an_answer_over_the_span_becomes_its_number_final_when_the_span_is_settled(config: Config) -> None:
    for now, final in (("2026-12-01T23:00", False), ("2026-12-02T08:00", True)):
        (one,) = due(config, now)
        answers = {ask: Answer(ask, Found.VALUE, Decimal(88)) for ask in one.asks}
        desk = Desk(config.kpis, config.terms, config.workspace.calendar, {}, at(now))
        (found,) = measured_from([one], answers, desk)
        assert found.reading.value == Decimal(88)
        assert (found.reading.final, found.reading.period.last) == (final, date(2026, 11, 29))
        assert measured_from([one], {}, desk) == []


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sheets(tmp_path: Path) -> Config:
    return well(tmp_path, HEAD + SESSIONS + REST + SHEETS)


def facts(config: Config, read_at: str, *lost: str) -> dict[str, dict[str, Any]]:
    """The source's facts after both sections were asked for; `lost`: ranges that are not there."""
    kept: dict[str, Any] = {}
    tables = {name: ((),) for name in ("Campaigns!A:H", "Findings!A:F") if name not in lost}
    troubles = tuple(Trouble(f"scorecard {one}", "no such tab", "correct it", "bad_data") for one in lost)
    asked = sections_due(config, (), {}, {"scorecard"}, at(read_at))
    note_sections("scorecard", asked, Reply({}, troubles, tables=tables), kept, at(read_at))
    return {"scorecard": kept}


def sections(config: Config, now: str, known: dict[str, dict[str, Any]], *asked: str) -> list[str]:
    return sorted(sections_due(config, config.campaigns, known, asked, at(now)))


def test_sheets_are_read_at_first_and_with_whatever_is_asked_of_them(sheets: Config) -> None:
    both = ["campaigns_from", "findings"]
    assert sections(sheets, "2026-11-13T09:00", {}) == both
    read = facts(sheets, "2026-11-13T09:00")
    assert sections(sheets, "2026-11-13T10:00", read) == []
    assert sections(sheets, "2026-11-13T10:00", read, "scorecard") == both
    assert sections(sheets, "2026-11-13T10:00", read, "web") == []


def test_on_their_own_they_are_read_for_an_occasion_and_daily(sheets: Config) -> None:
    both, read = ["campaigns_from", "findings"], facts(sheets, "2026-11-18T07:00")
    assert sections(sheets, "2026-11-18T07:59", read) == []
    assert sections(sheets, "2026-11-18T08:00", read) == both
    read = facts(sheets, "2026-11-20T09:00")
    assert sections(sheets, "2026-11-21T08:59", read) == []
    assert sections(sheets, "2026-11-21T09:00", read) == both


def test_a_tab_that_is_not_there_is_told_until_it_is_and_not_asked_every_cycle(sheets: Config) -> None:
    read = facts(sheets, "2026-11-13T09:00", "Findings!A:F")
    assert sections(sheets, "2026-11-13T10:00", read) == []
    assert [one.where for one in still_unread(sheets, read)] == ["scorecard Findings!A:F"]
    assert still_unread(sheets, facts(sheets, "2026-11-13T09:00")) == []
    moved = replace(sheets, findings=replace_range(sheets, "Found!A:F"))
    assert sections(moved, "2026-11-13T10:00", read) == ["findings"]
    assert still_unread(moved, read) == []


def replace_range(config: Config, table: str) -> Any:
    assert config.findings is not None
    return config.findings.model_copy(update={"table": table})


def test_a_spreadsheet_that_could_not_be_read_is_asked_again_in_the_next_cycle(sheets: Config) -> None:
    kept: dict[str, Any] = {}
    asked = sections_due(sheets, (), {}, {"scorecard"}, at("2026-11-13T09:00"))
    away = Reply({}, (Trouble("scorecard", "it is away", "wait", "unreachable"),))
    assert note_sections("scorecard", asked, away, kept, at("2026-11-13T09:00")) == {}
    assert sections(sheets, "2026-11-13T09:10", {"scorecard": kept}) == ["campaigns_from", "findings"]


def test_a_sheet_that_was_never_read_says_nothing_of_what_is_gone(sheets: Config) -> None:
    found = read_sheets(sheets, {})
    assert [one.id for one in found.campaigns] == ["spring"]
    assert found.unread == {"*"}


def test_the_files_campaigns_come_first_and_win(sheets: Config) -> None:
    rows = [["id", "starts", "ends"], ["spring", "x", "x"], ["summer", "2027-01-04", "2027-01-29"]]
    campaigns: list[Campaign] = read_sheets(sheets, {"campaigns_from": rows}).campaigns
    assert [(one.id, one.title) for one in campaigns] == [("spring", "Spring"), ("summer", "summer")]
