"""The part of `why` that is about work: what followed from a number, and why there is no task. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config import Config
from mapping.judgements import Episode, Judgement, Status
from mapping.kpis import Kpi, queries_of
from mapping.links import Decision, Link, LinkState, Note, NoteState
from mapping.queries import CellQuery, Query
from mapping.readings import State
from mapping.runs import run_of
from mapping.tasks import WorkKind
from mapping.wording import count_word, in_period, ordinal, status_word, the_period, unit_word
from sync.cycle_record import Held, held_in
from sync.recall import KpiMemory
from sync.report_parts import Reader, how_long, number, person_name, target
from sync.report_words import COMMENT_WORDS, decision_said
from sync.reports import WhyLine, WhyReport, WhySection
from sync.status import why_quiet
from sync.why_helped import helped_section, item_asked

# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def answer_of(config: Config, kpi: Kpi, memory: KpiMemory, reader: Reader) -> str:
    """Why there is a task, or why there is none, in a sentence or two."""
    judged = memory.judged()
    episode = memory.episode()
    if episode is not None and episode.is_open:
        return _answer_off(config, kpi, memory, episode, reader)
    if not judged:
        return _answer_unjudged(config, kpi, memory, reader)
    newest = judged[-1]
    when = in_period(newest.period, reader.today)
    match newest.status:
        case Status.UNKNOWN:
            return _answer_unknown(kpi, newest, memory, when, config)
        case Status.ON_TRACK | Status.AT_RISK:
            said = f"{_upper(status_word(kpi, newest))} {when}, so there is nothing to do and no task."
            return said + _left_open(config, memory, reader)
        case Status.OFF_TRACK:
            return _answer_not_yet(kpi, judged, episode, when)


def _answer_unjudged(config: Config, kpi: Kpi, memory: KpiMemory, reader: Reader) -> str:
    present = memory.present()
    if not present and memory.definitions and any(_is_undated(query) for query in queries_of(kpi, config.kpis)):
        calendar = config.workspace.calendar
        first = calendar.containing(kpi.period, calendar.local_date(memory.definitions[-1].since))
        return (
            "Its cell has no date, so what it holds is noted from now on, and what it held last before a period ended "
            f"is that period's number. The first will be {the_period(first, reader.today)}; till then no task."
        )
    if not present:
        return "Nothing has been read for it yet, so there is no task. alignd doctor shows whether it can be read."
    newest = present[-1]
    when = in_period(newest.period, reader.today)
    if newest.state is State.AWAITED:
        return f"The number is still awaited {when}; it is not late yet. Nothing is judged without it: no task."
    return f"There are only first counts so far, the newest {when}. Only final numbers lead to a task."


def _is_undated(query: Query) -> bool:
    return isinstance(query, CellQuery) and query.as_of is None


def _answer_unknown(kpi: Kpi, newest: Judgement, memory: KpiMemory, when: str, config: Config) -> str:
    if "paused" in newest.flags:
        return f"It is paused {when}: the number is read and shown, and not judged. So there is no task."
    reason = newest.reason or "there is no number that can be believed"
    lacking = newest.state in (State.MISSING, State.UNTRUSTED)
    asking = [*(memory.shared if lacking else ()), *memory.links.values()]
    data = [one for one in asking if one.kind is WorkKind.DATA and one.is_live]
    asked = person_name(data[-1].person, config.people) if data else None
    then = f" {asked or 'The data owner'} was asked for it." if data else " It is passed over: no task."
    if not kpi.targets and config.targets_from is None:
        return "No target is agreed, so it is shown and never judged. No target, no task."
    return f"It could not be judged {when}: {reason}.{then}"


def _answer_not_yet(kpi: Kpi, judged: list[Judgement], episode: Episode | None, when: str) -> str:
    """Off target now, and not long enough."""
    newest, needed = judged[-1], kpi.policy.breach_after
    after = None if episode is None else episode.closed or episode.opened
    run = max(run_of(judged, after=after).count, 1)
    unit = unit_word(newest.period.kind, needed)
    return (
        f"{_upper(status_word(kpi, newest))} {when}, for the {ordinal(run)} {unit_word(newest.period.kind)}. "
        f"An item is made after {count_word(needed)} final {unit} off target in a row (policy.breach_after), "
        "so there is no task yet."
    )


def _answer_off(config: Config, kpi: Kpi, memory: KpiMemory, episode: Episode, reader: Reader) -> str:
    """A run of shortfalls is open: there is an item, or a reason why not."""
    judged = memory.judged()
    long = how_long(judged)
    began = f"Off target since {_lower_when(episode, reader)}" + (f", {long}" if long else "")
    item = newest_item(memory)
    if item is not None:
        return f"{began}. {_item_said(config, kpi, item, reader)}"
    held = held_of(memory, kpi)
    if held is not None:
        person = person_name(held.person, config.people)
        return f"{began}. There is no item yet{' for ' + person if person else ''}: {held.why}."
    if kpi.owner is None:
        return f"{began}. Nobody owns it, so nobody gets an item: name an owner in the file."
    return f"{began}. The next sync makes an item for {person_name(kpi.owner, config.people)}."


def _item_said(config: Config, kpi: Kpi, item: Link, reader: Reader) -> str:
    """How the item stands, as a sentence."""
    person = person_name(item.person, config.people) or "Nobody"
    match item.state:
        case LinkState.DISMISSED:
            return "Its item was set aside by a person, so it is not made again until it has been back on target."
        case LinkState.FAILED:
            return f"Its item could not be made: {item.failed_why or 'the tracker refused it'}. Tried again daily."
        case LinkState.UNKNOWN | LinkState.SENDING:
            return (
                f"Its item was sent and {item.tracker} has not confirmed it; it is looked for before it is sent again."
            )
        case LinkState.PLANNED:
            return f"The next sync makes an item for {person}."
    if item.archived:
        return "Its item was archived by a person, so it is not made again until it has been back on target."
    if item.completed:
        on = f" on {reader.moment(item.completed_at)}" if item.completed_at else ""
        wait = kpi.policy.recheck_after
        return (
            f"Its item was completed{on}, which is believed: it is looked at again when "
            f"{count_word(wait)} new {unit_word(kpi.period, wait)} are counted."
        )
    if item.quiet is not None:
        return f"{person} has an item in {item.tracker}; it is {why_quiet(item, config, reader)}."
    due = f", due {reader.day(item.due)}" if item.due else ""
    return f"{person} has an item in {item.tracker} since {reader.moment(item.made_at)}{due}."


def _left_open(config: Config, memory: KpiMemory, reader: Reader) -> str:
    item = newest_item(memory)
    if item is None or not item.is_live:
        return ""
    person = person_name(item.person, config.people) or "its owner"
    return f" The item of {reader.moment(item.made_at)} stays open until {person} completes it."


def newest_item(memory: KpiMemory) -> Link | None:
    """The KPI's newest action item."""
    items = [one for one in memory.links.values() if one.kind is WorkKind.ACTION]
    return max(items, key=lambda one: (one.made_at, len(one.key), one.key), default=None)


