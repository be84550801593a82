"""The outbox: what is due is sent once to each address, whatever fails, dies or is lost between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from holidays import country_holidays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping.letters import Fate
from sync.failpoints import OF_LETTERS
from sync.outbox.due import DigestTime, due_digest
from tests.unit.small_post import BY_MAIL, WEEKLY, Killed, Office, PostBox

WEDNESDAY = "2026-11-18T08:30"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Its file was first seen on Monday."""
    one = Office(tmp_path)
    one.cycle("2026-11-16T08:00")
    yield one
    one.close()


def by_mail(office: Office) -> Office:
    office.digests = BY_MAIL
    office.cycle("2026-11-16T08:01")
    return office


# ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_digest_is_sent_at_its_time_and_once(office: Office) -> None:
    office.cycle("2026-11-18T08:29")
    assert office.slack.delivered() == []
    for text in (WEDNESDAY, "2026-11-18T08:31", "2026-11-18T12:00", "2026-11-24T23:00"):
        assert office.cycle(text) == []
    assert office.slack.delivered() == [("digest/team_slack/2026-W47", "C0123456789")]
    office.cycle("2026-11-25T09:00")
    assert office.slack.delivered()[1:] == [("digest/team_slack/2026-W48", "C0123456789")]


def test_what_was_due_before_the_digest_was_first_seen_is_not_sent(office: Office) -> None:
    office.digests = WEEKLY.replace("wednesday", "monday").replace("08:30", "07:00")
    office.cycle("2026-11-16T08:01")
    office.cycle("2026-11-20T08:00")
    assert office.slack.delivered() == []


def test_another_rule_is_seen_for_the_first_time_and_another_hour_is_not(office: Office) -> None:
    office.cycle(WEDNESDAY)
    office.digests = WEEKLY.replace("08:30", "07:00")
    office.cycle("2026-11-18T09:00")
    office.digests = WEEKLY.replace("wednesday", "tuesday")
    office.cycle("2026-11-18T09:30")
    assert len(office.slack.got) == 1
    office.cycle("2026-11-24T09:00")
    assert office.slack.delivered()[1:] == [("digest/team_slack/2026-W48", "C0123456789")]


def test_after_a_gap_the_latest_is_sent_and_the_others_are_said_once(office: Office) -> None:
    office.cycle(WEDNESDAY)
    said = office.cycle("2026-12-12T10:00")  # a Saturday
    assert office.slack.delivered()[1:] == [("digest/team_slack/2026-W50", "C0123456789")]
    assert said == [
        "team_slack (late): the digest of Wed 25 Nov, the digest of Wed 2 Dec: not sent, alignd was not running then"
    ]
    assert office.cycle("2026-12-12T11:00") == []
    assert "digest/team_slack/2026-W48 missed" in office.rows()
    assert "since last" not in office.texts()[1]


def test_a_digest_after_a_gap_tells_what_happened_since_the_last_that_was_sent(office: Office) -> None:
    office.cycle(WEDNESDAY)
    office.cycle("2026-12-12T10:00")
    situation = office.at("2026-12-17T08:30").situation()  # Wednesday is a holiday
    with office.store.records(reads_only=True) as records:
        rows = {one.key: [one] for one in records.posted()}
    found = due_digest(office.config().digests[0], situation, lambda keys: {k: rows[k] for k in keys if k in rows})
    assert found.now is not None
    assert isinstance(found.now.about, DigestTime)
    assert found.now.about.since == datetime(2026, 12, 12, 8, 0, tzinfo=UTC), "it was sent late"


def test_the_store_lost_after_a_digest_it_is_not_sent_twice(office: Office) -> None:
    office.cycle(WEDNESDAY)
    office.lose_the_store()
    office.cycle("2026-11-18T08:31")
    office.cycle("2026-11-19T08:31")
    assert len(office.slack.got) == 1


def test_an_older_store_restored_finds_what_was_sent_where_the_vendor_can_tell(office: Office) -> None:
    office.slack.knows = True
    office.cycle(WEDNESDAY)
    seen = dict(office.first_seen)
    office.lose_the_store()
    office.first_seen = seen  # the backup of Monday had it
    assert office.cycle("2026-11-18T12:00") == []
    assert len(office.slack.tried) == 1
    assert office.rows() == ["digest/team_slack/2026-W47 C0123456789 sent"]


def wednesdays() -> list[datetime]:
    """Half past eight on each Wednesday, or the next day of work, of the two years after."""
    off = country_holidays("ZA", years=(2026, 2027, 2028))
    found = []
    for week in range(100):
        at = datetime(2026, 11, 18, 6, 30, tzinfo=UTC) + timedelta(weeks=week)
        while at.date() in off or at.weekday() > 4:
            at += timedelta(days=1)
        found.append(at)
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_each_occurrence_is_met_once_in_order_whenever_cycles_run(gaps: list[int]) -> None:
    """Hours between cycles: what was due is sent or missed, once, and never after its successor was due."""
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        office.cycle("2026-11-16T08:00")
        sent_at: dict[str, datetime] = {}
        for hours in gaps:
            office.now += timedelta(hours=hours)
            before = len(office.slack.got)
            office.cycle()
            for _, letter in office.slack.got[before:]:
                assert letter.key not in sent_at
                sent_at[letter.key] = office.now
        rows = office.rows()
        office.close()
    weeks = [row.split()[0].rpartition("/")[2] for row in rows]
    assert len(set(weeks)) == len(weeks) == sum(1 for one in wednesdays() if one <= office.now)
    labels = sorted(key.rpartition("/")[2] for key in sent_at)
    assert all(
        sent_at[f"saypro/digest/team_slack/{one}"] < sent_at[f"saypro/digest/team_slack/{other}"]
        for one, other in pairwise(labels)
    )


