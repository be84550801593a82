"""Digests through a Slack and a mail server made by other hands: each at most once, and nothing lost without a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.other_post import PASSWORD, ROOM, TOKEN, OtherMail, OtherSlack, other_mail, other_slack
from tests.integration.team import Team

WEDNESDAY = "2026-11-18T08:30"
THREE = ("johan@saypro.example", "neo@saypro.example", "thandi@saypro.example")


@pytest.fixture
def slack() -> Iterator[OtherSlack]:
    with other_slack() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[OtherMail]:
    with other_mail() as running:
        yield running


@pytest.fixture
def told(team: Team, slack: OtherSlack, mail: OtherMail) -> Team:
    team.rest = f"""
    channels:
      room: {{kind: slack, token: {TOKEN}, channel: {ROOM}, endpoint: "{slack.url}"}}
      mail: {{kind: email, smtp: "smtp://mail.saypro.example:587", endpoint: "{mail.url}", user: alignd,
              password: {PASSWORD}, from: alignd@saypro.example}}
    digests:
      - {{channel: room, every: 1 week, on: wednesday, at: "08:30"}}
      - {{channel: mail, to: [thandi, johan, neo], every: 1 week, on: wednesday, at: "08:30"}}
    daemon: {{public_url: https://alignd.saypro.example}}
    """
    team.weeks(*[12_000] * 13, 9_960, 8_200)
    team.at("2026-11-16T08:00").sync()
    return team


def later(team: Team) -> list[str]:
    """A day and a half of looks; the problems of the last."""
    for text in ("2026-11-18T08:33", "2026-11-18T08:40", "2026-11-18T10:00", "2026-11-19T11:00"):
        report = team.at(text).sync()
    return [one.what for one in report.problems]


def test_what_is_sent_is_as_the_documents_want_it(told: Team, slack: OtherSlack, mail: OtherMail) -> None:
    assert told.at(WEDNESDAY).sync().problems == ()
    assert later(told) == []

    (message,) = slack.messages
    assert message["text"].startswith("Week of 9–15 November: ")
    assert {one["type"] for one in message["blocks"]} == {"rich_text"}
    assert tuple(sorted(to for to, _ in mail.mails)) == THREE
    assert [said["To"] for _, said in mail.mails] == [to for to, _ in mail.mails]
    assert len({said["Message-ID"] for _, said in mail.mails}) == 3
    assert all("8,200 of 12,000" in _plain(said) for _, said in mail.mails)
    assert (slack.bad, mail.bad) == ([], [])


def test_one_recipient_of_three_is_refused_and_the_others_have_it_once(told: Team, mail: OtherMail) -> None:
    mail.refused = {"johan@saypro.example"}
    said = [one.what for one in told.at(WEDNESDAY).sync().problems if one.new]
    assert len(said) == 1
    assert "to Johan" in said[0]
    assert [one.new for one in told.later(minutes=1).sync().problems] == [False]
    mail.refused = set()
    assert later(told) == []
    assert tuple(sorted(to for to, _ in mail.mails)) == THREE


def test_a_busy_mail_server_and_a_slack_that_asks_to_wait_get_it_later_once(
    told: Team, slack: OtherSlack, mail: OtherMail
) -> None:
    mail.busy, slack.then = 3, [429]
    assert {one.where for one in told.at(WEDNESDAY).sync().problems} == {"room", "mail"}
    assert (mail.mails, slack.messages) == ([], [])
    assert later(told) == []
    assert tuple(sorted(to for to, _ in mail.mails)) == THREE
    assert len(slack.messages) == 1


def test_what_nobody_answered_is_in_doubt_and_never_sent_again(told: Team, slack: OtherSlack, mail: OtherMail) -> None:
    mail.silent, slack.then = 1, [None]
    doubts = [one for one in told.at(WEDNESDAY).sync().problems if one.kind == "unknown"]
    assert {one.where for one in doubts} == {"room", "mail"}
    later(told)
    assert tuple(sorted(to for to, _ in mail.mails)) == THREE
    assert len(slack.messages) == 1


def _plain(said: object) -> str:
    part = said.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content()).replace("\n", " ")
