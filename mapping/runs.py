"""Runs and episodes: when a shortfall becomes work, when it is over, and what follows a person's "done".

A history here is the judgements of one KPI under its current definition, oldest period first, one per period: the
latest (a correction takes the place of what it corrects).

The rules: off_track counts, on_track ends a run, at_risk and unknown are passed over, and more than three passed over
in a row end it. An episode is a record and not a recomputation: it opens once, keeps its name, and only news of a
period after all others moves it, except that a correction or a late arrival may complete a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from mapping.judgements import Episode, EpisodeEnd, Judgement, Status
from mapping.kpis import Policy
from mapping.periods import Calendar, Period
from mapping.readings import State
from mapping.spans import SpanUnit

PASSED_OVER_AT_MOST = 3
CLEARLY = Decimal("0.10")  # how much further off a gap must be to be told again
TOLD_AT_MOST = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """`alignd accept until …`: said on `since`; periods that end from then on and before `until` are passed over."""

    since: date
    until: date

    def covers(self, period: Period) -> bool:
        return self.since <= period.last < self.until


@dataclass(frozen=True, slots=True)
class Run:
    """The off-track periods that count as "in a row" at the end of a history, oldest first.

    `spanned`: judged periods from the run's first to the last of the history, the passed-over ones included.
    `at_least`: it reaches back to where the history begins, and nobody looked how long it had been so before that.
    """

    periods: tuple[Period, ...] = ()
    spanned: int = 0
    at_least: bool = False

    @property
    def count(self) -> int:
        return len(self.periods)

    @property
    def began(self) -> Period | None:
        return self.periods[0] if self.periods else None


@dataclass(frozen=True, slots=True)
class Movement:
    """What one judgement did: opened an episode, closed one (the closed record), or nothing."""

    opens: Episode | None = None
    closes: Episode | None = None

    def after(self, episode: Episode | None) -> Episode | None:
        """The KPI's latest episode once this has happened to `episode`."""
        return self.opens or self.closes or episode


class _Mark(StrEnum):
    OFF = "off"
    ON = "on"
    PASSED = "passed"


def run_of(history: Sequence[Judgement], *, after: Period | None = None, accepted: Iterable[Accepted] = ()) -> Run:
    """The run that is alive at the end of `history`, of periods later than `after` only.

    Laws: an on_track last gives no run; at most three passed-over judgements at the end leave the count as it was.
    """
    spans = tuple(accepted)
    periods: list[Period] = []
    passed = spanned = 0
    for judgement in history:
        if after is not None and judgement.period.first <= after.last:
            continue
        mark = _mark(judgement, spans)
        passed = passed + 1 if mark is _Mark.PASSED else 0
        if mark is _Mark.ON or passed > PASSED_OVER_AT_MOST:
            periods.clear()
        elif mark is _Mark.OFF:
            periods.append(judgement.period)
        spanned = spanned + 1 if periods else 0
    at_least = bool(periods) and history[0].background and periods[0] == history[0].period
    return Run(tuple(periods), spanned, at_least)


def advance(
    history: Sequence[Judgement],
    episode: Episode | None,
    policy: Policy,
    now: datetime,
    *,
    news: Judgement | None = None,
    accepted: Iterable[Accepted] = (),
) -> Movement:
    """What the judgement `news` (by default the last of `history`, in which it must stand) does to the KPI's latest
    episode. Call it once for each new judgement, oldest period first, with the history as far as it was known then:
    a `news` that is not the last of `history` is taken for a late arrival.

    It opens an episode when the run reaches `breach_after` off-track periods; the episode is named after that period.
    It closes one at the `clear_after`-th on_track since the last off_track. A correction, or a period older than the
    newest judged, may only complete a run that is still alive. A run begins after the period that closed the last
    episode (after the opening one of an episode that ended otherwise), so no two episodes of a KPI share a name.

    Laws: an open episode never opens again, never changes its name and closes at an on_track only; the episode is all
    the memory there is, so a history judged in any number of cycles gives the same episodes.
    """
    if not history:
        return Movement()
    told = news if news is not None else history[-1]
    spans = tuple(accepted)
    is_latest = told.period == history[-1].period and not told.corrects
    mark = _mark(told, spans)
    if episode is not None and episode.is_open:
        if not is_latest or mark is not _Mark.ON or _cleared(history, episode, spans) < policy.clear_after:
            return Movement()
        return Movement(closes=recovered(episode, told.period, now))
    if is_latest and mark is not _Mark.OFF:
        return Movement()
    run = run_of(history, after=_bound(episode), accepted=spans)
    if run.count < policy.breach_after or told.period < run.periods[0]:
        return Movement()
    return Movement(
        opens=Episode(
            kpi=told.kpi,
            definition=told.definition,
            opened=run.periods[policy.breach_after - 1],
            began=run.periods[0],
            opened_at=now,
            background=told.background,
        )
    )


def recovered(episode: Episode, period: Period, now: datetime) -> Episode:
    """The episode, closed by the on_track of `period`."""
    return replace(episode, closed=period, closed_at=now, end=EpisodeEnd.RECOVERED)


def redefined(episode: Episode, now: datetime) -> Episode:
    """The episode, ended because the KPI is counted in another way now: no period closed it."""
    return replace(episode, closed=None, closed_at=now, end=EpisodeEnd.REDEFINED)


# ── a person completed the item ──────────────────────────────────────────────────────────────────────────────────


