"""Business days: weekends and public holidays of a country, from the `holidays` library."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

_SATURDAY_AND_SUNDAY = frozenset({5, 6})


@lru_cache(maxsize=256)
def public_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    """The public holidays of one year; none without a country."""
    if country is None:
        return frozenset()
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


@lru_cache(maxsize=256)
def weekend(country: str | None, subdivision: str | None, year: int) -> frozenset[int]:
    """Weekdays (0 Monday) without work: Saturday and Sunday unless the country rests on other days."""
    if country is None:
        return _SATURDAY_AND_SUNDAY
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year).weekend) or _SATURDAY_AND_SUNDAY
