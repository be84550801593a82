"""What a person may mean by SUBJECT: a KPI or review by id or name; work by its key, task id, link or title."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from config import Config
from mapping.keys import find_reference
from mapping.links import Link


@dataclass(frozen=True, slots=True)
class Subject:
    """What was meant. `kpi` is set whenever the KPI is still in the file; `link` for a piece of work; `review`."""

    kpi: str | None
    link: Link | None = None
    review: str | None = None


class UnknownSubject(Exception):
    """Nothing is called so. `advice` names what comes near."""

    def __init__(self, subject: str, advice: str) -> None:
        super().__init__(f"nothing here is called {subject!r}")
        self.advice = advice


def find_subject(text: str, config: Config, links: Mapping[str, Link]) -> Subject:
    """Raises UnknownSubject, with what comes near."""
    wanted = text.strip()
    kpi = _kpi(wanted, config)
    if kpi is not None:
        return Subject(kpi)
    review = _review(wanted, config)
    if review is not None:
        return Subject(None, review=review)
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


def _review(wanted: str, config: Config) -> str | None:
    folded = wanted.casefold()
    named = [one.id for one in config.reviews.values() if folded in (one.id.casefold(), one.title.casefold())]
    return wanted if wanted in config.reviews else named[0] if len(named) == 1 else None


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
    names |= {one.title: one.id for one in config.reviews.values()} | {one: one for one in config.reviews}
    folded = {name.casefold(): kpi for name, kpi in names.items()}
    near = difflib.get_close_matches(wanted.casefold(), list(folded), n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(dict.fromkeys(folded[one] for one in near)) + "?"
    return "name a KPI or review of the file, or a task by its key, link or title"
