"""Who is invited to a meeting, and who of them can stand on its task. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mapping.people import call_name
from mapping.wording import join_words
from sync.plan.situation import Situation


@dataclass(frozen=True, slots=True)
class Guests:
    """Everybody invited but whoever the task is for. `accounts`: theirs in the tracker; `absent`: ids of people whom
    it does not know.
    """

    accounts: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def guests(invite: Sequence[str], person: str | None, tracker: str, situation: Situation) -> Guests:
    """The people behind `invite` (people and teams) in a tracker. One that was not read knows nobody: nobody is
    missing there.
    """
    if tracker not in situation.views:
        return Guests()
    known = {one: situation.account(tracker, one) for one in situation.config.taking_part(invite) if one != person}
    accounts = tuple(dict.fromkeys(account for account in known.values() if account is not None))
    mine = situation.account(tracker, person)
    return Guests(
        tuple(one for one in accounts if one != mine), tuple(one for one, account in known.items() if account is None)
    )


def not_on_the_task(absent: Sequence[str], tracker: str, situation: Situation) -> str:
    """ "not on the task: Lerato (no account in asana)"; nothing if nobody is missing."""
    if not absent:
        return ""
    people = situation.config.people
    names = join_words([call_name(one, people) or one for one in absent])
    return f"not on the task: {names} (no account in {tracker})"
