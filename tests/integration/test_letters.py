"""Digests, summaries, invitations and alerts against the stand-ins of Slack and a mail server, over real sockets."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from jsonschema import validate
from rich.console import Console

from connectors.errors import Stopped
from connectors.patience import Patience
from sync.app import open_app
from sync.cli.render.status import render_status
from sync.output import report_object
from sync.output_schema import output_schema
from tests.integration.team import ZONE, Team

CHANNEL = "C0123456789"
WEDNESDAY = "2026-11-18T08:30"


def channels(team: Team) -> str:
    return f"""
    channels:
      team_slack: {{kind: slack, token: xoxb-sandbox, channel: {CHANNEL}, endpoint: "{team.sandbox.url}"}}
      mail: {{kind: email, smtp: "{team.sandbox.smtp.url}", from: alignd@saypro.example, to: [johan]}}
    """


def told_team(team: Team, rest: str = "") -> Team:
    """The team with both channels; its file was first seen on Monday, its sessions are short."""
    team.sandbox.slack.state.add_bot()
    team.sandbox.slack.state.add_channel(CHANNEL)
    team.rest = channels(team) + rest
    team.weeks(*[12000] * 13, 9960, 8200)
    team.at("2026-11-16T08:00").sync()
    return team


DIGESTS = """
    digests:
      - {channel: team_slack, every: 1 week, on: wednesday, at: "08:30"}
      - {channel: mail, to: [marketing, m_and_e], every: 1 week, on: wednesday, at: "08:30"}
    daemon: {public_url: https://alignd.saypro.example}
"""
REVIEW = """
    reviews:
      weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing, neo],
               link: https://meet.example/kpi, SUMMARY}
