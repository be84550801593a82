"""Asana's goals, as far as a metric's current value."""

from __future__ import annotations

from connectors.sandbox.asana import say
from connectors.sandbox.asana.desk import Desk
from connectors.sandbox.asana.shapes import compact_workspace, shown
from connectors.sandbox.asana.state import Goal, Metric, State
from connectors.sandbox.wire import Answer, Json


def get_goal(desk: Desk, goal: str) -> Answer:
    return desk.one(shown(_full(desk.state, _goal(desk, goal)), desk.tree, None))


def set_current_value(desk: Desk, goal: str) -> Answer:
    """The number of a metric that is there; 400 for a goal without one."""
    found = _goal(desk, goal)
    if found.editors is not None and desk.user.gid not in found.editors:
        raise say.forbidden("goal")
    if found.metric is None:
        raise say.bad("goal: Goal does not have a metric")
    if desk.switches.worked_out_metrics_refuse and found.metric.source not in ("manual", "external"):
        raise say.bad("current_number_value: Cannot be set on a metric with automatic progress")
    value = desk.data.get("current_number_value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise say.bad("current_number_value: Not a valid number")
    found.metric.current = value
    return desk.one(shown(_full(desk.state, found), desk.tree, None))


def _goal(desk: Desk, gid: str) -> Goal:
    if not desk.switches.goals_in_plan:
        raise say.payment()
    found = desk.state.goals.get(gid)
    if found is None:
        raise say.unknown("goal", gid)
    return found


def _full(state: State, goal: Goal) -> Json:
    return {
        "gid": goal.gid,
        "resource_type": "goal",
        "name": goal.name,
        "notes": "",
        "due_on": None,
        "start_on": None,
        "is_workspace_level": True,
        "liked": False,
        "status": None,
        "owner": None,
        "workspace": compact_workspace(state.workspaces[goal.workspace]),
        "metric": None if goal.metric is None else _metric(goal.metric),
    }


def _metric(metric: Metric) -> Json:
    return {
        "gid": metric.gid,
        "resource_type": "goal_metric",
        "resource_subtype": "number",
        "unit": metric.unit,
        "precision": metric.precision,
        "currency_code": metric.currency,
        "initial_number_value": metric.initial,
        "target_number_value": metric.target,
        "current_number_value": metric.current,
        "current_display_value": _shown(metric),
        "progress_source": metric.source,
    }


def _shown(metric: Metric) -> str:
    if metric.unit == "percentage":
        return f"{metric.current * 100:.{metric.precision}f}%"
    return f"{metric.current:.{metric.precision}f}"
