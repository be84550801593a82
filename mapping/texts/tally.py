"""How many KPIs stand where: the count that begins the report, a digest and the dashboard, so that all say the same.

A KPI that was off target stays so until a number says otherwise: one whose newest number is awaited counts as off
target, not as waiting, and is said with the period it is known of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mapping.judgements import Status
from mapping.texts.review_facts import Standing
from mapping.wording import count_word, join_words


class Place(StrEnum):
    """Where a KPI stands. In the order in which it is counted."""

    ON_TARGET = "on_target"
    AHEAD = "ahead"  # on target, 20 % and more better
    CLOSE = "close"
    OFF_TARGET = "off_target"
    WAITING = "waiting"  # its newest number is expected on a day that has not passed
    NO_NUMBER = "no_number"  # none, or none that can be trusted
    NOT_JUDGED = "not_judged"  # paused, accepted as it is for now, or without a target


@dataclass(frozen=True, slots=True)
class Tally:
    """How many stand where, of how many. `first_counts`: among those judged, by a number that is not final yet."""

    of: int
    places: Mapping[Place, int] = field(default_factory=dict)
    first_counts: int = 0

    def __getitem__(self, place: Place) -> int:
        return self.places.get(place, 0)


def place_of(standing: Standing) -> Place:
    """Where a KPI stands, by its newest number, first counts included."""
    shown = standing.shown
    if shown is not None and shown.status is Status.OFF_TRACK:
        return Place.OFF_TARGET
    if shown is not None and "paused" in shown.flags and (standing.final or standing.is_first_count):
        return Place.NOT_JUDGED
    if shown is None or shown.value is None or not (standing.final or standing.is_first_count):
        return Place.WAITING if standing.expected is not None else Place.NO_NUMBER
    if shown.state == "untrusted":
        return Place.NO_NUMBER
    match shown.status:
        case Status.ON_TRACK:
            return Place.AHEAD if "ahead" in shown.flags else Place.ON_TARGET
        case Status.AT_RISK:
            return Place.CLOSE
        case _:
            return Place.NOT_JUDGED


def tally(standings: Iterable[Standing]) -> Tally:
    known = list(standings)
    places = Counter(place_of(one) for one in known)
    judged = (Place.ON_TARGET, Place.AHEAD, Place.CLOSE, Place.OFF_TARGET)
    first = sum(1 for one in known if one.is_first_count and place_of(one) in judged)
    return Tally(len(known), dict(places), first)


def tally_words(counts: Tally) -> Sequence[str]:
    """The parts of the count, those that are none left out: "8 of 12 on target", "1 close", "2 off target", …"""
    on = counts[Place.ON_TARGET] + counts[Place.AHEAD]
    words = [f"{on} of {counts.of} on target"]
    for place, said in _SAID.items():
        if counts[place]:
            words.append(f"{counts[place]} {said}")
    return words


def tally_sentence(counts: Tally) -> str:
    """ "8 of 12 KPIs are on target (1 well ahead), 1 is close, 2 are off target and 1 waits for a number." """
    if not counts.of:
        return "No KPI is looked at here."
    said = _of_one(counts) if counts.of == 1 else _of_many(counts)
    first = counts.first_counts
    if first and counts.of == 1:
        said += ", by a first count that is not final yet"
    elif first:
        said += f"; {count_word(first)} of the numbers {'is a first count' if first == 1 else 'are first counts'}, "
        said += "not final yet"
    return f"{said}."


def _of_one(counts: Tally) -> str:
    place = next(place for place in Place if counts[place])
    said = {Place.ON_TARGET: "is on target", Place.AHEAD: "is well ahead of target"}
    return f"The one KPI {said.get(place) or _VERBS[place][0]}"


def _of_many(counts: Tally) -> str:
    on, ahead = counts[Place.ON_TARGET] + counts[Place.AHEAD], counts[Place.AHEAD]
    well = f" ({ahead} well ahead)" if ahead else ""
    if on == counts.of:
        return f"All {on} KPIs are on target{well}"
    begin = f"{on or 'None'} of {counts.of} KPIs {'are' if on > 1 else 'is'} on target{well}"
    rest = []
    for place, (one, many) in _VERBS.items():
        if number := counts[place]:
            rest.append(f"{number} {one if number == 1 else many}")
    return join_words([begin, *rest])


_SAID: Mapping[Place, str] = {
    Place.CLOSE: "close",
    Place.OFF_TARGET: "off target",
    Place.WAITING: "waiting for a number",
    Place.NO_NUMBER: "without a number",
    Place.NOT_JUDGED: "not judged",
}
_VERBS: Mapping[Place, tuple[str, str]] = {
    Place.CLOSE: ("is close", "are close"),
    Place.OFF_TARGET: ("is off target", "are off target"),
    Place.WAITING: ("waits for a number", "wait for a number"),
    Place.NO_NUMBER: ("has no number that counts", "have no number that counts"),
    Place.NOT_JUDGED: ("is not judged now", "are not judged now"),
}