"""


def said(team: Team) -> list[str]:
    return [one.text for one in team.sandbox.slack.state.channels[CHANNEL].messages]


def shown_in(team: Team) -> str:
    """All that the first message shows, run together."""

    def words(part: object) -> str:
        if isinstance(part, list):
            return "".join(words(one) for one in part)
        if isinstance(part, dict):
            return str(part.get("text", "")) + words(part.get("elements", []))
        return ""

    return words(team.sandbox.slack.state.channels[CHANNEL].messages[0].blocks)


def subjects(team: Team, address: str) -> list[str]:
    return [one.subject for one in team.sandbox.smtp.to(address)]


def problems(team: Team) -> list[str]:
    return [f"{one.where} ({one.kind}): {one.what}" for one in team.sync().problems]


def test_the_weekly_digest_reaches_slack_and_everybody_by_mail_once(team: Team) -> None:
    told_team(team, DIGESTS)

    report = team.at(WEDNESDAY).sync()

    assert [one.what for one in report.problems] == []
    (message,) = said(team)
    assert message.startswith("Week of 9–15 November: 0 of 1 on target, 1 off target")
    shown = shown_in(team)
    assert shown.startswith("Week of 9–15 November: 0 of 1 on target, 1 off targetBelow targetWebsite sessions 8,200 ")
    assert "8,200 of 12,000, second week. NEW: Thandi decides by Wed 25 Nov → task" in shown
    (mail,) = team.sandbox.smtp.to("thandi@saypro.example")
    assert "First for you" in mail.body()
    assert "Website sessions: 32 % below target, second week" in mail.body()
    assert [part.get_content_type() for part in mail.message.walk()].count("image/png") == 1
    assert "First for you" not in team.sandbox.smtp.to("johan@saypro.example")[0].body()

    assert (report.calls["team_slack"].made, report.calls["mail"].made) == (1, 2)
    for text in ("2026-11-18T08:31", "2026-11-18T09:31", "2026-11-20T09:00"):
        assert not any(team.at(text).sync().calls[one].made for one in ("team_slack", "mail"))
    assert len(said(team)) == 1
    assert len(team.sandbox.smtp.mails) == 2


def test_plan_sends_nothing(team: Team) -> None:
    told_team(team, DIGESTS).at(WEDNESDAY).plan()
    assert (said(team), team.sandbox.smtp.mails) == ([], [])


def test_a_429_is_waited_for_and_a_lost_answer_is_looked_up(team: Team) -> None:
    told_team(team, DIGESTS)
    team.sandbox.faults.add("slack", "429", path="chat.postMessage", retry_after="1")
    assert any(one.startswith("team_slack (unreachable): not sent yet") for one in problems(team.at(WEDNESDAY)))
    assert said(team) == []
    team.sandbox.faults.add("slack", "reset", path="chat.postMessage", commit="after")
    found = problems(team.at("2026-11-18T08:36"))
    assert any("in doubt" in one for one in found), found
    assert len(said(team)) == 1
    assert problems(team.at("2026-11-18T08:39")) == []
    assert len(said(team)) == 1
    with open_app(team.config(), at=team.clock.now) as app:
        assert app.status(None).problems == ()


def test_a_mail_server_that_dies_after_it_took_the_mail_is_not_asked_twice(team: Team) -> None:
    told_team(team, DIGESTS)
    team.sandbox.faults.add("smtp", "reset", method="END", commit="after")
    found = problems(team.at(WEDNESDAY))
    assert len([one for one in found if one.startswith("mail (unknown): in doubt: ")]) == 1, found
    for text in ("2026-11-18T08:40", "2026-11-18T12:40"):
        assert problems(team.at(text)) == []
    assert len(team.sandbox.smtp.mails) == 2
    assert {one.recipients for one in team.sandbox.smtp.mails} == {
        ("thandi@saypro.example",),
        ("johan@saypro.example",),
    }


def test_the_store_deleted_nothing_is_told_twice(team: Team) -> None:
    told_team(team, DIGESTS).at(WEDNESDAY).sync()
    for one in team.folder.glob("alignd.db*"):
        one.unlink()
    team.at("2026-11-18T09:00").sync()
    team.at("2026-11-19T09:00").sync()
    assert len(said(team)) == 1
    assert len(team.sandbox.smtp.mails) == 2


@pytest.fixture
def trello_team(team_with: Callable[..., Team]) -> Team:
    """Works in Trello, where Johan and Neo have no account."""
    return team_with(tracker="trello")


def test_a_review_is_told_by_mail_to_those_whom_the_tracker_does_not_know(trello_team: Team) -> None:
    team = told_team(trello_team, REVIEW.replace("SUMMARY", "summary_to: [team_slack]"))

    team.at("2026-11-17T08:00").sync()
    (mail,) = team.sandbox.smtp.to("neo@saypro.example")
    assert mail.subject == "Weekly, Thu 19 Nov 10:00"
    assert "https://meet.example/kpi" in mail.body()
    assert "Website sessions" in mail.body()
    assert subjects(team, "thandi@saypro.example") == []
    assert said(team) == []

    card = next(one for one in team.cards() if one.name.startswith("Weekly"))
    team.at("2026-11-19T10:30")
    team.person().comment(card.id, "Decision: newsletter moves to Thursdays")
    team.at("2026-11-19T11:00").sync()
    team.at("2026-11-20T08:59").sync()
    assert said(team) == []
    team.at("2026-11-20T09:00").sync()
    assert said(team)[0].startswith("Weekly of Thu 19 Nov: 1 decision")
    assert subjects(team, "neo@saypro.example")[1:] == ["Weekly of Thu 19 Nov: 1 decision"]
    assert "Thandi: newsletter moves to Thursdays" in team.sandbox.smtp.to("neo@saypro.example")[1].body()
    assert team.said(card.id)[-1].startswith("Summary: 1 decision")
    team.at("2026-11-20T10:00").sync()
    team.at("2026-11-24T08:00").sync()
    assert len(said(team)) == 1
    assert subjects(team, "neo@saypro.example")[2:] == ["Weekly, Thu 26 Nov 10:00"]


def test_a_channel_named_later_is_not_told_of_a_meeting_before(trello_team: Team) -> None:
    team = told_team(trello_team, REVIEW.replace(", SUMMARY", ""))
    team.at("2026-11-17T08:00").sync()
    team.at("2026-11-20T10:00").sync()
    team.rest = channels(team) + REVIEW.replace("SUMMARY", "summary_to: [team_slack]")
    team.at("2026-11-20T10:05").sync()
    team.at("2026-11-20T11:05").sync()
    assert said(team) == []


ALERTS = """
    daemon: {alerts: mail}
