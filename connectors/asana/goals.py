"""A KPI's value into an Asana goal's metric: POST /goals/{gid}/setMetricCurrentValue, ten a `/batch`.

Asana's OpenAPI: 400 for a goal without a metric; a percentage metric holds a fraction (0.25 is shown as 25 %, with a
`precision` of 0), which is how alignd has shares anyway; 402 on a plan without goals. Setting the same value again
changes nothing, so a lost answer is no harm. Whether a metric that Asana works out by itself (`progress_source` other
than manual or external) may be set is UNCONFIRMED: what Asana says is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from connectors.asana.client import BATCH, Action, AsanaClient, Outcome, messages
from connectors.base import Finding
from connectors.calls import Calls
from connectors.errors import NeedsPerson, OutcomeUnknown, Refused, TryLater, VendorError
from connectors.redaction import vendor_words

_FIELDS = ("name", "metric.unit", "metric.progress_source")
_WORKED_OUT = ("subgoal_progress", "project_task_completion", "project_milestone_completion", "task_completion")
_AGAIN = "nothing to do: the next cycle sets it"
_MENDS = {
    400: "in Asana, give the goal a metric whose progress is set by hand, or take it out of publish.asana_goals",
    402: "goals are not in this workspace's Asana plan: take publish.asana_goals out of the file, or ask its admin",
    403: "in Asana, let alignd's user edit the goal",
    404: "check the goal's id in publish.asana_goals (the number at the end of its address)",
}


class GoalMetrics:
    """The goals that one tracker's user may set."""

    def __init__(self, where: str, client: AsanaClient, calls: Calls, secrets: Sequence[str]) -> None:
        self._where, self._client, self._calls, self._secrets = where, client, calls, tuple(secrets)

    def set(self, values: Mapping[str, Decimal]) -> dict[str, VendorError]:
        """See `connectors.base.GoalPublisher.set_goals`."""
        failed: dict[str, VendorError] = {}
        goals = list(values)
        for start in range(0, len(goals), BATCH):
            some = goals[start : start + BATCH]
            self._calls.needed(1)
            actions = [
                Action(
                    "post",
                    f"/goals/{goal}/setMetricCurrentValue",
                    {"current_number_value": _number(values[goal])},
                    ("metric.current_number_value",),
                )
                for goal in some
            ]
            try:
                outcomes = self._client.write(actions, repeatable=True)
            except VendorError as error:
                failed |= dict.fromkeys(some, error)
                continue
            for goal, outcome in zip(some, outcomes, strict=True):
                if (refused := self._refusal(goal, outcome)) is not None:
                    failed[goal] = refused
        return failed

    def examine(self, goals: Sequence[str]) -> Iterator[Finding]:
        """One line a goal: is it there, has it a metric, is that set by hand."""
        self._calls.needed(-(-len(goals) // BATCH))
        try:
            outcomes = self._client.ask([Action("get", f"/goals/{goal}", fields=_FIELDS) for goal in goals])
        except VendorError as error:
            yield Finding(f"{self._where} goals", error.what, False, error.advice)
            return
        for goal, outcome in zip(goals, outcomes, strict=True):
            where = f"{self._where} goal {goal}"
            refused = self._refusal(goal, outcome)
            if refused is not None:
                yield Finding(where, refused.what, False, refused.advice)
                continue
            said = outcome.data if isinstance(outcome.data, dict) else {}
            name, metric = str(said.get("name") or goal), said.get("metric")
            if not isinstance(metric, dict):
                yield Finding(where, f"the goal {name!r} has no metric", False, _MENDS[400])
            elif metric.get("progress_source") in _WORKED_OUT:
                what = f"the goal {name!r} has its progress worked out by Asana ({metric['progress_source']})"
                yield Finding(where, what, False, _MENDS[400])
            else:
                yield Finding(where, f"the goal {name!r} has a metric that alignd can set", True)

    def _refusal(self, goal: str, outcome: Outcome) -> VendorError | None:
        if 200 <= outcome.status < 300:
            return None
        words = vendor_words(messages(outcome.body), self._secrets)
        said = f" ({outcome.status}{': ' + words if words else ''})"
        if outcome.status == 429:
            return TryLater(self._where, f"Asana asks to set goal {goal} later{said}", _AGAIN, status=429)
        if outcome.is_passing:
            what = f"Asana did not say whether goal {goal} has its number now"
            return OutcomeUnknown(self._where, what, _AGAIN, status=outcome.status or None)
        if outcome.status in _MENDS:
            kind = Refused if outcome.status == 400 else NeedsPerson
            what = f"Asana does not set the number of goal {goal}{said}"
            return kind(self._where, what, _MENDS[outcome.status], status=outcome.status)
        return Refused(
            self._where, f"Asana refuses goal {goal}{said}", "run alignd doctor; if it is well, report it",
            status=outcome.status,
        )  # fmt: skip


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
