"""Trello's front door: key and token, rate limits, routes, and /batch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

from connectors.sandbox.trello import boards, cards, checklists, history, say
from connectors.sandbox.trello.desk import Desk
from connectors.sandbox.trello.state import Member, State, Switches
from connectors.sandbox.windows import Window
from connectors.sandbox.wire import Answer, Call, Json, Refusal, Routes, json_answer, split_target

PREFIX = "/1"
_HEADER = re.compile(r'(oauth_consumer_key|oauth_token)="([^"]*)"')


class TrelloApi:
    """The stand-in. `state` is what stands on the boards, `switches` Trello's open questions and limits."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.state = State(now)
        self.switches = Switches()
        self.monotonic = monotonic
        self._windows: dict[str, Window] = {}
        self._refusals: dict[str, Window] = {}
        self._locked: dict[str, float] = {}
        self._routes = _routes()

    def handle(self, call: Call) -> Answer:
        """Answer one request."""
        key, token = self._credentials(call)
        if key not in self.state.keys and not call.by_hand:
            return say.INVALID_KEY
        member = next((m for m in self.state.members.values() if m.token == token), None)
        if token and member is None:
            return say.INVALID_TOKEN
        if member is None:
            return say.UNAUTHORIZED
        headers: tuple[tuple[str, str], ...] = ()
        if self.switches.limits and not call.by_hand:
            over = self._over_the_limit(key, token)
            if over is not None:
                return over
            headers = self._rate_headers(key, token)
        answer = self._batch(call, member) if call.path == f"{PREFIX}/batch" else self._answer(call, member)
        return replace(answer, headers=answer.headers + headers)

    @staticmethod
    def _credentials(call: Call) -> tuple[str, str]:
        """From the Authorization header, the query or the body."""
        found = dict(_HEADER.findall(call.headers.get("authorization", "")))
        key, token = found.get("oauth_consumer_key"), found.get("oauth_token")
        given = _given(call) if key is None or token is None else {}
        return str(key or given.get("key") or ""), str(token or given.get("token") or "")

    # ── limits ───────────────────────────────────────────────────────────────────────────────────────────────

    def _window(self, name: str, limit: int) -> Window:
        made = self._windows.setdefault(name, Window(limit, self.switches.window, self.monotonic, False))
        made.limit = limit
        return made

    def _over_the_limit(self, key: str, token: str) -> Answer | None:
        now = self.monotonic()
        if self._locked.get(key, 0.0) > now:
            return say.too_many("API_KEY_LIMIT_EXCEEDED")
        code = None
        if not self._window("key " + key, self.switches.per_key).take():
            code = "API_KEY_LIMIT_EXCEEDED"
        elif not self._window("token " + token, self.switches.per_token).take():
            code = "API_TOKEN_LIMIT_EXCEEDED"
        if code is None:
            return None
        refusals = self._refusals.setdefault(
            key, Window(self.switches.lock_out_after, self.switches.window, self.monotonic)
        )
        if not refusals.take():
            self._locked[key] = now + self.switches.window
        return say.too_many(code)

    def _rate_headers(self, key: str, token: str) -> tuple[tuple[str, str], ...]:
        if not self.switches.rate_headers:
            return ()
        interval = str(int(self.switches.window * 1000))
        found: list[tuple[str, str]] = []
        for kind, name, limit in (
            ("token", "token " + token, self.switches.per_token),
            ("key", "key " + key, self.switches.per_key),
        ):
            left = self._window(name, limit).remaining
            found += [
                (f"x-rate-limit-api-{kind}-interval-ms", interval),
                (f"x-rate-limit-api-{kind}-max", str(limit)),
                (f"x-rate-limit-api-{kind}-remaining", str(left)),
            ]
        return tuple(found)

    # ── answering ────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, call: Call, member: Member) -> Answer:
        found = self._routes.find(call.method, call.path.removeprefix(PREFIX))
        if found is None:
            return say.NO_ROUTE
        handler, arguments = found
        try:
            return handler(Desk(self.state, self.switches, call, member, _given(call)), **arguments)
        except Refusal as refusal:
            return refusal.answer

    def _batch(self, call: Call, member: Member) -> Answer:
        """Up to ten GET routes; mixed results under one 200."""
        if call.method != "GET":
            return say.NO_ROUTE
        routes = [r for r in re.split(r",(?=/)", call.first("urls") or "") if r]
        if not 1 <= len(routes) <= 10 or not all(r.startswith("/") for r in routes):
            return json_answer(400, {"message": "invalid value for urls", "error": "ERROR"})
        results: list[Json] = []
        for route in routes:
            path, query = split_target(unquote(route))
            answer = self._answer(replace(call, path=PREFIX + path, query=query, body=b""), member)
            if answer.status == 200:
                results.append({"200": answer.json()})
            else:
                text = answer.body.decode()
                name = "NotFoundError" if answer.status == 404 else "BadRequestError"
                results.append({"statusCode": answer.status, "name": name, "message": text})
        return json_answer(200, results)


