"""Letters about reviews: who is told, when, and once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mapping.letters import Fate
from mapping.links import Link, LinkState, Quiet, Written
from mapping.logbook import LineKind, Minute
from mapping.tasks import WorkKind
from tests.unit.small_post import Office

KEY = "saypro/review/weekly/2026-W47"  # Thu 19 Nov 10:00
REVIEW = """\
reviews:
  weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing, sales]%s}
"""
LINK = Link(
    KEY,
    WorkKind.REVIEW,
    "weekly",
    "asana",
    LinkState.LINKED,
    datetime(2026, 11, 17, 6, tzinfo=UTC),
    person="johan",
    task="t1",
    title="Weekly, Thu 19 Nov",
    url="https://asana.example/t1",
    due=date(2026, 11, 19),
    written=Written("Weekly, Thu 19 Nov", due=date(2026, 11, 19)),
)
LERATO = "lerato@saypro.example"
INVITED = ("invitation/weekly/2026-W47", LERATO)
SUMMED_UP = ("summary/weekly/2026-W47", LERATO)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Lerato has no account where the tasks are."""
    one = Office(tmp_path, digests="", rest=REVIEW % "")
    one.cycle("2026-11-16T08:00")
    one.links[KEY] = LINK
    yield one
    one.close()


def test_whom_the_tracker_does_not_know_is_invited_by_mail_once(office: Office) -> None:
    office.cycle("2026-11-17T08:00")
    office.cycle("2026-11-18T08:00")
    assert office.mail.delivered() == [INVITED]
    assert "Johan leads" in office.texts(office.mail)[0]


def test_nobody_is_invited_to_what_has_met(office: Office) -> None:
    office.mail.fates = [Fate.LATER]
    office.cycle("2026-11-17T08:00")
    said = office.cycle("2026-11-19T10:00")
    assert office.mail.delivered() == []
    assert said == ["mail (late): “Weekly, Thu 19 Nov 10:00” was not sent in its time: the server hung up"]


def test_a_day_that_people_moved_is_the_day(office: Office) -> None:
    office.links[KEY] = replace(LINK, due=date(2026, 11, 20), theirs=frozenset({"due"}))
    office.cycle("2026-11-17T08:00")
    assert office.mail.got[0][1].subject == "Weekly, Fri 20 Nov 10:00"


def test_a_task_that_another_ledger_made_was_told_of_by_that(office: Office) -> None:
    office.links[KEY] = replace(LINK, adopted=True, made_at=datetime(2026, 11, 20, 8, tzinfo=UTC))
    office.cycle("2026-11-18T08:00")
    office.cycle("2026-11-20T10:30")
    office.cycle("2026-11-23T10:30")
    assert office.mail.delivered() == []
    office.links[KEY] = replace(LINK, adopted=True, made_at=datetime(2026, 11, 18, 8, tzinfo=UTC))
    office.at("2026-11-20T10:45").cycle()
    assert office.mail.delivered() == [SUMMED_UP], "adopted before it met"


def test_the_summary_goes_to_its_channels_and_to_whom_the_tracker_does_not_know(office: Office) -> None:
    office.rest = REVIEW % ", summary_to: [team_slack]"
    office.cycle("2026-11-17T08:00")
    at = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    office.minutes["asana/c1/1"] = Minute(
        "asana/c1/1", KEY, "weekly", "c1", LineKind.DECISION, "newsletter moves to Thursdays", "thandi", at
    )
    office.cycle("2026-11-20T08:59")
    office.cycle("2026-11-20T09:00")
    office.cycle("2026-11-20T10:00")
    assert office.mail.delivered() == [INVITED, SUMMED_UP]
    assert office.slack.delivered() == [("summary/weekly/2026-W47", "C0123456789")]
    assert office.slack.got[0][1].subject == "Weekly of Thu 19 Nov: 1 decision"
    assert "Thandi: newsletter moves to Thursdays" in office.texts()[0]


def test_mail_as_a_channel_of_the_summary_goes_to_everybody_invited_each_once(office: Office) -> None:
    office.rest = REVIEW % ", summary_to: [mail]"
    office.cycle("2026-11-17T08:00")
    office.cycle("2026-11-20T09:00")
    told = [address for key, address in office.mail.delivered() if key.startswith("summary")]
    assert sorted(told) == ["johan@saypro.example", LERATO, "thandi@saypro.example"]


def test_a_review_at_which_nothing_was_written_down_is_summed_up_as_that(office: Office) -> None:
    office.cycle("2026-11-20T09:00")
    assert office.mail.got[-1][1].subject == "Weekly of Thu 19 Nov: nothing was written down"
    assert "Decisions can still be added as comments." in office.texts(office.mail)[-1]


def test_while_the_tracker_is_away_the_summary_waits_and_then_it_is_missed(office: Office) -> None:
    office.rest = REVIEW % ", summary_to: [team_slack]"
    office.cycle("2026-11-17T08:00")
    office.away = True
    office.cycle("2026-11-20T09:00")
    assert office.slack.got == []
    said = office.cycle("2026-11-23T09:00")
    assert "team_slack (late): “the summary of Weekly of Thu 19 Nov” was not sent in its time" in said


def test_work_hours_are_kept_by_the_service_alone(office: Office) -> None:
    office.hours = "mon-fri 08:00-17:00"
    for keeps, expected in ((True, []), (False, [INVITED])):
        office.keeps_hours = keeps
        office.cycle("2026-11-17T19:00")
        assert office.mail.delivered() == expected
        assert office.outlook is not None
        opens = datetime(2026, 11, 18, 6, tzinfo=UTC)
        assert office.outlook.letters_at == ((opens,) if keeps else ())


def test_people_who_want_to_be_left_in_peace_are(office: Office) -> None:
    quiet = Quiet("snooze", date(2026, 12, 1), "", "thandi", datetime(2026, 11, 17, 6, tzinfo=UTC), "c1")
    office.links[KEY] = replace(LINK, quiet=quiet)
    office.cycle("2026-11-17T08:00")
    assert office.mail.delivered() == []