def held_of(memory: KpiMemory, kpi: Kpi) -> Held | None:
    """What the last cycle held of this KPI's items, and why."""
    held = [one for one in held_in(memory.last) if one.subject == kpi.id and one.work == WorkKind.ACTION]
    return held[0] if held else None


# ── what followed ────────────────────────────────────────────────────────────────────────────────────────────────


def followed(config: Config, kpi: Kpi, memory: KpiMemory, reader: Reader) -> WhySection:
    """The policy in force, the items made, what was said on them, what people decided, in the order of time."""
    policy = kpi.policy
    rule = (
        f"an item after {count_word(policy.breach_after)} {unit_word(kpi.period, policy.breach_after)} off target in a "
        f"row; over after {count_word(policy.clear_after)} on target"
    )
    lines = [WhyLine(rule, "rule", "policy in the file")]
    lines += [line for _, line in sorted(_events(config, memory, reader), key=lambda pair: pair[0])]
    held = held_of(memory, kpi)
    if held is not None:
        lines.append(WhyLine(held.why, "waits"))
    return WhySection("What followed", tuple(lines))


def _events(config: Config, memory: KpiMemory, reader: Reader) -> list[tuple[datetime, WhyLine]]:
    events: list[tuple[datetime, WhyLine]] = []
    for link in memory.links.values():
        events.append((link.made_at, link_line(link, config, reader)))
    for note in memory.notes.values():
        events.append((note.at, note_line(note, reader)))
    for decision in memory.decisions:
        events.append((decision.at, decision_line(decision, config.people, reader)))
    for episode in memory.episodes:
        if episode.closed is not None and episode.closed_at is not None:
            text = f"back on target {in_period(episode.closed, reader.today)}"
            events.append((episode.closed_at, WhyLine(text, reader.moment(episode.closed_at))))
    return events


