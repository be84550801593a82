"""When a comment has been left alone for long enough to be taken: ten minutes after its last edit. Pure.

By the vendor's clock, which stamped it. That clock may tell nothing of alignd's time (its Date header is not what
stamps, it stands still, alignd's now is simulated), so a comment is taken too when alignd itself saw it unchanged for
as long; and where both clocks are a day apart, when the last look at its task, without it, is as long ago.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from mapping.tasks import Comment

SETTLED = timedelta(minutes=10)  # after its last edit a comment is taken
FORGOTTEN = timedelta(weeks=4)  # a comment that nobody sees any more
_SECOND = timedelta(seconds=1)  # a vendor's Date header leaves the fractions out
_APART = timedelta(days=1)  # clocks of one world are nearer than that


@dataclass(frozen=True, slots=True)
class Sighting:
    """A comment too young to be taken. `like`: what it says and when it was edited, hashed; `since`: alignd's time
    when it was first seen like that.
    """

    like: str
    since: datetime

    @classmethod
    def of(cls, comment: Comment, before: Sighting | None, now: datetime) -> Sighting:
        """Seen now, and perhaps before."""
        edited = comment.edited_at.isoformat() if comment.edited_at is not None else ""
        like = sha256(f"{edited}\n{comment.text}".encode()).hexdigest()[:20]
        return before if before is not None and before.like == like else cls(like, now)


@dataclass(frozen=True, slots=True)
class Clocks:
    """alignd's now and the vendor's (None: it does not say), and when (alignd's) the task was last read before."""

    now: datetime
    vendor: datetime | None
    read_before: datetime | None = None

    def ago(self, edited: datetime) -> timedelta | None:
        """How long ago that was. The stamp belongs to the clock that it lies shortly before; None: before neither."""
        ages = [clock - edited for clock in (self.vendor, self.now) if clock is not None and clock >= edited - _SECOND]
        return max(min(ages), timedelta()) if ages else None

    def is_quiet(self, edited: datetime, seen: Sighting) -> bool:
        """Whether a comment of which that was the last edit may be taken."""
        ago = self.ago(edited)
        if ago is not None and ago >= SETTLED - _SECOND:
            return True
        return self.now - seen.since >= SETTLED or self._was_not_there(edited)

    def _was_not_there(self, edited: datetime) -> bool:
        if self.vendor is None or self.read_before is None or abs(self.vendor - self.now) < _APART:
            return False
        is_ours = self.read_before <= edited <= self.now  # stamped by alignd's time, whatever the vendor's Date
        return not is_ours and self.now - self.read_before >= SETTLED


def as_kept(sightings: Mapping[str, Sighting]) -> dict[str, list[str]]:
    """As JSON for the store, by tracker and comment."""
    return {key: [one.like, one.since.isoformat()] for key, one in sightings.items()}


def from_kept(kept: object) -> dict[str, Sighting]:
    """Back from the store."""
    return dict(_read(kept)) if isinstance(kept, Mapping) else {}


def still_waiting(
    before: Mapping[str, Sighting], taken: Collection[str], fresh: Mapping[str, Sighting], now: datetime
) -> dict[str, Sighting]:
    """What is remembered after a look: without those taken, and without what nobody has seen for weeks."""
    left = {key: one for key, one in before.items() if key not in taken and now - one.since < FORGOTTEN}
    return {**left, **fresh}


def _read(kept: Mapping[object, object]) -> Iterator[tuple[str, Sighting]]:
    for key, said in kept.items():
        if isinstance(said, list) and len(said) == 2:
            yield str(key), Sighting(str(said[0]), datetime.fromisoformat(str(said[1])))
