"""A small Trello, written from its OpenAPI file and guides: one board, cards, actions, /batch. For the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.unit.tracker_loopback import Call, Said

BOARD, SHORT = "5e93ba403f1ab3603ba81a09", "Ab12Cd34"
ME, ANA, BEN = "a" * 24, "b" * 24, "c" * 24
TODO, REVIEWS, DONE = "1" * 24, "2" * 24, "3" * 24


def _default_lists() -> list[dict[str, Any]]:
    return [
        {"id": DONE, "name": "Done", "closed": False, "pos": 3},
        {"id": TODO, "name": "To do", "closed": False, "pos": 1},
        {"id": REVIEWS, "name": "Reviews", "closed": False, "pos": 2},
    ]


@dataclass
class SmallTrello:
    """`most`: how many cards or actions one answer really holds. `refusals`: "METHOD path" → what is answered.

    `unnested`: what the board's answer leaves out although it was asked for. `answers` "bare": writes are answered
    with an id alone.
    """

    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)
    checklists: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: list[dict[str, Any]] = field(default_factory=_default_lists)
    members: dict[str, str] = field(default_factory=lambda: {ME: "aligndbot", ANA: "AnaAlves", BEN: "benbo"})
    most: int = 1000
    too_many: bool = False
    now: datetime = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
    refusals: dict[str, Said] = field(default_factory=dict)
    closed: bool = False
    unnested: frozenset[str] = frozenset()
    answers: str = "whole"

    def answer(self, call: Call) -> Said:
        assert call.path.startswith("/1/")
        assert "key" not in call.query
        assert "token" not in call.query
        said = self.route(call.method, call.path.removeprefix("/1"), call.query, call.body or {})
        if self.answers == "bare" and call.method != "GET" and isinstance(said.body, dict):
            return Said({"id": said.body["id"]}, said.status)
        return said

    def route(  # noqa: C901 - one line a route
        self, method: str, path: str, query: dict[str, str], body: dict[str, Any]
    ) -> Said:
        if (refusal := self.refusals.get(f"{method} {path}")) is not None:
            return refusal
        match method, path.strip("/").split("/"):
            case "GET", ["batch"]:
                return Said([self._part(one) for one in query["urls"].split(",")])
            case "GET", ["members", "me"]:
                return Said({"id": ME, "username": self.members[ME]})
            case "GET", ["members", "me", "actions"]:
                mine = [one for one in self.actions if one["idMemberCreator"] == ME]
                return Said(self._chosen(mine, query["filter"], query.get("since"), query.get("before")))
            case "GET", ["boards", who] if who in (BOARD, SHORT):
                whole = self._board(query)
                if isinstance(whole.body, dict) and whole.status == 200:
                    return Said({name: said for name, said in whole.body.items() if name not in self.unnested})
                return whole
            case "GET", ["boards", who, "lists" | "members" as what] if who == BOARD:
                shown = self._board({"cards": "none", "actions": "none"}).body
                assert isinstance(shown, dict)
                return Said(shown[what])
            case "GET", ["boards", who, "cards", which] if who == BOARD:
                return Said(self._cards(which, query.get("before"))[: self.most])
            case "GET", ["boards", who, "actions"] if who == BOARD:
                return Said(self._chosen(self.actions, query["filter"], query.get("since"), query.get("before")))
            case "GET", ["cards", card, "actions"] if card in self.cards:
                theirs = [one for one in self.actions if one["data"]["card"]["id"] == card]
                return Said(self._chosen(theirs, query["filter"], None, query.get("before")))
            case "GET", ["cards", card] if card in self.cards:
                theirs = [one for one in self.actions if one["data"]["card"]["id"] == card]
                nested = {"actions": self._chosen(theirs, query["actions"], None, None)} if "actions" in query else {}
                return Said(self.cards[card] | nested)
            case "GET", ["boards", who, "checklists"] if who == BOARD:
                return Said(list(self.checklists.values()))
            case "GET", ["cards", card, "checklists"]:
                return Said([one for one in self.checklists.values() if one["idCard"] == card])
            case "POST", ["cards", card, "checklists"] if card in self.cards:
                made = {"id": f"{len(self.checklists):024x}", "idCard": card, "pos": 1, "checkItems": [], **body}
                self.checklists[made["id"]] = made
                return Said(made)
            case "POST", ["checklists", checklist, "checkItems"] if checklist in self.checklists:
                items = self.checklists[checklist]["checkItems"]
                items.append({"id": f"{len(items) + 4096:024x}", "state": "incomplete", **body})
                return Said(items[-1])
            case "POST", ["cards"]:
                return Said(self.make(**body))
            case "PUT", ["cards", card] if card in self.cards:
                return Said(self.change(card, body))
            case "POST", ["cards", card, "actions", "comments"] if card in self.cards:
                return Said(self.say(card, body["text"], ME))
            case "PUT", ["actions", action]:
                found = next(one for one in self.actions if one["id"] == action)
                found["data"] |= {"text": body["text"], "dateLastEdited": self.stamp()}
                return Said(found)
            case "POST", ["cards", card, "idMembers"] if card in self.cards:
                if body["value"] in self.cards[card]["idMembers"]:
                    return Said("member is already on the card", 400, {"Content-Type": "text/plain"})
                self.cards[card]["idMembers"].append(body["value"])
                return Said([{"id": one} for one in self.cards[card]["idMembers"]])
            case "DELETE", ["cards", card, "idMembers", member] if card in self.cards:
                if member not in self.cards[card]["idMembers"]:
                    return Said("member is not on the card", 400, {"Content-Type": "text/plain"})
                self.cards[card]["idMembers"].remove(member)
                return Said([{"id": one} for one in self.cards[card]["idMembers"]])
        return Said("The requested resource was not found.", 404, {"Content-Type": "text/plain"})

    def _part(self, route: str) -> dict[str, Any]:
        path, _, query = unquote(route).partition("?")
        said = self.route("GET", path, dict(parse_qsl(query)), {})
        return {"200": said.body} if said.status == 200 else {"statusCode": said.status, "message": said.body}

    def _board(self, query: dict[str, str]) -> Said:
        if self.too_many and query["cards"] != "none":
            return Said({"error": "API_TOO_MANY_CARDS_REQUESTED", "message": "Too many cards requested"}, 403)
        shown: dict[str, Any] = {"id": BOARD, "name": "Growth", "closed": self.closed, "lists": self.lists}
        shown["members"] = [{"id": at, "username": name, "fullName": name.title()} for at, name in self.members.items()]
        shown["memberships"] = [{"idMember": at, "memberType": "normal"} for at in self.members]
        if query["cards"] != "none":
            shown["cards"] = self._cards(query["cards"], None)
        if query.get("checklists") == "all":
            shown["checklists"] = list(self.checklists.values())
        if query["actions"] != "none":
            shown["actions"] = self._chosen(self.actions, query["actions"], query.get("actions_since"), None)
        return Said(shown)

    def _cards(self, which: str, before: str | None) -> list[dict[str, Any]]:
        found = [
            one for one in self.cards.values() if one["idBoard"] == BOARD and (which == "all" or not one["closed"])
        ]
        return sorted(
            (one for one in found if before is None or one["id"] < before), key=lambda one: str(one["id"]), reverse=True
        )

    def _chosen(
        self, actions: list[dict[str, Any]], types: str, since: str | None, before: str | None
    ) -> list[dict[str, Any]]:
        found = [one for one in actions if types == "all" or one["type"] in types.split(",")]
        found = [one for one in found if since is None or _at(one["date"]) >= _at(since)]
        newest_first = sorted(found, key=lambda one: str(one["id"]), reverse=True)
        return [one for one in newest_first if before is None or one["id"] < before][: self.most]

    # ── what happens on the board ────────────────────────────────────────────────────────────────────────────────

    def make(self, who: str = ME, how: str = "createCard", **said: Any) -> dict[str, Any]:
        """A new card."""
        stamp = self.stamp()
        card = self._id()
        self.cards[card] = {
            "id": card,
            "name": said.get("name", "Card"),
            "desc": said.get("desc", ""),
            "due": said.get("due"),
            "dueComplete": False,
            "closed": False,
            "idList": said.get("idList", TODO),
            "idBoard": BOARD,
            "idMembers": list(said.get("idMembers", [])),
            "dateLastActivity": stamp,
            "shortUrl": f"https://trello.com/c/{card[:8]}",
        }
        self.act(how, card, who, {})
        return self.cards[card]

    def change(self, card: str, changes: dict[str, Any], who: str = ME) -> dict[str, Any]:
        """A card changed by somebody."""
        old = {name: self.cards[card].get(name) for name in changes}
        self.cards[card] |= changes
        self.act("updateCard", card, who, {"old": old, "card": {"id": card, **changes}})
        return self.cards[card]

    def say(self, card: str, text: str, who: str) -> dict[str, Any]:
        """A comment by somebody."""
        return self.act("commentCard", card, who, {"text": text})

    def act(self, kind: str, card: str, who: str | None, data: dict[str, Any]) -> dict[str, Any]:
        """An action on a card."""
        date = self.stamp()
        made = {
            "id": self._id(),
            "type": kind,
            "date": date,
            "idMemberCreator": who,
            "data": {"card": {"id": card}} | data,
        }
        self.actions.append(made)
        if card in self.cards:
            self.cards[card]["dateLastActivity"] = date
        return made

    def stamp(self) -> str:
        """The vendor's time, moving on a second a change."""
        self.now += timedelta(seconds=1)
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _id(self) -> str:
        return f"{int(self.now.timestamp()):08x}{len(self.cards) + len(self.actions):016x}"


def _at(said: str) -> datetime:
    return datetime.fromisoformat(said)
