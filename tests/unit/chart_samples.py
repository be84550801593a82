"""KPIs with a history to draw: weeks of numbers, where None is missing, "?" not believed, "~" awaited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from mapping.alignment import MARKETING, Alignment, KpiPicture, Mark
from mapping.kpis import Kpi, TargetValue
from mapping.periods import Calendar, PeriodKind
from mapping.readings import Reading, State
from mapping.status import judgement_of
from mapping.texts.review_facts import Standing

ZONE = ZoneInfo("Africa/Johannesburg")
CALENDAR = Calendar(ZONE)
AT = datetime(2026, 11, 18, 8, tzinfo=ZONE)
STATES = {"?": State.UNTRUSTED, "~": State.AWAITED, None: State.MISSING}

Value = int | str | None


def at_12000(_: int) -> TargetValue | None:
    return TargetValue(Decimal(12000))


def pictured(
    values: Sequence[Value],
    *,
    kind: PeriodKind = PeriodKind.WEEK,
    last: date = date(2026, 11, 15),
    target: Callable[[int], TargetValue | None] = at_12000,
    marks: Sequence[Mark] = (),
    first_counts: int = 0,
    **terms: Any,
) -> KpiPicture:
    """Consecutive periods up to the one that has `last`; the newest `first_counts` of them are not final."""
    kpi = Kpi(**{"id": "sessions", "name": "Website sessions", "period": kind, **terms})
    end = CALENDAR.containing(kind, last)
    readings, judgements = [], []
    for place, value in enumerate(values):
        period = CALENDAR.before(end, len(values) - 1 - place)
        state = STATES.get(value, State.VALUE) if value is None or isinstance(value, str) else State.VALUE
        number = None if value in (None, "~") else Decimal(99) if value == "?" else Decimal(str(value))
        final = place < len(values) - first_counts
        reading = Reading(kpi.id, "h", period, state, number, final, AT)
        readings.append(reading)
        if final:
            judgements.append(judgement_of(reading, kpi, target(place), "", AT))
    newest = readings[-1] if readings else None
    shown = judgement_of(newest, kpi, target(len(values) - 1), "", AT) if newest is not None else None
    standing = Standing(kpi, end, shown, tuple(judgements), first_counts == 0)
    return KpiPicture(standing, MARKETING, tuple(readings), tuple(judgements), tuple(sorted(marks)))


def aligned(*pictures: KpiPicture) -> Alignment:
    return Alignment("saypro", "SayPro", AT, CALENDAR, date(2026, 8, 18), date(2026, 11, 18), kpis=pictures)
