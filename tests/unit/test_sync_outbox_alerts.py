"""Alerts: alignd says once that it needs a person, and once that it does no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mapping.letters import Fate
from sync.steps import Problem
from tests.unit.small_post import Killed, Office

REFUSED = Problem("web", "Google refused the credentials", "make a new key", kind="refused")
AWAY = Problem("asana", "nobody answered", "nothing to do", kind="unreachable")
LATCH = Problem("asana", "5 of 12 open tasks are gone at once", "alignd sync --accept-missing asana", kind="latch")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    one = Office(tmp_path, digests="", rest="daemon: {alerts: mail}\n")
    one.cycle("2026-11-16T08:00")
    yield one
    one.close()


def subjects(office: Office) -> list[str]:
    assert {address for address, _ in office.mail.got} <= {"johan@saypro.example"}
    return [letter.subject.removeprefix("SayPro: alignd ") for _, letter in office.mail.got]


def test_what_needs_a_person_is_said_at_once_and_once_when_it_is_over(office: Office) -> None:
    for text in ("2026-11-16T09:00", "2026-11-16T10:00", "2026-11-17T10:00"):
        office.cycle(text, [REFUSED])
    assert subjects(office) == ["needs a person: web: Google refused the credentials"]
    for text in ("2026-11-17T11:00", "2026-11-17T12:00", "2026-11-25T12:00"):
        office.cycle(text)
    assert subjects(office)[1:] == ["is well again: web: Google refused the credentials"]


def test_several_at_once_are_one_letter(office: Office) -> None:
    office.cycle("2026-11-16T09:00", [REFUSED, LATCH])
    assert subjects(office) == ["needs a person: web: Google refused the credentials, and 1 more"]
    assert "What to do: alignd sync --accept-missing asana" in office.texts(office.mail)[0]
    office.cycle("2026-11-16T10:00", [LATCH])
    assert subjects(office)[1:] == ["is well again: web: Google refused the credentials"]


def test_other_words_of_the_same_trouble_are_no_other_trouble(office: Office) -> None:
    office.cycle("2026-11-16T09:00", [LATCH])
    office.cycle("2026-11-16T10:00", [Problem("asana", "6 of 12 open tasks are gone at once", "…", kind="latch")])
    assert len(subjects(office)) == 1


def test_a_hiccup_is_not_said_and_what_lasts_half_an_hour_is(office: Office) -> None:
    office.cycle("2026-11-16T09:00", [AWAY])
    assert office.outlook is not None
    assert [one.isoformat() for one in office.outlook.letters_at] == ["2026-11-16T07:30:00+00:00"]
    office.cycle("2026-11-16T09:05")
    office.cycle("2026-11-16T09:10", [AWAY])
    office.cycle("2026-11-16T09:39", [AWAY])
    assert subjects(office) == [], "it began anew at ten past nine"
    office.cycle("2026-11-16T09:40", [AWAY])
    assert subjects(office) == ["needs a person: asana: nobody answered"]


def test_work_that_was_made_for_people_is_no_alert(office: Office) -> None:
    work = [Problem("web", "…", "…", kind=kind) for kind in ("late", "bad_data", "extra")]
    office.cycle("2026-11-16T09:00", work)
    assert subjects(office) == []


def test_what_was_over_before_it_could_be_said_is_not_said_at_all(office: Office) -> None:
    office.mail.fates = [Fate.LATER]
    office.cycle("2026-11-16T09:00", [REFUSED])
    office.cycle("2026-11-16T09:30")
    office.cycle("2026-11-16T10:30")
    assert subjects(office) == []
    assert office.rows() == ["alert/20261116T070000Z johan@saypro.example missed"]


def test_what_comes_back_is_said_again(office: Office) -> None:
    office.cycle("2026-11-16T09:00", [REFUSED])
    office.cycle("2026-11-16T10:00")
    office.cycle("2026-11-16T11:00", [REFUSED])
    assert [one.split(":")[0] for one in subjects(office)] == ["needs a person", "is well again", "needs a person"]


def test_the_alert_channel_s_own_trouble_goes_nowhere(office: Office) -> None:
    office.cycle("2026-11-16T09:00", [Problem("mail", "the server refused the login", "…", kind="refused")])
    assert subjects(office) == []


def test_a_channel_that_failed_is_not_called_well_before_something_was_sent_there(office: Office) -> None:
    office.digests = '  - {channel: team_slack, every: 1 week, on: wednesday, at: "08:30"}\n'
    office.cycle("2026-11-16T09:00")
    office.slack.refuses = frozenset({"C0123456789"})
    office.cycle("2026-11-18T08:30")
    assert subjects(office) == ["needs a person: team_slack: the digest of Wed 18 Nov was not sent: no such mailbox"]
    office.slack.refuses = frozenset()
    office.changed = True
    office.cycle("2026-11-18T09:30")
    assert [one.split(":")[0] for one in subjects(office)] == ["needs a person", "is well again"]


def test_a_refused_digest_whose_time_is_over_does_not_make_its_channel_well(office: Office) -> None:
    office.digests = '  - {channel: team_slack, every: 1 week, on: wednesday, at: "08:30"}\n'
    office.cycle("2026-11-16T09:00")
    office.slack.refuses = frozenset({"C0123456789"})
    office.cycle("2026-11-18T08:30")
    office.digests = ""
    office.cycle("2026-11-18T09:30")
    assert len(subjects(office)) == 1


def test_killed_between_it_is_said_at_most_once(office: Office) -> None:
    office.failpoint = "after-letter"
    with pytest.raises(Killed):
        office.cycle("2026-11-16T09:00", [REFUSED])
    for text in ("2026-11-16T10:00", "2026-11-16T11:00"):
        office.cycle(text, [REFUSED])
    assert len(subjects(office)) == 1
