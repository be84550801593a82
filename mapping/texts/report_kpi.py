"""One KPI of the report: how it stands, how far off and since when, what is known of why, and who does what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mapping.alignment import Alignment, KpiPicture
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi, TargetValue
from mapping.people import call_name
from mapping.periods import Period
from mapping.runs import run_of
from mapping.texts.breakdowns import BREAKDOWNS_BEFORE, mostly
from mapping.texts.charts import marks_dated
from mapping.texts.facts import Finding
from mapping.texts.figures import Number, Span, Target
from mapping.texts.pace import check_line, check_word, pace_line, show_expected
from mapping.texts.phrases import NAME_LIMIT, bound_said, counted, name_of, short_by
from mapping.texts.quoting import quoted
from mapping.texts.report_parts import CheckPart, KpiPart, MarkPart, PacePart, PeriodPart, TaskPart
from mapping.texts.review_facts import Matter, NumberMatter, OpenItem, Standing
from mapping.texts.standings import awaited, standing_said
from mapping.texts.tally import Place, place_of
from mapping.wording import (
    against,
    apart,
    join_words,
    show_date,
    show_day,
    show_period_short,
    show_value,
    side,
    status_word,
    the_period,
    unit_word,
)

HISTORY = 13  # periods of a KPI that are listed
QUOTE = 240
DEFINITION = 1000
FINDINGS_AT_MOST = 2
ADDRESS_LIMIT = 500
_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+")


def kpi_part(picture: KpiPicture, alignment: Alignment) -> KpiPart:
    kpi, standing, today = picture.kpi, picture.standing, alignment.at.date()
    shown, place = standing.shown, place_of(picture.standing)
    off = place is Place.OFF_TARGET and shown is not None
    value = shown.value if shown is not None else None
    goal = shown.target if shown is not None else None
    return KpiPart(
        id=kpi.id,
        name=name_of(kpi),
        owner=_full_name(kpi.owner, alignment),
        place=place,
        said=standing_said(standing, today),
        period=span(shown.period, today) if shown is not None else None,
        number=Number(value, _value_said(kpi, shown)) if shown is not None and value is not None else None,
        target=target_part(kpi, goal),
        gap=shown.gap if shown is not None else None,
        first_count=standing.is_first_count,
        expected=standing.expected,
        awaited=awaited(standing, today),
        how_far=how_far(kpi, shown) if off and shown is not None else "",
        since=since_when(standing, today) if off else "",
        why=tuple(why_off(picture, alignment)) if off else (),
        doing=doing(picture, alignment) if off else "",
        task=task_part(picture.item, alignment) if picture.item is not None else None,
        waits=quoted(picture.waits, QUOTE),
        pace=_pace(picture, today),
        check=_check(picture, today),
        definition=quoted(kpi.definition or "", DEFINITION),
        agreed=_agreed(picture, alignment),
        marks=tuple(MarkPart(place, kind, days, said) for place, kind, days, said in marks_dated(picture, today)),
        history=tuple(_history(picture, today)),
        url=f"{alignment.url.rstrip('/')}/kpi/{kpi.id}" if alignment.url else "",
    )


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def span(period: Period, today: date) -> Span:
    return Span(period.label, period.first, period.last, show_period_short(period, today))


def target_part(kpi: Kpi, target: TargetValue | None) -> Target | None:
    if target is None or target.low is None:
        return None
    return Target(target.low, target.high, bound_said(kpi, target), quoted(target.said, NAME_LIMIT))


def _value_said(kpi: Kpi, judgement: Judgement) -> str:
    if judgement.value is None:
        return "–"
    if judgement.target is not None and judgement.status is not Status.ON_TRACK:
        return against(kpi, judgement.value, judgement.target)[0]
    return show_value(kpi, judgement.value)


def _history(picture: KpiPicture, today: date) -> Iterator[PeriodPart]:
    """The newest first; a first count before all others."""
    kpi, standing = picture.kpi, picture.standing
    if standing.is_first_count and standing.shown is not None:
        yield _period(kpi, standing.shown, today, final=False)
    known = list(standing.history)
    begun = next((place for place, one in enumerate(known) if one.value is not None), 0)
    for one in reversed(known[begun:][-HISTORY:]):
        yield _period(kpi, one, today, final=True)


def _period(kpi: Kpi, judgement: Judgement, today: date, *, final: bool) -> PeriodPart:
    number = Number(judgement.value, _value_said(kpi, judgement))
    word = status_word(kpi, judgement) + ("" if final else ", first count")
    if "corrected" in judgement.flags:
        word += ", corrected"
    return PeriodPart(span(judgement.period, today), number, target_part(kpi, judgement.target), word, final)


# ── off target ───────────────────────────────────────────────────────────────────────────────────────────────────


def how_far(kpi: Kpi, judgement: Judgement) -> str:
    """ "32 % below", "4.4 points below", "0.6 points above the agreed range"."""
    where = side(kpi, judgement.value, judgement.target)
    beyond = f"{where} the agreed range" if judgement.target is not None and judgement.target.is_range else where
    return f"{short_by(judgement, kpi)} {beyond}".strip()


def since_when(standing: Standing, today: date) -> str:
    """ "the first week", "since the week of 2–8 November", "for at least 13 weeks"; "" for a first count alone."""
    history = standing.history
    run = run_of(history)
    if not history or history[-1].status is not Status.OFF_TRACK or run.began is None:
        return ""
    kind = standing.kpi.period
    if run.at_least and run.count > 1:
        return f"for at least {counted(kind, run.count)}"
    if run.count == 1:
        return "" if standing.is_first_count else f"the first {unit_word(kind)}"
    return f"since {the_period(run.began, today)}"


def why_off(picture: KpiPicture, alignment: Alignment) -> Iterator[str]:
    """What a breakdown shows, and what people noted since it is off; never anything else."""
    if said := of_what(picture):
        yield said
    today = alignment.at.date()
    for one in noted(picture, alignment)[:FINDINGS_AT_MOST]:
        yield f"{noted_by(one, today)}: “{quoted(one.text, QUOTE)}”"


def of_what(picture: KpiPicture) -> str:
    """ "Mostly Organic Search: 2,900 fewer than the average of the four weeks before." """
    shown = picture.standing.shown
    if shown is None:
        return ""
    now = next((one for one in picture.readings if one.period == shown.period), None)
    before = [one for one in picture.readings if one.period < shown.period][-BREAKDOWNS_BEFORE:]
    if now is None:
        return ""
    return mostly(picture.kpi, shown, now.breakdown, [one.breakdown for one in before])


def noted(picture: KpiPicture, alignment: Alignment) -> list[Finding]:
    """Findings on this KPI since its run off target began, the newest first."""
    run = run_of(picture.standing.history)
    began = run.began or (picture.standing.shown.period if picture.standing.shown is not None else None)
    if began is None:
        return []
    found = [one for kpi, one in alignment.findings if kpi.id == picture.kpi.id and one.on >= began.first]
    return sorted(found, key=lambda one: one.on, reverse=True)


def noted_by(finding: Finding, today: date) -> str:
    """ "Johan Botha, 6 Nov"; "Noted on 6 Nov" without a name."""
    who, when = quoted(finding.by, NAME_LIMIT), show_date(finding.on, today)
    return f"{who}, {when}" if who else f"Noted on {when}"


def doing(picture: KpiPicture, alignment: Alignment) -> str:
    """Who does what by when: "Thandi decides what to do by Wed 25 Nov"; or that nobody does, and why."""
    item, today = picture.item, alignment.at.date()
    if item is None:
        owner = quoted(call_name(picture.kpi.owner, alignment.people) or "", NAME_LIMIT)
        if alignment.until < today:
            return "no task is open for it today"
        if picture.waits.strip():
            return f"no task now: {quoted(picture.waits, QUOTE)}"
        return f"nobody has a task for it{f'; {owner} owns it' if owner else ''}"
    who = quoted(call_name(item.person, alignment.people) or "", NAME_LIMIT)
    words = in_hand(picture, alignment)
    if item.quiet:
        begin = f"{who} has the task" if who else "its task is with nobody"
        return f"{begin} ({quoted(item.quiet, QUOTE)})"
    if not who:
        begin, date_said = "its task is with nobody", _by(item.due, today, "due", "was due", ",")
    elif words:
        begin, date_said = f"{who} has it in hand", _by(item.due, today, "until", "was due")
    elif item.due is not None and item.due < today:
        return f"{who} was to decide what to do by {show_day(item.due, today)}"
    else:
        begin, date_said = f"{who} decides what to do", _by(item.due, today, "by", "was due")
    said = f"{begin}{date_said if date_said else ', no day is set'}"
    return f"{said}: “{words}”" if words else said


def ended(text: str) -> str:
    """With a full stop, unless a person's sentence ends it: “… from now on.”"""
    return text if text.endswith((".”", "!”", "?”", "…”")) else f"{text}."


