"""What the file says that this release does not act on yet: one warning, not an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.problems import all_of
from connectors.registry import SOURCES
from connectors.settings import SourceSettings
from mapping.kpis import Kpi


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `section` is where it stands."""

    section: str
    said: str

    def __str__(self) -> str:
        return self.said


def pending_parts(sources: Mapping[str, SourceSettings], kpis: Mapping[str, Kpi]) -> list[Part]:
    """The parts, in order."""
    parts = []
    waiting = {name for name, source in sources.items() if SOURCES[source.kind].built_by is None}
    for name in sorted(waiting):
        parts.append(Part("sources", f"source {name} ({sources[name].kind}){_with_kpis(name, kpis)}"))
    return parts


def _with_kpis(source: str, kpis: Mapping[str, Kpi]) -> str:
    """The KPIs that have no number until this source is read, directly or by way of another KPI."""
    direct = {name for name, kpi in kpis.items() if any(query.source == source for query in kpi.queries())}
    grown = True
    while grown:
        more = {name for name, kpi in kpis.items() if name not in direct and direct & set(_made_of(kpi))}
        direct, grown = direct | more, bool(more)
    listed = [name for name in kpis if name in direct]
    return f" with {all_of(listed)}" if listed else ""


def _made_of(kpi: Kpi) -> list[str]:
    return [one for one in kpi.inputs.values() if isinstance(one, str)]


def said_pending(parts: list[Part]) -> str:
    """The one warning."""
    listed = ", ".join(str(part) for part in parts)
    return f"this release does not act on these parts yet: {listed}; everything else works"
