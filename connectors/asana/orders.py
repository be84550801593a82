"""Orders as Asana's requests, and Asana's answers as results. One order is one action; ten share a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from connectors.answers import zulu
from connectors.asana.client import Action, Outcome, messages
from connectors.asana.render import html_comment, html_notes
from connectors.asana.setup import Setup
from connectors.asana.wire import PART_FIELDS, STORY_FIELDS, TASK_FIELDS, Reader, comment_of
from connectors.fitting import one_line
from connectors.redaction import vendor_words
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
    Update,
)

LONGEST_NAME = 1024  # characters; Asana gives no number, and a longer name is no name
DEFINITE = frozenset({400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 451})


def action_of(order: Order, setup: Setup, wanted: Mapping[str, str]) -> Action:
    """The one request of an order. Asana PUTs change only what is sent."""
    match order:
        case Create():
            return Action("post", "/tasks", _new_task(order, setup, wanted), TASK_FIELDS)
        case Update():
            return Action("put", f"/tasks/{order.task}", _changes(order), TASK_FIELDS)
        case Say():
            return Action("post", f"/tasks/{order.task}/stories", _story(order), STORY_FIELDS)
        case EditComment():
            return Action("put", f"/stories/{order.comment}", _story(order), STORY_FIELDS)
        case Complete() | Archive():  # tasks have no archive in Asana
            return Action("put", f"/tasks/{order.task}", {"completed": True}, TASK_FIELDS)
        case Reopen():
            due = {"due_on": order.due.isoformat()} if order.due is not None else {}
            return Action("put", f"/tasks/{order.task}", {"completed": False, **due}, TASK_FIELDS)
        case Follow():
            return Action("post", f"/tasks/{order.task}/addFollowers", {"followers": [order.account]}, TASK_FIELDS)
        case AddPart():
            return Action("post", f"/tasks/{order.task}/subtasks", _new_part(order), PART_FIELDS)
    assert_never(order)


def is_repeatable(order: Order) -> bool:
    """Whether sending it twice is as good as once."""
    return not isinstance(order, Create | Say | AddPart)


def _new_task(order: Create, setup: Setup, wanted: Mapping[str, str]) -> dict[str, object]:
    task: dict[str, object] = {"name": one_line(order.title, LONGEST_NAME), "html_notes": html_notes(order.body)}
    section = setup.place(order.kind, wanted)
    # memberships places it in its section in the same request (Asana's OpenAPI, TaskBase.memberships: create-only, and
    # marked read-only); projects besides, so that where those are passed over it still stands in the project
    task["projects"] = [setup.project]
    if section is not None:
        task["memberships"] = [{"project": setup.project, "section": section}]
    if order.assignee is not None:
        task["assignee"] = order.assignee
    if order.due is not None:
        task["due_on"] = order.due.isoformat()
    if order.followers:
        task["followers"] = list(dict.fromkeys(order.followers))
    return task


def _new_part(order: AddPart) -> dict[str, object]:
    part: dict[str, object] = {"name": one_line(order.title, LONGEST_NAME)}
    if order.assignee is not None:
        part["assignee"] = order.assignee
    if order.due is not None:
        part["due_on"] = order.due.isoformat()
    return part


def _changes(order: Update) -> dict[str, object]:
    changes: dict[str, object] = {}
    if "title" in order.fields:
        changes["name"] = one_line(order.title, LONGEST_NAME)
    if "assignee" in order.fields:
        changes["assignee"] = order.assignee
    if "due" in order.fields:
        changes["due_on"] = order.due.isoformat() if order.due is not None else None
    return changes


def _story(order: Say | EditComment) -> dict[str, object]:
    return {"html_text": html_comment(order.body), **({"is_pinned": True} if order.pinned else {})}


def result_of(
    order: Order,
    action: Action,
    outcome: Outcome,
    reader: Reader,
    secrets: tuple[str, ...],
    answered: datetime | None = None,
) -> Result:
    """What became of an order: by the status of its own action, whatever the batch's was.

    `answered`: the vendor's clock, for a comment whose answer does not say when it was written.
    """
    where = reader.tracker
    if 200 <= outcome.status < 300:
        return _done(order, action, outcome, reader, answered)
    said = vendor_words(messages(outcome.body), secrets) or "no reason given"
    if outcome.status == 429:
        return Result(
            Fate.NOT_SENT,
            trouble=Trouble(where, f"Asana was asked too much: {said}", "nothing to do: the next cycle", "late"),
        )
    if outcome.status in DEFINITE:
        extra = _extra(order, action, said)
        what = f"Asana refused to {_doing(order)} ({outcome.status}): {said}"
        kind = "extra" if extra else "failed"
        return Result(
            Fate.REFUSED, trouble=Trouble(where, what, _mend(extra, outcome.status), kind), refused_extra=extra
        )
    return lost(where, f"Asana failed to {_doing(order)} ({outcome.status or 'no readable answer'}): {said}")


def lost(where: str, what: str) -> Result:
    """Nobody knows whether it happened."""
    return Result(
        Fate.UNKNOWN,
        trouble=Trouble(where, what, "nothing to do: it is looked for before it is tried again", "unknown"),
    )


def _done(order: Order, action: Action, outcome: Outcome, reader: Reader, answered: datetime | None) -> Result:
    if isinstance(order, Say | EditComment):
        comment = comment_of(_as_comment(outcome.data, answered), order.task)
        if comment is None and isinstance(order, Say):  # an edited one keeps its id
            return lost(reader.tracker, "Asana said yes without saying which comment it is")
        return Result(Fate.DONE, comment=comment)
    if isinstance(order, AddPart):
        part = reader.part(_as_sent(action, outcome.data))
        if part is None:
            return lost(reader.tracker, "Asana said yes without saying which subtask it is")
        return Result(Fate.DONE, part=part)
    if isinstance(order, Create):
        task = reader.task(_as_asked(order, action, outcome.data))
        if task is None:
            return lost(reader.tracker, "Asana said yes without saying which task it is")
        return Result(Fate.DONE, task=task)
    # a compact record says nothing of the fields: the next reading does
    is_whole = isinstance(outcome.data, dict) and "completed" in outcome.data
    return Result(Fate.DONE, task=reader.task(outcome.data) if is_whole else None)


def _as_sent(action: Action, said: Any) -> Any:
    """A new subtask as Asana answered it; a field that the answer leaves out is as it was sent."""
    if not isinstance(said, dict):
        return said
    assignee = action.data.get("assignee")
    return {**action.data, "assignee": {"gid": assignee} if assignee else None, **said}


def _as_asked(order: Create, action: Action, said: Any) -> Any:
    """An answer that leaves fields out (a compact record) says yes to what was sent: that is what stands there."""
    if not isinstance(said, dict):
        return said
    assignee = {"gid": order.assignee} if order.assignee is not None else None
    asked = {"name": action.data["name"], "assignee": assignee, "due_on": action.data.get("due_on")}
    if "due_at" in said:
        del asked["due_on"]
    return asked | said


def _as_comment(said: Any, answered: datetime | None) -> Any:
    # an answer to POST or PUT of a story is a comment, whether or not it says so
    now = {"created_at": zulu(answered)} if answered is not None else {}
    return {**now, **said, "type": "comment"} if isinstance(said, dict) else said


def _extra(order: Order, action: Action, said: str) -> str | None:
    """Which extra of the order Asana would not take: by its id in the message, else by the field's name there."""
    low = said.casefold()
    sections = [one.get("section") for one in _dicts(action.data.get("memberships"))]
    extras: list[tuple[str, list[object], tuple[str, ...]]] = [
        ("assignee", [action.data.get("assignee")], ("assignee",)),
        ("followers", _listed(action.data.get("followers")), ("follower",)),
        ("place", sections, ("section", "membership")),
    ]
    sent = [(name, ids, words) for name, ids, words in extras if any(ids)]
    for name, ids, _ in sent:
        if any(str(one).casefold() in low for one in ids if one):
            return name
    for name, _, words in sent:
        if any(word in low for word in words):
            return name
    return "followers" if isinstance(order, Follow) else None


def _listed(said: object) -> list[object]:
    return list(said) if isinstance(said, list) else []


def _dicts(said: object) -> list[dict[str, object]]:
    return [one for one in _listed(said) if isinstance(one, dict)]


def _doing(order: Order) -> str:
    match order:
        case Create():
            return f'make "{one_line(order.title, 60)}"'
        case Say():
            return f"comment on task {order.task}"
        case AddPart():
            return f'add "{one_line(order.title, 60)}" to task {order.task}'
        case EditComment():
            return f"change a comment on task {order.task}"
        case Follow():
            return f"add a follower to task {order.task}"
        case _:
            return f"change task {order.task}"


def _mend(extra: str | None, status: int) -> str:
    mends = {
        "assignee": "invite that person to the project, or correct their email in the file; until then work names them",
        "followers": "invite that person to the project, or correct their email in the file",
        "place": "make the section again, or name another one in the file; until then it goes to the first",
    }
    if extra is not None:
        return mends[extra]
    if status in (401, 403):
        return "let the token's user into the project, with the right to edit: alignd doctor"
    return "run alignd doctor; it is tried again when something changes, and daily"