"""


def test_alignd_says_once_that_it_needs_a_person_and_once_that_it_is_over(team: Team) -> None:
    told_team(team, ALERTS)
    team.sandbox.faults.add("asana", "status", status=401, times=None)
    team.at("2026-11-16T09:00").sync()
    (subject,) = subjects(team, "johan@saypro.example")
    assert "alignd needs a person: work: " in subject
    team.at("2026-11-16T10:00").sync()
    team.at("2026-11-16T11:00").sync()
    assert len(subjects(team, "johan@saypro.example")) == 1
    team.sandbox.faults.clear()
    team.at("2026-11-16T12:00").sync()
    team.at("2026-11-16T13:00").sync()
    assert [one for one in subjects(team, "johan@saypro.example")[1:] if "well again" in one] != []
    assert len(subjects(team, "johan@saypro.example")) == 2


def test_a_slack_that_refuses_is_told_by_mail_and_a_mail_that_fails_by_nobody(team: Team) -> None:
    told_team(team, DIGESTS.replace("daemon: {", "daemon: {alerts: mail, "))
    team.sandbox.slack.state.channels[CHANNEL].archived = True
    team.sandbox.faults.add("smtp", "status", method="RCPT", status=550, times=None)
    found = problems(team.at(WEDNESDAY))
    assert len([one for one in found if one.startswith("mail (refused)")]) >= 1, found
    assert team.sandbox.smtp.mails == []
    team.sandbox.faults.clear()
    team.at("2026-11-19T09:00").sync()
    alerts = [one for one in subjects(team, "johan@saypro.example") if "needs a person" in one]
    assert len(alerts) == 1
    assert "team_slack" in alerts[0]


def test_status_shows_what_was_told_and_what_is_in_doubt(team: Team) -> None:
    told_team(team, DIGESTS)
    team.sandbox.faults.add("smtp", "reset", method="END", commit="after")
    team.at(WEDNESDAY).sync()
    team.at("2026-11-18T08:35").sync()
    with open_app(team.config(), at=team.clock.now) as app:
        report = app.status(None)
        rows = {one.channel: one for one in report.letters}
        assert rows["team_slack"].said == "sent"
        assert rows["mail"].said.startswith("1 of 2 sent; 1 of 2 in doubt: 127.0.0.1:")
        assert rows["mail"].doubt
        assert app.status("thandi").letters == ()
        shown = io.StringIO()
        Console(file=shown, width=80).print(render_status(report))
    assert "  ? Wed 18 Nov 2026, 08:35  saypro, week of 9–15 November: " in shown.getvalue()
    validate(report_object(report, ZONE), {**output_schema(), "anyOf": [{"$ref": "#/$defs/status"}]})


# ── many recipients ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def crowd(team: Team) -> Team:
    """Ten people get the mail."""
    crowd = "".join(f"\n  p{number}: {{name: P{number}, email: p{number}@saypro.example}}" for number in range(10))
    text, to = team.text, ", ".join(f"p{number}" for number in range(10))
    team.text = lambda: text().replace("\npeople:", f"\npeople:{crowd}", 1)  # type: ignore[method-assign]
    digest = f'digests: [{{channel: mail, to: [{to}], every: 1 week, on: wednesday, at: "08:30"}}]'
    return told_team(team, f"\n    {digest}\n").at(WEDNESDAY)


def of_mail(team: Team) -> list[str]:
    return [one for one in problems(team) if one.startswith("mail ")]


def letters(team: Team) -> list[int]:
    """How many each of the ten has."""
    return [len(team.sandbox.smtp.to(f"p{number}@saypro.example")) for number in range(10)]


def test_whom_the_server_does_not_know_keeps_nobody_else_from_their_letter(crowd: Team) -> None:
    for number in range(4):
        crowd.sandbox.smtp.switches.refused[f"p{number}@saypro.example"] = 550
    found = of_mail(crowd)
    assert [one.startswith("mail (refused): the digest of Wed 18 Nov was not sent to P") for one in found] == [True] * 4
    assert letters(crowd) == [0] * 4 + [1] * 6
    crowd.later(hours=1).sync()
    assert len(crowd.sandbox.asked("smtp", "RCPT")) == 10


def test_a_login_that_is_not_taken_is_tried_once_a_cycle(crowd: Team) -> None:
    crowd.sandbox.faults.add("smtp", "status", method="MAIL", status=530, times=None)
    assert len(of_mail(crowd)) == 1
    assert len(crowd.sandbox.asked("smtp", "MAIL")) == 1
    assert letters(crowd) == [0] * 10
    crowd.sandbox.faults.clear()
    assert of_mail(crowd.later(hours=1)) == []
    assert letters(crowd) == [1] * 10


def test_a_server_that_leaves_doubts_gets_no_second_letter_in_that_cycle(crowd: Team) -> None:
    crowd.sandbox.faults.add("smtp", "reset", method="END", commit="after", times=2)
    assert len(of_mail(crowd)) == 1
    assert len(of_mail(crowd.later(minutes=5))) == 1
    crowd.later(minutes=5).sync()
    assert letters(crowd) == [1] * 10


def test_a_stop_between_two_letters_leaves_no_doubt(crowd: Team) -> None:
    patience = Patience()

    def stops(point: str) -> None:
        if point == "after-letter-intent" and len(crowd.sandbox.mails) == 3:
            patience.stop.set()

    with open_app(crowd.config(), at=crowd.clock.now, patience=patience) as app:
        app.failpoint = stops
        with pytest.raises(Stopped):
            app.sync()
    assert sum(letters(crowd)) == 3
    assert of_mail(crowd.later(minutes=1)) == []
    assert letters(crowd) == [1] * 10
