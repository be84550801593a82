"""Alerts: when alignd itself needs a person. Each trouble is said once when it comes, and once when it is over. Pure.

What stands in a tracker, a number that is late, a task that somebody was given: that is work for people, and no alert.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from config import Config
from mapping.letters import LetterKind
from mapping.texts.told import Need
from sync.outbox.due import AlertTold, Wanted, recipients_of
from sync.plan.situation import Situation
from sync.steps import Problem

AT_ONCE = frozenset({"latch", "refused", "failed"})
AFTER_A_WHILE = frozenset({"unreachable", "unknown"})  # what may well heal by itself
A_WHILE = timedelta(minutes=30)
KEPT_FOR = timedelta(days=3)  # how long it is tried to say that something is well again


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something alignd needs, or needed, a person for. `told`: key of the letter that said it, `over`: of the one that
    said it was over. `gone_at`: when it was met no more.
    """

    need: Need
    kind: str
    told: str | None = None
    gone_at: datetime | None = None
    over: str | None = None


Troubles = Mapping[str, Trouble]
"""By identity: where it is and of what kind, not in which words, since those change while it lasts."""


def identity(problem: Problem) -> str:
    """Refused and failed things of one place differ by their words; of the others a place has one at a time."""
    words = f" {problem.what}" if problem.kind == "failed" else ""
    return f"{problem.kind} {problem.where}{words}"


def troubles_now(
    problems: Iterable[Problem], known: Troubles, situation: Situation, unproven: Collection[str]
) -> dict[str, Trouble]:
    """The troubles of this cycle put together with those that were known.

    `unproven`: channels that were not tried since they failed: nobody knows that they are well again. Problems of the
    alert channel itself are left out: nobody would hear of them there.
    """
    alerts, now = situation.config.daemon.alerts, situation.now
    there: dict[str, Problem] = {}
    for problem in problems:
        if problem.kind in AT_ONCE | AFTER_A_WHILE and problem.where.split(" ")[0] != alerts:
            there.setdefault(identity(problem), problem)
    found: dict[str, Trouble] = {}
    for name, problem in there.items():
        before = known.get(name)
        lasts = before is not None and before.gone_at is None
        since = before.need.since if before is not None and lasts else now
        need = Need(problem.where, problem.what, problem.advice, since)
        found[name] = Trouble(need, problem.kind, before.told if before is not None and lasts else None)
    for name, one in known.items():
        if name in found:
            continue
        if one.need.where in unproven and one.gone_at is None:
            found[name] = one
        elif one.told is not None and now - (one.gone_at or now) < KEPT_FOR:
            found[name] = replace(one, gone_at=one.gone_at or now)
    return found


def to_tell(troubles: Troubles, now: datetime) -> tuple[list[str], list[str]]:
    """Identities of what is to be said now, and of what is to be said to be over."""
    new = [name for name, one in troubles.items() if one.told is None and one.gone_at is None and _is_said(one, now)]
    over = [name for name, one in troubles.items() if one.gone_at is not None and one.over is None]
    return new, over


def _is_said(one: Trouble, now: datetime) -> bool:
    return one.kind in AT_ONCE or now - one.need.since >= A_WHILE


def marked(troubles: Troubles, new: Collection[str], over: Collection[str], key: str) -> dict[str, Trouble]:
    """The same, with what this letter says."""
    return {
        name: replace(one, told=key) if name in new else replace(one, over=key) if name in over else one
        for name, one in troubles.items()
    }


def alert_key(workspace: str, now: datetime) -> str:
    """ "saypro/alert/20261118T060000Z": a cycle says all it has to say in one."""
    return f"{workspace}/alert/{now:%Y%m%dT%H%M%SZ}"


def alert_letters(troubles: Troubles, keys: Iterable[str], situation: Situation) -> list[Wanted]:
    """The letters that still have something to say: of troubles that last, and of those that are over."""
    config: Config = situation.config
    channel = config.daemon.alerts
    if channel is None or channel not in config.channels:
        return []
    found = []
    for key in dict.fromkeys(keys):
        needs = tuple(one.need for one in troubles.values() if one.told == key and one.gone_at is None)
        over = tuple(one.need for one in troubles.values() if one.over == key)
        if needs or over:
            about = AlertTold(needs, over)
            since = min(one.since for one in (*needs, *over))
            people = recipients_of(channel, (), config)
            found.append(Wanted(key, LetterKind.ALERT, channel, "an alert", about, since, people, is_fixed=True))
    return found


def next_alert(troubles: Troubles) -> list[datetime]:
    """When what only hiccups so far will have lasted for long enough to be said."""
    waiting = [one for one in troubles.values() if one.told is None and one.gone_at is None]
    return [one.need.since + A_WHILE for one in waiting if one.kind in AFTER_A_WHILE]


# ── as kept ──────────────────────────────────────────────────────────────────────────────────────────────────────


def as_kept(troubles: Troubles) -> list[dict[str, Any]]:
    """As JSON."""
    return [
        {
            "name": name,
            "kind": one.kind,
            "where": one.need.where,
            "what": one.need.what,
            "advice": one.need.advice,
            "since": one.need.since.isoformat(),
            "told": one.told,
            "gone_at": one.gone_at.isoformat() if one.gone_at is not None else None,
            "over": one.over,
        }
        for name, one in troubles.items()
    ]


def from_kept(kept: object) -> dict[str, Trouble]:
    """What `as_kept` made."""
    rows: Sequence[Mapping[str, Any]] = kept if isinstance(kept, list) else []
    return {
        row["name"]: Trouble(
            Need(row["where"], row["what"], row["advice"], datetime.fromisoformat(row["since"])),
            row["kind"],
            row["told"],
            datetime.fromisoformat(row["gone_at"]) if row["gone_at"] else None,
            row["over"],
        )
        for row in rows
    }
