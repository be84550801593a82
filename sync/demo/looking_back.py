"""Looking back over the quarter: each KPI's history, and what happened to it, from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from config import Config
from mapping.judgements import Episode, EpisodeEnd
from mapping.kpis import Between, Kpi
from mapping.links import Decision, Link
from mapping.tasks import WorkKind
from sync.app import open_app
from sync.demo.summary import Mark, Told
from sync.report_parts import person_name
from sync.store import Store

DECIDED = {
    "completed": ("completed", "completes the task", "the task is completed"),
    "dismissed": ("completed", "puts the task away", "the task is put away"),
    "snooze": ("quiet", "asks for quiet", "quiet is asked for"),
    "accept": ("quiet", "accepts the number for a while", "the number is accepted for a while"),
    "wrong": ("quiet", "doubts the number", "the number is doubted"),
}


def told_kpis(file: Config, at: datetime) -> list[Told]:
    """Every KPI with its history and its marks, in the order of the file."""
    store = Store.open(file.store, workspace=file.workspace.id, create=False)
    try:
        with store.records(reads_only=True) as records:
            links, episodes, decisions = records.links(), records.episodes_all(), records.decisions()
    finally:
        store.close()
    with open_app(file, at=at) as app:
        return [
            Told(
                app.history(kpi.id, None),
                person_name(kpi.owner, file.people) or "",
                _direction(kpi),
                _marks(kpi, links, decisions, episodes.get(kpi.id, []), file),
            )
            for kpi in file.kpis.values()
        ]


def _marks(
    kpi: Kpi, links: Mapping[str, Link], decisions: Sequence[Decision], episodes: Sequence[Episode], file: Config
) -> list[Mark]:
    found = [*_items(kpi, links, file), *_decided(kpi, decisions, file), *_ends(episodes)]
    return sorted(found, key=lambda mark: mark.on)


def _direction(kpi: Kpi) -> str:
    return "between" if any(isinstance(one.rule, Between) for one in kpi.targets) else kpi.direction.value


def _items(kpi: Kpi, links: Mapping[str, Link], file: Config) -> Iterator[Mark]:
    for link in links.values():
        if link.subject == kpi.id and link.kind is WorkKind.ACTION:
            yield Mark(_day(link.made_at, file), "made", f"{_first_name(link.person, file)} is asked to look at it")


def _decided(kpi: Kpi, decisions: Sequence[Decision], file: Config) -> Iterator[Mark]:
    """What people decided about its items: done, put away, quiet, accepted, doubted."""
    for one in decisions:
        if one.subject == kpi.id and one.what in DECIDED and "/action/" in one.key:
            sign, active, passive = DECIDED[one.what]
            said = f"{_first_name(one.by, file)} {active}" if one.by in file.people else passive
            yield Mark(_day(one.at, file), sign, said)


def _first_name(person: str | None, file: Config) -> str:
    return (person_name(person, file.people) or "somebody").split()[0]


def _day(at: datetime, file: Config) -> date:
    return file.workspace.calendar.local_date(at)


def _ends(episodes: Sequence[Episode]) -> Iterator[Mark]:
    for episode in episodes:
        if episode.end is EpisodeEnd.RECOVERED and episode.closed is not None and not episode.background:
            yield Mark(episode.closed.last, "back", "back on target")
