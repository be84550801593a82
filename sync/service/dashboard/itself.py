"""How alignd itself is doing with one workspace: what its pages say of that. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync.service.health import health_of, names
from sync.service.state import LastCycle, Phase, Snapshot, WorkspaceState
from sync.steps import Problem


@dataclass(frozen=True, slots=True)
class Itself:
    """`standing`: in a word; "" where no service looks. `wrong`: what makes it unhealthy, `notes`: what is to be known,
    in words. `problems`: of the last look, each with its advice. `next_at`: when it looks next, None while not known.
    """

    standing: str
    last: LastCycle | None = None
    next_at: datetime | None = None
    next_why: str = ""
    wrong: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def css(self) -> str:
        return "off" if self.wrong else "close" if self.notes or self.problems else "on"


def itself_of(snapshot: Snapshot, workspace: str) -> Itself:
    """By the service's own state; a workspace that it does not know is not looked at by it."""
    state = next((one for one in snapshot.workspaces if one.id == workspace), None)
    if state is None:
        return Itself("")
    name, health = names(snapshot)[state.file], health_of(snapshot)
    wrong = tuple(one.why for one in health.wrong if one.workspace == name)
    notes = tuple(one.why for one in health.notes if one.workspace == name)
    is_ours = state.phase is not Phase.STANDING_BY
    return Itself(
        _standing(state, wrong),
        state.last_cycle,
        state.next_at if is_ours else None,
        state.next_why if is_ours else "",
        wrong,
        notes,
        state.problems,
    )


def _standing(state: WorkspaceState, wrong: tuple[str, ...]) -> str:
    if wrong:
        return "alignd needs somebody"
    if state.phase is Phase.STANDING_BY:
        return "another service looks after it"
    if state.last_cycle is None:
        return "the first look has not ended yet"
    many = len(state.problems)
    if many:
        return f"it works, and {many} {'thing needs' if many == 1 else 'things need'} a person"
    return "it works"


def token_of(snapshot: Snapshot, workspace: str) -> object:
    """By which it is known that the store may say something else: the number and end of the last look.

    Where another service looks, or none has yet, a minute: then it is looked up once in each.
    """
    state = next((one for one in snapshot.workspaces if one.id == workspace), None)
    if state is None or state.last_cycle is None or state.phase is Phase.STANDING_BY:
        return int(snapshot.at.timestamp() // 60)
    return state.last_cycle.number, state.last_cycle.ended_at
