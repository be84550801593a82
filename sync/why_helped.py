"""The part of `why` that says whether what people did helped: before, after, the answer, or where it is asked. Pure."""

from __future__ import annotations

from config import Config
from mapping.kpis import Kpi
from mapping.links import Link, LinkState
from mapping.logbook import Evaluation, Helped
from mapping.tasks import WorkKind
from mapping.texts.evaluation import answer_said, done, shown
from mapping.texts.phrases import target_word
from sync.recall import KpiMemory
from sync.report_parts import Reader, person_name
from sync.reports import WhyLine, WhySection

SHOWN = 4  # evaluations of a KPI, the newest
_ASKS = {"review": "the next review asks", "task": "the next sync asks", "off": "nobody is asked"}


def helped_section(config: Config, kpi: Kpi, memory: KpiMemory, reader: Reader, item: str | None = None) -> WhySection:
    """Of every item that people completed, the newest first; of one task, only what `item` (its key) says."""
    chosen = [one for one in memory.evaluations.values() if item is None or one.item == item]
    newest = sorted(chosen, key=lambda one: (one.judged_at, one.item), reverse=True)[:SHOWN]
    return WhySection(
        "Did it help?", tuple(line for one in newest for line in _lines(config, kpi, one, memory, reader))
    )


def item_asked(link: Link) -> str | None:
    """The key of the item that an evaluation's task asks about; None for any other task."""
    if link.kind is not WorkKind.EVALUATION:
        return None
    return next((one.removeprefix("helped:") for one in link.about if one.startswith("helped:")), None)


def _lines(config: Config, kpi: Kpi, one: Evaluation, memory: KpiMemory, reader: Reader) -> list[WhyLine]:
    item = memory.links.get(one.item)
    by = person_name(one.by, config.people)
    before, after = shown(one, kpi)
    goal = f", {target_word(kpi, one.target)}" if one.target is not None else ""
    title = item.title if item is not None else ""
    return [
        WhyLine(done(one, kpi, reader.today, title), "done" + (f" by {by}" if by else ""), one.item),
        WhyLine(before, "before", _when(one.before.label, memory, reader)),
        WhyLine(f"{after}{goal}", "after", _when(one.after.label, memory, reader)),
        _answer(config, kpi, one, memory, reader),
    ]


def _when(label: str, memory: KpiMemory, reader: Reader) -> str:
    period = next((one.period for one in memory.judgements if one.period.label == label), None)
    return reader.span(period, full=True).said if period is not None else label


def _answer(config: Config, kpi: Kpi, one: Evaluation, memory: KpiMemory, reader: Reader) -> WhyLine:
    """What was answered and by whom; else who is asked, and where."""
    asked = _asked(config, one, memory, reader)
    if one.helped is None:
        return WhyLine(asked or _ASKS[kpi.policy.evaluation], "answer")
    who = person_name(one.answered_by, config.people) or "somebody"
    when = f", {reader.moment(one.answered_at)}" if one.answered_at is not None else ""
    why = f": “{one.why}”" if one.why else ""
    again = f"; {asked}" if one.helped is Helped.TOO_EARLY and asked else ""
    return WhyLine(f"{answer_said(one)}{why}", "answer", f"{who}{when}{again}")


def _asked(config: Config, one: Evaluation, memory: KpiMemory, reader: Reader) -> str:
    """ "asked in Monthly KPI review, Thu 10 Dec", "asked in a task of Johan Botha's, due Fri 4 Dec"."""
    about = f"helped:{one.item}"
    tasks = [link for link in memory.links.values() if item_asked(link) == one.item and link.state is LinkState.LINKED]
    for link in tasks:
        person = person_name(link.person, config.people)
        due = f", due {reader.day(link.due)}" if link.due is not None else ""
        return f"asked in a task{' for ' + person if person else ''}{due}"
    reviews = sorted((link for link in memory.asking if about in link.about), key=lambda link: link.made_at)
    if not reviews:
        return ""
    newest = reviews[-1]
    review = config.reviews.get(newest.subject)
    day = f", {reader.day(newest.due)}" if newest.due is not None else ""
    return f"asked in {review.title if review is not None else newest.title}{day}"
