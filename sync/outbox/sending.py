"""Sending letters: intent, one attempt, record; each to each address at most once.

*Sending* is durable before the request leaves. A clear yes is sent; a definite no is tried again (later, or once a
person healed it) while the letter's time lasts; whatever else is unknown, and is never sent again unless the vendor
can tell that it surely is not there: then once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.base import Channel
from connectors.errors import Stopped
from mapping.letters import Delivery, Fate, Letter, LetterKind, Posted, Posting
from mapping.people import Person, call_name
from sync.errors import place_of
from sync.failpoints import Failpoint
from sync.outbox.due import Wanted
from sync.steps import Problem
from sync.store import Store

APART = timedelta(minutes=2)  # from an attempt to the first look for it
LOOKED_FOR = timedelta(days=3)  # so long a letter in doubt is looked for; then it stays in doubt
LATE = timedelta(minutes=10)  # a letter so late may have been sent by a ledger that was lost since: it is looked for
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
REFUSED_AGAIN = timedelta(hours=24)
SHUT_FOR = timedelta(hours=1)  # a login that is not taken is not tried more often: some servers lock the account
FAILS_AT_MOST = 3  # in a row: then the channel is left alone until the next cycle, so that it keeps no other
AGAIN = "letters_sent_once_more"

Write = Callable[[Wanted, Channel, Person | None], Letter]


@dataclass
class Sender:
    """Sends the letters of one cycle. `problems`: what people should know of it; `wakes`: when to look again."""

    store: Store
    channels: Mapping[str, Channel]
    people: Mapping[str, Person]
    now: datetime
    write: Write
    failpoint: Failpoint
    file_changed: bool = False
    problems: list[Problem] = field(default_factory=list)
    wakes: list[datetime] = field(default_factory=list)
    _fails: Counter[str] = field(default_factory=Counter)
    _told: set[tuple[str, str]] = field(default_factory=set)

    # ── what is in doubt ─────────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """What was being sent when alignd died is unknown; what is unknown is looked for, where a vendor can tell."""
        with self.store.records() as records:
            rows = records.open_posts()
            died = [replace(one, posting=Posting.UNKNOWN) for one in rows if one.posting is Posting.SENDING]
            records.keep_posts(died)
            again = _pairs(records.value(AGAIN))
        for one in died:
            self._doubt(one, "alignd was stopped while it was sent, nobody knows whether it was")
        doubtful = [one for one in [*rows, *died] if one.posting is Posting.UNKNOWN and self._is_looked_for(one)]
        settled: list[Posted] = []
        for name, channel in self.channels.items():
            asked = [one for one in doubtful if one.channel == name]
            found = channel.look(asked) if asked else {}
            settled += [row for one in asked if (row := _settled(one, found, again)) is not None]
        if settled:
            once_more = {(one.key, one.address) for one in settled if one.posting is Posting.PENDING}
            with self.store.records() as records:
                records.keep_posts(settled)
                if once_more:
                    records.keep_value(AGAIN, [list(one) for one in sorted(again | once_more)])

    def _is_looked_for(self, one: Posted) -> bool:
        tried = one.attempted_at or one.made_at
        if self.now - tried < APART:
            self.wakes.append(tried + APART)
            return False
        return self.now - tried < LOOKED_FOR

    # ── what is due ──────────────────────────────────────────────────────────────────────────────────────────────

    def enter(self, wanted: Sequence[Wanted]) -> list[tuple[Wanted, Posted]]:
        """The letters with their rows; one that is met for the first time gets a row for each of its addresses."""
        with self.store.records() as records:
            standing: dict[str, dict[str, Posted]] = {}
            for row in records.posted({one.key for one in wanted}):
                standing.setdefault(row.key, {})[row.address] = row
            known = {key: dict(rows) for key, rows in standing.items()}
            fresh: list[Posted] = []
            for one in wanted:
                channel = self.channels.get(one.channel)
                if channel is None or (one.is_fixed and one.key in known):
                    continue
                addresses = channel.addresses(one.people)
                if not addresses:
                    self._nobody(one)
                for address in addresses:
                    row = Posted(one.key, address, one.channel, one.kind, one.called, Posting.PENDING, self.now)
                    if standing.setdefault(one.key, {}).setdefault(address, row) is row:
                        fresh.append(row)
            records.keep_posts(fresh)
        met = {(one.key, one.address) for one in self._found_there(fresh, wanted)}
        return [
            (one, row)
            for one in wanted
            for row in standing.get(one.key, {}).values()
            if row.channel == one.channel and (row.key, row.address) not in met
        ]

    def _found_there(self, fresh: Sequence[Posted], wanted: Iterable[Wanted]) -> list[Posted]:
        """Of new rows whose time came a while ago, those that stand at the vendor already: what sent them was lost."""
        due = {(one.key, one.channel): one.due for one in wanted}
        late = [row for row in fresh if self.now - due.get((row.key, row.channel), self.now) > LATE]
        found: list[Posted] = []
        for name, channel in self.channels.items():
            asked = [replace(row, made_at=due[row.key, name]) for row in late if row.channel == name]
            there = channel.look(asked) if asked else {}
            found += [
                replace(row, posting=Posting.SENT, id=there[row.key, row.address])
                for row in late
                if row.channel == name and there.get((row.key, row.address)) is not None
            ]
        if found:
            with self.store.records() as records:
                records.keep_posts(found)
        return found

    def send(self, rows: Sequence[tuple[Wanted, Posted]]) -> None:
        """One attempt a letter and address. A channel that fails keeps no other."""
        for wanted, row in rows:
            row = self._attempt(wanted, row) if self._may_go(wanted, row) else row
            self._tell(wanted, row)

    def _may_go(self, wanted: Wanted, row: Posted) -> bool:
        if wanted.held:
            return False
        if self._fails[wanted.channel] >= FAILS_AT_MOST:
            if row.posting is Posting.PENDING and row.not_before is None:
                self.wakes.append(self.now + FIRST_WAIT)
            return False
        if row.posting is Posting.PENDING:
            return row.not_before is None or row.not_before <= self.now
        if row.posting is Posting.REFUSED:
            mended = row.not_before is not None and row.not_before <= self.now
            return mended or self.file_changed or self.now - (row.attempted_at or row.made_at) >= REFUSED_AGAIN
        return False

    def _attempt(self, wanted: Wanted, row: Posted) -> Posted:
        channel = self.channels[wanted.channel]
        addresses = channel.addresses(wanted.people)
        if row.address not in addresses:
            return self._keep(replace(row, posting=Posting.MISSED, why="nobody it is for is reached there any more"))
        try:
            letter = self.write(wanted, channel, self._reader(addresses[row.address]))
        except Exception as error:  # noqa: BLE001 - a letter that cannot be written must not stop the cycle it tells of
            what = f"{wanted.called} could not be written: {type(error).__name__} in {place_of(error)}"
            self._say(wanted.channel, what, "please report this line; it is tried again in the next cycle", "failed")
            return row
        self.failpoint("before-letter")
        self.store.check_lock()
        before = row
        row = self._keep(
            replace(
                row,
                posting=Posting.SENDING,
                subject=letter.subject,
                attempted_at=self.now,
                attempts=row.attempts + 1,
                why="",
                advice="",
                not_before=None,
            )
        )
        self.failpoint("after-letter-intent")
        try:
            delivery = channel.send(letter, row.address)
        except Stopped:  # raised only before anything leaves: no doubt is left behind
            self._keep(before)
            raise
        self.failpoint("after-letter")
        row = self._keep(self._became(row, delivery))
        self.failpoint("after-letter-record")
        self._fails[wanted.channel] = self._fails_after(delivery, self._fails[wanted.channel])
        return row

    def _fails_after(self, delivery: Delivery, before: int) -> int:
        """A no to one recipient is an answer: the others are tried. A doubt is never sent again, so one is enough."""
        match delivery.fate:
            case Fate.SENT:
                return 0
            case Fate.REFUSED:
                return FAILS_AT_MOST if delivery.to_all else 0
            case Fate.UNKNOWN:
                return FAILS_AT_MOST
            case Fate.LATER:
                return before + 1

    def _reader(self, person: Person | None) -> Person | None:
        """The one person behind an address; nobody where several share it."""
        mail = person.email.casefold() if person is not None and person.email else None
        sharing = [one for one in self.people.values() if one.email and one.email.casefold() == mail]
        return person if len(sharing) == 1 else None

    def _became(self, row: Posted, delivery: Delivery) -> Posted:
        row = replace(row, id=delivery.id, why=delivery.why, advice=delivery.advice)
        match delivery.fate:
            case Fate.SENT:
                return replace(row, posting=Posting.SENT)
            case Fate.REFUSED if delivery.to_all:
                self.wakes.append(self.now + SHUT_FOR)
                return replace(row, posting=Posting.REFUSED, not_before=self.now + SHUT_FOR)
            case Fate.REFUSED:
                return replace(row, posting=Posting.REFUSED)
            case Fate.UNKNOWN:
                self.wakes.append(self.now + APART)
                return replace(row, posting=Posting.UNKNOWN)
            case Fate.LATER:
                wait = min(FIRST_WAIT * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT)
                wait = max(wait, timedelta(seconds=delivery.after or 0))
                return replace(row, posting=Posting.PENDING, not_before=self.now + wait)

    def _keep(self, row: Posted) -> Posted:
        with self.store.records() as records:
            records.keep_posts([row])
        return row

    # ── what is over ─────────────────────────────────────────────────────────────────────────────────────────────

    def give_up(self, wanted: Collection[str]) -> None:
        """Rows whose letter nobody wants any more: its time is over."""
        with self.store.records() as records:
            over = [
                replace(one, posting=Posting.MISSED)
                for one in records.open_posts()
                if one.posting is Posting.PENDING and one.key not in wanted
            ]
            records.keep_posts(over)
        for one in over:
            if one.kind is not LetterKind.ALERT:
                why = f": {one.why}" if one.why else ""
                self._say(one.channel, f"“{one.subject}” was not sent in its time{why}", "", "late")

    # ── what people should know ──────────────────────────────────────────────────────────────────────────────────

    def _tell(self, wanted: Wanted, row: Posted) -> None:
        match row.posting:
            case Posting.REFUSED:
                self._say(row.channel, f"{wanted.called} was not sent{self._to(row)}: {row.why}", row.advice, "refused")
            case Posting.UNKNOWN if row.attempted_at == self.now:
                self._doubt(row, row.why)
            case Posting.PENDING:
                if row.not_before is not None:
                    self.wakes.append(row.not_before)
                if row.why and row.not_before is not None:
                    again = "nothing to do: it is tried again while its time lasts"
                    self._say(row.channel, f"not sent yet: {row.why}", row.advice or again, "unreachable")

    def _doubt(self, row: Posted, why: str) -> None:
        what = f"in doubt: “{row.subject}”{self._to(row)}: {why or 'nobody knows whether it was sent'}"
        advice = "look there, or ask; it is not sent again unless it is certain that it did not arrive"
        self._say(row.channel, what, advice, "unknown")

    def _nobody(self, wanted: Wanted) -> None:
        if wanted.kind is LetterKind.DIGEST or wanted.kind is LetterKind.ALERT:
            advice = "write to: [people or teams] for it, and email: for them"
            self._say(wanted.channel, f"{wanted.called} has nobody to go to", advice, "failed")

    def _to(self, row: Posted) -> str:
        person = next((one.id for one in self.people.values() if one.email == row.address), None)
        name = call_name(person, self.people)
        return f" to {name}" if name else ""

    def _say(self, where: str, what: str, advice: str, kind: str) -> None:
        if (where, what) not in self._told:
            self._told.add((where, what))
            self.problems.append(Problem(where, what, advice or "nothing to do: the next one is sent when it is due",
                                         kind=kind))  # fmt: skip


def _settled(
    one: Posted, found: Mapping[tuple[str, str], str | None], again: Collection[tuple[str, str]]
) -> Posted | None:
    """A row in doubt that the vendor knows of; None while it stays in doubt."""
    place = (one.key, one.address)
    if place not in found:
        return None
    if (known := found[place]) is not None:
        return replace(one, posting=Posting.SENT, id=known, why="", advice="")
    return None if place in again else replace(one, posting=Posting.PENDING, why="", advice="", not_before=None)


def _pairs(kept: object) -> set[tuple[str, str]]:
    rows = kept if isinstance(kept, list) else []
    return {(str(one[0]), str(one[1])) for one in rows if isinstance(one, list) and len(one) == 2}