def in_hand(picture: KpiPicture, alignment: Alignment) -> str:
    """What people wrote last on its open task."""
    for one in alignment.to_decide:
        if isinstance(one, NumberMatter) and one.kpi.id == picture.kpi.id and one.matter is not Matter.AHEAD:
            return quoted(one.in_hand, QUOTE)
    return ""


def _by(due: date | None, today: date, ahead: str, late: str, pause: str = "") -> str:
    if due is None:
        return ""
    return f", {late} {show_day(due, today)}" if due < today else f"{pause} {ahead} {show_day(due, today)}"


# ── tasks and what stands beside the number ──────────────────────────────────────────────────────────────────────


def task_part(item: OpenItem, alignment: Alignment, about: str = "") -> TaskPart:
    today = alignment.at.date()
    late = item.due is not None and item.due < today
    who = quoted(call_name(item.person, alignment.people) or "", NAME_LIMIT)
    day = f"{'was due' if late else 'by'} {show_day(item.due, today)}" if item.due is not None else "no day set"
    title = quoted(item.title, NAME_LIMIT * 2)
    return TaskPart(
        title,
        _full_name(item.person, alignment),
        item.due,
        f"{who or 'nobody'}, {day}",
        web_address(item.url),
        about or (f"agreed in {quoted(item.where, NAME_LIMIT)}" if item.where else ""),
        late,
    )


