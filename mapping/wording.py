"""Numbers, targets and verdicts as people read them: "8,200", "1.6 %", "R 81,000", "2 min 5 s", "32 %".

Values are exact; what is shown is rounded half even, and shown with more places where rounding would make a value and
the target it misses look the same. Dates are in `mapping.wording_dates` and can be imported from here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from mapping.decimals import rounded, wide
from mapping.judgements import Judgement, Status
from mapping.kpis import Direction, Kpi, TargetValue, Unit
from mapping.wording_dates import (
    MONTHS,
    WEEKDAYS,
    in_period,
    show_date,
    show_day,
    show_moment,
    show_period,
    show_period_short,
    the_period,
    unit_word,
)

__all__ = [
    "MONTHS",
    "WEEKDAYS",
    "against",
    "apart",
    "count_word",
    "in_period",
    "join_words",
    "ordinal",
    "show_date",
    "show_day",
    "show_gap",
    "show_moment",
    "show_number",
    "show_period",
    "show_period_short",
    "show_short",
    "show_target",
    "show_value",
    "side",
    "status_word",
    "the_period",
    "unit_word",
]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth",
    "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
)  # fmt: skip
_SYMBOLS = {"ZAR": "R"}
_HUGE = 21  # digits before the point from which on a number is shown as 1.23e+24


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def show_number(value: Decimal, places: int = 0, keep_zeros: bool = False) -> str:
    """Thousands with commas, a real minus sign, at most `places` decimals: "12,000", "−3.5"."""
    if value.adjusted() >= _HUGE:
        return f"{value:.2e}".replace("-", "−")
    text = f"{rounded(abs(value), places):,f}"
    if "." in text and not keep_zeros:
        text = text.rstrip("0").rstrip(".")
    is_zero = not text.strip("0.,")
    return f"−{text}" if value < 0 and not is_zero else text


def show_value(kpi: Kpi, value: Decimal, more_places: int = 0) -> str:
    """A value in its KPI's unit; `more_places` decimals beyond what people need to read it."""
    match kpi.unit:
        case Unit.PERCENT:
            return f"{_percent(value, more_places)} %"
        case Unit.CURRENCY:
            return _currency(kpi.currency, value, more_places)
        case Unit.SECONDS:
            return _seconds(value, more_places)
        case Unit.COUNT:
            return show_number(value, _count_places(value) + more_places)
        case Unit.SCORE | Unit.RATIO:
            return show_number(value, 2 + more_places)


def show_target(kpi: Kpi, target: TargetValue, more_places: int = 0) -> str:
    """ "12,000", "2.0–4.5 %", "R 90,000–105,000"; "none" for a target that holds no number."""
    low, high = target.low, target.high
    if low is None or high is None:
        one = low if low is not None else high
        return "none" if one is None else show_value(kpi, one, more_places)
    if kpi.unit is Unit.PERCENT:
        places = _range_places(low * 100, high * 100, more_places)
        return f"{show_number(low * 100, places, True)}–{show_number(high * 100, places, True)} %"
    if kpi.unit is Unit.CURRENCY:
        start = _currency(kpi.currency, low, more_places)
        return f"{start}–{_amount(high, more_places)}"
    return f"{show_value(kpi, low, more_places)}–{show_value(kpi, high, more_places)}"


def against(kpi: Kpi, value: Decimal, target: TargetValue) -> tuple[str, str]:
    """Value and target as a pair that never looks equal unless it is: ("1.96 %", "2.0 %"), not ("2.0 %", "2.0 %")."""
    ends = [end for end in (target.low, target.high) if end is not None and end != value]
    more = 0
    while more < 4 and any(show_value(kpi, end, more) == show_value(kpi, value, more) for end in ends):
        more += 1
    return show_value(kpi, value, more), show_target(kpi, target)


def apart(kpi: Kpi, one: Decimal, other: Decimal) -> tuple[str, str]:
    """Two values with as many places as it takes to see that they differ."""
    more = 0
    while more < 4 and one != other and show_value(kpi, one, more) == show_value(kpi, other, more):
        more += 1
    return show_value(kpi, one, more), show_value(kpi, other, more)


def show_gap(gap: Decimal) -> str:
    """How far off as a share of the target, without a sign: "32 %", "0.4 %"."""
    share = abs(gap) * 100
    return f"{show_number(share, 0 if share >= 1 else 1)} %" if share >= Decimal("0.05") else "under 0.1 %"


