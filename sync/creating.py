"""Making tasks, exactly one for a key: intent, one attempt, record.

Neither Asana nor Trello has an idempotency key, so *sending* is durable before the request leaves, the request carries
the reference, and whatever is not a clear yes or no is unknown and looked for later (sync/resolve.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mapping.links import Link, LinkState
from mapping.queries import Trouble
from mapping.tasks import Create, Fate, Result
from sync.applying import Applying, as_answered, needs_person, with_sets, written_from
from sync.steps import Outcome, Step
from sync.store import Records, Sending

MAY_BE_SENT = (LinkState.PLANNED, LinkState.FAILED)


@dataclass(frozen=True, slots=True)
class Making:
    """One create on its way: the step's place in the plan, the order as it leaves, the extra it leaves without."""

    index: int
    order: Create
    without: Trouble | None = None
    has_fallen_back: bool = False


def making_of(applying: Applying, index: int) -> Making:
    """A create of the plan, as it is sent first."""
    return Making(index, _order(applying.steps[index]))


def _order(step: Step) -> Create:
    if not isinstance(step.order, Create):
        raise TypeError(f"{step.key}: a create without its order")
    return step.order


def intend_tasks(applying: Applying, portion: Sequence[Making]) -> list[Making]:
    """*Sending* is durable before the request leaves. Returns what may leave."""
    if not portion:
        return []
    applying.failpoint("before-intent")
    with applying.store.records() as records:
        claimed = [one for one in portion if _claim(applying, records, one)]
        applying.failpoint("inside-intent")
    if claimed:
        applying.failpoint("after-intent")
    return claimed


def record_tasks(applying: Applying, answered: Sequence[tuple[Making, Result]]) -> list[Making]:
    """What became of them. Returns what is to be made again without its extras."""
    if not answered:
        return []
    applying.failpoint("after-answer")
    again: list[Making] = []
    with applying.store.records() as records:
        for one, result in answered:
            retry = _record(applying, one, result)
            if retry is not None:
                again.append(retry)
        records.put_links([applying.links[one.order.key] for one, _ in answered])
        records.end_attempts({one.order.key: fate_of(result) for one, result in answered})
        applying.failpoint("inside-record")
    applying.failpoint("after-record")
    return again


def fate_of(result: Result) -> Fate:
    """A yes without the task it is about is no yes."""
    return Fate.UNKNOWN if result.fate is Fate.DONE and result.task is None else result.fate


def _claim(applying: Applying, records: Records, one: Making) -> bool:
    """planned (or failed) → sending, in the intent's transaction; False if the ledger does not have it so."""
    step, at = applying.steps[one.index], applying.now()
    standing = applying.links.get(step.key)
    if standing is None:
        standing = replace(step.link or _row_for(step, applying), state=LinkState.PLANNED)
        records.add_link(standing)
    taken = standing.state in MAY_BE_SENT and records.claim(
        step.key, standing.state, LinkState.SENDING, at, applying.vendor_at, applying.cycle
    )
    if not taken:
        applying.end(one.index, Outcome.DEFERRED, because=f"the ledger has it as {standing.state} already")
        return False
    row = replace(
        step.link or standing,
        state=LinkState.SENDING,
        attempted_at=at,
        attempted_vendor=applying.vendor_at,
        looks=0,
        looked_at=None,
        made_cycle=applying.cycle,
    )
    records.put_link(row)
    records.keep_attempts([Sending(step.key, step.tracker, at, applying.vendor_at, one.order, applying.cycle)])
    applying.links[step.key] = row
    return True


def _row_for(step: Step, applying: Applying) -> Link:
    return Link(step.key, step.work, step.subject, step.tracker, LinkState.PLANNED, applying.now(), person=step.person)


def _record(applying: Applying, one: Making, result: Result) -> Making | None:
    """What became of one create, in the link and in the step."""
    step, key, fate = applying.steps[one.index], one.order.key, fate_of(result)
    link = applying.links[key]
    trouble = result.trouble or one.without
    if fate is Fate.DONE and result.task is not None:
        made = as_answered(link, result.task)
        made = replace(
            made,
            state=LinkState.LINKED,
            task=result.task.id,
            written=written_from(result.task, one.order.assignee),
            seen_modified=result.task.modified_at,
            completed=False,
            archived=False,
            failed_why="",
            failed_at=None,
        )
        applying.links[key] = with_sets(made, step)
        applying.end(one.index, Outcome.DONE, task=result.task.id, trouble=trouble)
        return None
    if fate is Fate.UNKNOWN:
        applying.links[key] = replace(link, state=LinkState.UNKNOWN)
        applying.end(one.index, Outcome.UNKNOWN, trouble=trouble)
        return None
    if fate is Fate.NOT_SENT:
        applying.links[key] = replace(link, state=LinkState.PLANNED)
        because = result.trouble.what if result.trouble is not None else step.because
        applying.end(one.index, Outcome.DEFERRED, because=because, trouble=result.trouble)
        return None
    return _refused(applying, one, result)


def _refused(applying: Applying, one: Making, result: Result) -> Making | None:
    """A definite no: of an extra, of us, or of the order."""
    step, link = applying.steps[one.index], applying.links[one.order.key]
    extra = result.refused_extra
    retry = _without_extras(step, one, extra, result.trouble) if extra is not None else None
    if retry is not None:
        applying.links[one.order.key] = replace(link, state=LinkState.PLANNED)
        return retry
    if needs_person(result):
        applying.links[one.order.key] = replace(link, state=LinkState.PLANNED)
    else:
        why = result.trouble.what if result.trouble is not None else "the tracker refused it"
        applying.links[one.order.key] = replace(link, state=LinkState.FAILED, failed_why=why, failed_at=applying.now())
    applying.end(one.index, Outcome.FAILED, trouble=result.trouble)
    return None


def _without_extras(step: Step, one: Making, extra: str, trouble: Trouble | None) -> Making | None:
    """The order without what was refused; None if it has gone without already.

    Without followers the work is still its owner's; only if that is refused too it goes without any extra.
    """
    if one.has_fallen_back:
        return None
    without = trouble or _extra_trouble(step, extra)
    if extra == "followers" and one.order.followers:
        return Making(one.index, replace(one.order, followers=()), without)
    if isinstance(step.fallback, Create):
        return Making(one.index, step.fallback, without, True)
    bare = replace(one.order, assignee=None, followers=())
    return Making(one.index, bare, without, True) if bare != one.order else None


def _extra_trouble(step: Step, extra: str) -> Trouble:
    return Trouble(
        step.tracker,
        f"{step.title}: the tracker refused its {extra}, so it was made without",
        f"alignd doctor says what is wrong with the {extra}",
        "extra",
    )
