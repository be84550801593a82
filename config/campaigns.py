"""Campaigns of the file become the domain's: what they are measured by, with filter and target in the KPI's unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from config.checking import Checking
from config.problems import Trail
from config.queries import Queries
from config.shape.cadence import CampaignShape, MeasureShape
from config.shape.kpis import TargetShape
from config.targets import Targets
from mapping.campaigns import TOUCHPOINTS, Campaign, Measure, Touch
from mapping.kpis import Between, Fixed, Kpi, TargetValue
from mapping.measures import why_not_measured
from mapping.people import Team, lead_of_section
from mapping.periods import Calendar

IN_THE_FILE = "the file"
_ONE_TARGET = "write one number, or {between: [low, high]}, for the whole campaign"


@dataclass(frozen=True, slots=True)
class CampaignReader:
    """Turns shapes into campaigns. `ids`: all KPIs of the file, also those that are wrong; `kpis`: those that are not.

    `calendar`: None if the workspace itself is wrong; targets are not looked at then.
    """

    checking: Checking
    queries: Queries
    calendar: Calendar | None
    teams: Mapping[str, Team]
    ids: Collection[str]
    kpis: Mapping[str, Kpi]

    def read(self, shape: CampaignShape, path: Trail) -> Campaign:
        """The campaign; parts that are wrong are said and left out."""
        named = {touch: getattr(shape.touchpoints, touch.value) for touch in Touch}
        return Campaign(
            id=shape.id,
            title=shape.title,
            starts=shape.starts,
            ends=shape.ends,
            owner=shape.owner,
            evaluator=shape.evaluator or lead_of_section("m_and_e", self.teams),
            invite=shape.invite,
            measures=tuple(self._measures(shape.measure, (*path, "measure"))),
            touchpoints={touch: when if when is not None else TOUCHPOINTS[touch] for touch, when in named.items()},
            origin=IN_THE_FILE,
        )

    def _measures(self, shapes: Sequence[MeasureShape], path: Trail) -> list[Measure]:
        found: list[Measure] = []
        for place, shape in enumerate(shapes):
            here: Trail = (*path, place)
            self.checking.refer((*here, "kpi"), shape.kpi, self.ids, "kpis")
            where = self.queries.where(shape.where, (*here, "where"))
            if any(one.kpi == shape.kpi for one in found):
                self.checking.wrong((*here, "kpi"), f"{shape.kpi} stands here twice, keep one of them")
                continue
            kpi = self.kpis.get(shape.kpi)
            if kpi is None:
                continue
            if (why := why_not_measured(kpi, self.kpis)) is not None:
                mend = "remove it here, or name a KPI of dated rows or of a metric"
                self.checking.wrong((*here, "kpi"), f"{why}, so it has no number for a campaign; {mend}")
                continue
            found.append(Measure(shape.kpi, where, self._target(shape, kpi, here)))
        return found

    def _target(self, shape: MeasureShape, kpi: Kpi, path: Trail) -> TargetValue | None:
        """A number or a range: what grows from an earlier period, or changes from a day on, fits no campaign."""
        if not shape.target or self.calendar is None:
            return None
        if len(shape.target) > 1:
            self.checking.wrong((*path, "target"), f"a campaign has one target, {_ONE_TARGET}")
            return None
        if (why := _unfit(shape.target[0])) is not None:
            self.checking.wrong((*path, "target"), f"{why}, {_ONE_TARGET}")
            return None
        targets = Targets(self.checking, self.queries, self.calendar, kpi.unit.value, kpi.period, path)
        rules = [entry.rule for entry in targets.dated(shape.target)]
        match rules:
            case [Fixed(value=value)]:
                return TargetValue(value)
            case [Between(low=low, high=high)]:
                return TargetValue(low, high)
        return None


def _unfit(entry: TargetShape) -> str | None:
    if entry.first is not None or entry.last is not None:
        return "a campaign's target counts from its first day to its last"
    if entry.growth is not None or entry.over is not None:
        return "a campaign has no period before it to grow from"
    if entry.source is not None or entry.cell is not None:
        return "a campaign's target is not read from a cell"
    return None
