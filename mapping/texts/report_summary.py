"""The executive summary: at most eight sentences, made from the data by rules.

It says nothing that the data does not show. A cause is given only where a person wrote it, in quotation marks with name
and day; that it is "mostly" something, only where a breakdown shows it. What is missing or awaited is said as waiting,
a number that is not final as a first count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from mapping.alignment import Alignment, KpiPicture
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi
from mapping.logbook import Evaluation, Helped
from mapping.people import call_name
from mapping.texts.evaluation import shown as before_after
from mapping.texts.phrases import NAME_LIMIT, name_of, name_within, target_word, was
from mapping.texts.quoting import quoted
from mapping.texts.report_kpi import doing, ended, how_far, noted, noted_by, of_what, since_when
from mapping.texts.report_parts import About, SentencePart
from mapping.texts.review_facts import Ahead, Coming, Matter, NumberMatter
from mapping.texts.standings import awaited
from mapping.texts.tally import Place, place_of, tally, tally_sentence
from mapping.wording import against, count_word, in_period, join_words, show_date, show_day, the_period

SENTENCES = 8
OFF_AT_MOST = 3  # sentences about what is off target
NAMES = 3
QUOTE = 140
_MEETINGS = {
    Ahead.KICKOFF: "the kickoff of {}",
    Ahead.MID: "the mid-campaign check of {}",
    Ahead.POST: "the evaluation of {}",
    Ahead.EVENT: "the alignment review of {}",
    Ahead.GOAL: "the end of the goal “{}”",
}


def summary(alignment: Alignment) -> tuple[SentencePart, ...]:
    """The sentences, in order: how many stand where; what is off target; what went well; what was decided; what is
    waited for; what comes.
    """
    said = [SentencePart(About.COUNT, tally_sentence(tally(one.standing for one in alignment.kpis)))]
    said += list(_off(alignment)) or list(_close(alignment))
    after = [*_decided(alignment), *_waiting(alignment), *_next(alignment)]
    said += list(_well(alignment))[: max(SENTENCES - len(said) - len(after), 0)]
    return tuple([*said, *after][:SENTENCES])


# ── what is off target ───────────────────────────────────────────────────────────────────────────────────────────


def pressing(alignment: Alignment) -> list[KpiPicture]:
    """The KPIs that are off target: those to decide about in their order, then what people have in peace."""
    off = {one.kpi.id: one for one in alignment.kpis if place_of(one.standing) is Place.OFF_TARGET}
    numbers = (one for one in alignment.to_decide if isinstance(one, NumberMatter) and one.matter is not Matter.AHEAD)
    order = dict.fromkeys([*(one.kpi.id for one in numbers if one.kpi.id in off), *off])
    return [off[one] for one in order]


def _off(alignment: Alignment) -> Iterator[SentencePart]:
    found = pressing(alignment)
    alone = len(found) if len(found) <= OFF_AT_MOST else OFF_AT_MOST - 1
    for one in found[:alone]:
        yield SentencePart(About.OFF, _off_sentence(one, alignment), one.kpi.id)
    rest = found[alone:]
    if rest:
        shown = [f"{name_of(one.kpi)} ({_far(one)})" for one in rest[:NAMES]]
        left = len(rest) - NAMES
        names = join_words([*shown, f"{left} more"] if left > 0 else shown)
        untasked = sum(1 for one in rest if one.item is None)
        without = f"; {_untasked(untasked, len(rest))}" if untasked else ""
        yield SentencePart(About.OFF, f"Off target too: {names}{without}.")


def _untasked(count: int, of: int) -> str:
    """ "none of these has a task", "two of these have none": of at least two."""
    if count == of:
        return "none of these has a task"
    return f"{count_word(count)} of these {'has' if count == 1 else 'have'} no task"


def _far(picture: KpiPicture) -> str:
    shown = picture.standing.shown
    return how_far(picture.kpi, shown) if shown is not None else ""


def _off_sentence(picture: KpiPicture, alignment: Alignment) -> str:
    """ "Website sessions were 8,200 in the week of 9–15 November (target 12,000): 32 % below since the week of 2–8
    November, mostly Organic Search: …; Thandi decides what to do by Wed 25 Nov." """
    kpi, standing, today = picture.kpi, picture.standing, alignment.at.date()
    shown = standing.shown
    if shown is None or shown.value is None:
        return f"{name_of(kpi)} {was(kpi)} off target; {doing(picture, alignment)}."
    value = against(kpi, shown.value, shown.target)[0] if shown.target is not None else ""
    goal = f" ({target_word(kpi, shown.target)})" if shown.target is not None else ""
    first = ", a first count" if standing.is_first_count else ""
    begin = f"{name_of(kpi)} {was(kpi)} {value} {in_period(shown.period, today)}{goal}{first}"
    since = since_when(standing, today)
    pause = ", " if since.startswith("the first") else " "
    parts = [f"{begin}: {f'{how_far(kpi, shown)}{pause}{since}'.strip()}"]
    if of := of_what(picture):
        parts.append(of[0].lower() + of[1:].rstrip("."))
    for one in noted(picture, alignment)[:1]:
        parts.append(f"{noted_by(one, today)}: “{quoted(one.text, QUOTE)}”")
    if standing.expected is not None and not standing.is_first_count:
        parts.append(awaited(standing, today))
    return ended("; ".join([*parts, doing(picture, alignment)]))


