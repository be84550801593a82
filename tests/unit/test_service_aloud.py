"""What keeps cycles from running is said by mail, once, without the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import Config
from connectors.patience import Patience
from connectors.sandbox.server import Sandbox
from sync.service.aloud import CLOCK_DOUBTED, FILE_REFUSED, Aloud
from tests.unit.config_samples import well
from tests.unit.service_samples import Said

FILE = """\
version: 1
workspace: {id: saypro, name: SayPro, timezone: Africa/Johannesburg}
people: {johan: {name: Johan Botha, email: johan@saypro.example}}
sources: {web: {kind: ga4, property: "123456789"}}
trackers: {asana: {kind: asana, token: "${ASANA_TOKEN}", project: "1201234567890123"}}
kpis: {sessions: {name: Sessions, owner: johan, period: week, value: {source: web, metric: sessions}, target: 12000}}
channels: {mail: {kind: email, smtp: "URL", from: alignd@saypro.example, to: [johan]}}
daemon: {alerts: mail}
"""
NOON = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


class House:
    """One workspace, and the mail server its alerts go to."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.sandbox, self.said = sandbox, Said()
        self.config: Config = well(folder, FILE.replace("URL", sandbox.smtp.url))
        self.aloud = Aloud(self.said)
        self.now = NOON

    def store_is_gone(self, minutes: int = 5) -> None:
        self.now += timedelta(minutes=minutes)
        self.aloud.trouble("store_unusable", "the disk is full", "make room", self.now)
        self.speak()

    def speak(self) -> None:
        self.aloud.speak(self.config, Patience(silence=2.0), self.now)

    def subjects(self) -> list[str]:
        return [one.subject.removeprefix("SayPro: alignd ") for one in self.sandbox.smtp.to("johan@saypro.example")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Sandbox(lambda: NOON) as sandbox:
        yield House(tmp_path, sandbox)


def test_it_is_said_once_when_it_lasts_and_once_when_it_is_over(house: House) -> None:
    for _ in range(2):
        house.store_is_gone()
    assert house.subjects() == [], "what heals within ten minutes needs nobody"
    for _ in range(5):
        house.store_is_gone()
    assert house.subjects() == ["needs a person: alignd run: the disk is full"]
    house.aloud.cycles_run()
    for _ in range(3):
        house.speak()
    assert house.subjects()[1:] == ["is well again: alignd run: the disk is full"]


def test_a_file_that_is_refused_stays_refused_while_cycles_run(house: House) -> None:
    house.aloud.trouble(FILE_REFUSED, "alignd.yaml was changed and is refused: line 3", "alignd check", house.now)
    house.aloud.trouble(CLOCK_DOUBTED, "it jumped by a day", "set it right", house.now)
    house.now += timedelta(minutes=11)
    house.aloud.cycles_run()
    house.speak()
    assert house.subjects() == ["needs a person: alignd run: alignd.yaml was changed and is refused: line 3"]
    house.aloud.over(FILE_REFUSED)
    house.speak()
    assert house.subjects()[1].startswith("is well again")


def test_a_mail_server_that_is_away_is_tried_at_the_next_look(house: House) -> None:
    house.sandbox.smtp.stop()
    house.store_is_gone()
    house.store_is_gone(20)
    assert house.said.of("alert_not_sent")
    house.sandbox.smtp.start()
    house.store_is_gone()
    house.store_is_gone()
    assert len(house.subjects()) == 1


def test_where_another_service_holds_the_workspace_nothing_is_said(house: House) -> None:
    house.store_is_gone()
    house.aloud.forget()
    house.store_is_gone(20)
    assert house.subjects() == []


def test_without_a_channel_for_alerts_nothing_is_tried(house: House, tmp_path: Path) -> None:
    house.config = well(tmp_path, FILE.replace("URL", house.sandbox.smtp.url).replace("daemon: {alerts: mail}\n", ""))
    house.store_is_gone(20)
    house.store_is_gone(20)
    assert house.subjects() == []
