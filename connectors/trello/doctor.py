"""What `doctor` says of a Trello tracker: one line a thing, with the mend. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import VendorError
from connectors.trello.board import user_names
from connectors.trello.client import TrelloClient
from connectors.trello.settings import TrelloSettings
from mapping.people import Person

QUERY = {
    "fields": "name,closed",
    "lists": "all",
    "list_fields": "name,closed,pos",
    "members": "all",
    "member_fields": "username,fullName",
    "memberships": "all",
    "cards": "none",
    "actions": "none",
}


def examine(
    client: TrelloClient, settings: TrelloSettings, calls: Calls, people: Sequence[Person]
) -> Sequence[Finding]:
    """Credential, board, lists, the right to write, each person."""
    where = settings.id
    calls.needed(2)
    try:
        me = client.get("/members/me", {"fields": "username,fullName"})
    except VendorError as trouble:
        return (Finding(where, trouble.what, ok=False, mend=trouble.advice),)
    name = str(me.get("username") or "somebody") if isinstance(me, dict) else "somebody"
    findings = [Finding(where, f"signed in to Trello as {name}", ok=True), *_twin(name, people, where)]
    try:
        board = client.get(f"/boards/{settings.board}", QUERY)
    except VendorError as trouble:
        mend = f"check trackers.{where}.board, and let {name} onto that board"
        return (*findings, Finding(where, f"board {settings.board}: {trouble.what}", ok=False, mend=mend))
    if not isinstance(board, dict):
        return (*findings, Finding(where, "Trello's answer has no board in it", ok=False, mend="try again"))
    findings += _board(board, settings)
    findings += _lists(board, settings)
    findings.append(_right(board, me if isinstance(me, dict) else {}, where))
    findings += _people(board, people, where)
    return tuple(findings)


def _twin(name: str, people: Sequence[Person], where: str) -> list[Finding]:
    twin = next((one for one in people if user_names([one])[one.id] == name.casefold()), None)
    if twin is None:
        return []
    what = f"the token belongs to {twin.name}, who is one of people: what alignd writes looks written by them"
    return [Finding(where, what, ok=False, mend="give alignd a user of its own in Trello, and use that user's token")]


def _board(board: Mapping[str, Any], settings: TrelloSettings) -> list[Finding]:
    where, name = settings.id, board.get("name")
    if board.get("closed") is True:
        mend = f"open it again, or name another one in trackers.{where}.board"
        return [Finding(where, f"board {name} is closed", ok=False, mend=mend)]
    return [Finding(where, f"board {name} is there", ok=True)]


def _lists(board: Mapping[str, Any], settings: TrelloSettings) -> list[Finding]:
    lists = [one for one in board.get("lists") or [] if isinstance(one, dict)]
    there = [str(one.get("name")) for one in lists if one.get("closed") is not True]
    archived = [str(one.get("name")) for one in lists if one.get("closed") is True]
    findings = []
    wanted = dict.fromkeys((*settings.lists.named().values(), *settings.lists.done))
    for name in wanted:
        is_done = name in settings.lists.done
        found = _has(name, there) or (is_done and _has(name, archived))
        mend = f"make it, or name one of these in trackers.{settings.id}.lists: {', '.join(there) or 'none yet'}"
        state = "there" if found else "archived" if _has(name, archived) else "missing"
        findings.append(Finding(settings.id, f"list {name} is {state}", ok=found, mend="" if found else mend))
    if not settings.lists.named():
        if there:
            findings.append(Finding(settings.id, f"no list is named, so work goes to the first: {there[0]}", ok=True))
        else:
            findings.append(Finding(settings.id, "the board has no open list", ok=False, mend="make one"))
    return findings


def _has(name: str, lists: Sequence[str]) -> bool:
    return any(name.strip().casefold() == one.strip().casefold() for one in lists)


def _right(board: Mapping[str, Any], me: Mapping[str, Any], where: str) -> Finding:
    memberships = [one for one in board.get("memberships") or [] if isinstance(one, dict)]
    mine = next((one for one in memberships if one.get("idMember") == me.get("id")), None)
    mend = "make alignd's user a normal member of the board"
    if mine is None:
        return Finding(where, "alignd's user is no member of the board, so it may only read", ok=False, mend=mend)
    if mine.get("memberType") == "observer":
        return Finding(where, "alignd's user only observes the board", ok=False, mend=mend)
    return Finding(where, "alignd may write on the board, if its token was made with the right to write", ok=True)


def _people(board: Mapping[str, Any], people: Sequence[Person], where: str) -> list[Finding]:
    members = [one for one in board.get("members") or [] if isinstance(one, dict)]
    names = {str(one.get("username") or "").casefold(): str(one.get("fullName") or "") for one in members}
    findings = []
    for person, name in user_names(people).items():
        at = f"{where} people.{person}"
        if not name:
            mend = f"write people.{person}.trello, their user name there, if they get work here"
            what = f"{person} has no Trello user name: nothing is assigned to them here"
            findings.append(Finding(at, what, ok=True, mend=mend))
        elif name in names:
            findings.append(Finding(at, f"{person} is {names[name] or name} on the board", ok=True))
        else:
            mend = f"invite them to the board, or correct people.{person}.trello"
            findings.append(Finding(at, f"{name} is not a member of the board", ok=False, mend=mend))
    return findings
