"""Checklists: a card's items as parts of its task, and how one item is added that a named person confirms.

An item needs a checklist to stand in. alignd uses one a card, known by its name, and makes it with the first item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.answers import instant
from connectors.errors import NeedsPerson, OutcomeUnknown, Refused, TryLater, VendorError
from connectors.fitting import one_line
from connectors.trello.wire import Reader
from mapping.tasks import AddPart, Part

NAME = "To confirm"
LONGEST_ITEM = 16_384


def parts_of(checklists: Iterable[object], reader: Reader) -> dict[str, tuple[Part, ...]]:
    """The items of each card that has any checklist, in the order they stand in."""
    cards: dict[str, list[tuple[tuple[float, float], Part]]] = {}
    for checklist in _dicts(checklists):
        card = str(checklist.get("idCard") or "")
        for item in _dicts(checklist.get("checkItems")):
            part = part_of(item, reader)
            if part is not None:
                cards.setdefault(card, []).append(((_place(checklist), _place(item)), part))
        cards.setdefault(card, [])
    return {card: tuple(part for _, part in sorted(found, key=lambda one: one[0])) for card, found in cards.items()}


def part_of(said: object, reader: Reader) -> Part | None:
    """One item; None if this is none."""
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        return None
    due = instant(said.get("due"))
    return Part(
        id=said["id"],
        title=str(said.get("name") or ""),
        assignee=str(said["idMember"]) if said.get("idMember") else None,
        due=due.astimezone(reader.zone).date() if due is not None else None,
        completed=said.get("state") == "complete",
    )


def ours(checklists: Iterable[object]) -> dict[str, str]:
    """By card, the checklist that alignd's items go into (the first of that name)."""
    found: dict[str, str] = {}
    for checklist in sorted(_dicts(checklists), key=_place):
        if checklist.get("name") == NAME and isinstance(checklist.get("id"), str):
            found.setdefault(str(checklist.get("idCard") or ""), checklist["id"])
    return found


def ours_of(checklists: object) -> str | None:
    """The same of one card's checklists."""
    found = ours({**one, "idCard": ""} for one in _dicts(checklists))
    return found.get("")


def is_whole(checklists: object) -> bool:
    """Whether an answer holds the items too, and can so say that there are none."""
    return isinstance(checklists, list) and all(isinstance(one.get("checkItems"), list) for one in _dicts(checklists))


def new_item(order: AddPart, reader: Reader) -> dict[str, object]:
    """The request that adds it."""
    item: dict[str, object] = {"name": one_line(order.title, LONGEST_ITEM), "pos": "bottom"}
    if order.assignee is not None:
        item["idMember"] = order.assignee
    if order.due is not None:
        item["due"] = reader.due_at(order.due)
    return item


def as_sent(item: Mapping[str, object], said: Any) -> Any:
    """The item as Trello answered it; a field that the answer leaves out is as it was sent."""
    return {**item, **said} if isinstance(said, dict) else said


def refused_extra(trouble: VendorError, order: AddPart) -> str | None:
    """What of the item Trello would not take. A person and a date on an item belong to paid plans (which ones, and how
    the refusal is worded, is not documented), so a refusal that names neither is taken for one of theirs.
    """
    sent = [name for name, value in (("assignee", order.assignee), ("due", order.due)) if value is not None]
    if not sent or not isinstance(trouble, Refused | NeedsPerson) or trouble.status not in (400, 402, 403, 422):
        return None
    said = trouble.what.casefold()
    if "member" in said and "assignee" in sent:
        return "assignee"
    if "due" in said and "due" in sent:
        return "due"
    return None if "name" in said else sent[0]


def before_the_item(trouble: VendorError) -> VendorError:
    """What came to nothing was the checklist, asked for or made: the item itself has not been sent."""
    if isinstance(trouble, OutcomeUnknown):
        return TryLater(trouble.where, trouble.what, trouble.advice, status=trouble.status)
    return trouble


def _place(one: Mapping[str, Any]) -> float:
    pos = one.get("pos")
    return float(pos) if isinstance(pos, int | float) else 0.0


def _dicts(said: object) -> list[Mapping[str, Any]]:
    return [one for one in said if isinstance(one, Mapping)] if isinstance(said, Iterable) else []
