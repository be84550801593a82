"""What stands in the Slack of the sandbox: bots, channels, messages."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from connectors.sandbox.wire import Json

SCOPES = ("chat:write", "channels:read", "groups:read", "channels:history", "groups:history")


@dataclass
class Bot:
    """An installed app's bot, with what its token may do."""

    token: str
    user: str
    bot: str
    name: str
    scopes: set[str]
    revoked: bool = False


@dataclass
class Message:
    """A message. `text` and `blocks` as they came: nothing is unescaped here."""

    ts: str
    by: str
    at: datetime
    text: str
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    bot: str | None = None
    edited: str | None = None
    sent: Json = field(default_factory=dict)  # all that the request said


@dataclass
class Channel:
    """A public (`C…`) or private (`G…`) channel. `only_admins`: nobody else may post."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    archived: bool = False
    only_admins: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def private(self) -> bool:
        return self.id.startswith("G")


@dataclass
class Switches:
    """Behaviours that Slack's documents leave open, and limits that tests turn on. Each can be set at any time."""

    limits: bool = False  # one message a second a channel
    each: float = 1.0
    most_characters: int = 10_000  # over all blocks: 9,597 were taken, 11,341 not (slackapi/bolt-js#2867)
    metadata_shown: bool = True  # whether history has the metadata of messages; UNCONFIRMED for narrow tokens
    page: int | None = None  # at most so many messages a page (15 for apps sold outside the Marketplace)


class State:
    """Everything in the workspace. Not thread-safe: the sandbox's lock guards it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.team = "SayPro"
        self.bots: dict[str, Bot] = {}
        self.channels: dict[str, Channel] = {}
        self._last_ts = Decimal(0)

    def add_bot(self, token: str = "xoxb-sandbox", name: str = "alignd", scopes: Collection[str] = SCOPES) -> Bot:  # noqa: S107 - a stand-in's
        """Install an app."""
        number = len(self.bots) + 1
        bot = Bot(token, f"U{number:010}", f"B{number:010}", name, set(scopes))
        self.bots[token] = bot
        return bot

    def add_channel(self, channel: str = "C0123456789", name: str = "marketing", *, with_bots: bool = True) -> Channel:
        """Make a channel; all bots are in it unless said otherwise."""
        made = Channel(channel, name, {bot.user for bot in self.bots.values()} if with_bots else set())
        self.channels[channel] = made
        return made

    def new_ts(self) -> str:
        """A message's id and time: seconds with microseconds, later than any before."""
        now = Decimal(int(self.now().timestamp() * 1_000_000)) / 1_000_000
        self._last_ts = max(now, self._last_ts + Decimal("0.000001"))
        return f"{self._last_ts:.6f}"

    def say(self, channel: str, text: str, by: str = "U0PERSON000") -> Message:
        """A person writes something."""
        message = Message(self.new_ts(), by, self.now(), text)
        self.channels[channel].messages.append(message)
        return message
