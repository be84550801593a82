"""Trello's JSON as the domain's tasks and comments. Read leniently: answers gain undeclared fields every few weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from connectors.answers import instant, zulu
from connectors.trello.render import plain_text
from mapping.tasks import Comment, Task

# only declared fields: an unknown name in `fields` would be a 400
CARD_FIELDS = "name,desc,due,dueComplete,closed,idList,idBoard,idMembers,dateLastActivity,shortUrl"
# how a card can come to be; of these only copyCard is a copy
CREATING = frozenset({"createCard", "copyCard", "convertToCardFromCheckItem", "emailCard"})
ACTION_TYPES = (
    "commentCard",
    "createCard",
    "copyCard",
    "convertToCardFromCheckItem",
    "emailCard",
    "updateCard",
    "deleteCard",
    "moveCardFromBoard",
    "moveCardToBoard",
    "addMemberToCard",
    "removeMemberFromCard",
    "addChecklistToCard",
    "updateCheckItemStateOnCard",
    "addAttachmentToCard",
)
END_OF_WORK = time(17)  # a due date is written as this local time of its day, and read back as the local date


@dataclass(frozen=True, slots=True)
class History:
    """What a card's actions tell of it. `newest`: when the latest of those read happened."""

    comments: tuple[Comment, ...] = ()
    created_by: str | None = None
    copied: bool = False
    is_origin_known: bool = False
    completions: tuple[tuple[datetime, str | None, str], ...] = ()  # when, by whom, "due" or the id of the list
    authors: frozenset[str] = field(default=frozenset())
    newest: datetime | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to read a card: the tracker's id, the workspace's zone, list names, the `done` lists."""

    tracker: str
    zone: tzinfo
    list_names: Mapping[str, str] = field(default_factory=dict)
    done: frozenset[str] = frozenset()

    def task(self, said: object, history: History | None = None, me: str | None = None) -> Task | None:
        """A card with what its actions tell; its comments are those read (None without a history)."""
        if not isinstance(said, dict) or not isinstance(said.get("id"), str):
            return None
        place = _text(said.get("idList")) or None
        completed = said.get("dueComplete") is True or place in self.done
        modified_at = instant(said.get("dateLastActivity"))
        told = history or History()
        when, who = self._completion(told, place, modified_at) if completed else (None, None)
        due = instant(said.get("due"))
        return Task(
            id=said["id"],
            tracker=self.tracker,
            title=_text(said.get("name")),
            notes=plain_text(_text(said.get("desc"))),
            assignees=frozenset(str(one) for one in _listed(said.get("idMembers"))),
            due=due.astimezone(self.zone).date() if due else None,
            completed=completed,
            completed_at=when,
            completed_by=who,
            archived=said.get("closed") is True,
            home=_text(said.get("idBoard")) or None,
            place=place,
            place_name=self.list_names.get(place or "", ""),
            url=_text(said.get("shortUrl")) or _text(said.get("url")),
            created_at=made_at(said["id"]),
            created_by=told.created_by or _text(said.get("idMemberCreator")) or None,
            copied=told.copied,
            modified_at=modified_at,
            changed_by_person=bool(told.authors - {me}),
            comments=None if history is None else told.comments,
        )

    def _completion(
        self, history: History, place: str | None, modified_at: datetime | None
    ) -> tuple[datetime | None, str | None]:
        """When and by whom, from the latest action that completed it; else at the latest when it last changed."""
        ways = {"due", place} if place in self.done else {"due"}
        completions = [one for one in history.completions if one[2] in ways]
        if not completions:
            return modified_at, None
        when, who, _ = max(completions, key=lambda one: one[0])
        return when, who

    def due_at(self, due: date | None) -> str | None:
        """A due date as Trello's instant; None clears it."""
        return None if due is None else zulu(datetime.combine(due, END_OF_WORK, self.zone))


def histories(actions: Iterable[object]) -> dict[str, History]:
    """What the actions tell, by card, whatever their order; an action that is given twice counts once."""
    by_card: dict[str, dict[str, Mapping[str, Any]]] = {}
    for said in actions:
        if isinstance(said, dict) and (card := _card_of(said)) and instant(said.get("date")) is not None:
            by_card.setdefault(card, {})[str(said.get("id"))] = said
    return {card: _history(card, list(found.values())) for card, found in by_card.items()}


def _history(card: str, actions: Sequence[Mapping[str, Any]]) -> History:
    dated = sorted(
        actions, key=lambda said: (instant(said.get("date")) or datetime.min.replace(tzinfo=UTC), said["id"])
    )
    comments: list[Comment] = []
    completions: list[tuple[datetime, str | None, str]] = []
    origin: Mapping[str, Any] | None = None
    newest: datetime | None = None
    deleted = False
    for said in dated:
        kind, at, who = said.get("type"), instant(said.get("date")), _author(said)
        data = said.get("data") if isinstance(said.get("data"), dict) else {}
        assert at is not None
        assert isinstance(data, dict)
        newest = at
        if kind == "commentCard" and (comment := comment_of(said, card)) is not None:
            comments.append(comment)
            newest = max(newest, comment.edited_at or newest)
        elif kind in CREATING:
            origin = said
        elif kind == "deleteCard":
            deleted = True
        elif kind == "updateCard":
            old, now = _dict(data.get("old")), _dict(data.get("card"))
            if old.get("dueComplete") is False and now.get("dueComplete") is True:
                completions.append((at, who, "due"))
            if "idList" in old:
                completions.append((at, who, str(now.get("idList") or _dict(data.get("listAfter")).get("id"))))
    return History(
        comments=tuple(comments),
        created_by=_author(origin) if origin is not None else None,
        copied=origin is not None and origin.get("type") == "copyCard",
        is_origin_known=origin is not None,
        completions=tuple(completions),
        authors=frozenset(who for said in actions if (who := _author(said)) is not None),
        newest=newest,
        is_deleted=deleted,
    )


def comment_of(said: object, card: str) -> Comment | None:
    """A commentCard action as a comment, its markdown as plain text."""
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        return None
    at = instant(said.get("date"))
    data = _dict(said.get("data"))
    if at is None or not isinstance(data.get("text"), str):
        return None
    return Comment(said["id"], card, _author(said), plain_text(data["text"]), at, instant(data.get("dateLastEdited")))


def made_at(card: str) -> datetime | None:
    """When a card was made: the first four bytes of its id are the second (MongoDB's ObjectId)."""
    try:
        return datetime.fromtimestamp(int(card[:8], 16), UTC) if len(card) == 24 else None
    except (ValueError, OverflowError, OSError):
        return None


def _author(said: Mapping[str, Any]) -> str | None:
    who = said.get("idMemberCreator") or _dict(said.get("memberCreator")).get("id")
    return str(who) if who else None  # absent for apps and agents


def _card_of(said: Mapping[str, Any]) -> str | None:
    card = _dict(_dict(said.get("data")).get("card")).get("id")
    return str(card) if card else None


def _dict(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _listed(said: object) -> list[object]:
    return list(said) if isinstance(said, list) else []


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""
