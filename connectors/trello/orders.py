"""Orders as Trello's requests, and its answers as results. Trello has no batch of writes: one order at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, assert_never

from connectors.answers import zulu
from connectors.calls import Calls
from connectors.errors import BudgetSpent, NeedsPerson, OutcomeUnknown, Refused, TryLater, VendorError
from connectors.fitting import one_line
from connectors.trello import checklists
from connectors.trello.board import Board
from connectors.trello.client import TrelloClient
from connectors.trello.render import markdown, markdown_comment
from connectors.trello.wire import Reader, comment_of, made_at
from mapping.queries import Trouble
from mapping.tasks import (
    AddPart,
    Archive,
    Complete,
    Create,
    EditComment,
    Fate,
    Follow,
    Order,
    Reopen,
    Result,
    Say,
    Task,
    Update,
    WorkKind,
)

LONGEST_NAME = 16_384  # developer.atlassian.com: names; a title is never near it


@dataclass(frozen=True, slots=True)
class Writer:
    """Gives orders to Trello. `seen`: the cards as last read, by id.

    `confirming`: card → its checklist for alignd's items, None where it has none; a card that is not in it is asked.
    """

    client: TrelloClient
    calls: Calls
    reader: Reader
    board: Board
    wanted: Mapping[str, str]
    seen: Mapping[str, Task]
    confirming: dict[str, str | None]

    def give(self, order: Order) -> Result:
        """One order, in one request (a change of assignee beside other fields takes one a part)."""
        match order:
            case Create():
                return self._create(order)
            case Update():
                return self._update(order)
            case Say():
                return self._comment(order, "POST", f"/cards/{order.task}/actions/comments", repeatable=False)
            case EditComment():
                return self._comment(order, "PUT", f"/actions/{order.comment}", repeatable=True)
            case Complete():
                return self._change(order.task, {"dueComplete": True})
            case Reopen():
                return self._reopen(order)
            case Follow():
                return self._follow(order)
            case Archive():
                return self._change(order.task, {"closed": True})
            case AddPart():
                return self._add_part(order)
        assert_never(order)

    def _create(self, order: Create) -> Result:
        place = self.board.place(order.kind, self.wanted)
        if place is None:
            trouble = Trouble(self.reader.tracker, "the board has no open list", "make one on the board", "refused")
            return Result(Fate.REFUSED, trouble=trouble)
        members = list(dict.fromkeys(one for one in (order.assignee, *order.followers) if one))
        body: dict[str, object] = {
            "idList": place,
            "name": one_line(order.title, LONGEST_NAME),
            "desc": markdown(order.body),
            "pos": "bottom",
        }
        if order.due is not None:
            body["due"] = self.reader.due_at(order.due)
        if members:
            body["idMembers"] = members
        try:
            said = self._send("POST", "/cards", body, repeatable=False)
        except VendorError as trouble:
            return failed(trouble, _extra(trouble, order))
        # an answer that leaves fields out says yes to what was sent
        asked = {"idBoard": self.board.id, "due": None, **body}
        task = self.reader.task({**asked, **said} if isinstance(said, dict) else said)
        if task is None:
            return _unsaid(self.reader.tracker, "card")
        # the card was made by this very request, so by alignd's user: Trello's answer does not always say so
        return Result(Fate.DONE, task=task)

    def _update(self, order: Update) -> Result:
        """The new member first: it is what can be refused, and then nothing else has been changed yet."""
        changes: dict[str, object] = {}
        if "title" in order.fields:
            changes["name"] = one_line(order.title, LONGEST_NAME)
        if "due" in order.fields:
            changes["due"] = self.reader.due_at(order.due)
        task = self.seen.get(order.task)
        if "assignee" in order.fields and order.assignee is not None:
            added = self._add_member(order.task, order.assignee, "assignee")
            if added.fate is not Fate.DONE:
                return added
            task = added.task or task
        if changes:
            changed = self._change(order.task, changes)
            if changed.fate is not Fate.DONE:
                return changed
            task = changed.task  # None says that it stands as it was sent; as it was seen before it does not stand
        if "assignee" in order.fields and order.remove_assignee not in (None, order.assignee):
            return self._remove_member(order.task, str(order.remove_assignee), task)
        return Result(Fate.DONE, task=task)

    def _follow(self, order: Follow) -> Result:
        return self._add_member(order.task, order.account, "followers")

    def _add_member(self, task: str, account: str, extra: str) -> Result:
        seen = self.seen.get(task)
        try:
            said = self._send("POST", f"/cards/{task}/idMembers", {"value": account}, repeatable=True)
        except (Refused, NeedsPerson) as refusal:
            if "already" in refusal.what.casefold():  # it is as it should be
                return Result(Fate.DONE, task=replace(seen, assignees=seen.assignees | {account}) if seen else None)
            return failed(refusal, extra if refusal.status == 400 else None)
        except VendorError as trouble:
            return failed(trouble)
        return Result(Fate.DONE, task=_with_members(seen, said))

    def _remove_member(self, task: str, account: str, seen: Task | None) -> Result:
        try:
            said = self._send("DELETE", f"/cards/{task}/idMembers/{account}", None, repeatable=True)
        except Refused:  # not on the card any more, which is as it should be
            return Result(Fate.DONE, task=replace(seen, assignees=seen.assignees - {account}) if seen else None)
        except VendorError as trouble:
            # the new one is there, and that is what was asked for; the old one stays beside it, and this is said
            return Result(Fate.DONE, task=seen, trouble=trouble.trouble())
        return Result(Fate.DONE, task=_with_members(seen, said))

    def _reopen(self, order: Reopen) -> Result:
        seen = self.seen.get(order.task)
        if seen is None:
            try:
                self.calls.needed(1)
                seen = self.reader.task(self.client.get(f"/cards/{order.task}"))
            except VendorError as trouble:
                return failed(_unsent(trouble))
        changes: dict[str, object] = {"dueComplete": False}
        if order.due is not None:
            changes["due"] = self.reader.due_at(order.due)
        if seen is not None and seen.archived:
            changes["closed"] = False
        if seen is not None and seen.place in self.reader.done:
            changes["idList"] = self._open_place(order.kind)
        return self._change(order.task, changes)

    def _open_place(self, kind: WorkKind) -> str | None:
        place = self.board.place(kind, self.wanted)
        return place if place not in self.board.done else None

    def _change(self, task: str, changes: Mapping[str, object]) -> Result:
        sent = {name: value for name, value in changes.items() if name != "idList" or value is not None}
        try:
            said = self._send("PUT", f"/cards/{task}", sent, repeatable=True)
        except VendorError as trouble:
            return failed(trouble)
        # an answer that leaves fields out says nothing of them: the next reading does
        return Result(Fate.DONE, task=self.reader.task(said) if isinstance(said, dict) and "idList" in said else None)

    def _comment(self, order: Say | EditComment, method: str, path: str, *, repeatable: bool) -> Result:
        try:
            said = self._send(method, path, {"text": markdown_comment(order.body)}, repeatable=repeatable)
        except VendorError as trouble:
            return failed(trouble)
        comment = comment_of(_as_comment(said, order), order.task)
        if comment is None and isinstance(order, Say):  # an edited one keeps its id
            return _unsaid(self.reader.tracker, "comment")
        return Result(Fate.DONE, comment=comment)

    def _add_part(self, order: AddPart) -> Result:
        """Its checklist first, which the card may have already; then the item, once."""
        try:
            checklist = self.confirming.get(order.task) or self._checklist(order.task)
        except VendorError as trouble:
            return failed(checklists.before_the_item(trouble))
        if checklist is None:
            return failed(TryLater(self.reader.tracker, "Trello did not say which checklist it made", "nothing to do"))
        self.confirming[order.task] = checklist
        item = checklists.new_item(order, self.reader)
        try:
            said = self._send("POST", f"/checklists/{checklist}/checkItems", item, repeatable=False)
        except VendorError as trouble:
            return failed(trouble, checklists.refused_extra(trouble, order))
        part = checklists.part_of(checklists.as_sent(item, said), self.reader)
        return Result(Fate.DONE, part=part) if part is not None else _unsaid(self.reader.tracker, "item")

    def _checklist(self, card: str) -> str | None:
        """The card's checklist for alignd's items: the one it has, else a new one."""
        if card not in self.confirming:
            self.calls.needed(1)
            there = self.client.get(f"/cards/{card}/checklists", {"checkItems": "none", "fields": "name,idCard,pos"})
            if (found := checklists.ours_of(there)) is not None:
                return found
        said = self._send("POST", f"/cards/{card}/checklists", {"name": checklists.NAME}, repeatable=False)
        made = said.get("id") if isinstance(said, dict) else None
        return str(made) if made else None

    def _send(self, method: str, path: str, body: Mapping[str, object] | None, *, repeatable: bool) -> Any:
        self.calls.needed(1)
        return self.client.write(method, path, body, repeatable=repeatable)


def _as_comment(said: Any, order: Say | EditComment) -> Any:
    """The action Trello answered; what it leaves out is what was sent, and the time that its id has."""
    if not isinstance(said, dict) or not isinstance(said.get("id"), str):
        return said
    data = said.get("data")
    at = made_at(said["id"])
    dated = {"date": zulu(at)} if at is not None else {}
    return {**dated, **said, "data": {"text": markdown_comment(order.body), **(data if isinstance(data, dict) else {})}}


def failed(trouble: VendorError, extra: str | None = None) -> Result:
    """What a failed request means for its order."""
    told = trouble.trouble()
    if isinstance(trouble, TryLater | BudgetSpent):
        return Result(Fate.NOT_SENT, trouble=told)
    if isinstance(trouble, OutcomeUnknown):
        return Result(Fate.UNKNOWN, trouble=told)
    if extra is not None:
        told = replace(told, kind="extra", advice=_MENDS[extra])
    return Result(Fate.REFUSED, trouble=told, refused_extra=extra)


_MENDS = {
    "assignee": "invite that person to the board, or correct their Trello user name in the file; until then work "
    "names them",
    "followers": "invite that person to the board, or correct their Trello user name in the file",
    "due": "nothing to do: the item is made without its date, which stands on the card",
    "place": "make the list again, or name another one in the file; until then it goes to the first open one",
}


def _unsent(trouble: VendorError) -> VendorError:
    """A read before the write failed: the write has not been sent, whatever the read's fault was."""
    if isinstance(trouble, OutcomeUnknown):
        return TryLater(trouble.where, trouble.what, trouble.advice, status=trouble.status)
    return trouble


def _unsaid(where: str, what: str) -> Result:
    trouble = Trouble(
        where,
        f"Trello said yes without saying which {what} it is",
        "nothing to do: it is looked for before it is tried again",
        "unknown",
    )
    return Result(Fate.UNKNOWN, trouble=trouble)


def _with_members(seen: Task | None, said: object) -> Task | None:
    """The card as last seen, with the members Trello answered; None if it was not seen."""
    if seen is None or not isinstance(said, list):
        return seen
    ids = [one.get("id") if isinstance(one, dict) else one for one in said]
    return replace(seen, assignees=frozenset(str(one) for one in ids if one))


def _extra(trouble: VendorError, order: Create) -> str | None:
    """Which extra Trello would not take: it names the field, or the list it cannot find."""
    if not isinstance(trouble, Refused | NeedsPerson) or trouble.status not in (400, 404, 409, 422):
        return None
    said = trouble.what.casefold()
    if "member" in said:
        return "followers" if order.followers else "assignee" if order.assignee else None
    return "place" if "list" in said else None