class Rest(StrEnum):
    """What the periods after a person's completion say."""

    NONE = "none"  # believed: too early to tell
    CLOSES = "closes"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Resting:
    """The verdict on a completed item. `period`: the one that gave it. `before`: the last judgement with a number
    of a period that began by the completion; `after`: the one of `period`. Both feed "Did it help?".
    """

    verdict: Rest
    period: Period | None = None
    before: Judgement | None = None
    after: Judgement | None = None


def resting_verdict(
    completed_on: date, history: Sequence[Judgement], policy: Policy, *, accepted: Iterable[Accepted] = ()
) -> Resting:
    """Whether a completed item is over. Counted are periods that begin after the completion (unknown and accepted
    ones are passed over): the first on_track closes the episode, whatever `clear_after` is; `recheck_after` of them
    without one, the last off_track, call for a follow-up.
    """
    spans = tuple(accepted)
    before: Judgement | None = None
    counted: list[Judgement] = []
    for judgement in history:
        if judgement.period.first <= completed_on:
            before = judgement if judgement.value is not None else before
        elif judgement.status is not Status.UNKNOWN and not _is_accepted(judgement, spans):
            counted.append(judgement)
            if judgement.status is Status.ON_TRACK:
                return Resting(Rest.CLOSES, judgement.period, before, judgement)
    if len(counted) >= policy.recheck_after and counted[-1].status is Status.OFF_TRACK:
        return Resting(Rest.FOLLOW_UP, counted[-1].period, before, counted[-1])
    return Resting(Rest.NONE, before=before)


# ── escalation, worse, reopening, no data ────────────────────────────────────────────────────────────────────────


def escalation_due(
    history: Sequence[Judgement],
    episode: Episode,
    policy: Policy,
    *,
    told: bool,
    today: date,
    promise: date | None = None,
    accepted: Iterable[Accepted] = (),
) -> bool:
    """The episode is open and has `escalate_after` off-track periods since its run began, the last counted one among
    them. Once an episode (`told`), and not before the day after a due date that a person moved later (`promise`).
    """
    if told or not episode.is_open or (promise is not None and today <= promise):
        return False
    spans = tuple(accepted)
    marks = [_mark(one, spans) for one in history if one.period >= episode.began]
    counted = [mark for mark in marks if mark is not _Mark.PASSED]
    return counted.count(_Mark.OFF) >= policy.escalate_after and counted[-1] is _Mark.OFF


def clearly_worse(told_gap: Decimal | None, gap: Decimal | None) -> bool:
    """The gap is 0.10 or more below the one last told. Without both (a target of 0) nothing can be said."""
    return told_gap is not None and gap is not None and gap <= told_gap - CLEARLY


def may_tell_worse(last_told_on: date | None, today: date, promise: date | None = None) -> bool:
    """At most weekly, and not before the day after a due date that a person moved later."""
    if promise is not None and today <= promise:
        return False
    return last_told_on is None or today - last_told_on >= TOLD_AT_MOST


def reopen_or_new(closed: Period, began: Period, policy: Policy, calendar: Calendar) -> Literal["reopen", "new"]:
    """Reopen the former item if the new run began at most `reopen_within` after the period that closed the last
    episode, else make a new one. Measured from the end of `closed` to the start of `began`, both in the workspace's
    zone: with 2 periods, the run may begin with the first, second or third period after. 0, or none given: never.
    """
    span = policy.reopen_within
    if span is None or span.count <= 0:
        return "new"
    if span.unit is SpanUnit.BUSINESS_DAYS:  # a weekend before the run begins takes nothing from the span
        return "reopen" if began.first <= calendar.add_business_days(closed.last, span.count + 1) else "new"
    return "reopen" if calendar.start_of(began.first) <= calendar.deadline(closed, span) else "new"


def no_data_due(states: Sequence[tuple[Period, State]], policy: Policy) -> Period | None:
    """The period that makes a data task due: the `no_data_after`-th missing or untrusted in a row, as long as no
    number has come since; None while there are fewer. Awaited periods are passed over.

    `states`: oldest first, the latest state of each period, paused periods left out. The answer stays the same while
    more periods are missing, so the task's key does; after a number it is another.
    """
    absent: list[Period] = []
    for period, state in states:
        if state in (State.MISSING, State.UNTRUSTED):
            absent.append(period)
        elif state is not State.AWAITED:
            absent.clear()
    return absent[policy.no_data_after - 1] if len(absent) >= policy.no_data_after else None


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _mark(judgement: Judgement, accepted: tuple[Accepted, ...]) -> _Mark:
    if _is_accepted(judgement, accepted):
        return _Mark.PASSED
    match judgement.status:
        case Status.OFF_TRACK:
            return _Mark.OFF
        case Status.ON_TRACK:
            return _Mark.ON
        case _:
            return _Mark.PASSED


def _is_accepted(judgement: Judgement, accepted: tuple[Accepted, ...]) -> bool:
    return bool(accepted) and any(one.covers(judgement.period) for one in accepted)


def _bound(episode: Episode | None) -> Period | None:
    if episode is None:
        return None
    return episode.closed if episode.closed is not None else episode.opened


def _cleared(history: Sequence[Judgement], episode: Episode, accepted: tuple[Accepted, ...]) -> int:
    """How many on_track there are since the last off_track, counted in periods after the opening one."""
    count = 0
    for judgement in reversed(history):
        if judgement.period <= episode.opened:
            break
        mark = _mark(judgement, accepted)
        if mark is _Mark.OFF:
            break
        count += mark is _Mark.ON
    return count