# ── to whom ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_digest_s_own_to_wins_over_the_channel_s(office: Office) -> None:
    by_mail(office).cycle(WEDNESDAY)
    key = "digest/mail/2026-W47"
    assert office.mail.delivered() == [(key, "thandi@saypro.example"), (key, "johan@saypro.example")]
    office.digests = BY_MAIL.replace("to: [marketing, m_and_e], ", "").replace("wednesday", "thursday")
    office.cycle("2026-11-18T09:00")
    office.cycle("2026-11-19T09:00")
    assert len(office.mail.got) == 2, "this week's was met"
    office.cycle("2026-11-26T09:00")
    assert office.mail.delivered()[2:] == [("digest/mail/2026-W48", "johan@saypro.example")]


def test_somebody_who_comes_later_does_not_get_an_old_digest(office: Office) -> None:
    by_mail(office).cycle(WEDNESDAY)
    office.digests = BY_MAIL.replace("m_and_e]", "m_and_e, sales]")
    office.cycle("2026-11-19T09:00")
    assert len(office.mail.got) == 2


def test_a_digest_that_nobody_can_get_is_said(office: Office) -> None:
    office.digests = BY_MAIL.replace("to: [marketing, m_and_e], ", "")
    office.rest = ""
    office.mail.room = None
    office.cycle("2026-11-16T08:01")
    office.mail.addresses = lambda people: {}  # type: ignore[method-assign]
    assert office.cycle(WEDNESDAY) == ["mail (failed): the digest of Wed 18 Nov has nobody to go to"]


def test_a_letter_that_cannot_be_written_stops_nothing_and_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sync.outbox.writing.digest_text", broken)
    (said,) = office.cycle(WEDNESDAY)
    assert said.startswith("team_slack (failed): the digest of Wed 18 Nov could not be written: ZeroDivisionError in ")
    monkeypatch.undo()
    assert office.cycle("2026-11-18T09:30") == []
    assert len(office.slack.got) == 1


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


def test_later_is_tried_again_after_a_while_and_longer_each_time(office: Office) -> None:
    office.slack.fates = [Fate.LATER, Fate.LATER]
    assert office.cycle(WEDNESDAY) == ["team_slack (unreachable): not sent yet: the server hung up"]
    assert office.outlook is not None
    assert office.outlook.letters_at == (datetime(2026, 11, 18, 6, 35, tzinfo=UTC),)
    assert office.cycle("2026-11-18T08:32") == ["team_slack (unreachable): not sent yet: the server hung up"]
    assert len(office.slack.tried) == 1
    office.cycle("2026-11-18T08:35")
    assert office.outlook.letters_at == (datetime(2026, 11, 18, 6, 45, tzinfo=UTC),)
    assert office.cycle("2026-11-18T08:45") == []
    assert len(office.slack.got) == 1


def test_what_could_not_be_sent_in_its_time_is_missed_and_said_once(office: Office) -> None:
    office.slack.fates = [Fate.LATER] * 40
    office.cycle(WEDNESDAY)
    for hour in (12, 18):
        office.cycle(f"2026-11-24T{hour}:00")
    office.slack.fates = []
    assert office.cycle("2026-11-25T08:30") == [
        "team_slack (late): “Week of 9–15 November: 0 of 1 on target, 1 waiting for a number” was not sent "
        "in its time: the server hung up"
    ]
    assert office.slack.delivered() == [("digest/team_slack/2026-W48", "C0123456789")]
    assert office.cycle("2026-11-25T08:31") == []


def test_refused_recipients_do_not_keep_the_others(office: Office) -> None:
    by_mail(office).mail.refuses = frozenset({"thandi@saypro.example"})
    said = office.cycle(WEDNESDAY)
    assert office.mail.delivered() == [("digest/mail/2026-W47", "johan@saypro.example")]
    words = "mail (refused): the digest of Wed 18 Nov was not sent to Thandi: no such mailbox"
    assert said == [words]
    assert office.cycle("2026-11-18T09:30") == [words]
    assert len(office.mail.tried) == 2, "a definite no is not tried every hour"
    office.mail.refuses = frozenset()
    office.changed = True
    assert office.cycle("2026-11-18T10:30") == []
    assert office.mail.delivered()[1:] == [("digest/mail/2026-W47", "thandi@saypro.example")]


