"""Did it help? What became of a KPI after a person completed its action item, once it was looked at again. Pure.

The verdict is the one that rests or follows an item up (`mapping.runs.resting_verdict`). In the cycle in which it
comes, what the numbers were and what they are is kept as an `Evaluation`, whether it is asked about in a review or a
task. A verdict of the past (of first sight, of before a lost ledger, of while evaluations were off) is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from config import Config
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Helped, Point
from mapping.runs import Rest, Resting, resting_verdict
from mapping.tasks import WorkKind
from sync.plan.situation import KpiRecord

SETTLED = (Helped.YES, Helped.NO)


def new_evaluations(
    config: Config,
    records: Mapping[str, KpiRecord],
    links: Mapping[str, Link],
    before: Mapping[str, Link],
    known: Mapping[str, Evaluation],
    now: datetime,
) -> list[Evaluation]:
    """Evaluations of completed items whose verdict came with this cycle. `before`: the links as the last cycle left
    them; `known`: evaluations by item key.

    One an item. An item that was opened again and completed anew before anybody answered is compared anew.
    """
    return list(_found(config, records, links, before, known, now))


def _found(
    config: Config,
    records: Mapping[str, KpiRecord],
    links: Mapping[str, Link],
    before: Mapping[str, Link],
    known: Mapping[str, Evaluation],
    now: datetime,
) -> Iterator[Evaluation]:
    calendar = config.workspace.calendar
    for link in links.values():
        kpi, record = config.kpis.get(link.subject), records.get(link.subject)
        if kpi is None or record is None or kpi.policy.evaluation == "off" or link.completed_at is None:
            continue
        if not _completed_by_person(link, kpi, record):
            continue
        done = calendar.local_date(link.completed_at)
        former = known.get(link.key)
        if former is not None and (former.completed_on == done or former.helped in SETTLED):
            continue
        verdict = resting_verdict(done, record.judgements, kpi.policy)
        if verdict.verdict is Rest.NONE or not _is_news(link, before.get(link.key), record, kpi, done, now):
            continue
        found = _evaluation(config, link, record, verdict, done, now)
        if found is not None:
            yield found


def _completed_by_person(link: Link, kpi: Kpi, record: KpiRecord) -> bool:
    """An action item that stands and that a person completed. Put away afterwards, it still was.

    Where a tracker does not tell who it was, it was alignd if alignd completes items of what is back on target.
    """
    if link.kind is not WorkKind.ACTION or link.state is not LinkState.LINKED or not link.completed:
        return False
    if link.completed_by is not None or kpi.policy.on_recover == "comment":
        return True
    closed = [one.closed_at for one in record.episodes if one.opened.label == link.episode and one.closed_at]
    return link.completed_at is not None and not any(at <= link.completed_at for at in closed)


def _is_news(link: Link, before: Link | None, record: KpiRecord, kpi: Kpi, done: date, now: datetime) -> bool:
    """Whether the verdict came with this cycle's numbers, or with the completion that this cycle read.

    What was judged before anybody watched is the past: up to the newest period of first sight and, of a ledger that
    was lost, all that had been judged when the item was found again.
    """
    watched = max((one.period.first for one in record.judgements if one.background), default=date.min)
    was_completed = before is not None and before.completed_at == link.completed_at

    def is_past(one: Judgement) -> bool:
        if one.period.first <= watched or (was_completed and one.judged_at < now):
            return True
        return link.adopted and one.judged_at <= link.made_at

    past = [one for one in record.judgements if is_past(one)]
    return resting_verdict(done, past, kpi.policy).verdict is Rest.NONE


def _evaluation(
    config: Config, link: Link, record: KpiRecord, verdict: Resting, done: date, now: datetime
) -> Evaluation | None:
    before, after = _acted_on(link, record.judgements, done) or verdict.before, verdict.after
    if before is None or after is None:
        return None
    return Evaluation(
        item=link.key,
        kpi=link.subject,
        before=_point(before),
        after=_point(after),
        target=after.target,
        completed_on=done,
        judged_at=now,
        did=link.last_human_line,
        by=link.completed_by if link.completed_by in config.people else None,
    )


def _acted_on(link: Link, history: Sequence[Judgement], done: date) -> Judgement | None:
    """The number that people acted on: the newest short of its target that was known when the item was completed,
    or the newest that was known, if none was short. As it is known now, where it was corrected.
    """
    assert link.completed_at is not None
    ended = [one for one in history if one.period.last < done and one.value is not None and one.state != "untrusted"]
    told = [one for one in ended if one.judged_at <= link.completed_at or one.corrects] or ended
    short = [one for one in told if one.status in (Status.OFF_TRACK, Status.AT_RISK)]
    counted = short or told
    return counted[-1] if counted else None


def _point(judgement: Judgement) -> Point:
    period = judgement.period
    return Point(period.label, period.first, period.last, judgement.value)
