"""What people read of a team with forty KPIs has no words that are alignd's own, no vendor's names, no labels."""

from __future__ import annotations

import html
import re
from pathlib import Path

from connectors.sandbox.server import Sandbox
from tests.integration.command_line import alignd
from tests.integration.forty import Forty
from tests.integration.team import Clock
from tests.unit.dashboard_house import House

ROOM = "C0123456789"
NEVER = re.compile(
    r"\b(?:(?i:episodes?|breach\w*|settled|provisional|occurrences?|restated|readings?|W\d\d|off_track|on_track|at_risk|"
    r"unknown_after|background|thresholded|sampled|other_row|truncated|few_rows|totalUsers|keyEvents|"
    r"sessionDefaultChannelGroup|screenPageViews|engagedSessions|Decimal|untrusted|awaited)|None|null|NaN)\b"
)
KPI_PAGES = ("sessions", "conversion_rate", "open_rate", "runway")


def seen(page: str) -> str:
    """What a page shows, without its marks, styles and scripts; and what it says to those who do not see it."""
    bare = re.sub(r"(?s)<(style|script|head)\b.*?</\1>", " ", page)
    aside = " ".join(re.findall(r'(?:title|aria-label|alt)="([^"]*)"', bare))
    return html.unescape(re.sub(r"<[^>]+>", " ", bare) + " " + aside)


def found(text: str) -> list[str]:
    """The words that should not be there, each with what stands around it."""
    told = "\n".join(line for line in text.splitlines() if not line.strip().startswith("alignd ref "))
    told = re.sub(r"https?://\S+", "", told)
    return [told[max(0, one.start() - 40) : one.end() + 40] for one in NEVER.finditer(told)]


def test_nothing_that_people_read_has_words_that_are_ours_alone(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    team = Forty(tmp_path, sandbox, clock)
    team.rest = f"""
    channels:
      room: {{kind: slack, token: xoxb-sandbox, channel: {ROOM}, endpoint: "{sandbox.url}"}}
      mail: {{kind: email, smtp: "{sandbox.smtp.url}", from: alignd@saypro.example, to: [johan]}}
    digests:
      - {{channel: room, every: 1 week, on: wednesday, at: "08:30"}}
      - {{channel: mail, to: [johan, thandi], every: 1 week, on: wednesday, at: "08:30"}}
    daemon: {{http: "127.0.0.1:0", public_url: https://alignd.saypro.example, alerts: mail}}
    """
    team.at("2026-11-18T08:00").sync()
    refused = team.at("2026-11-18T08:30").sync()  # by a Slack that does not take the token: of that, an alert
    assert any(one.where == "room" for one in refused.problems)

    shown: dict[str, str] = {}
    for at, mail in enumerate(sandbox.mails):
        shown[f"mail {at}, {mail.subject}"] = f"{mail.subject}\n{mail.body()}\n{seen(mail.body('html'))}"
    for command in ("report", "report --for 2026-W46", "definitions", "status --for thandi", "status --goals"):
        shown[command] = alignd(team, *command.split()).stdout
    for command in ("report --format html", "definitions --format html"):
        shown[command] = seen(alignd(team, *command.split()).stdout)
    with House([team.config()], now=clock.now).open() as house:
        for path in ("/", "/report", "/definitions", "/decisions", *(f"/kpi/{one}" for one in KPI_PAGES)):
            asked = house.ask(path)
            assert asked.status == 200, path
            shown[path] = seen(asked.text)

    assert len(shown) >= 14
    assert {place: said for place, text in shown.items() if (said := found(text))} == {}
