"""kill -9 while letters are sent, to Slack and by mail: nobody gets one twice, and what may be lost is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from sync.failpoints import OF_LETTERS, VARIABLE
from tests.acceptance.command import KILLED, Command, Said, environ
from tests.integration.team import PROJECT, Clock

CHANNEL = "C0123456789"
ADDRESSES = [CHANNEL, "johan@saypro.example", "thandi@saypro.example"]
FILE = """\
version: 1
workspace: {{id: saypro, timezone: Africa/Johannesburg, holidays: {{country: ZA}}}}
people:
  thandi: {{name: Thandi Mokoena, email: thandi@saypro.example}}
  johan: {{name: Johan Botha, email: johan@saypro.example}}
sources: {{crm: {{kind: csv, path: deals.csv}}}}
trackers: {{work: {{kind: asana, token: "${{ASANA_TOKEN}}", project: "{project}", endpoint: "{url}"}}}}
kpis:
  deals:
    {{name: Deals, owner: thandi, period: month, target: 5,
     value: {{source: crm, date: day, column: deals, aggregate: sum}}}}
channels:
  team_slack: {{kind: slack, token: xoxb-sandbox, channel: {channel}, endpoint: "{url}"}}
  mail: {{kind: email, smtp: "{smtp}", from: alignd@saypro.example, to: [thandi, johan]}}
digests:
  - {{channel: team_slack, every: 1 week, on: wednesday, at: "08:30"}}
  - {{channel: mail, every: 1 week, on: wednesday, at: "08:30"}}
daemon: {{every: 1w}}
"""


class Desk:
    """A folder with the file, first seen on Monday 16 November, and what people got."""

    def __init__(self, folder: Path, sandbox: Sandbox, clock: Clock, running: Command) -> None:
        self.folder, self.sandbox, self.clock, self.running = folder, sandbox, clock, running
        state = sandbox.asana.state
        state.add_workspace()
        state.add_user("alignd", "alignd@saypro.example", token="asana-canary-token")
        state.add_project("Marketing", gid=PROJECT, sections=["Actions"])
        sandbox.slack.state.add_bot()
        sandbox.slack.state.add_channel(CHANNEL)
        names = {"project": PROJECT, "url": sandbox.url, "smtp": sandbox.smtp.url, "channel": CHANNEL}
        (folder / "alignd.yaml").write_text(FILE.format(**names))
        (folder / "deals.csv").write_text("day,deals\n2026-10-05,9\n2026-11-05,9\n")
        assert self.sync("2026-11-16T08:00").code in (0, 1)

    def sync(self, at: str, failpoint: str = "") -> Said:
        self.clock.now = datetime.fromisoformat(f"{at}+02:00").astimezone(UTC)
        more = {VARIABLE: failpoint} if failpoint else {}
        return self.running("sync", "--json", "--at", at, folder=self.folder, environment=environ(**more))

    def got(self) -> list[str]:
        """The address of every letter that arrived."""
        mails = [address for mail in self.sandbox.smtp.mails for address in mail.recipients]
        return sorted([*mails, *(CHANNEL for _ in self.sandbox.slack.state.channels[CHANNEL].messages)])


@pytest.fixture
def desk(tmp_path: Path, running: Command) -> Iterator[Desk]:
    clock = Clock(datetime(2026, 11, 16, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        yield Desk(tmp_path, sandbox, clock, running)


def recovered(desk: Desk, *then: str) -> list[str]:
    """Sync until at rest, killed again first where asked; the doubts that were said."""
    doubts = []
    for minutes, failpoint in zip((33, 36, 39, 42), (*then, "", "", ""), strict=False):
        said = desk.sync(f"2026-11-18T08:{minutes}", failpoint)
        if said.code == KILLED:
            continue
        assert said.code in (0, 1), said.err
        doubts += [one["what"] for one in said.json["problems"] if one["what"].startswith("in doubt")]
    return doubts


@pytest.mark.parametrize("name", OF_LETTERS)
def test_a_sync_killed_while_it_sends_and_the_next_one_too(desk: Desk, name: str) -> None:
    assert desk.sync("2026-11-18T08:30", name).code == KILLED
    doubts = recovered(desk, f"{name}:2")
    got = desk.got()
    assert len(set(got)) == len(got), "nobody got it twice"
    assert CHANNEL in got, "Slack can tell whether it is there, and it was sent in the end"
    lost = set(ADDRESSES) - set(got)
    assert len(doubts) >= len(lost), "what may be lost is said"
    if name in ("before-letter", "after-letter-record"):
        assert not lost


@pytest.mark.slow
@pytest.mark.parametrize(("name", "then"), list(product(OF_LETTERS, ("", *OF_LETTERS))))
def test_every_pair_of_kills_at_every_letter(desk: Desk, name: str, then: str) -> None:
    """The campaign: the first kill at each letter in its turn, in weeks of their own, the second anywhere."""
    for place, day in enumerate((18, 25), start=1):
        before = len(desk.got())
        assert desk.sync(f"2026-11-{day}T08:30", f"{name}:{place}").code == KILLED
        for minutes, failpoint in ((33, then), (36, ""), (39, "")):
            desk.sync(f"2026-11-{day}T08:{minutes}", failpoint)
        got = desk.got()
        assert len(got) - before <= len(ADDRESSES)
        assert all(got.count(one) <= place for one in ADDRESSES)


def test_the_service_sends_each_digest_to_the_minute(desk: Desk) -> None:
    """Five weeks from moment to moment; 16 December is a holiday."""
    said = desk.running("run", "--at", "2026-11-16T09:00", "--until", "2026-12-18T09:00", folder=desk.folder)
    assert said.code == 0, said.err
    mails = desk.sandbox.smtp.to("johan@saypro.example")
    dates = [parsedate_to_datetime(str(mail.message["Date"])).strftime("%a %d %b %H:%M") for mail in mails]
    assert dates == [
        "Wed 18 Nov 08:30",
        "Wed 25 Nov 08:30",
        "Wed 02 Dec 08:30",
        "Wed 09 Dec 08:30",
        "Thu 17 Dec 08:30",
    ]
    assert len(desk.sandbox.slack.state.channels[CHANNEL].messages) == 5
