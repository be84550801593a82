"""Slack's Web API: every answer is 200 with `ok`, but for 429. Written from docs.slack.dev/reference/methods."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from math import ceil

from connectors.sandbox.slack.blocks import characters, faults_of
from connectors.sandbox.slack.state import Bot, Channel, Message, State, Switches
from connectors.sandbox.windows import Window
from connectors.sandbox.wire import Answer, Call, Json, Refusal, json_answer

PREFIX = "/api/"
LONGEST_TEXT = 40_000  # longer ones are cut
LARGEST_PAYLOAD = 8_000  # bytes of metadata, taken to be so
MOST = 999  # messages a page


class SlackApi:
    """The stand-in. `state` is what stands in the channels, `switches` Slack's open questions and limits."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self.state = State(now)
        self.switches = Switches()
        self.monotonic = monotonic
        self._windows: dict[str, Window] = {}
        self._methods: Mapping[str, Callable[[Bot, Json], Json]] = {
            "auth.test": self._auth_test,
            "conversations.info": self._info,
            "conversations.history": self._history,
            "chat.postMessage": self._post,
            "chat.update": self._update,
        }

    def handle(self, call: Call) -> Answer:
        """Answer one request."""
        method = self._methods.get(call.path.removeprefix(PREFIX))
        try:
            if method is None:
                raise no("unknown_method")
            given = _given(call)
            return json_answer(200, {"ok": True, **method(self._bot(call, given), given)})
        except Refusal as refusal:
            return refusal.answer

    def _bot(self, call: Call, given: Json) -> Bot:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        token = token if scheme.lower() == "bearer" else str(given.get("token") or "")
        if not token:
            raise no("not_authed")
        bot = self.state.bots.get(token)
        if bot is None:
            raise no("invalid_auth")
        if bot.revoked:
            raise no("token_revoked")
        return bot

    def _channel(self, given: Json) -> Channel:
        channel = self.state.channels.get(str(given.get("channel") or ""))
        if channel is None:
            raise no("channel_not_found")
        return channel

    # ── methods ──────────────────────────────────────────────────────────────────────────────────────────────

    def _auth_test(self, bot: Bot, _: Json) -> Json:
        return {"url": "https://saypro.slack.com/", "team": self.state.team, "user": bot.name, "team_id": "T0000000001",
                "user_id": bot.user, "bot_id": bot.bot, "is_enterprise_install": False}  # fmt: skip

    def _info(self, bot: Bot, given: Json) -> Json:
        channel = self._channel(given)
        _need(bot, "groups:read" if channel.private else "channels:read")
        if channel.private and bot.user not in channel.members:
            raise no("channel_not_found")
        return {"channel": {"id": channel.id, "name": channel.name, "is_channel": not channel.private,
                            "is_private": channel.private, "is_archived": channel.archived, "is_im": False,
                            "is_member": bot.user in channel.members}}  # fmt: skip

    def _post(self, bot: Bot, given: Json) -> Json:
        _need(bot, "chat:write")
        channel = self._channel(given)
        if bot.user not in channel.members:
            raise no("channel_not_found" if channel.private else "not_in_channel")
        if channel.archived:
            raise no("is_archived")
        if channel.only_admins:
            raise no("restricted_action")
        message = Message(self.state.new_ts(), bot.user, self.state.now(), "", bot=bot.bot, sent=dict(given))
        self._fill(message, given)
        self._keep_pace(channel)
        channel.messages.append(message)
        return {"channel": channel.id, "ts": message.ts, "message": self._shown(message, with_metadata=True)}

    def _update(self, bot: Bot, given: Json) -> Json:
        _need(bot, "chat:write")
        channel = self._channel(given)
        message = next((one for one in channel.messages if one.ts == given.get("ts")), None)
        if message is None:
            raise no("message_not_found")
        if message.bot != bot.bot:
            raise no("cant_update_message")
        self._fill(message, given)
        message.edited = self.state.new_ts()
        return {"channel": channel.id, "ts": message.ts, "text": message.text,
                "message": self._shown(message, with_metadata=True)}  # fmt: skip

    def _history(self, bot: Bot, given: Json) -> Json:
        channel = self._channel(given)
        _need(bot, "groups:history" if channel.private else "channels:history")
        if bot.user not in channel.members:
            raise no("not_in_channel")
        oldest, latest = _moment(given.get("oldest"), "0"), _moment(given.get("latest"), "Infinity")
        within = _is_yes(given.get("inclusive"))
        found = [
            one
            for one in reversed(channel.messages)
            if oldest < Decimal(one.ts) < latest or (within and Decimal(one.ts) in (oldest, latest))
        ]
        start = _cursor(given.get("cursor"))
        limit = min(int(given.get("limit") or 100), MOST, self.switches.page or MOST)
        page, rest = found[start : start + limit], found[start + limit :]
        with_metadata = _is_yes(given.get("include_all_metadata")) and self.switches.metadata_shown
        answer: Json = {"messages": [self._shown(one, with_metadata=with_metadata) for one in page],
                        "has_more": bool(rest), "pin_count": 0}  # fmt: skip
        if rest:
            next_one = base64.b64encode(f"next:{start + limit}".encode()).decode()
            answer["response_metadata"] = {"next_cursor": next_one}
        return answer

    # ── messages ─────────────────────────────────────────────────────────────────────────────────────────────

    def _fill(self, message: Message, given: Json) -> None:
        text, blocks = str(given.get("text") or ""), given.get("blocks") or []
        if not text and not blocks:
            raise no("no_text")
        wrong = faults_of(blocks)
        if wrong:
            raise no("invalid_blocks", response_metadata={"messages": [f"[ERROR] {one}" for one in wrong]})
        if characters(blocks) > self.switches.most_characters:
            raise no("msg_blocks_too_long")
        metadata = given.get("metadata")
        if metadata is not None:
            if not isinstance(metadata, dict) or not metadata.get("event_type"):
                raise no("invalid_metadata_format")
            if not isinstance(metadata.get("event_payload"), dict):
                raise no("invalid_metadata_schema")
            if len(json.dumps(metadata)) > LARGEST_PAYLOAD:
                raise no("metadata_too_large")
        message.text, message.blocks, message.metadata = text[:LONGEST_TEXT], blocks, metadata

    def _keep_pace(self, channel: Channel) -> None:
        if not self.switches.limits:
            return
        window = self._windows.setdefault(channel.id, Window(1, self.switches.each, self.monotonic, False))
        if not window.take():
            after = str(max(1, ceil(window.wait())))
            raise Refusal(json_answer(429, {"ok": False, "error": "ratelimited"}, [("Retry-After", after)]))

    @staticmethod
    def _shown(message: Message, *, with_metadata: bool) -> Json:
        shown: Json = {"type": "message", "user": message.by, "ts": message.ts, "text": message.text}
        if message.bot is not None:
            shown["bot_id"] = message.bot
        if message.blocks:
            shown["blocks"] = message.blocks
        if message.metadata is not None and with_metadata:
            shown["metadata"] = message.metadata
        if message.edited is not None:
            shown["edited"] = {"user": message.by, "ts": message.edited}
        return shown


