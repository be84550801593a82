"""What alignd says on a live action item: the numbers comment, and news only when there is some. Pure.

The numbers comment is edited in place with each final period. A new comment comes only when the item's number clearly
worsens, recovers, is escalated, or a correction changed a verdict; nothing is said about the past of first sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from mapping.documents import Document, plain
from mapping.goals import escalation_person
from mapping.judgements import Episode, EpisodeEnd, Judgement, Status
from mapping.keys import comment_key
from mapping.kpis import Kpi
from mapping.links import Link, Note, NoteState, Quiet
from mapping.people import Person
from mapping.runs import clearly_worse, escalation_due, may_tell_worse
from mapping.tasks import Complete, EditComment, Follow, Say
from mapping.wording import show_day
from sync.plan import words
from sync.plan.situation import KpiRecord, Situation
from sync.plan.words import Then
from sync.steps import Outcome, Reason, Step, StepKind, first_line, step_on


@dataclass(frozen=True, slots=True)
class Item:
    """A live item with all that is known of its KPI."""

    kpi: Kpi
    link: Link
    record: KpiRecord
    episode: Episode | None
    situation: Situation

    @property
    def since(self) -> list[Judgement]:
        """Judgements made after the item was, of periods after the opening one: the news it has not told yet."""
        opened = self.episode.opened if self.episode is not None else None
        return [
            one
            for one in self.record.judgements
            if one.judged_at > self.link.made_at and not one.background and (opened is None or one.period > opened)
        ]

    def note(self, kind: str, label: str | None = None) -> Note | None:
        return self.situation.notes.get(comment_key(self.link.key, kind, label))

    def notes_of(self, *kinds: str) -> list[Note]:
        heads = tuple(f"{self.link.key}#{kind}" for kind in kinds)
        return [one for one in self.situation.notes.values() if one.key.startswith(heads)]


def quiet_on(link: Link, today: date) -> Quiet | None:
    """The snooze, acceptance or doubt that is in force today."""
    quiet = link.quiet
    if quiet is None or (quiet.until is not None and today >= quiet.until):
        return None
    return quiet


def quiet_said(quiet: Quiet, today: date, people: Mapping[str, Person]) -> str:
    """Why an item is left in peace, for plans, `status` and `why`."""
    said = {"snooze": "quiet", "accept": "accepted as it is", "wrong": "the number is being checked"}[quiet.kind]
    until = f" until {show_day(quiet.until, today)}" if quiet.until is not None else ""
    by = people[quiet.by].name if quiet.by in people else quiet.by
    return f"{said}{until}, by {by}" + (f": {quiet.why}" if quiet.why else "")


def unless_quiet(step: Step, link: Link, situation: Situation) -> Step:
    """A step on a task, which waits while a person asked for quiet there."""
    quiet = quiet_on(link, situation.today)
    if quiet is None:
        return step
    return replace(step, outcome=Outcome.WAITING, because=quiet_said(quiet, situation.today, situation.config.people))


def talk(item: Item) -> list[Step]:
    """The steps on one live item, in the order they are to be said; all wait while a person asked for quiet."""
    return [unless_quiet(one, item.link, item.situation) for one in _news(item)]


def thanks(item: Item) -> list[Step]:
    """On an item that a person completed: one word when the number is back on target after it."""
    episode = item.episode
    done = item.link.completed_at
    if episode is None or episode.closed_at is None or done is None or episode.closed_at < done:
        return []
    return [one for one in _recovered(item, episode) if one.kind is StepKind.COMMENT]


def _news(item: Item) -> Iterator[Step]:
    episode = item.episode
    if episode is not None and episode.is_open and item.link.episode == episode.opened.label:
        yield from _corrected(item)
        yield from _worse(item, episode)
        yield from _escalated(item, episode)
        yield from _numbers(item)
    elif episode is not None and item.link.episode == episode.opened.label:
        yield from _recovered(item, episode)


def _numbers(item: Item) -> Iterator[Step]:
    """The one numbers comment: made when the first period after the opening one is final, then edited in place."""
    if not item.since:
        return
    body = words.numbers(item.kpi, item.record, item.situation)
    label = item.since[-1].period.label
    note = item.note("numbers")
    key = comment_key(item.link.key, "numbers", None)
    if note is None or note.state is NoteState.PLANNED:
        said = comment(item.link, "numbers", None, body, Reason.NUMBERS, "a new number is final", pinned=True)
        yield replace(said, period=label)
    elif note.state is NoteState.SAID and note.comment is not None and note.text != plain(body):
        order = EditComment(item.link.task or "", note.comment, key, body, pinned=True)
        because, title = "a new number is final", first_line(body)
        said = step_on(item.link, StepKind.EDIT_COMMENT, Reason.NUMBERS, order, because, key=key, title=title)
        yield replace(said, period=label)


def _worse(item: Item, episode: Episode) -> Iterator[Step]:
    if not item.since or item.since[-1].status is not Status.OFF_TRACK:
        return
    newest = item.since[-1]
    told = _told_gap(item, episode)
    last = max((one.at for one in item.notes_of("worse", "reopened", "taken_up")), default=None)
    calendar = item.situation.config.workspace.calendar
    last_day = calendar.local_date(last) if last is not None else None
    if item.note("worse", newest.period.label) is not None:
        return
    if clearly_worse(told, newest.gap) and may_tell_worse(last_day, item.situation.today, item.link.promise):
        body = words.worse(item.kpi, newest, told, item.link, item.situation)
        step = comment(item.link, "worse", newest.period.label, body, Reason.WORSE, "clearly worse than last told")
        yield replace(step, told_gap=str(newest.gap))


def _told_gap(item: Item, episode: Episode) -> Decimal | None:
    """The gap people were last told: by a comment, else by the notes when the item was made."""
    told = [one for one in item.notes_of("worse", "reopened", "taken_up") if one.told_gap is not None]
    if told:
        newest = max(told, key=lambda one: one.at)
        return Decimal(newest.told_gap or "0")
    before = [
        one
        for one in item.record.judgements
        if one.period >= episode.began and one.judged_at <= item.link.made_at and one.gap is not None
    ]
    return before[-1].gap if before else None


def _escalated(item: Item, episode: Episode) -> Iterator[Step]:
    """By `follow`: the first person up the goal tree follows the task, once an episode. `review` lists it there."""
    told = item.note("escalated", episode.opened.label) is not None
    if item.kpi.policy.escalate != "follow" or not is_escalation_due(item, episode, told=told):
        return
    config = item.situation.config
    person = escalation_person(item.situation.goals, item.kpi.id, item.kpi.owner, config.people, config.teams)
    account = item.situation.account(item.link.tracker, person)
    if person is None:
        return
    if account is not None and item.link.task is not None:
        order = Follow(item.link.task, account)
        name = config.people[person].name
        because = "off target for long"
        yield step_on(item.link, StepKind.FOLLOW, Reason.ESCALATED, order, because, title=name, person=person)
    body = words.escalated(item.kpi, person, episode, item.record, item.situation)
    yield comment(
        item.link, "escalated", episode.opened.label, body, Reason.ESCALATED, "off target for long", person=person
    )


def is_escalation_due(item: Item, episode: Episode, *, told: bool) -> bool:
    """The item's open episode has been off for so long that somebody up the goal tree hears of it.

    Never of what was so before the item was made (first sight), nor before a due date that a person moved later.
    """
    if not item.since:
        return False
    counted, today = _counted_for_escalation(item, episode), item.situation.today
    return bool(counted) and escalation_due(
        counted, episode, item.kpi.policy, told=told, today=today, promise=item.link.promise
    )


def _counted_for_escalation(item: Item, episode: Episode) -> list[Judgement]:
    """The periods that count. If the escalation was due in the past of first sight, only what came after counts."""
    history = list(item.record.judgements)
    off = [one for one in history if one.period >= episode.began and one.status is Status.OFF_TRACK]
    after = item.kpi.policy.escalate_after
    was_due_before = len(off) >= after and off[after - 1].background
    return [one for one in history if not one.background] if was_due_before else history


def _corrected(item: Item) -> Iterator[Step]:
    for before, after in item.record.corrections:
        if after.judged_at <= item.link.made_at or item.note("corrected", after.period.label) is not None:
            continue
        body = words.corrected(item.kpi, before, after, item.situation)
        yield comment(
            item.link, "corrected", after.period.label, body, Reason.CORRECTED, "a corrected number changed the verdict"
        )


def _recovered(item: Item, episode: Episode) -> Iterator[Step]:
    if episode.end is not EpisodeEnd.RECOVERED or episode.closed is None or episode.closed_at is None:
        return
    closing = item.record.on(episode.closed.label)
    if episode.closed_at <= item.link.made_at or (closing is not None and closing.background):
        return  # over before the item was taken on (first sight, a lost ledger)
    policy = item.kpi.policy
    label = episode.closed.label
    completes = policy.on_recover == "complete" or (
        policy.on_recover == "complete_if_untouched" and not item.link.touched
    )
    completes = completes and "completed" not in item.link.theirs  # a person opened it again: it stays open
    if item.note("recovered", label) is None:
        then: Then = "resting" if item.link.completed else "completed" if completes else "open"
        body = words.recovered(item.kpi, episode, item.record, item.situation, then)
        yield comment(item.link, "recovered", label, body, Reason.RECOVERED, "back on target")
    if completes and item.link.task is not None:
        yield step_on(item.link, StepKind.COMPLETE, Reason.RECOVERED, Complete(item.link.task), "back on target")


def comment(
    link: Link,
    kind: str,
    label: str | None,
    body: Document,
    reason: Reason,
    because: str,
    *,
    pinned: bool = False,
    person: str | None = None,
) -> Step:
    """A step that says something once: its key names the comment, so that it is never said twice."""
    key = comment_key(link.key, kind, label)
    order = Say(link.task or "", key, body, pinned=pinned)
    return step_on(link, StepKind.COMMENT, reason, order, because, key=key, title=first_line(body), person=person)
