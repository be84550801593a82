"""What the check says of who is told: recipients without an address, letters to nobody; and where channels stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Loaded, load
from sync.loopback import elsewhere

FILE = """version: 1
workspace: {{id: acme, timezone: Europe/Berlin, holidays: {{country: DE}}}}
people:
  ana: {{name: Ana Alves, email: ana@acme.example, team: marketing}}
  ben: {{name: Ben Boateng, team: marketing}}
teams: {{marketing: {{name: Marketing, lead: ana, section: marketing}}}}
sources:
  web: {{kind: ga4, property: "123456789", credentials: anonymous, endpoint: "http://127.0.0.1:1"}}
trackers: {{asana: {{kind: asana, token: "${{TOKEN}}", project: "1201234567890123", endpoint: "http://127.0.0.1:1"}}}}
kpis:
  sessions: {{name: Sessions, owner: ana, period: week, value: {{source: web, metric: sessions}}, target: 12000}}
{rest}
"""
SLACK = 'team: {kind: slack, token: "${TOKEN}", channel: C0123456789}'
MAIL = 'mail: {kind: email, smtp: "smtp://mail.acme.example:587", from: alignd@acme.example}'


def read(folder: Path, *rest: str, channels: str) -> Loaded:
    path = folder / "alignd.yaml"
    path.write_text(FILE.format(rest="\n".join((f"channels:\n  {channels}", *rest))), encoding="utf-8")
    return load(path, {"TOKEN": "t0ken-canary", "SMTP_PASSWORD": "canary-password"})


def warnings(folder: Path, *rest: str, channels: str) -> list[str]:
    loaded = read(folder, *rest, channels=channels)
    assert list(loaded.problems) == []
    return [f"{one.path}: {one.text}" for one in loaded.warnings]


def test_a_recipient_without_an_address_is_named_where_they_stand(tmp_path: Path) -> None:
    assert warnings(tmp_path, channels=MAIL.replace("from:", "to: [ana, ben], from:")) == [
        "channels.mail.to[1]: ben has no email, so no mail goes to them: write people.ben.email"
    ]


def test_of_a_team_those_without_an_address_are_named_once(tmp_path: Path) -> None:
    digest = "digests: [{channel: mail, to: [marketing, ben], every: 1 week, on: friday}]"
    assert warnings(tmp_path, digest, channels=MAIL) == [
        "digests[0].to[0]: ben has no email, so no mail goes to them: write people.ben.email"
    ]


def test_a_summary_by_mail_goes_to_those_invited(tmp_path: Path) -> None:
    review = "reviews: {weekly: {title: Weekly, every: 1 week, on: friday, invite: [ben], summary_to: [mail]}}"
    assert warnings(tmp_path, review, channels=MAIL) == [
        "reviews.weekly.invite[0]: ben has no email, so no mail goes to them: write people.ben.email"
    ]


def test_a_digest_by_mail_to_nobody_is_told(tmp_path: Path) -> None:
    digest = "digests: [{channel: mail, every: 1 week, on: friday}]"
    assert warnings(tmp_path, digest, channels=MAIL) == [
        "digests[0].channel: nobody gets this digest: write to: here, or in channels.mail"
    ]
    assert warnings(tmp_path, digest, channels=MAIL.replace("from:", "to: [ana], from:")) == []


def test_alerts_by_mail_to_nobody_are_told(tmp_path: Path) -> None:
    assert warnings(tmp_path, "daemon: {alerts: mail}", channels=MAIL) == [
        "daemon.alerts: nobody gets alerts: write to: in channels.mail"
    ]


def test_recipients_of_a_slack_digest_do_nothing(tmp_path: Path) -> None:
    digest = "digests: [{channel: team, to: [ben], every: 1 week, on: friday}]"
    [said] = warnings(tmp_path, digest, channels=SLACK)
    assert said.startswith("digests[0].to: everybody in the Slack channel reads this digest")


@pytest.mark.parametrize(
    "more, said",
    [
        ("user: alignd", "a user without password cannot sign in"),
        ('password: "${SMTP_PASSWORD}"', "a password without user cannot sign in"),
        ('endpoint: "ftp://127.0.0.1:1"', "is not the address of a mail server"),
        ('endpoint: "http://127.0.0.1:1/api"', "is not the address of a mail server"),
    ],
)
def test_half_a_login_and_an_endpoint_that_is_no_mail_server_are_refused(tmp_path: Path, more: str, said: str) -> None:
    loaded = read(tmp_path, channels=MAIL.replace("from:", f"{more}, from:"))
    assert any(said in one.text for one in loaded.problems)
    assert "canary" not in str(loaded.problems)


def test_the_secrets_of_channels_are_known(tmp_path: Path) -> None:
    mail = MAIL.replace("from:", 'user: alignd, password: "${SMTP_PASSWORD}", from:')
    loaded = read(tmp_path, channels=f"{SLACK}\n  {mail}")
    assert loaded.config is not None
    assert {"t0ken-canary", "canary-password"} <= loaded.config.secrets


@pytest.mark.parametrize(
    "channels, away",
    [
        (SLACK, ["team"]),
        (MAIL, ["mail"]),
        (f"{SLACK}\n  {MAIL}", ["mail", "team"]),
        (SLACK.replace("kind: slack", 'kind: slack, endpoint: "http://127.0.0.1:1"'), []),
        (MAIL.replace("mail.acme.example", "127.0.0.1"), []),
        (MAIL.replace("kind: email", 'kind: email, endpoint: "smtp://127.0.0.1:1"'), []),
        (MAIL.replace("kind: email", 'kind: email, endpoint: "http://127.0.0.1:1"'), []),
    ],
)
def test_channels_that_do_not_stand_on_this_machine_are_elsewhere(
    tmp_path: Path, channels: str, away: list[str]
) -> None:
    loaded = read(tmp_path, channels=channels)
    assert loaded.config is not None
    assert elsewhere(loaded.config) == away