def web_address(url: str) -> str:
    """The address if it is one of the web and nothing else is in it, "" otherwise."""
    return url if _ADDRESS.fullmatch(url) and url.isprintable() and len(url) <= ADDRESS_LIMIT else ""


def _full_name(person: str | None, alignment: Alignment) -> str | None:
    found = alignment.people.get(person or "")
    return quoted(found.name, NAME_LIMIT) if found is not None else None


def _pace(picture: KpiPicture, today: date) -> PacePart | None:
    pace, kpi = picture.pace, picture.kpi
    if pace is None:
        return None
    shown, said = show_value(kpi, pace.value), pace_line(kpi, pace, today)
    by_now = None
    if pace.expected is not None:
        by_now = Number(pace.expected, show_expected(kpi, pace.expected, pace.value))
    return PacePart(span(pace.period, today), pace.until, Number(pace.value, shown), by_now, pace.ahead, said)


def _check(picture: KpiPicture, today: date) -> CheckPart | None:
    check, kpi = picture.check, picture.kpi
    if check is None:
        return None
    one, other = apart(kpi, check.value, check.other)
    sources = quoted(check.source, NAME_LIMIT), quoted(check.other_source, NAME_LIMIT)
    said = f"{check_line(kpi, check, today)}: {check_word(check)}"
    return CheckPart(
        span(check.period, today),
        sources[0],
        Number(check.value, one),
        sources[1],
        Number(check.other, other),
        check.agree,
        said,
    )


def _agreed(picture: KpiPicture, alignment: Alignment) -> str:
    kpi = picture.kpi
    if kpi.agreed is None or not picture.agreed or not kpi.definition:
        return "Not yet agreed."
    names = [quoted(call_name(one, alignment.people) or one, NAME_LIMIT) for one in dict.fromkeys(kpi.agreed.by[:6])]
    by = f" by {join_words(names)}" if names else ""
    return f"Agreed {show_date(kpi.agreed.on, alignment.at.date())}{by}."
