"""What a person may mean by SUBJECT: something of the file by id or name; work by its key, task id, link or title."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from config import Config
from mapping.keys import find_reference
from mapping.links import Link
from mapping.logbook import Logbook


@dataclass(frozen=True, slots=True)
class Subject:
    """What was meant: ids. `kpi` is set whenever the KPI is still in the file; `link` for a piece of work."""

    kpi: str | None
    link: Link | None = None
    review: str | None = None
    campaign: str | None = None
    event: str | None = None


class UnknownSubject(Exception):
    """Nothing is called so. `advice` names what comes near."""

    def __init__(self, subject: str, advice: str) -> None:
        super().__init__(f"nothing here is called {subject!r}")
        self.advice = advice


def find_subject(text: str, config: Config, links: Mapping[str, Link], logbook: Logbook | None = None) -> Subject:
    """Raises UnknownSubject, with what comes near. `logbook`: names the campaigns and events there are."""
    wanted = text.strip()
    kpi = _kpi(wanted, config)
    if kpi is not None:
        return Subject(kpi)
    review = _titled(wanted, {one.id: one.title for one in config.reviews.values()})
    if review is not None:
        return Subject(None, review=review)
    known = logbook or Logbook(campaigns=config.campaigns, events=config.events)
    campaign = _titled(wanted, {one.id: one.title for one in known.campaigns})
    if campaign is not None:
        return Subject(None, campaign=campaign)
    event = _titled(wanted, {one.id: one.title for one in known.events})
    if event is not None:
        return Subject(None, event=event)
    link = _link(wanted, config.workspace.id, links)
    if link is not None:
        return Subject(link.subject if link.subject in config.kpis else None, link)
    raise UnknownSubject(text, _near(wanted, config))


def _kpi(wanted: str, config: Config) -> str | None:
    if wanted in config.kpis:
        return wanted
    folded = wanted.casefold()
    named = [one.id for one in config.kpis.values() if folded in (one.id.casefold(), one.name.casefold())]
    return named[0] if len(named) == 1 else None


def _titled(wanted: str, titles: Mapping[str, str]) -> str | None:
    """The id meant, by id or title in any case."""
    if wanted in titles:
        return wanted
    folded = wanted.casefold()
    named = [one for one, title in titles.items() if folded in (one.casefold(), title.casefold())]
    return named[0] if len(named) == 1 else None


def _link(wanted: str, workspace: str, links: Mapping[str, Link]) -> Link | None:
    key = find_reference(wanted, workspace) or wanted
    if key in links:
        return links[key]
    folded = wanted.casefold()
    for link in reversed(list(links.values())):
        if link.task is not None and link.task in (wanted, *wanted.rstrip("/").split("/")):
            return link
        if link.url and link.url == wanted:
            return link
        if folded and folded in (link.title.casefold(), link.written.title.casefold()):
            return link
    return None


def _near(wanted: str, config: Config) -> str:
    names = {one.id: one.id for one in config.kpis.values()} | {one.name: one.id for one in config.kpis.values()}
    titles = {one.id: one.title for one in config.reviews.values()}
    titles |= {one.id: one.title for one in config.campaigns} | {one.id: one.title for one in config.events}
    names |= {one: one for one in titles} | {title: one for one, title in titles.items()}
    folded = {name.casefold(): kpi for name, kpi in names.items()}
    near = difflib.get_close_matches(wanted.casefold(), list(folded), n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(dict.fromkeys(folded[one] for one in near)) + "?"
    return "name a KPI, review, campaign or event, or a task by its key, link or title"
