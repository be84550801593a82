"""The overview as its page shows it: each thing in the words that the report, reviews and commands have for it. Pure.

The page's first question is what is off target; its order follows from that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mapping.alignment import Alignment, KpiPicture
from mapping.judgements import Judgement, Status
from mapping.kpis import Kpi, TargetValue
from mapping.people import call_name
from mapping.texts.breakdowns import BREAKDOWNS_BEFORE, mostly
from mapping.texts.facts import Finding
from mapping.texts.pace import pace_line
from mapping.texts.phrases import bound_said
from mapping.texts.review_facts import Ahead, Coming, OpenItem
from mapping.texts.review_numbers import nth
from mapping.texts.tally import Place, place_of, tally, tally_sentence
from mapping.wording import against, join_words, show_date, show_period_short, show_value, status_word
from sync.report_parts import in_a_row
from sync.reports import MeetingRow
from sync.service.dashboard.reading import Overview

CSS = {
    Place.OFF_TARGET: "off",
    Place.CLOSE: "close",
    Place.WAITING: "wait",
    Place.NO_NUMBER: "wait",
    Place.NOT_JUDGED: "idle",
    Place.AHEAD: "ahead",
    Place.ON_TARGET: "on",
}
_PRESSING = list(CSS)
NAMES = 4  # of KPIs in the headline
MEETINGS = 8


@dataclass(frozen=True, slots=True)
class KpiView:
    """One KPI as it stands. `css`: off, close, wait, idle, ahead or on. `word`: the same for people.

    `long`: for how long ("third week"), `since`: the first period of it. `why`: in a sentence or two, where it is off
    target or close. `pace`: how many by now. `notes`: what else is to be known of the number.
    """

    kpi: Kpi
    css: str
    word: str
    number: str
    target: str
    period: str
    owner: str
    picture: KpiPicture
    long: str = ""
    since: str = ""
    why: str = ""
    pace: str = ""
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def item(self) -> OpenItem | None:
        return self.picture.item


@dataclass(frozen=True, slots=True)
class OverviewView:
    """What the page shows, part by part. `counts`: (css, how many, of what), the tiles under the headline."""

    headline: str
    sentence: str
    counts: Sequence[tuple[str, int, str]]
    off: Sequence[KpiView] = ()
    kpis: Sequence[KpiView] = ()
    meetings: Sequence[MeetingRow] = ()
    goals_ending: Sequence[Coming] = ()


def overview_view(known: Overview) -> OverviewView:
    """All of it."""
    alignment = known.alignment
    views = kpi_views(alignment, known.answers)
    off = [one for one in views if one.css == "off"]
    close = [one for one in views if one.css == "close"]
    ordered = sorted(views, key=lambda one: _PRESSING.index(place_of(one.picture.standing)))
    return OverviewView(
        headline=headline(off, close, len(views)),
        sentence=tally_sentence(tally(one.standing for one in alignment.kpis)),
        counts=_counts(views, known),
        off=off,
        kpis=ordered,
        meetings=_meetings(known.status.meetings),
        goals_ending=[one for one in alignment.coming if one.what is Ahead.GOAL],
    )


def headline(off: Sequence[KpiView], close: Sequence[KpiView], of: int) -> str:
    """ "Off target: Website sessions and Conversion rate." """
    if not of:
        return "No KPI is in the file yet."
    if off:
        return f"Off target: {_named(off)}."
    if close:
        return f"Nothing is off target. Close to it: {_named(close)}."
    return "Nothing is off target."


def _named(views: Sequence[KpiView]) -> str:
    names = [one.kpi.name for one in views[:NAMES]]
    left = len(views) - len(names)
    return join_words([*names, f"{left} more"] if left else names)


def _counts(views: Sequence[KpiView], known: Overview) -> list[tuple[str, int, str]]:
    def count(*css: str) -> int:
        return sum(1 for one in views if one.css in css)

    ahead = count("ahead")
    on = f"on target, {ahead} of them well ahead" if ahead else "on target"
    found = [("off", count("off"), "off target"), ("close", count("close"), "close"), ("on", count("on", "ahead"), on)]
    found += [("wait", count("wait"), "without a number now")] if count("wait") else []
    found += [("idle", count("idle"), "not judged now")] if count("idle") else []
    return [*found, ("ask", len(known.alignment.to_decide), "to decide")]


# ── KPIs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def kpi_views(alignment: Alignment, answers: Mapping[str, str]) -> list[KpiView]:
    """Every KPI, in the file's order."""
    return [kpi_view(one, alignment, answers.get(one.kpi.id, "")) for one in alignment.kpis]