def _close(alignment: Alignment) -> Iterator[SentencePart]:
    """Where nothing is off target: what is close."""
    found = [one for one in alignment.kpis if place_of(one.standing) is Place.CLOSE]
    if found:
        yield SentencePart(About.CLOSE, f"Close to target: {_numbers(found, alignment)}.")


def _numbers(found: Sequence[KpiPicture], alignment: Alignment) -> str:
    """ "Visits from social 6,805 in October (target 4,800), …", at most three."""
    return _cut([_number(one, alignment.at.date()) for one in found])


def _number(picture: KpiPicture, today: date) -> str:
    kpi, shown = picture.kpi, picture.standing.shown
    if shown is None or shown.value is None or shown.target is None:
        return name_of(kpi)
    first = ", first count" if picture.standing.is_first_count else ""
    value = against(kpi, shown.value, shown.target)[0]
    return f"{name_of(kpi)} {value} {in_period(shown.period, today)} ({target_word(kpi, shown.target)}{first})"


def _cut(names: Sequence[str]) -> str:
    left = len(names) - NAMES
    return join_words([*names[:NAMES], f"{left} more"] if left > 0 else names)


# ── what went well ───────────────────────────────────────────────────────────────────────────────────────────────


def _well(alignment: Alignment) -> Iterator[SentencePart]:
    today = alignment.at.date()
    back = [(one, since) for one in alignment.kpis if (since := back_since(one, alignment.since)) is not None]
    if back:
        names: dict[str, list[str]] = {}
        for one, first in sorted(back, key=lambda pair: pair[1].period.last, reverse=True):
            names.setdefault(the_period(first.period, today), []).append(name_of(one.kpi))
        told = [f"{_cut(them)} (since {when})" for when, them in names.items()]
        left = len(told) - NAMES
        said = "; ".join([*told[:NAMES], *([f"{left} more"] if left > 0 else [])])
        yield SentencePart(About.WELL, f"Back on target: {said}.")
    helped = [(kpi, one) for kpi, one in alignment.evaluated if one.helped is Helped.YES]
    if helped:
        yield SentencePart(About.WELL, _helped(*helped[-1], alignment))
    ahead = [one for one in alignment.kpis if place_of(one.standing) is Place.AHEAD]
    if ahead:
        yield SentencePart(About.WELL, f"Well ahead: {_numbers(ahead, alignment)}.")


def back_since(picture: KpiPicture, since: date) -> Judgement | None:
    """The first of the periods on target that followed one off target, if it ended since that day."""
    first: Judgement | None = None
    for one in reversed(picture.standing.history):
        if one.status is Status.ON_TRACK:
            first = one
        elif one.status is Status.OFF_TRACK:
            return first if first is not None and first.period.last >= since else None
        elif first is None and one.status is not Status.UNKNOWN:
            return None
    return None


def _helped(kpi: Kpi, found: Evaluation, alignment: Alignment) -> str:
    by = quoted(call_name(found.answered_by, alignment.people) or "", NAME_LIMIT)
    did = quoted(found.did, QUOTE)
    before, after = before_after(found, kpi)
    what = f"“{did}” " if did else f"what was done about {name_within(kpi)} "
    when = show_date(found.completed_on, alignment.at.date())
    says = f"{by} says it helped" if by else "It helped"
    return f"{says}: {what}({when}; {name_within(kpi)} {before} before, {after} after)."