def test_a_failing_channel_keeps_no_other_and_is_left_alone(office: Office) -> None:
    office.digests = WEEKLY + BY_MAIL.replace("[marketing, m_and_e]", "[marketing, m_and_e, sales]")
    office.cycle("2026-11-16T08:01")
    office.slack.fates = [Fate.LATER]
    office.mail.fates = [Fate.LATER] * 9
    office.cycle(WEDNESDAY)
    assert (len(office.slack.tried), len(office.mail.tried)) == (1, 3)
    office.mail.fates = []
    office.cycle("2026-11-18T08:40")
    assert len(office.mail.got) == 3
    assert len(office.slack.got) == 1


def test_a_doubt_that_nobody_can_settle_is_said_once_and_never_sent_again(office: Office) -> None:
    by_mail(office).mail.fates = [Fate.UNKNOWN]
    said = office.cycle(WEDNESDAY)
    assert len(said) == 1
    assert said[0].startswith("mail (unknown): in doubt: “SayPro, week of 9–15 November: ")
    assert said[0].endswith("” to Thandi: the server hung up")
    for text in ("2026-11-18T08:40", "2026-11-18T12:00", "2026-11-20T12:00"):
        assert office.cycle(text) == []
    assert office.mail.tried.count("thandi@saypro.example") == 1
    assert "digest/mail/2026-W47 thandi@saypro.example unknown" in office.rows()


def test_what_is_found_at_the_vendor_is_sent_and_not_sent_again(office: Office) -> None:
    office.slack.knows, office.slack.fates = True, [Fate.UNKNOWN]
    office.cycle(WEDNESDAY)
    assert office.outlook is not None
    assert office.outlook.letters_at == (datetime(2026, 11, 18, 6, 32, tzinfo=UTC),)
    office.cycle("2026-11-18T08:31")
    assert office.rows() == ["digest/team_slack/2026-W47 C0123456789 unknown"], "too early to look"
    assert office.cycle("2026-11-18T08:32") == []
    assert office.rows() == ["digest/team_slack/2026-W47 C0123456789 sent"]
    assert len(office.slack.tried) == 1


def test_what_surely_is_not_there_is_sent_once_more_and_not_twice(office: Office) -> None:
    slack = office.slack
    slack.knows, slack.arrives_unknown, slack.fates = True, False, [Fate.UNKNOWN, Fate.UNKNOWN]
    for text in (WEDNESDAY, "2026-11-18T08:32", "2026-11-18T08:34", "2026-11-18T08:40", "2026-11-19T08:40"):
        office.cycle(text)
    assert len(slack.tried) == 2
    assert office.rows() == ["digest/team_slack/2026-W47 C0123456789 unknown"]


@pytest.mark.parametrize("name", OF_LETTERS)
@pytest.mark.parametrize("knows", [True, False])
def test_killed_at_any_place_nothing_is_sent_twice_nor_silently_lost(office: Office, name: str, knows: bool) -> None:
    office.slack.knows, office.failpoint = knows, name
    with pytest.raises(Killed):
        office.cycle(WEDNESDAY)
    said = [one for text in ("2026-11-18T08:31", "2026-11-18T08:40", "2026-11-18T09:40") for one in office.cycle(text)]
    assert len(office.slack.got) <= 1
    if not office.slack.got:
        assert name == "after-letter-intent"
        assert not knows, "what can be told is sent in the end"
    if name in ("after-letter-intent", "after-letter"):
        assert len([one for one in said if "in doubt" in one]) == 1


def test_a_process_that_died_while_sending_leaves_a_doubt(office: Office) -> None:
    office.slack.fates = [Killed]
    with pytest.raises(Killed):
        office.cycle(WEDNESDAY)
    assert office.rows() == ["digest/team_slack/2026-W47 C0123456789 sending"]
    said = office.cycle("2026-11-18T08:31")
    assert said[0].endswith("”: alignd was stopped while it was sent, nobody knows whether it was")
    assert office.slack.got == []
    assert len(office.slack.tried) == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from([*Fate, Killed]), st.sampled_from([1, 5, 130, 2000])), min_size=1, max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_no_letter_reaches_an_address_twice(
    story: list[tuple[Fate | type[BaseException], int]], knows: bool, arrives: bool
) -> None:
    """Whatever the server does, and whenever alignd is killed. What it can tell, it tells truly."""
    with TemporaryDirectory() as folder:
        office = Office(Path(folder), digests=WEEKLY + BY_MAIL)
        office.slack = PostBox("team_slack", "slack", room="C0123456789", knows=knows, arrives_unknown=arrives)
        office.cycle("2026-11-16T08:00")
        office.at("2026-11-18T08:20")
        for fate, minutes in story:
            office.slack.fates = office.mail.fates = [fate]
            office.now += timedelta(minutes=minutes)
            try:
                office.cycle()
            except Killed:
                continue
        arrived = [*office.slack.delivered(), *office.mail.delivered()]
        rows = office.rows()
        office.close()
    assert len(set(arrived)) == len(arrived)
    assert {f"{key} {address}" for key, address in arrived} <= {row.rpartition(" ")[0] for row in rows}
