"""The outbox: letters that are due, each sent to each address at most once, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from connectors.base import Channel
from mapping.digests import digest_key
from mapping.letters import LetterKind, Posted, Posting
from mapping.tasks import WorkKind
from sync.alignment import Around
from sync.doubts import NOT_MADE, unsettled
from sync.failpoints import Failpoint
from sync.outbox.alerts import (
    Troubles,
    alert_key,
    alert_letters,
    as_kept,
    from_kept,
    marked,
    next_alert,
    to_tell,
    troubles_now,
)
from sync.outbox.due import Wanted, called_digest, due_digest
from sync.outbox.meetings import meeting_letters
from sync.outbox.sending import Sender
from sync.outbox.writing import Writer
from sync.outlook import Outlook, problems_of
from sync.plan.hours import opens_next
from sync.plan.situation import Situation
from sync.steps import Outcome, Problem, StepKind
from sync.store import DefinitionRow, Records, Store

TROUBLES = "troubles_told"
MISSED_NAMED = 3


def send_due(
    situation: Situation, outlook: Outlook, store: Store, channels: Mapping[str, Channel], failpoint: Failpoint
) -> list[Problem]:
    """Send what is due now: digests, summaries, invitations, alerts. Problems for people: what could not be sent, and
    what nobody knows. `outlook.letters_at`: when there is more to do than the file says.
    """
    if not channels:
        return []
    config = situation.config
    writer = Writer(situation, lambda: _around(outlook, store))
    sender = Sender(
        store, channels, config.people, situation.now, writer.letter, failpoint, file_changed=situation.config_changed
    )
    sender.settle()
    wanted = [*_digests(situation, store, sender), *meeting_letters(situation)]
    sender.send(sender.enter(wanted))
    known = [*problems_of(outlook), *_unsettled(outlook, store), *sender.problems]
    alerts = _alerts(known, situation, store, sender)
    sender.send(sender.enter(alerts))
    sender.give_up({one.key for one in (*wanted, *alerts)})
    if any(one.held for one in wanted):
        sender.wakes.append(opens_next(situation.now, config.workspace))
    outlook.letters_at = tuple(sorted({one for one in sender.wakes if one > situation.now}))
    return sender.problems


# ── digests ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _digests(situation: Situation, store: Store, sender: Sender) -> list[Wanted]:
    """Those that are due. What was missed is kept, and said once."""

    def told(keys: Collection[str]) -> Mapping[str, Sequence[Posted]]:
        with store.records(reads_only=True) as records:
            rows = records.posted(keys)
        found: dict[str, list[Posted]] = {}
        for one in rows:
            found.setdefault(one.key, []).append(one)
        return found

    due = []
    for digest in situation.config.digests:
        found = due_digest(digest, situation, told)
        due += [found.now] if found.now is not None else []
        if not found.missed:
            continue
        rows = [
            Posted(
                digest_key(situation.config.workspace.id, digest, one.slot),
                "",
                digest.channel,
                LetterKind.DIGEST,
                called_digest(one, situation),
                Posting.MISSED,
                situation.now,
                why="alignd was not running",
            )
            for one in found.missed
        ]
        with store.records() as records:
            records.keep_posts(rows)
        names = [one.subject for one in rows[-MISSED_NAMED:]]
        left = len(rows) - len(names)
        what = f"{', '.join(names)}{f' and {left} before' if left else ''}: not sent, alignd was not running then"
        advice = "nothing to do: the latest is sent, and it tells what was decided since the last that was"
        sender.problems.append(Problem(digest.channel, what, advice, kind="late"))
    return due


def _around(outlook: Outlook, store: Store) -> Around:
    """Why things wait, and how numbers were counted before, as far as a digest shows it."""
    held = (Outcome.WAITING, Outcome.DEFERRED)
    waits = {
        one.subject: one.because
        for one in outlook.steps
        if one.work is WorkKind.ACTION
        and one.outcome in held
        and one.kind in (StepKind.CREATE, StepKind.REOPEN)
        and one.because
    }
    definitions: dict[str, list[DefinitionRow]] = {}
    with store.records(reads_only=True) as records:
        for row in records.definitions():
            definitions.setdefault(row.kpi, []).append(row)
    return Around(waits, definitions)


# ── alerts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _alerts(problems: Sequence[Problem], situation: Situation, store: Store, sender: Sender) -> list[Wanted]:
    """What is to be said of alignd's own troubles, put down before it is said."""
    config, now = situation.config, situation.now
    if config.daemon.alerts is None:
        return []
    with store.records() as records:
        known = from_kept(records.value(TROUBLES))
        troubles = _heard(troubles_now(problems, known, situation, _unproven(known, records.last_posts())), records)
        new, over = to_tell(troubles, now)
        if new or over:
            troubles = marked(troubles, new, over, alert_key(config.workspace.id, now))
        if troubles != known:
            records.keep_value(TROUBLES, as_kept(troubles))
    sender.wakes += next_alert(troubles)
    keys = [key for one in troubles.values() for key in (one.told, one.over) if key is not None]
    return alert_letters(troubles, keys, situation)


def _heard(troubles: Troubles, records: Records) -> Troubles:
    """Without those that were over before anybody could be told of them."""
    gone = {one.told for one in troubles.values() if one.gone_at is not None and one.told is not None}
    reached = {
        row.key for row in (records.posted(gone) if gone else ()) if row.posting in (Posting.SENT, Posting.UNKNOWN)
    }
    return {name: one for name, one in troubles.items() if one.gone_at is None or one.told in reached}


def _unproven(known: Troubles, newest: Sequence[Posted]) -> frozenset[str]:
    """Channels to which nothing was sent since their trouble began."""
    since = {one.need.where: one.need.since for one in known.values()}
    sent = {
        row.channel
        for row in newest
        if row.posting is Posting.SENT and row.attempted_at is not None
        and row.channel in since and row.attempted_at > since[row.channel]
    }  # fmt: skip
    return frozenset({row.channel for row in newest} - sent)


def _unsettled(outlook: Outlook, store: Store) -> list[Problem]:
    """What could not be made in the trackers, or is unknown."""
    doubtful = [one for one in outlook.links.values() if one.state in NOT_MADE and outlook.is_wanted(one)]
    if not doubtful:
        return []
    with store.records(reads_only=True) as records:
        return unsettled(doubtful, records.attempts([one.key for one in doubtful]))
