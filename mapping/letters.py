"""Letters: what a channel is to tell people, as structure, and what became of it. Channels render them; no vendor here.

A letter is told at most once to each address. Its key names it for good; the address is a mail address, or the id of a
channel elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mapping.documents import Document


class LetterKind(StrEnum):
    DIGEST = "digest"
    SUMMARY = "summary"  # the morning after a review
    INVITATION = "invitation"  # a review, to those who have no account in its tracker
    ALERT = "alert"  # alignd itself needs a person, or does no more


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart within a letter. `alt`: the same in words; `png`: the picture. Stands after the block it belongs to:
    `after` counts the body's blocks from 0.
    """

    name: str
    alt: str
    png: bytes
    after: int


@dataclass(frozen=True, slots=True)
class Letter:
    """`key`: unique for good (`saypro/digest/team_slack/2026-W47`). `subject`: a mail's subject line, and what a phone
    shows of a Slack message. `body`: plain text in structure; whatever stands in it is data and never markup.

    `dated`: alignd's now when it is sent, a mail's Date. `url`: where all of it can be read, for what does not fit a
    message and for pictures where a channel shows none; http(s), None if there is no such page.
    """

    key: str
    kind: LetterKind
    subject: str
    body: Document
    pictures: tuple[Picture, ...] = ()
    dated: datetime | None = None
    url: str | None = None


class Fate(StrEnum):
    """What became of one attempt to tell one address."""

    SENT = "sent"  # the vendor said yes
    REFUSED = "refused"  # a definite no that only a person can heal (no such channel, no such recipient)
    LATER = "later"  # a definite no that time heals (429, could not connect, 4xx of SMTP): may be sent again
    UNKNOWN = "unknown"  # nobody knows; never sent again unless the vendor can tell that it is not there


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one letter to one address. `id`: the vendor's (Slack's ts, the mail's Message-ID). `why`,
    `advice`: in words, unless sent. `after`: seconds until it may be tried again, if the vendor said. `to_all`: a no
    that has nothing to do with the letter or this address alone (a login that is not taken, a channel that is not
    open to us): nobody else need be tried, and all may be well as soon as a person mended it.
    """

    address: str
    fate: Fate
    id: str | None = None
    why: str = ""
    advice: str = ""
    after: float | None = None
    to_all: bool = False


class Posting(StrEnum):
    """Where a letter to one address stands in the outbox."""

    PENDING = "pending"  # to be sent, or to be sent again: a definite no that time heals
    SENDING = "sending"  # durable before the request leaves; met at a start it is unknown
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    MISSED = "missed"  # its time passed while alignd could not send it, or before it was first seen


@dataclass(frozen=True, slots=True)
class Posted:
    """A row of the outbox: one letter to one address. `attempted_at`: alignd's now, when it was last tried."""

    key: str
    address: str
    channel: str
    kind: LetterKind
    subject: str
    posting: Posting
    made_at: datetime
    attempted_at: datetime | None = None
    id: str | None = None
    why: str = ""
    advice: str = ""
    attempts: int = 0
    not_before: datetime | None = None
