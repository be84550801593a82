"""What was said in meetings: tasks of `Action:` lines, answers to what could not be placed, summaries. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mapping.keys import comment_key, said_key
from mapping.links import Link, LinkState
from mapping.logbook import LineKind, Minute
from mapping.people import call_name
from mapping.tasks import Say, Update, WorkKind
from mapping.texts import minutes as texts
from mapping.texts.minutes import SaidFacts
from sync.asked import evened
from sync.plan.making import create_step
from sync.plan.situation import Situation
from sync.plan.summaries import answer_key, stuck_of, summary_steps
from sync.plan.talk import comment
from sync.steps import Reason, Step, StepKind, first_line, step_on


def said_steps(situation: Situation) -> list[Step]:
    """Tasks first, then what is said about lines."""
    minutes = sorted(situation.logbook.minutes.values(), key=lambda one: one.place)
    steps = [step for one in minutes for step in _task(one, situation)]
    return [*steps, *_answers(minutes, situation), *summary_steps(situation)]


# ── the task of an action ────────────────────────────────────────────────────────────────────────────────────────


def _task(minute: Minute, situation: Situation) -> Iterator[Step]:
    """The task of one line: made once, changed with the line, left to people when the line is gone."""
    _, comment_id, number = minute.source.split("/", 2)
    key = said_key(situation.config.workspace.id, minute.review, comment_id, int(number))
    link = situation.links.get(key)
    if minute.withdrawn or minute.kind is not LineKind.ACTION or minute.who is None:
        if link is None or not link.is_live or _only_not_placed(minute, link):
            return
        if comment_key(key, "removed", "line") not in situation.notes:
            yield comment(link, "removed", "line", texts.gone(), Reason.REMOVED, "the line is gone")
    elif link is None or link.state in (LinkState.PLANNED, LinkState.FAILED):
        if link is None or link.state is LinkState.PLANNED or situation.may_retry(link):
            yield _made(minute, key, link, situation)
    elif link.is_live and minute.changed_at is not None:
        yield from _changed(minute, link, situation)


def _only_not_placed(minute: Minute, link: Link) -> bool:
    """A line that a new ledger cannot place: an earlier one could, and made its task."""
    never_changed = minute.changed_at is None and not minute.withdrawn
    return link.adopted and never_changed and minute.kind is LineKind.UNPLACED


def _made(minute: Minute, key: str, link: Link | None, situation: Situation) -> Step:
    config = situation.config
    calendar, after = config.workspace.calendar, config.policy.due
    due = minute.due or (calendar.add(situation.today, after) if after is not None else None)
    meeting = situation.links.get(minute.link)
    by, met = call_name(minute.by, config.people) or minute.by, _meeting(minute, meeting, situation)
    title, body = texts.said_task(
        SaidFacts(
            key=key,
            what=minute.text,
            by=by,
            said_on=calendar.local_date(minute.changed_at or minute.at),
            today=situation.today,
            meeting=met,
            url=meeting.url if meeting is not None else "",
            due=due,
            was_dated=minute.due is not None,
        )
    )
    return create_step(
        situation,
        kind=WorkKind.SAID,
        key=key,
        subject=minute.review,
        person=minute.who,
        title=title,
        body=body,
        reason=Reason.SAID,
        because=f"{by} wrote it down in {met}",
        link=link,
        due=due,
        about=(minute.source,),
    )


def _meeting(minute: Minute, link: Link | None, situation: Situation) -> str:
    review = situation.config.reviews.get(minute.review)
    if link is not None and link.title:
        return link.title
    return review.title if review is not None else minute.review


def _changed(minute: Minute, link: Link, situation: Situation) -> Iterator[Step]:
    """What an edit of the line changed, but for what a person changed on the task."""
    account = situation.account(link.tracker, minute.who)
    title = texts.said_title(minute.text)
    fields = set()
    if evened(title) != evened(link.written.title):
        fields.add("title")
    if minute.due is not None and minute.due != link.written.due:
        fields.add("due")
    if account is not None and account != link.written.assignee:
        fields.add("assignee")
    fields -= link.theirs
    if not fields or link.task is None or not situation.may_retry(link):
        return
    order = Update(
        link.task,
        frozenset(fields),
        title=title,
        assignee=account if "assignee" in fields else None,
        remove_assignee=link.written.assignee if "assignee" in fields else None,
        due=minute.due,
    )
    sets = (("person", minute.who),) if "assignee" in fields else ()
    because = "the line was changed"
    yield step_on(link, StepKind.UPDATE, Reason.SAID, order, because, title=title, person=minute.who, sets=sets)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _answers(minutes: Sequence[Minute], situation: Situation) -> Iterator[Step]:
    """One answer to a comment with lines that could not be placed; another only for lines not answered yet."""
    by_comment: dict[tuple[str, str], list[Minute]] = {}
    for one in minutes:
        if one.kind is LineKind.UNPLACED and not one.withdrawn:
            by_comment.setdefault((one.link, one.comment), []).append(one)
    for (key, comment_id), stuck in by_comment.items():
        link = situation.links.get(key)
        if link is None or link.state is not LinkState.LINKED or link.archived or link.task is None:
            continue
        told, number = "", 1
        while (note := situation.notes.get(answer_key(link, comment_id, number))) is not None:
            told += note.text
            number += 1
        open_lines = [one for one in stuck if texts.quote_of(one.text) not in told and not _is_past(one, link)]
        if open_lines:
            yield _answer(link, comment_id, number, open_lines, situation)


def _is_past(minute: Minute, link: Link) -> bool:
    """Written before the ledger was lost: it was answered then."""
    return link.adopted and (minute.changed_at or minute.at) <= link.made_at


def _answer(link: Link, comment_id: str, number: int, stuck: Sequence[Minute], situation: Situation) -> Step:
    body = texts.answer([stuck_of(one, link, situation) for one in stuck])
    key = answer_key(link, comment_id, number)
    step = step_on(
        link, StepKind.COMMENT, Reason.ANSWER, Say(link.task or "", key, body), "a line could not be placed", key=key
    )
    return replace(step, title=first_line(body))
