"""A Slack channel: one message a letter, looked up by its metadata where nobody knows whether it was sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import BudgetSpent, NeedsPerson, OutcomeUnknown, TryLater, VendorError
from connectors.patience import Patience
from connectors.slack.client import SlackClient
from connectors.slack.examination import examine
from connectors.slack.render import fallback, message_blocks, subject_line
from connectors.slack.settings import SlackSettings
from mapping.letters import Delivery, Fate, Letter, Posted
from mapping.people import Person

EVENT = "alignd_letter"  # metadata.event_type: ours; its payload is the letter's key
SKEW = timedelta(hours=1)  # how far Slack's clock and ours may differ before a look says nothing
PAGE, PAGES = 200, 5  # messages a request (at most 999), requests a look


class SlackChannel:
    """Messages of alignd's app in one channel. The address is the channel's id."""

    kind = "slack"

    def __init__(
        self,
        settings: SlackSettings,
        patience: Patience,
        *,
        workspace: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id, self.settings, self.workspace, self.calls = settings.id, settings, workspace, Calls()
        self._client = SlackClient(
            settings.id, settings.token.get_secret_value(), settings.channel, settings.endpoint, self.calls, patience,
            monotonic=monotonic,
        )  # fmt: skip

    def addresses(self, people: Sequence[Person]) -> Mapping[str, Person | None]:  # noqa: ARG002 - the Protocol's
        """The one channel, whoever is meant."""
        return {self.settings.channel: None}

    def send(self, letter: Letter, address: str) -> Delivery:
        """Post it, once."""
        self.calls.needed(1)
        try:
            said = self._client.write("chat.postMessage", self._message(letter, address))
        except OutcomeUnknown as trouble:
            return _told(address, Fate.UNKNOWN, trouble)
        except (TryLater, BudgetSpent) as trouble:
            return _told(address, Fate.LATER, trouble, trouble.after)
        except VendorError as trouble:
            return replace(_told(address, Fate.REFUSED, trouble), to_all=isinstance(trouble, NeedsPerson))
        ts = said.get("ts")
        return Delivery(address, Fate.SENT, id=ts if isinstance(ts, str) else None)

    def _message(self, letter: Letter, address: str) -> dict[str, object]:
        return {
            "channel": address,
            "text": fallback(letter),
            "blocks": message_blocks(letter),
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT, "event_payload": {"key": letter.key}},
        }

    def look(self, doubtful: Sequence[Posted]) -> Mapping[tuple[str, str], str | None]:
        """Read what was written since the attempts, by key: there, surely not there, or (not in it) nobody can tell."""
        found: dict[tuple[str, str], str | None] = {}
        for address in dict.fromkeys(one.address for one in doubtful):
            asked = [one for one in doubtful if one.address == address]
            messages = self._since(address, asked)
            for one in asked if messages is not None else ():
                ts = _written(one, messages or [])
                if ts is not None or not _may_be_there(one, messages or []):
                    found[one.key, one.address] = ts
        return found

    def _since(self, address: str, asked: Sequence[Posted]) -> list[Mapping[str, Any]] | None:
        """All messages since the first of the attempts; None if they cannot be read, or the clocks differ too much."""
        tried = [one.attempted_at or one.made_at for one in asked]
        oldest = f"{(min(tried) - SKEW).timestamp():.6f}"
        messages: list[Mapping[str, Any]] = []
        cursor = ""
        self.calls.needed(1)
        for _ in range(PAGES):
            try:
                said = self._client.read(
                    "conversations.history", channel=address, oldest=oldest, inclusive="true", limit=str(PAGE),
                    include_all_metadata="true", **({"cursor": cursor} if cursor else {}),
                )  # fmt: skip
            except (VendorError, BudgetSpent):
                return None  # no right to read, or not now: the outbox shows the doubt
            listed = said.get("messages")
            messages += [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
            about = said.get("response_metadata")
            cursor = str(about.get("next_cursor") or "") if isinstance(about, dict) else ""
            if said.get("has_more") is not True and not cursor:
                there = self._client.vendor_now
                return messages if there is not None and there >= max(tried) - SKEW else None
            if not cursor:
                return None
        return None

    def examine(self, people: Sequence[Person]) -> Sequence[Finding]:  # noqa: ARG002 - the Protocol's
        """Token, channel, membership, the right to look up what was sent. Sends nothing."""
        return examine(self._client, self.settings, self.calls)


def _told(address: str, fate: Fate, trouble: VendorError, after: float | None = None) -> Delivery:
    return Delivery(address, fate, why=trouble.what, advice=trouble.advice, after=after)


def _written(doubtful: Posted, messages: Sequence[Mapping[str, Any]]) -> str | None:
    """The ts of the message that carries the letter's key."""
    return next((str(one["ts"]) for one in messages if _key(one) == doubtful.key and one.get("ts")), None)


def _may_be_there(doubtful: Posted, messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a message begins as this letter does and shows no key: whether a token that may read messages always
    gets their metadata is not documented.
    """
    begins = subject_line(doubtful.subject)
    return any(_key(one) is None and str(one.get("text") or "").startswith(begins) for one in messages)


def _key(message: Mapping[str, Any]) -> object:
    about = message.get("metadata")
    payload = about.get("event_payload") if isinstance(about, dict) else None
    return payload.get("key") if isinstance(payload, dict) else None
