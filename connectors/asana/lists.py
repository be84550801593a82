"""The lists that hang on a task, its stories and its subtasks: page by page, those of many tasks ten a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.asana.client import BATCH, PAGE, Action, AsanaClient
from connectors.asana.wire import PART_FIELDS, STORY_FIELDS, gid_of

STORIES, SUBTASKS = "stories", "subtasks"
Which = tuple[str, str]  # a task's gid, and which of its lists


def list_of(gid: str, what: str, offset: str | None) -> Action:
    """One page of a task's list."""
    fields = STORY_FIELDS if what == STORIES else PART_FIELDS
    return Action("get", f"/tasks/{gid}/{what}", fields=fields, limit=PAGE, offset=offset)


def read_lists(client: AsanaClient, asked: Sequence[Which]) -> tuple[dict[Which, list[object]], set[Which], set[Which]]:
    """The lists that were asked for; which were refused, and which Asana stumbled over.

    Those that were refused have no list.
    """
    lists: dict[Which, list[object]] = {one: [] for one in asked}
    refused: set[Which] = set()
    stumbled: set[Which] = set()
    wanted: list[tuple[Which, str | None]] = [(one, None) for one in asked]
    while wanted:
        client.needed(-(-len(wanted) // BATCH))
        outcomes = client.ask([list_of(*one, offset) for one, offset in wanted])
        following: list[tuple[Which, str | None]] = []
        for (one, _), outcome in zip(wanted, outcomes, strict=True):
            if 200 <= outcome.status < 300 and isinstance(outcome.data, list):
                lists[one] += outcome.data
                if outcome.next_offset is not None:
                    following.append((one, outcome.next_offset))
            elif outcome.is_passing or 200 <= outcome.status < 300:
                stumbled.add(one)
            else:
                refused.add(one)
        wanted = following
    stumbled |= _complete(client, lists)
    return {one: found for one, found in lists.items() if one not in refused}, refused, stumbled


def _complete(client: AsanaClient, lists: dict[Which, list[object]]) -> set[Which]:
    """Subtasks given as compact records (a list that heeds no fields), which do not say whether they are done, are
    read one by one. Says which lists Asana stumbled over then.
    """
    compact = [
        (one, place, gid)
        for one, found in lists.items()
        for place, said in enumerate(found)
        if one[1] == SUBTASKS and isinstance(said, Mapping) and "completed" not in said and (gid := gid_of(said))
    ]
    client.needed(-(-len(compact) // BATCH))
    outcomes = client.ask([Action("get", f"/tasks/{gid}", fields=PART_FIELDS) for _, _, gid in compact])
    stumbled: set[Which] = set()
    for (one, place, _), outcome in zip(compact, outcomes, strict=True):
        if 200 <= outcome.status < 300 and isinstance(outcome.data, Mapping):
            lists[one][place] = outcome.data
        elif not outcome.is_missing:  # one that may not be read stays as the list has it
            stumbled.add(one)
    return stumbled
