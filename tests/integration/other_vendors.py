"""The small vendors of the trackers' own tests as a team's tracker: other hands' Asana and Trello, sparse and terse.

They answer less than was asked for, in whole seconds, and their clock may be alignd's, a real one, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from connectors.sandbox.server import Sandbox
from tests.integration.team import PROJECT, Clock, Team
from tests.unit import small_asana, small_trello
from tests.unit.small_asana import SmallAsana
from tests.unit.small_trello import BOARD, SmallTrello
from tests.unit.tracker_loopback import Call, Said, Vendor, serve

ELSEWHERE = datetime(2031, 5, 5, 9, 0, tzinfo=UTC)  # the real time, while alignd's is simulated
CLOCKS = ("alignds", "real", "stamps of alignds", "no date")
PERSONS = {"thandi": "901", "johan": "902", "neo": "903"}
MEMBERS = {"thandi": "b" * 24, "johan": "c" * 24, "neo": "d" * 24}
_UNSAID = frozenset({"num_subtasks", "is_edited", "resource_subtype", "permalink_url"})


@dataclass
class Times:
    """A vendor's clock, as `CLOCKS` names it. `ticks`: the seconds of a real clock that went by."""

    clock: Clock
    kind: str
    ticks: int = 0

    def stamp(self) -> datetime:
        """What is written on what happens now: in whole seconds."""
        if self.kind == "real":
            self.ticks += 1
            return ELSEWHERE + timedelta(seconds=self.ticks)
        return self.clock.now.replace(microsecond=0)

    def date(self) -> str | None:
        """The Date header."""
        if self.kind == "no date":
            return None
        at = ELSEWHERE + timedelta(seconds=self.ticks) if self.kind != "alignds" else self.clock.now
        return format_datetime(at.astimezone(UTC), usegmt=True)


@dataclass
class TerseAsana(SmallAsana):
    """Says only what was asked for, and not all of it; persons compact, notes without their marks."""

    times: Times | None = None

    def _action(self, action: dict[str, Any]) -> dict[str, Any]:
        said = super()._action(action)
        fields = action.get("options", {}).get("fields", [])
        body = said["body"]
        if isinstance(body.get("data"), dict | list):
            body = {**body, "data": _pruned(body["data"], fields)}
        return {"status_code": said["status_code"], "body": body}

    def answer(self, call: Call) -> Said:
        said = super().answer(call)
        if call.path.endswith("/tasks") and isinstance(said.body, dict) and "data" in said.body:
            return replace(
                said, body={**said.body, "data": _pruned(said.body["data"], call.query["opt_fields"].split(","))}
            )
        return said

    def _make(self, data: dict[str, Any]) -> dict[str, Any]:
        made = super()._make(data)
        made["notes"] = _plain(made["notes"])
        made["followers"] = [{"gid": one} for one in made["followers"]]
        return made

    def say(self, gid: str, text: str, who: str | None, kind: str = "comment") -> dict[str, Any]:
        return super().say(gid, _plain(text), who, kind)

    def stamp(self) -> str:
        assert self.times is not None
        return self.times.stamp().isoformat().replace("+00:00", "Z")


@dataclass
class TerseTrello(SmallTrello):
    """Knows of checklists only card by card; actions in whole seconds."""

    times: Times | None = None
    serial: int = 0

    def route(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Said:
        if path.endswith(f"/boards/{BOARD}/checklists"):
            return Said("Cannot GET", 404, {"Content-Type": "text/plain"})
        return super().route(method, path, query, body)

    def stamp(self) -> str:
        assert self.times is not None
        return self.times.stamp().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _id(self) -> str:
        assert self.times is not None
        self.serial += 1
        return f"{int(self.times.stamp().timestamp()):08x}{self.serial:016x}"


def _pruned(said: Any, fields: list[str]) -> Any:
    if isinstance(said, list):
        return [_pruned(one, fields) for one in said]
    tops = {one.partition(".")[0] for one in fields} - _UNSAID
    return {"gid": said["gid"]} | {name: value for name, value in said.items() if name in tops}


def _plain(html: str) -> str:
    lined = re.sub(r"</(?:li|h1|h2|ul|ol)>", "\n", html)
    text = re.sub(r"<[^>]+>", "", lined)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


@dataclass
class OtherTeam(Team):
    """A team whose tracker is one of these."""

    vendor: Vendor = field(default_factory=Vendor)
    asana: TerseAsana = field(default_factory=TerseAsana)
    trello: TerseTrello = field(default_factory=TerseTrello)

    def text(self) -> str:
        """The numbers come from the stand-ins, the tracker is at the other address."""
        said = super().text()
        work = next(line for line in said.splitlines() if line.strip().startswith("work:"))
        there = work.replace(self.sandbox.url, self.vendor.url)
        neo = said.replace(work, there)
        return neo.replace("email: johan@saypro.example", "email: johan@saypro.example, trello: johanb").replace(
            "email: neo@saypro.example", "email: neo@saypro.example, trello: neok"
        )

    def found(self, title: str) -> str:
        """The id of the one task whose title begins so."""
        if self.tracker == "asana":
            (gid,) = [gid for gid, one in self.asana.tasks.items() if one["name"].startswith(title)]
            return gid
        (card,) = [card for card, one in self.trello.cards.items() if one["name"].startswith(title)]
        return card

    def titles(self) -> list[str]:
        """Of all tasks, oldest first."""
        held = self.asana.tasks if self.tracker == "asana" else self.trello.cards
        return [one["name"] for _, one in sorted(held.items(), key=lambda pair: pair[0])]

    def writes(self, task: str, text: str, who: str = "thandi") -> None:
        """A comment of a person."""
        if self.tracker == "asana":
            self.asana.say(task, text, PERSONS[who])
        else:
            self.trello.say(task, text, MEMBERS[who])

    def comments(self, task: str) -> list[str]:
        """All comments on a task, oldest first, as they are kept there."""
        if self.tracker == "asana":
            return [one["text"] for one in self.asana.stories.get(task, [])]
        return [
            one["data"]["text"]
            for one in self.trello.actions
            if one["type"] == "commentCard" and one["data"]["card"]["id"] == task
        ]


@contextmanager
def other_team(folder: Path, sandbox: Sandbox, clock: Clock, tracker: str, times: str) -> Iterator[OtherTeam]:
    """A team at a vendor made by other hands, whose clock is `times`."""
    told = Times(clock, times)
    asana = TerseAsana(times=told, users={f"{one}@saypro.example": gid for one, gid in PERSONS.items()})
    trello = TerseTrello(
        times=told,
        members={small_trello.ME: "alignd", **dict(zip(MEMBERS.values(), ("thandim", "johanb", "neok"), strict=True))},
        unnested=frozenset({"checklists"}),
    )
    assert small_asana.PROJECT == PROJECT
    with serve(asana.answer if tracker == "asana" else trello.answer) as vendor:
        vendor.date = told.date
        yield OtherTeam(folder, sandbox, clock, tracker=tracker, vendor=vendor, asana=asana, trello=trello)
