"""Targets: the one in force on a period's first day, as a number or a range, or the reason why there is none.

A target is fixed when it judges a period; what changes later in the file, in a cell or in a baseline judges no past
period again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from mapping.decimals import wide
from mapping.kpis import Between, DatedTarget, Fixed, FromCell, Growth, Kpi, TargetValue
from mapping.periods import Calendar, Period
from mapping.photographs import last_before_end
from mapping.readings import Photograph, Reading, State
from mapping.wording import show_number, show_value, the_period, unit_word

PREVIOUS_PERIOD = "previous_period"
SAME_PERIOD_LAST_YEAR = "same_period_last_year"
NAMED = "period:"


def entry_in_force(kpi: Kpi, day: date, rows: Sequence[DatedTarget] = ()) -> DatedTarget | None:
    """The entry in force on a day: of the file, else (the file wins) of the `targets_from` rows of this KPI.

    Of several, the one that began last; of those, the one written last.
    """
    for entries in (kpi.targets, rows):
        chosen: DatedTarget | None = None
        for entry in entries:
            began = entry.first or date.min
            if began <= day and (entry.last is None or day <= entry.last) and began >= _first(chosen):
                chosen = entry
        if chosen is not None:
            return chosen
    return None


def _first(entry: DatedTarget | None) -> date:
    return date.min if entry is None or entry.first is None else entry.first


def baseline_period(kpi: Kpi, period: Period, calendar: Calendar, *, rows: Sequence[DatedTarget] = ()) -> Period | None:
    """The period that the growth target of `period` is measured from; None if its target needs none."""
    entry = entry_in_force(kpi, period.first, rows)
    if entry is None or not isinstance(entry.rule, Growth) or isinstance(entry.rule.over, Decimal):
        return None
    return _measured_from(entry.rule.over, period, calendar)


def _measured_from(over: str, period: Period, calendar: Calendar) -> Period:
    if over == PREVIOUS_PERIOD:
        return calendar.before(period)
    if over == SAME_PERIOD_LAST_YEAR:
        return calendar.year_ago(period)
    return calendar.parse(over.removeprefix(NAMED))


def target_for(
    kpi: Kpi,
    period: Period,
    calendar: Calendar,
    *,
    baseline: Callable[[Period], Reading | None],
    photographs: Sequence[Photograph] = (),
    rows: Sequence[DatedTarget] = (),
    definition: str | None = None,
) -> tuple[TargetValue | None, str]:
    """The target that judges the period, or None and why, in words.

    `baseline` gives this KPI's reading of an earlier period; with `definition` it must have that hash. `photographs`:
    of the target's cell. `rows`: this KPI's rows of `targets_from`.
    """
    entry = entry_in_force(kpi, period.first, rows)
    if entry is None:
        return None, "no target is agreed for it"
    agreed = f"agreed by {entry.agreed_by}" if entry.agreed_by else ""
    match entry.rule:
        case Fixed(value=value):
            return TargetValue(value, None, agreed), ""
        case Between(low=low, high=high):
            return TargetValue(low, high, agreed), ""
        case FromCell():
            return _from_cell(entry.rule, period, calendar, photographs)
        case Growth():
            return _grown(kpi, entry.rule, period, calendar, baseline, definition)


def _from_cell(
    rule: FromCell, period: Period, calendar: Calendar, photographs: Sequence[Photograph]
) -> tuple[TargetValue | None, str]:
    place = f"{rule.query.source} {rule.query.cell}"
    seen = last_before_end(period, photographs, calendar)
    if seen is None:
        return None, f"the target's cell {place} was not seen before the period ended"
    if seen.state is State.UNTRUSTED or (seen.value is None and seen.note):
        return None, f"the target cannot be read: {seen.note or place}"
    if seen.value is None:
        return None, f"the target's cell {place} was empty when the period ended"
    return TargetValue(seen.value, None, f"from {place}"), ""


def _grown(
    kpi: Kpi,
    rule: Growth,
    period: Period,
    calendar: Calendar,
    baseline: Callable[[Period], Reading | None],
    definition: str | None,
) -> tuple[TargetValue | None, str]:
    """Baseline plus the rate of its size, so that growth of a negative number goes up too."""
    if isinstance(rule.over, Decimal):
        base, named = rule.over, ""
    else:
        before = _measured_from(rule.over, period, calendar)
        if before.kind is not period.kind:
            return None, f"{before.label} is no {unit_word(period.kind)}, so nothing can be measured from it"
        named = _named(rule.over, period, before)
        value, why = _trusted(baseline(before), definition)
        if value is None:
            return None, f"the target is measured from {named}, and {why}"
        base = value
    if base == 0:
        return None, f"the target is measured from {named or 'a baseline'}, and that is zero"
    with wide():
        target = base + rule.rate * abs(base)
        rate = show_number(abs(rule.rate) * 100, 2)
    shown = f"{show_value(kpi, base)} in {named}" if named else show_value(kpi, base)
    return TargetValue(target, None, f"{rate} % {'less' if rule.rate < 0 else 'more'} than {shown}"), ""


def _named(over: str, period: Period, before: Period) -> str:
    word = unit_word(period.kind)
    if over == PREVIOUS_PERIOD:
        return f"the {word} before"
    if over == SAME_PERIOD_LAST_YEAR:
        return "the year before" if word == "year" else f"the same {word} a year before"
    return the_period(before, period.last)


def _trusted(reading: Reading | None, definition: str | None) -> tuple[Decimal | None, str]:
    if reading is None:
        return None, "that has no number"
    if definition is not None and reading.definition != definition:
        return None, "that was counted in another way"
    if not reading.final:
        return None, "that is not final yet"
    if not reading.trusted or reading.value is None:
        words = {State.MISSING: "that has no number", State.AWAITED: "that is still waited for"}
        return None, words.get(reading.state, "that number is not believed")
    return reading.value, ""