# ── what was decided, what is waited for, what comes ─────────────────────────────────────────────────────────────


def _when(alignment: Alignment) -> str:
    today = alignment.at.date()
    if alignment.until >= today:
        return f"since {show_date(alignment.since, today)}"
    return f"from {show_date(alignment.since, today)} to {show_date(alignment.until, today)}"


def _decided(alignment: Alignment) -> Iterator[SentencePart]:
    decisions, done, when = alignment.decisions, len(alignment.completed), _when(alignment)
    items = f"{count_word(done)} action item{' was' if done == 1 else 's were'} completed"
    if not decisions:
        yield SentencePart(About.DECIDED, f"No decision was written down {when}; {items}.")
        return
    newest = decisions[-1]
    by = quoted(call_name(newest.by, alignment.people) or "", NAME_LIMIT)
    day = show_date(newest.on, alignment.at.date())
    said = f"{by + ' on ' if by else ''}{day}: “{quoted(newest.text, QUOTE)}”"
    if len(decisions) == 1:
        begin = f"One decision was written down {when}, {'by ' if by else 'on '}{said}"
    else:
        count = count_word(len(decisions)).capitalize()
        begin = f"{count} decisions were written down {when}, the newest {'by ' if by else 'on '}{said}"
    yield SentencePart(About.DECIDED, f"{begin}; {items}.")


def _waiting(alignment: Alignment) -> Iterator[SentencePart]:
    today = alignment.at.date()
    standings = [one.standing for one in alignment.kpis]
    waiting = [one for one in standings if place_of(one) is Place.WAITING and one.expected is not None]
    lacking = [one for one in standings if place_of(one) is Place.NO_NUMBER]
    first = [one for one in standings if one.is_first_count]
    said = []
    if waiting:
        names = [
            f"{name_of(one.kpi)}, {the_period(one.period, today)} (expected {show_day(one.expected, today)})"
            for one in waiting
            if one.expected is not None
        ]
        said.append(f"Waiting for a number: {_cut(names)}")
    if lacking:
        names = [f"{name_of(one.kpi)}, {the_period(one.period, today)}" for one in lacking]
        said.append(f"{'w' if said else 'W'}ithout a number that counts: {_cut(names)}")
    if first:
        names = [
            f"{name_of(one.kpi)} ({awaited(one, today)})" if one.expected is not None else name_of(one.kpi)
            for one in first
        ]
        said.append(f"{'s' if said else 'S'}till a first count: {_cut(names)}")
    if said:
        yield SentencePart(About.WAITING, f"{'; '.join(said)}.")


def _next(alignment: Alignment) -> Iterator[SentencePart]:
    """The next thing on each of the first days, and what is open."""
    today = alignment.at.date()
    parts = []
    first = list(_first_of_each(alignment.coming))[:NAMES]
    if first:
        parts.append(f"Next: {join_words([f'{_coming(one)} on {show_day(one.day, today)}' for one in first])}")
    count = len(alignment.open_items)
    if count:
        late = sum(1 for one in alignment.open_items if one.due is not None and one.due < today)
        past = "" if not late else f", {_late(late, count)}"
        parts.append(f"{count_word(count)} action{' is' if count == 1 else 's are'} open{past}")
    if parts:
        text = "; ".join(parts)
        yield SentencePart(About.NEXT, f"{text[0].upper()}{text[1:]}.")


def _late(late: int, of: int) -> str:
    dates = "its date" if late == 1 else "their dates"
    if late == of:
        return f"{'all' if of > 1 else 'and'} past {dates}"
    return f"{count_word(late)} of them past {dates}"


def _first_of_each(coming: Iterable[Coming]) -> Iterator[Coming]:
    """Each title once: a weekly is not named three times."""
    met: set[tuple[Ahead, str]] = set()
    for one in coming:
        if (one.what, one.title) not in met:
            met.add((one.what, one.title))
            yield one


def _coming(one: Coming) -> str:
    return _MEETINGS.get(one.what, "{}").format(quoted(one.title, NAME_LIMIT))
