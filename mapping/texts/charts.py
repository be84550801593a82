"""A chart in words: for whoever does not see it, and for the numbered marks above it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from mapping.alignment import Alignment, KpiPicture, Mark, MarkKind
from mapping.charts import Chart, Hole, Point, Stand, chart_of, shown_marks
from mapping.judgements import Status
from mapping.readings import State
from mapping.texts.phrases import counted, name_of, target_word
from mapping.texts.quoting import quoted
from mapping.wording import (
    against,
    count_word,
    join_words,
    show_date,
    show_period_short,
    show_value,
    status_word,
)

SAID_LIMIT = 200

_HELD = {
    State.MISSING: "has no number",
    State.UNTRUSTED: "has a number that is not trusted",
    State.AWAITED: "is waited for",
}


def marks_said(picture: KpiPicture) -> list[tuple[int, str]]:
    """What the numbered marks of the chart stand for, in order: (1, "completed: Landing page rewritten")."""
    return [(place, mark_said(mark)) for place, mark in enumerate(shown_marks(picture), 1)]


def mark_said(mark: Mark) -> str:
    """One mark, without its day."""
    said = quoted(mark.said, SAID_LIMIT)
    match mark.kind:
        case MarkKind.COMPLETED:
            return f"completed: {said}"
        case MarkKind.CAMPAIGN:
            return f"campaign: {said}"
        case _:
            return said


def marks_dated(picture: KpiPicture, today: date) -> list[tuple[int, MarkKind, str, str]]:
    """The same for a list beside the chart: number, kind, day or days ("14 Sep–31 Oct"), words."""
    return [
        (place, mark.kind, days_said(mark, today), mark_said(mark))
        for place, mark in enumerate(shown_marks(picture), 1)
    ]


def days_said(mark: Mark, today: date) -> str:
    """ "11 Nov", "14 Sep–31 Oct"."""
    first, last = show_date(mark.first, today), show_date(mark.last, today)
    return first if mark.first == mark.last else f"{first}–{last}"


def point_said(chart: Chart, point: Point) -> str:
    """ "9–15 Nov: 8,200, below target 12,000", "16–22 Nov: 9,100, first count"."""
    kpi, judgement = chart.kpi, point.judgement
    period = show_period_short(point.period, chart.today)
    value = show_value(kpi, point.value)
    target = judgement.target if judgement is not None else None
    if judgement is None or target is None or judgement.status is Status.UNKNOWN:
        said = "not judged" if judgement is None else status_word(kpi, judgement)
        return f"{period}: {value}, {said}{'' if point.final else ', first count'}"
    if judgement.status is not Status.ON_TRACK:
        value = against(kpi, point.value, target)[0]
    word = status_word(kpi, judgement)
    return f"{period}: {value}, {word} ({target_word(kpi, target)}){'' if point.final else ', first count'}"


def chart_alt(picture: KpiPicture, alignment: Alignment) -> str:
    """The chart in a sentence or two."""
    return alt_of(chart_of(picture, alignment.at.date()))


def alt_of(chart: Chart) -> str:
    """ "Website sessions, 8 weeks: last 8,200 in 9–15 Nov, below (target 12,000); 5 on target, 1 close, 2 below." """
    name, points = name_of(chart.kpi), chart.points
    if not points:
        return f"{name}: no number yet."
    last = points[-1]
    over = f"{counted(chart.kpi.period, len(points))} with a number"
    sentences = [f"{name}, {over}. Last {point_said(chart, last)}."]
    if len(points) > 1:
        sentences.append(f"{_sentence(_tally(points))} Between {_extremes(chart)}.")
    if chart.holes:
        sentences.append(_sentence(_holes_said(chart)))
    if chart.marks:
        sentences.append(f"{_sentence(count_word(len(chart.marks)))[:-1]} marked: {_marks(chart)}.")
    return " ".join(sentences)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _tally(points: tuple[Point, ...]) -> str:
    words = {
        Stand.ON: "on target",
        Stand.CLOSE: "close",
        Stand.BELOW: "below",
        Stand.ABOVE: "above",
        Stand.UNJUDGED: "not judged",
    }
    counts = Counter(point.stand for point in points)
    return join_words([f"{counts[stand]} {word}" for stand, word in words.items() if counts[stand]])


def _extremes(chart: Chart) -> str:
    values = [point.value for point in chart.points]
    return f"{show_value(chart.kpi, min(values))} and {show_value(chart.kpi, max(values))}"


def _holes_said(chart: Chart) -> str:
    if len(chart.holes) == 1:
        return _hole_said(chart, chart.holes[0])
    kinds = Counter(_HELD.get(hole.state or State.MISSING, "has no number") for hole in chart.holes)
    many = len(chart.holes)
    words = {"has no number": "without a number", "is waited for": "waited for"}
    said = [f"{count} {words.get(kind, 'not trusted')}" for kind, count in kinds.items()]
    return f"{count_word(many)} gaps: {join_words(said)}"


def _hole_said(chart: Chart, hole: Hole) -> str:
    said = _HELD.get(hole.state or State.MISSING, "has no number")
    period = next((one for one in chart.periods if one.first == hole.first), None)
    where = show_period_short(period, chart.today) if period is not None else show_date(hole.first, chart.today)
    return f"{where} {said}"


def _marks(chart: Chart) -> str:
    return "; ".join(
        f"{place} ({days_said(mark, chart.today)}) {mark_said(mark)}" for place, mark in enumerate(chart.marks, 1)
    )
