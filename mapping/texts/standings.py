"""How one KPI stands, in a few words: the same in the report, in a review's goals, on the dashboard. Pure."""

from __future__ import annotations

from datetime import date

from mapping.judgements import Status
from mapping.texts.phrases import NAME_LIMIT
from mapping.texts.quoting import quoted
from mapping.texts.review_facts import Standing
from mapping.texts.review_numbers import long_off, nth, pair
from mapping.texts.tally import Place, place_of
from mapping.wording import show_day, status_word, the_period


def standing_said(standing: Standing, today: date) -> str:
    """ "on target" · "below, third week" · "close, first count" · "waiting, expected Fri 20 Nov" · "no number"."""
    shown, place = standing.shown, place_of(standing)
    if place is Place.WAITING and standing.expected is not None:
        return f"waiting, expected {show_day(standing.expected, today)}"
    if shown is None or (place is Place.NO_NUMBER and shown.state != "untrusted"):
        return "no number"
    word = status_word(standing.kpi, shown)
    if standing.is_first_count:
        return f"{word}, first count"
    if word == "not judged" and shown.reason:
        return f"not judged: {quoted(shown.reason, NAME_LIMIT)}"
    if shown.status in (Status.OFF_TRACK, Status.AT_RISK) and standing.history and standing.history[-1] == shown:
        return f"{word}, {nth(standing.kpi, standing.history)}"
    return word


def awaited(standing: Standing, today: date) -> str:
    """What is still to come: "October is expected Fri 20 Nov", "final by Fri 20 Nov"; "" for nothing."""
    if standing.expected is None:
        return ""
    by = show_day(standing.expected, today)
    return f"final by {by}" if standing.is_first_count else f"{the_period(standing.period, today)} is expected {by}"


def state_said(standing: Standing, today: date) -> str:
    """The same beside a goal, where no number stands next to it: "8,200 against 12,000, two weeks below"."""
    shown, history = standing.shown, standing.history
    if place_of(standing) is Place.WAITING and standing.expected is not None:
        return f"waiting for a number, expected {show_day(standing.expected, today)}"
    if shown is None or place_of(standing) is not Place.OFF_TARGET:
        return standing_said(standing, today)
    if standing.is_first_count or not history or history[-1] != shown:
        return f"{pair(standing.kpi, shown)}, {standing_said(standing, today)}"
    return f"{pair(standing.kpi, shown)}, {long_off(standing.kpi, history)}"
