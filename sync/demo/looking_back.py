"""Looking back over the quarter: each KPI's history, and what happened to it, from the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from config import Config
from mapping.judgements import Episode, EpisodeEnd
from mapping.kpis import Between, Kpi
from mapping.links import Decision, Link
from mapping.logbook import LineKind, Minute
from mapping.tasks import WorkKind
from sync.demo.summary import Held, Mark, Meetings, Told
from sync.demo.words import met_title
from sync.history import history_report
from sync.recall import recall_kpi, recall_logbook
from sync.report_parts import person_name
from sync.store import Records, Store

DECIDED = {
    "completed": ("completed", "completes the task", "the task is completed"),
    "dismissed": ("completed", "puts the task away", "the task is put away"),
    "snooze": ("quiet", "asks for quiet", "quiet is asked for"),
    "accept": ("quiet", "accepts the number for a while", "the number is accepted for a while"),
    "wrong": ("quiet", "doubts the number", "the number is doubted"),
}
_DAY = re.compile(r",? (?:Mon|Tue|Wed|Thu|Fri) \d{1,2} [A-Z][a-z]{2}\b")  # within the title of a task


def told_kpis(file: Config, at: datetime) -> list[Told]:
    """Every KPI with its history and its marks, in the order of the file."""
    with _remembered(file) as records:
        links, episodes, decisions = records.links(), records.episodes_all(), records.decisions()
        return [
            Told(
                history_report(file, kpi, recall_kpi(records, kpi.id), at),
                person_name(kpi.owner, file.people) or "",
                _direction(kpi),
                _marks(kpi, links, decisions, episodes.get(kpi.id, []), file),
            )
            for kpi in file.kpis.values()
        ]


@contextmanager
def _remembered(file: Config) -> Iterator[Records]:
    store = Store.open(file.store, workspace=file.workspace.id, create=False)
    try:
        with store.records(reads_only=True) as records:
            yield records
    finally:
        store.close()


def told_meetings(file: Config, at: datetime) -> Meetings:
    """What was met about until then, and what people wrote there."""
    with _remembered(file) as records:
        links, logbook = records.links(), recall_logbook(records, file)
    today = _day(at, file)
    reviews = [one for one in links.values() if one.kind is WorkKind.REVIEW and one.due and one.due < today]
    lines: dict[str, list[Minute]] = {}
    for minute in sorted(logbook.minutes.values(), key=lambda one: one.at):
        if not minute.withdrawn:
            lines.setdefault(minute.link, []).append(minute)
    held = [_held(links[key], some, links, file) for key, some in lines.items()]
    kinds = Counter(one.kind for one in links.values())
    return Meetings(
        by_review=dict(Counter(_review(one, file) for one in reviews).most_common()),
        held=tuple(sorted(held, key=lambda one: one.on)),
        campaigns=kinds[WorkKind.CAMPAIGN],
        events=kinds[WorkKind.EVENT],
    )


def _review(link: Link, file: Config) -> str:
    review = file.reviews.get(link.subject)
    return review.title if review is not None else link.subject


def _held(link: Link, minutes: Sequence[Minute], links: Mapping[str, Link], file: Config) -> Held:
    """One meeting, with its lines in words."""

    def said(kind: LineKind) -> Iterator[Minute]:
        return (one for one in minutes if one.kind is kind)

    done = {source: one.completed for one in links.values() if one.kind is WorkKind.SAID for source in one.about}
    return Held(
        on=link.due or _day(link.made_at, file),
        title=_review(link, file) if link.kind is WorkKind.REVIEW else _DAY.sub("", met_title(link.title)),
        decisions=tuple(f"{_sentence(one.text)} ({_first_name(one.by, file)})" for one in said(LineKind.DECISION)),
        actions=tuple(
            f"{_first_name(one.who, file)}: {one.text}{', done' if done.get(one.source) else ''}"
            for one in said(LineKind.ACTION)
        ),
        feedback=tuple(f"{_sentence(one.text)} ({_first_name(one.by, file)})" for one in said(LineKind.FEEDBACK)),
        answers=tuple(_answer(one, links, file) for one in said(LineKind.HELPED)),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _answer(minute: Minute, links: Mapping[str, Link], file: Config) -> str:
    """ "Website sessions: yes – the redirects brought the visitors back (Lerato)"."""
    item = links.get(minute.item or "")
    kpi = file.kpis.get(item.subject) if item is not None else None
    answer = minute.helped.value.replace("_", " ") if minute.helped is not None else ""
    why = f" – {minute.text}" if minute.text else ""
    return f"{kpi.name if kpi is not None else 'It'}: {answer}{why} ({_first_name(minute.by, file)})"


def _marks(
    kpi: Kpi, links: Mapping[str, Link], decisions: Sequence[Decision], episodes: Sequence[Episode], file: Config
) -> list[Mark]:
    found = [*_campaigns(kpi, file), *_items(kpi, links, file), *_decided(kpi, decisions, file), *_ends(episodes)]
    return sorted(found, key=lambda mark: mark.on)


def _direction(kpi: Kpi) -> str:
    return "between" if any(isinstance(one.rule, Between) for one in kpi.targets) else kpi.direction.value


def _campaigns(kpi: Kpi, file: Config) -> Iterator[Mark]:
    """First and last day of each campaign that is measured by it."""
    for campaign in file.campaigns:
        if any(one.kpi == kpi.id for one in campaign.measures):
            yield Mark(campaign.starts, "campaign", f"{campaign.title} begins")
            yield Mark(campaign.ends, "campaign", f"{campaign.title} ends")


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