def _given(call: Call) -> Json:
    """Parameters of the query and of a JSON or form body."""
    given: Json = dict(call.query)
    kind = call.headers.get("content-type", "")
    if call.body and "json" in kind:
        try:
            body = call.json()
        except ValueError:
            return given
        if isinstance(body, dict):
            given.update(body)
    elif call.body and "form" in kind:
        given.update(call.form())
    return given


def _routes() -> Routes:
    routes = Routes()
    for method, pattern, handler in (
        ("GET", "/members/{member}", boards.get_member),
        ("GET", "/members/{member}/boards", boards.member_boards),
        ("GET", "/members/{member}/cards", boards.member_cards),
        ("GET", "/members/{member}/actions", history.member_actions),
        ("GET", "/tokens/{token}", boards.get_token),
        ("GET", "/boards/{board}", boards.get_board),
        ("GET", "/boards/{board}/lists", boards.board_lists),
        ("GET", "/boards/{board}/lists/{which}", boards.board_lists),
        ("POST", "/boards/{board}/lists", boards.create_list),
        ("GET", "/boards/{board}/members", boards.board_members),
        ("GET", "/boards/{board}/memberships", boards.board_memberships),
        ("GET", "/boards/{board}/checklists", boards.board_checklists),
        ("GET", "/boards/{board}/actions", history.board_actions),
        ("GET", "/boards/{board}/cards", boards.board_cards),
        ("GET", "/boards/{board}/cards/{which}", boards.board_cards),
        ("POST", "/lists", boards.create_list),
        ("GET", "/lists/{list_id}", boards.get_list),
        ("PUT", "/lists/{list_id}", boards.update_list),
        ("PUT", "/lists/{list_id}/closed", boards.close_list),
        ("GET", "/lists/{list_id}/cards", boards.list_cards),
        ("POST", "/cards", cards.create_card),
        ("GET", "/cards/{card}", cards.get_card),
        ("PUT", "/cards/{card}", cards.update_card),
        ("DELETE", "/cards/{card}", cards.delete_card),
        ("GET", "/cards/{card}/actions", history.card_actions),
        ("POST", "/cards/{card}/actions/comments", history.add_comment),
        ("PUT", "/cards/{card}/actions/{action}/comments", history.edit_comment),
        ("DELETE", "/cards/{card}/actions/{action}/comments", history.delete_comment),
        ("GET", "/cards/{card}/members", cards.card_members),
        ("POST", "/cards/{card}/idMembers", cards.add_member),
        ("DELETE", "/cards/{card}/idMembers/{member}", cards.remove_member),
        ("GET", "/cards/{card}/checklists", checklists.list_checklists),
        ("POST", "/cards/{card}/checklists", checklists.add_checklist),
        ("POST", "/checklists/{checklist}/checkItems", checklists.add_item),
        ("PUT", "/cards/{card}/checkItem/{item}", checklists.update_item),
        ("PUT", "/cards/{card}/{field}", cards.update_field),
        ("GET", "/actions/{action}", history.get_action),
        ("PUT", "/actions/{action}", history.edit_comment),
        ("PUT", "/actions/{action}/text", history.edit_comment),
        ("DELETE", "/actions/{action}", history.delete_comment),
    ):
        routes.add(method, pattern, handler)
    return routes
