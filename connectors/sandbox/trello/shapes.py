"""How Trello writes its records as JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

from connectors.sandbox.trello.desk import Desk
from connectors.sandbox.trello.state import Action, Board, BoardList, Card, CheckItem, Checklist, Member
from connectors.sandbox.wire import Json

BOARD_FIELDS = ["name", "desc", "descData", "closed", "idOrganization", "pinned", "url", "shortUrl", "prefs",
                "labelNames"]  # fmt: skip
MEMBER_FIELDS = ["fullName", "username"]
CREATOR_FIELDS = ["activityBlocked", "avatarHash", "avatarUrl", "fullName", "idMemberReferrer", "initials",
                  "nonPublic", "nonPublicAvailable", "username"]  # fmt: skip


def stamp(at: datetime | None) -> str | None:
    """An instant as Trello writes it."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def chosen(full: Json, fields: list[str], key: str = "id") -> Json:
    """Only the fields named, and the id; "all" for all."""
    if fields == ["all"]:
        return full
    return {k: v for k, v in full.items() if k == key or k in fields}


def _slug(name: str) -> str:
    return quote(re.sub(r"[^\w]+", "-", name.lower()).strip("-")[:60] or "card")


def full_member(member: Member, *, private: bool = False) -> Json:
    """`private`: only for the member itself."""
    full: Json = {
        "id": member.id, "fullName": member.name, "username": member.username, "initials": member.initials,
        "activityBlocked": False, "avatarHash": None, "avatarUrl": None, "idMemberReferrer": None, "bio": "",
        "confirmed": True, "memberType": "normal", "url": f"https://trello.com/{member.username}",
        "nonPublic": {}, "nonPublicAvailable": False,
    }  # fmt: skip
    return full | ({"email": None} if private else {})


def full_board(desk: Desk, board: Board) -> Json:
    """A board without what is nested."""
    full: Json = {
        "id": board.id, "name": board.name, "desc": board.desc, "descData": None, "closed": board.closed,
        "idOrganization": "5f3a9c01de5f3a9c01de0001", "pinned": False, "starred": False, "subscribed": False,
        "url": f"https://trello.com/b/{board.short_link}/{_slug(board.name)}",
        "shortUrl": f"https://trello.com/b/{board.short_link}", "shortLink": board.short_link,
        "prefs": {"permissionLevel": "private", "background": "blue"},
        "labelNames": {"green": "", "yellow": "", "red": ""},
        "dateLastActivity": stamp(max((c.active for c in desk.state.cards_of(board.id)), default=None)),
        "limits": {"cards": {"openPerBoard": {"status": "ok", "disableAt": 5000, "warnAt": 4500}}},
    }  # fmt: skip
    return full | ({"nodeId": f"ari:cloud:trello::board/{board.id}"} if desk.switches.extra_fields else {})


def full_list(one: BoardList) -> Json:
    return {
        "id": one.id, "name": one.name, "closed": one.closed, "color": None, "idBoard": one.board, "pos": one.pos,
        "subscribed": False, "softLimit": None, "type": None, "datasource": {"filter": False},
    }  # fmt: skip


def full_card(desk: Desk, card: Card) -> Json:
    """A card without what is nested; with fields that no document has, when that is switched on."""
    lists = [c for c in desk.state.checklists.values() if c.card == card.id]
    items = [i for c in lists for i in c.items]
    comments = len(desk.state.comments_of(card))
    full: Json = {
        "id": card.id, "name": card.name, "desc": card.desc, "descData": {"emoji": {}}, "closed": card.closed,
        "idBoard": card.board, "idList": card.in_list, "idShort": card.short, "shortLink": card.short_link,
        "shortUrl": f"https://trello.com/c/{card.short_link}",
        "url": f"https://trello.com/c/{card.short_link}/{card.short}-{_slug(card.name)}",
        "pos": card.pos, "due": stamp(card.due), "start": stamp(card.start), "dueComplete": card.due_complete,
        "dueReminder": None, "dateLastActivity": stamp(card.active),
        "idMembers": list(card.members), "idLabels": [], "labels": [], "idMembersVoted": [],
        "idChecklists": [c.id for c in lists], "checkItemStates": [], "idAttachmentCover": None,
        "manualCoverAttachment": False, "subscribed": False, "cardRole": None, "isTemplate": False,
        "address": None, "coordinates": None, "locationName": None, "mirrorSourceId": None,
        "cover": {"idAttachment": None, "color": None, "size": "normal", "brightness": "dark"},
        "badges": {
            "attachments": 0, "attachmentsByType": {"trello": {"board": 0, "card": 0}}, "location": False,
            "votes": 0, "viewingMemberVoted": False, "subscribed": False, "fogbugz": "",
            "checkItems": len(items), "checkItemsChecked": sum(i.complete for i in items), "comments": comments,
            "description": bool(card.desc), "due": stamp(card.due), "start": stamp(card.start),
            "dueComplete": card.due_complete,
        },
    }  # fmt: skip
    if desk.switches.extra_fields:
        full |= {
            "nodeId": f"ari:cloud:trello::card/{card.id}", "agent": None, "aiMetadata": {"generated": False},
            "dateCompleted": stamp(card.completed_at), "dueReminder": -1 if card.due else None,
            "idMemberCreator": card.creator,
        }  # fmt: skip
    return full


def full_item(item: CheckItem, checklist: str) -> Json:
    return {
        "id": item.id, "idChecklist": checklist, "name": item.name, "nameData": None, "pos": item.pos,
        "state": "complete" if item.complete else "incomplete", "due": stamp(item.due), "idMember": item.member,
        "dueReminder": None,
    }  # fmt: skip


def full_checklist(checklist: Checklist, board: str) -> Json:
    return {
        "id": checklist.id, "name": checklist.name, "idBoard": board, "idCard": checklist.card,
        "pos": checklist.pos, "checkItems": [full_item(i, checklist.id) for i in checklist.items],
    }  # fmt: skip


def full_action(desk: Desk, action: Action, fields: list[str] | None = None, creator: list[str] | None = None) -> Json:
    """An action with its maker."""
    full: Json = {
        "id": action.id, "idMemberCreator": action.member, "data": action.data, "type": action.type,
        "date": stamp(action.at), "appCreator": None, "limits": {"reactions": {}},
    }  # fmt: skip
    if desk.switches.extra_fields:
        full["agenticIdentity"] = None
    full = chosen(full, fields or ["all"])
    if creator != []:
        maker = full_member(desk.state.members[action.member])
        full["memberCreator"] = chosen(maker, creator or CREATOR_FIELDS)
    return full


def nested_card(desk: Desk, card: Card, fields: list[str], prefix: str = "") -> Json:
    """A card with what is nested in it (`prefix` is "card_" within a board)."""
    shown = chosen(full_card(desk, card), fields)
    if desk.given.get(prefix + "members") is not None and desk.flag(prefix + "members"):
        wanted = desk.names(prefix + "member_fields", ",".join(CREATOR_FIELDS))
        shown["members"] = [chosen(full_member(desk.state.members[m]), wanted) for m in card.members]
    if desk.text(prefix + "attachments", "false") not in ("false", "none"):
        shown["attachments"] = []
    if desk.text(prefix + "customFieldItems", "false") == "true":
        shown["customFieldItems"] = []
    if not prefix and desk.text("checklists", "none") == "all":
        mine = [c for c in desk.state.checklists.values() if c.card == card.id]
        shown["checklists"] = [full_checklist(c, card.board) for c in sorted(mine, key=lambda c: c.pos)]
    return shown