def show_short(kpi: Kpi, short: Decimal, beside: Decimal | None = None) -> str:
    """How much is missing or too much, in the unit; percent in points: "3,800", "R 180", "0.4 points", "1 point".

    `beside`: the value it stands beside: "R 528 … R 68 too high", not R 67.73, where that is shown without cents.
    """
    amount = abs(short)
    if kpi.unit in (Unit.COUNT, Unit.CURRENCY) and beside is not None and abs(beside) >= 100 and amount >= 1:
        amount = rounded(amount, 0)
    if kpi.unit is not Unit.PERCENT:
        return show_value(kpi, amount)
    points = amount * 100
    text = show_number(points, _points_places(points))
    return f"{text} point" if text == "1" else f"{text} points"


def _percent(value: Decimal, more: int) -> str:
    with wide():
        points = value * 100
    if abs(points) >= 10 or points == 0:
        return show_number(points, 1 + more)
    return show_number(points, _points_places(points) + more, keep_zeros=abs(points) >= 1)


def _points_places(points: Decimal) -> int:
    """One decimal, or as many as the first two digits that are not zero need (at most four)."""
    return 1 if points == 0 or abs(points) >= Decimal("0.1") else min(1 - points.adjusted(), 4)


def _range_places(low: Decimal, high: Decimal, more: int) -> int:
    whole = low == low.to_integral_value() and high == high.to_integral_value()
    return more if whole else max(_points_places(low), _points_places(high)) + more


def _count_places(value: Decimal) -> int:
    if value == value.to_integral_value() or abs(value) >= 100:
        return 0
    return 1 if abs(value) >= 10 else 2


def _amount(value: Decimal, more: int) -> str:
    cents = abs(value) < 100 and value != value.to_integral_value()
    return show_number(value, 2 + more, keep_zeros=more == 0) if cents else show_number(value, more)


def _currency(code: str | None, value: Decimal, more: int) -> str:
    name = _SYMBOLS.get(code, code) if code else ""
    return f"{name} {_amount(value, more)}".strip()


def _seconds(value: Decimal, more: int) -> str:
    sign, left = ("−" if value < 0 else ""), abs(value)
    if left < 10 or more:
        return f"{sign}{show_number(left, 1 + more)} s"
    if left.adjusted() >= _HUGE:
        return f"{show_number(value)} s"
    whole = int(rounded(left, 0))
    if whole < 60:
        return f"{sign}{whole} s"
    if whole < 3600:
        return f"{sign}{_two(whole // 60, 'min', whole % 60, 's')}"
    minutes = int(rounded(left / 60, 0))
    return f"{sign}{_two(minutes // 60, 'h', minutes % 60, 'min')}"


def _two(large: int, unit: str, small: int, sub_unit: str) -> str:
    return f"{large:,} {unit} {small} {sub_unit}" if small else f"{large:,} {unit}"


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def count_word(count: int) -> str:
    """ "three", "twelve", "13"."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else show_number(Decimal(count))


def ordinal(count: int) -> str:
    """ "second", "twelfth", "13th", "22nd"."""
    if 1 <= count <= len(_ORDINALS):
        return _ORDINALS[count - 1]
    teens = 10 <= count % 100 <= 20
    return f"{count}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(count % 10, 'th')}"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """ "Thandi", "Thandi and Johan", "Thandi, Johan and Neo"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def side(kpi: Kpi, value: Decimal | None, target: TargetValue | None) -> str:
    """Where a value that misses its target lies: below or above. Inside a range, or without both, as the KPI points."""
    if target is not None and target.high is not None and value is not None:
        if target.low is not None and value < target.low:
            return "below"
        if value > target.high:
            return "above"
    return "below" if kpi.direction is Direction.UP else "above"


def status_word(kpi: Kpi, judgement: Judgement) -> str:
    """The one word (or two) of a row: below, above, close, on target, ahead, paused, no number, not trusted."""
    match judgement.status:
        case Status.OFF_TRACK:
            return side(kpi, judgement.value, judgement.target)
        case Status.AT_RISK:
            return "close"
        case Status.ON_TRACK:
            return "ahead" if "ahead" in judgement.flags else "on target"
        case Status.UNKNOWN:
            return _unknown_word(judgement)


def _unknown_word(judgement: Judgement) -> str:
    if "paused" in judgement.flags:
        return "paused"
    if judgement.state == "untrusted":
        return "not trusted"
    if judgement.value is None:
        return "no number"
    return "no target" if judgement.target is None else "not judged"
