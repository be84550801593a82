"""Publishing: how things stand, shown where the team already looks: a tab of its own spreadsheet, goals in Asana.

Nothing is asked of anybody while nothing changed. What a vendor refuses for a reason that only a person can mend is
tried again a day later, and at once when the file changes; until then it stays a problem. What failed in passing is
tried in the next cycle. Neither ever stops a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from config import Config
from connectors.base import Finding, GoalPublisher, SheetPublisher, Source, Tracker
from connectors.errors import NeedsPerson, Refused, Stopped, VendorError
from mapping.judgements import Judgement
from sync.alignment import kpis_alone, usual_span
from sync.board import board_of
from sync.plan.situation import RETRY_REFUSED, Situation
from sync.steps import Problem
from sync.store import Store

SHEET, GOALS = "published_sheet", "published_goals"  # what is remembered, by name


def keep_tab(config: Config, store: Store, sources: Mapping[str, Source]) -> None:
    """Said before a cycle reads: which tab is kept, so that it is looked at in what is read anyway."""
    publisher: object = sources.get(config.publish.source)
    if isinstance(publisher, SheetPublisher):
        with store.records(reads_only=True) as records:
            kept = _of_tab(config, records.value(SHEET))
        publisher.keep(config.publish.tab, made=bool(kept.get("shown")))


def publish(
    situation: Situation, store: Store, sources: Mapping[str, Source], trackers: Mapping[str, Tracker]
) -> list[Problem]:
    """Bring the tab and the goals up to date, where the file names them and something changed. Problems for people."""
    try:
        return [*_show_sheet(situation, store, sources), *_set_goals(situation, store, trackers)]
    except Stopped:
        return []  # the next cycle goes on


def examine(config: Config, sources: Mapping[str, Source], trackers: Mapping[str, Tracker]) -> Iterator[Finding]:
    """For `doctor`: the tab and the right to write there; the goals and their metrics. Changes nothing."""
    publisher: object = sources.get(config.publish.source)
    if isinstance(publisher, SheetPublisher):
        yield from publisher.examine_tab(config.publish.tab)
    if config.publish.goals:
        tracker: object = trackers.get(_tracker_of_goals(config) or "")
        if isinstance(tracker, GoalPublisher):
            yield from tracker.examine_goals(list(dict.fromkeys(config.publish.goals.values())))
        else:
            yield Finding(
                "publish.asana_goals", "no tracker is in Asana, so no goal can be set", False, "name an Asana tracker"
            )


# ── the tab ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _show_sheet(situation: Situation, store: Store, sources: Mapping[str, Source]) -> list[Problem]:
    config = situation.config
    publisher: object = sources.get(config.publish.source)
    if not isinstance(publisher, SheetPublisher):
        return []
    with store.records(reads_only=True) as records:
        kept = _of_tab(config, records.value(SHEET))
    if (standing := _standing_refusal(kept, situation)) is not None:
        return [standing]
    board = board_of(kpis_alone(situation, usual_span(situation.now, config)))
    try:
        shown = publisher.publish(config.publish.tab, board, kept.get("shown", {}))
    except VendorError as error:
        problem = _problem(error, f"{error.where} {config.publish.tab}")
        _keep(store, SHEET, {**kept, "place": _place(config), "refused": _refusal(error, problem, situation.now)})
        return [problem]
    if shown != kept.get("shown") or kept.get("refused") is not None:
        _keep(store, SHEET, {"place": _place(config), "shown": dict(shown)})
    return []


def _place(config: Config) -> list[str]:
    """The spreadsheet and the tab: what is remembered of another is not of this one."""
    return [config.sources[config.publish.source].identity(), config.publish.tab]


def _of_tab(config: Config, kept: Any) -> dict[str, Any]:
    return kept if isinstance(kept, dict) and kept.get("place") == _place(config) else {}


# ── the goals ────────────────────────────────────────────────────────────────────────────────────────────────────


def _set_goals(situation: Situation, store: Store, trackers: Mapping[str, Tracker]) -> list[Problem]:
    """Each goal gets its KPI's newest final number, once; what a person sets there later stays until the next."""
    config = situation.config
    if not config.publish.goals:
        return []
    name = _tracker_of_goals(config)
    tracker: object = trackers.get(name or "")
    if name is None or not isinstance(tracker, GoalPublisher):
        what = "no tracker is in Asana, so no goal can be set"
        return [Problem("publish.asana_goals", what, "name an Asana tracker, or take publish.asana_goals out")]
    if config.trackers[name].mode == "watch" or name not in situation.views:
        return []
    with store.records(reads_only=True) as records:
        remembered = records.value(GOALS)
    kept: dict[str, dict[str, Any]] = dict(remembered) if isinstance(remembered, dict) else {}
    problems: list[Problem] = []
    wanted: dict[str, Decimal] = {}
    for kpi, goal in config.publish.goals.items():
        newest = newest_final(situation, kpi)
        if newest is None or newest.value is None or kept.get(goal, {}).get("told") == str(newest.value):
            continue
        if (standing := _standing_refusal(kept.get(goal, {}), situation)) is not None:
            problems.append(standing)
        else:
            wanted[goal] = newest.value
    if not wanted:
        return problems
    failed = tracker.set_goals(wanted)
    for goal, value in wanted.items():
        if goal not in failed:
            kept[goal] = {"told": str(value)}
            continue
        problem = _problem(failed[goal], failed[goal].where)
        problems.append(problem)
        refusal = _refusal(failed[goal], problem, situation.now)
        kept[goal] = {"refused": refusal} if refusal is not None else {}
    _keep(store, GOALS, kept)
    return problems


def newest_final(situation: Situation, kpi: str) -> Judgement | None:
    """A KPI's number, as a goal shows it: the newest final one that can be trusted. A first count would be set anew
    every day, and how far a running period has come is another number than the one the goal is about.
    """
    record = situation.records.get(kpi)
    judged = record.judgements if record is not None else ()
    return next((one for one in reversed(judged) if one.value is not None and one.state != "untrusted"), None)


def _tracker_of_goals(config: Config) -> str | None:
    """The tracker whose user sets goals: where work goes by default, if that is in Asana, else the first that is."""
    in_asana = [name for name, settings in config.trackers.items() if settings.kind == "asana"]
    default = config.routes.get("default")
    return default if default in in_asana else next(iter(in_asana), None)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _problem(error: VendorError, where: str) -> Problem:
    return Problem(where, error.what, error.advice, kind=error.kind)


def _refusal(error: VendorError, problem: Problem, now: datetime) -> dict[str, str] | None:
    """What is remembered of a definite no; None for what time heals."""
    if not isinstance(error, NeedsPerson | Refused):
        return None
    said = {"where": problem.where, "what": problem.what, "advice": problem.advice, "kind": problem.kind}
    return {"at": now.isoformat(), **said}


def _standing_refusal(kept: Mapping[str, Any], situation: Situation) -> Problem | None:
    """The problem of a refusal that is not to be tried again yet."""
    refused = kept.get("refused")
    if not isinstance(refused, dict) or situation.config_changed:
        return None
    if situation.now - datetime.fromisoformat(refused["at"]) >= RETRY_REFUSED:
        return None
    return Problem(refused["where"], refused["what"], refused["advice"], kind=refused["kind"])


def _keep(store: Store, name: str, value: Mapping[str, Any]) -> None:
    with store.records() as records:
        records.keep_value(name, dict(value))