def link_line(link: Link, config: Config, reader: Reader) -> WhyLine:
    what = "item" if link.kind.shown == WorkKind.ACTION else f"{link.kind.value} task"
    person = person_name(link.person, config.people)
    state = {
        LinkState.PLANNED: "to be made",
        LinkState.SENDING: "sent, not confirmed",
        LinkState.UNKNOWN: "sent, not confirmed",
        LinkState.FAILED: f"refused: {link.failed_why}",
        LinkState.DISMISSED: "made, set aside since",
    }.get(link.state, "found again" if link.adopted else "made")
    title = f": {link.title}" if link.title else ""
    origin = " ".join(one for one in (link.tracker, link.url) if one)
    return WhyLine(
        f"{what}{' for ' + person if person else ''} {state}{title}",
        reader.moment(link.made_at),
        f"{link.key}, {origin}",
    )


def note_line(note: Note, reader: Reader) -> WhyLine:
    what = COMMENT_WORDS.get(note.kind, note.kind)
    unsaid = {NoteState.UNKNOWN: " (not confirmed)", NoteState.DROPPED: " (could not be said)"}.get(note.state, "")
    first = note.text.strip().split("\n", 1)[0]
    return WhyLine(f"{what}{unsaid}", reader.moment(note.at), f"“{first}”" if first else "")


def decision_line(decision: Decision, people: Mapping[str, object], reader: Reader) -> WhyLine:
    found = people.get(decision.by or "")
    who = getattr(found, "name", None) or decision.by or "somebody"
    what, words = decision_said(decision)
    return WhyLine(f"{who} {what}", reader.moment(decision.at), f"“{words}”" if words else "")


def why_work(config: Config, link: Link, memory: KpiMemory, at: datetime) -> WhyReport:
    """Why a task is as it is: what made it, what was said and decided since."""
    reader = Reader(at, config.workspace.calendar.zone)
    kpi = config.kpis.get(link.subject)
    events = tuple(line for _, line in sorted(_events(config, memory, reader), key=lambda pair: pair[0]))
    sections = [WhySection("What made it", _made_by(kpi, link, memory, reader) if kpi else ())]
    sections.append(followed(config, kpi, memory, reader) if kpi else WhySection("What followed", events))
    if kpi is not None:
        sections.append(helped_section(config, kpi, memory, reader, item_asked(link) or link.key))
    return WhyReport(
        subject=link.key,
        kind="task",
        title=link.title or link.written.title or link.key,
        at=at.astimezone(reader.zone),
        answer=_why_this(config, kpi, link, memory, reader),
        sections=tuple(one for one in sections if one.lines),
    )


def _why_this(config: Config, kpi: Kpi | None, link: Link, memory: KpiMemory, reader: Reader) -> str:
    person = person_name(link.person, config.people) or "somebody"
    if link.kind is WorkKind.DATA:
        about = kpi.name if kpi else link.subject
        if link.is_live:
            return f"{person} is asked for numbers of {about}; the task completes itself when they come."
        return f"{person} was asked for numbers of {about}; that is over."
    if kpi is None:
        return "What it is about is no longer in the file; the task is left to the people who have it."
    if link.kind is WorkKind.EVALUATION:
        if link.is_live:
            return f"{person} is asked whether what was done about {kpi.name} helped; yes or no completes the task."
        return f"{person} was asked whether what was done about {kpi.name} helped; that is over."
    newest = newest_item(memory)
    if newest is not None and newest.key != link.key:
        return f"An earlier item of {kpi.name}; a newer one has taken its place: {newest.key}."
    return answer_of(config, kpi, memory, reader)


def _made_by(kpi: Kpi, link: Link, memory: KpiMemory, reader: Reader) -> tuple[WhyLine, ...]:
    """The period it is named after, as it was judged then."""
    first = {one.period.label: one for one in reversed(memory.judgements)}
    judged = first.get(link.episode or "")
    if judged is None:
        return ()
    target_said = target(kpi, judged.target)
    against = f", {target_said.said}" if target_said else ""
    text = f"{number(kpi, judged.value).said}{against}: {status_word(kpi, judged)}"
    return (WhyLine(text, reader.span(judged.period).said, f"judged {reader.moment(judged.judged_at)}"),)


def _lower_when(episode: Episode, reader: Reader) -> str:
    return in_period(episode.began, reader.today).removeprefix("in ").removeprefix("on ")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