def no(code: str, **more: object) -> Refusal:
    """200 with ok: false."""
    return Refusal(json_answer(200, {"ok": False, "error": code, **more}))


def _need(bot: Bot, scope: str) -> None:
    if scope not in bot.scopes:
        raise no("missing_scope", needed=scope, provided=",".join(sorted(bot.scopes)))


def _given(call: Call) -> Json:
    """Arguments of the query, a form, or JSON; in a form, blocks and metadata are JSON within."""
    given: Json = dict(call.query)
    if "json" in call.headers.get("content-type", ""):
        try:
            body = call.json()
        except ValueError:
            raise no("invalid_json") from None
        if body is not None and not isinstance(body, dict):
            raise no("json_not_object")
        return {**given, **(body or {})}
    given.update(call.form())
    for name in ("blocks", "metadata"):
        if isinstance(given.get(name), str):
            try:
                given[name] = json.loads(given[name])
            except ValueError:
                raise no(f"invalid_{name}_format") from None
    return given


def _moment(text: object, default: str) -> Decimal:
    try:
        return Decimal(str(text or default))
    except InvalidOperation:
        raise no("invalid_ts_" + ("oldest" if default == "0" else "latest")) from None


def _cursor(text: object) -> int:
    if not text:
        return 0
    try:
        return int(base64.b64decode(str(text)).decode().removeprefix("next:"))
    except (binascii.Error, ValueError):
        raise no("invalid_cursor") from None


def _is_yes(value: object) -> bool:
    return str(value).lower() in ("true", "1")
