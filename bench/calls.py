"""Calls made ÷ the least there can be: counted in the stand-ins' request log, against arithmetic done here.

alignd's own figures (`made`, `least`) are not used for the ratios, only compared: a difference is an error.
"""

from __future__ import annotations

from math import ceil

from bench.measure import Measured
from bench.world import World, below_target, world
from connectors.sandbox.person import Person
from sync.steps import CycleReport, Outcome

ASANA_BATCH, ASANA_PAGE = 10, 100  # actions a /batch; tasks a page (Asana's OpenAPI)
SETUP = 1  # who alignd is and where work goes (people, sections; members, lists): one request, then remembered
TITLES = {"asana": "Asana", "trello": "Trello"}


def measures() -> list[Measured]:
    """Both trackers: first cycles of 50 and 500 items, a cycle without a change, and 50 edits read back."""
    found: list[Measured] = []
    for tracker in ("asana", "trello"):
        with world() as small:
            below_target(small, tracker, 50)
            found.append(_first(small, tracker, 50))
            found.append(_no_change(small, tracker, 50))
            found.append(_read_back(small, tracker, 50))
        with world() as large:
            below_target(large, tracker, 500)
            found.append(_first(large, tracker, 500))
    return found


def _first(made_in: World, tracker: str, items: int) -> Measured:
    report = made_in.sync()
    created = sum(1 for one in report.steps if one.outcome is Outcome.DONE and one.kind.value == "create")
    if created != items:
        raise AssertionError(f"{created} of {items} items were made on {tracker}")
    least = SETUP + _listing(tracker, 0) + (ceil(items / ASANA_BATCH) if tracker == "asana" else items)
    return _measured(f"first cycle, {items} items, {TITLES[tracker]}", made_in, tracker, least, 1.05, report)


def _no_change(made_in: World, tracker: str, items: int) -> Measured:
    made_in.later(minutes=10)
    report = made_in.sync()
    least = _listing(tracker, items)
    return _measured(f"no change, {items} items, {TITLES[tracker]}", made_in, tracker, least, 1.0, report)


def _read_back(made_in: World, tracker: str, edits: int) -> Measured:
    """A person renames and comments every item; all of it is read in the next cycle."""
    made_in.later(minutes=10)
    ana = Person(made_in.sandbox, "Ana Alves")
    state = made_in.sandbox.asana.state.tasks if tracker == "asana" else made_in.sandbox.trello.state.cards
    for one in list(state)[:edits]:
        ana.rename(one, "mine now")
        ana.comment(one, "it was the tag")
    made_in.later(minutes=10)
    report = made_in.sync()
    edited = sum(1 for one in report.seen if one.what == "edited")
    if edited != edits:
        raise AssertionError(f"{edited} of {edits} edits were read back from {tracker}")
    stories = ceil(edits / ASANA_BATCH) if tracker == "asana" else 0  # Trello: in the board's own actions
    least = _listing(tracker, edits) + stories
    return _measured(f"read-back of {edits} edits, {TITLES[tracker]}", made_in, tracker, least, 1.10, report)


def _listing(tracker: str, tasks: int) -> int:
    """Asana: the project's tasks in pages; Trello: one nested read of the board."""
    return max(1, ceil(tasks / ASANA_PAGE)) if tracker == "asana" else 1


def _measured(name: str, made_in: World, tracker: str, least: int, goal: float, report: CycleReport) -> Measured:
    made = made_in.asked(tracker)
    said = report.calls["work"]
    differs = "" if (said.made, said.least) == (made, least) else f"; alignd says {said.made} of {said.least}"
    return Measured(f"calls, {name}", made / least, goal, f"{made} made, {least} the least{differs}")
