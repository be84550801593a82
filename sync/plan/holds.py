"""What holds an item back, visibly: capacity, an explaining KPI, and the line behind `max_open`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapping.kpis import Kpi
from mapping.priorities import line_order
from sync.plan.items import Claim, Way, off_periods
from sync.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Sorted:
    """Claims that go ahead, in the order of the line, and claims that wait, each with the reason in words."""

    admitted: tuple[Claim, ...]
    waiting: tuple[tuple[Claim, str], ...]


def sort_claims(claims: Sequence[Claim], situation: Situation, leaving: frozenset[str] = frozenset()) -> Sorted:
    """Decide who goes ahead. A claim that another claim may explain comes after it, so that this can be seen.

    `leaving`: keys of items that this plan completes; their places are free.
    """
    claiming = {one.kpi.id for one in claims}
    queue = sorted(claims, key=lambda one: (not claiming.isdisjoint(one.kpi.explained_by), _place(one, situation)))
    admitted: list[Claim] = []
    waiting: list[tuple[Claim, str]] = []
    taken = situation.open_items(leaving)
    for claim in queue:
        reason = _held(claim.kpi, situation, admitted) if claim.way is not Way.TAKE_UP else None
        if reason is None and claim.way is not Way.TAKE_UP and not _pending(claim):
            reason = _no_room(claim, taken, situation)
        if reason is not None:
            waiting.append((claim, reason))
            continue
        if claim.way is not Way.TAKE_UP:
            taken[claim.person] = taken.get(claim.person, 0) + 1
        admitted.append(claim)
    return Sorted(tuple(admitted), tuple(waiting))


def _place(claim: Claim, situation: Situation) -> object:
    record = situation.records[claim.kpi.id]
    gap = record.newest.gap if record.newest is not None else None
    return line_order(
        gap,
        situation.goals.depth_of(claim.kpi.id),
        off_periods(record.judgements, claim.episode),
        claim.kpi.place,
    )


def _held(kpi: Kpi, situation: Situation, admitted: Sequence[Claim]) -> str | None:
    for other in kpi.needs:
        if situation.is_off_track(other):
            return f"waits until {situation.kpi(other).name} has room again"
    for other in kpi.explained_by:
        if situation.live_item(other) is not None or any(one.kpi.id == other for one in admitted):
            return f"explained by {situation.kpi(other).name}: a line in that item"
    return None


def _pending(claim: Claim) -> bool:
    """An item that has its row already was let through before; it is not sent to the end of the line."""
    return claim.link is not None and claim.way is not Way.REOPEN


def _no_room(claim: Claim, taken: dict[str | None, int], situation: Situation) -> str | None:
    limit = claim.kpi.policy.max_open
    held = taken.get(claim.person, 0)
    if held < limit:
        return None
    person = situation.config.people.get(claim.person or "")
    name = person.name if person is not None else "nobody"
    return f"waits in line: {name} has {held} open {'item' if held == 1 else 'items'}, and {limit} is the most"
