"""A property's quota, as every report returns it: kept for display, and heeded before the vendor says no."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Standard properties; 360 has ten times these. developers.google.com/analytics/devguides/reporting/data/v1/quotas
_STANDARD = {"tokens_per_day": 200_000, "tokens_per_hour": 40_000, "tokens_per_project_per_hour": 14_000}
_SAID = {"tokens_per_day": "day", "tokens_per_hour": "hour", "tokens_per_project_per_hour": "project and hour"}
_RESERVE = 10  # stop with less than a tenth left: the team's own dashboards draw on the same tokens


@dataclass(frozen=True, slots=True)
class Quota:
    """What was left after the newest report, and what reports have cost so far. None: not told yet.

    `large`: the property has been seen with more left than a standard one ever has (360).
    """

    tokens_per_day: int | None = None
    tokens_per_hour: int | None = None
    tokens_per_project_per_hour: int | None = None
    concurrent_requests: int | None = None
    server_errors_per_project_per_hour: int | None = None
    potentially_thresholded_requests_per_hour: int | None = None
    consumed: int = 0
    large: bool = False

    def after(self, told: Quota) -> Quota:
        """The quota after one more report said so; silence changes nothing, and what 360 is stays 360."""
        kept = {
            name: getattr(told, name) if getattr(told, name) is not None else getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("consumed", "large")
        }
        large = any((getattr(told, name) or 0) > limit for name, limit in _STANDARD.items())
        return replace(self, **kept, consumed=self.consumed + told.consumed, large=self.large or large)

    def low(self) -> str | None:
        """The bucket with less than a tenth of its tokens left ("hour"), the hourly ones first; None if all have."""
        for name in ("tokens_per_project_per_hour", "tokens_per_hour", "tokens_per_day"):
            left, limit = getattr(self, name), _STANDARD[name] * (10 if self.large else 1)
            if left is not None and left * _RESERVE < limit:
                return _SAID[name]
        return None

    def __str__(self) -> str:
        told = [
            f"{getattr(self, name):,} of this {words}'s tokens"
            for name, words in _SAID.items()
            if getattr(self, name) is not None
        ]
        return "left: " + ", ".join(told) if told else "not told by the property"