def kpi_view(picture: KpiPicture, alignment: Alignment, why: str = "") -> KpiView:
    standing, kpi, today = picture.standing, picture.kpi, alignment.at.date()
    place, shown = place_of(standing), standing.shown
    css = CSS[place]
    waits = f"expected {show_date(standing.expected, today)}" if standing.expected is not None else ""
    if shown is None:
        word = "waiting for a number" if place is Place.WAITING else "no number yet"
        return KpiView(kpi, css, word, "–", target_of(kpi, None), "", _owner(kpi, alignment), picture, since=waits)
    number = show_value(kpi, shown.value) if shown.value is not None else "–"
    if shown.value is not None and shown.target is not None and shown.status is not Status.ON_TRACK:
        number = against(kpi, shown.value, shown.target)[0]
    is_off = shown.status in (Status.OFF_TRACK, Status.AT_RISK) and not standing.is_first_count
    run = in_a_row(standing.history) if is_off else ()
    notes = ["first count, not final yet"] if standing.is_first_count else []
    notes += [shown.reason] if shown.status is Status.UNKNOWN and shown.reason else []
    notes += [] if picture.agreed else ["the way it is counted is not agreed yet"]
    if not standing.is_first_count and standing.period != shown.period and waits:
        notes.append(f"{show_period_short(standing.period, today)} {waits}")
    return KpiView(
        kpi=kpi,
        css=css,
        word="waiting for a number" if place is Place.WAITING else status_word(kpi, shown),
        number=number,
        target=target_of(kpi, shown.target),
        period=show_period_short(shown.period, today),
        owner=_owner(kpi, alignment),
        picture=picture,
        long=_long(picture, shown, bool(run)),
        since=show_period_short(run[0].period, today) if len(run) > 1 else "",
        why=" ".join(filter(None, (why, _of_what(picture, shown) if is_off else ""))),
        pace=pace_line(kpi, picture.pace, today) if picture.pace is not None else "",
        notes=tuple(notes),
        findings=tuple(one for of, one in alignment.findings if of.id == kpi.id and not one.answer.strip()),
    )


def _long(picture: KpiPicture, shown: Judgement, is_off: bool) -> str:
    """ "third week"; of a KPI whose newest number is awaited what the one before said: "on target before"."""
    if is_off:
        return nth(picture.kpi, picture.standing.history)
    return f"{status_word(picture.kpi, shown)} before" if place_of(picture.standing) is Place.WAITING else ""


def _of_what(picture: KpiPicture, shown: Judgement) -> str:
    """ "Mostly Organic Search: 2,900 fewer than the average of the four weeks before."; "" without a breakdown."""
    until = [one for one in picture.readings if one.period <= shown.period]
    if not until or until[-1].period != shown.period:
        return ""
    before = [one.breakdown for one in until[-1 - BREAKDOWNS_BEFORE : -1]]
    return mostly(picture.kpi, shown, until[-1].breakdown, before)


def target_of(kpi: Kpi, target: TargetValue | None) -> str:
    """ "12,000 or more", "R 180 or less", "2.0–4.5 %"; "no target"."""
    return "no target" if target is None or target.low is None else bound_said(kpi, target)


def _owner(kpi: Kpi, alignment: Alignment) -> str:
    return call_name(kpi.owner, alignment.people) or "nobody yet"


# ── ahead ───────────────────────────────────────────────────────────────────────────────────────────────────


def _meetings(rows: Iterable[MeetingRow]) -> list[MeetingRow]:
    """The next ones that meet, then those that were missed."""
    known = list(rows)
    return [one for one in known if not one.missed and not one.replaced_by][:MEETINGS] + [o for o in known if o.missed]
