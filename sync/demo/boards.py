"""Looking at the boards themselves, beside alignd: does what people wrote still stand, is anything there twice?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from connectors.sandbox.server import Sandbox
from mapping.keys import find_reference

Fields = dict[str, object]


def seen_on(sandbox: Sandbox) -> dict[str, Fields]:
    """Every task, subtask and card by id, field by field, with comments and checklist items; not what is deleted."""
    with sandbox.lock:
        return {**_asana(sandbox), **_trello(sandbox)}


def _asana(sandbox: Sandbox) -> dict[str, Fields]:
    state = sandbox.asana.state
    return {
        task.gid: {
            "title": task.name,
            "notes": task.notes,
            "assignee": task.assignee,
            "due date": (task.due_on, task.due_at),
            "place": tuple(task.memberships.items()),
            "parent": task.parent,
            **{f"comment {one.gid}": one.text for one in state.comments_of(task)},
        }
        for task in state.live_tasks()
    }


def _trello(sandbox: Sandbox) -> dict[str, Fields]:
    state = sandbox.trello.state
    return {
        card.id: {
            "title": card.name,
            "notes": card.desc,
            "members": tuple(card.members),
            "due date": card.due,
            "place": (card.board, card.in_list, card.closed),
            **{f"comment {one.id}": one.data["text"] for one in state.comments_of(card)},
            **{
                f"checklist item {item.id}": (item.name, item.complete, item.member, item.due)
                for checklist in state.checklists.values()
                if checklist.card == card.id
                for item in checklist.items
            },
        }
        for card in state.cards.values()
    }


@dataclass
class Watch:
    """Remembers every field that people changed and whether it stands after each sync.

    `look()` before people act, `people_acted()` after, `alignd_synced()` after the sync.
    """

    sandbox: Sandbox
    workspace: str
    theirs: dict[tuple[str, str], object] = field(default_factory=dict)
    overwritten: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)  # task id → key, of every task that was ever seen
    _before: dict[str, Fields] = field(default_factory=dict)
    _references: dict[str, str | None] = field(default_factory=dict)  # by notes

    def _reference(self, notes: str) -> str | None:
        if notes not in self._references:
            self._references[notes] = find_reference(notes, self.workspace)
        return self._references[notes]

    def look(self) -> None:
        self._look_at(seen_on(self.sandbox))

    def _look_at(self, seen: dict[str, Fields]) -> None:
        self._before = seen
        for task, fields in self._before.items():
            key = self._reference(str(fields["notes"]))
            if key is not None:
                self.keys[task] = key
            elif task not in self.keys and fields.get("parent") is None:
                # People's own: alignd has no business with any of it.
                self.theirs.update({(task, name): value for name, value in fields.items()})

    def people_acted(self) -> None:
        for task, fields in seen_on(self.sandbox).items():
            before = self._before.get(task, {})
            for name, value in fields.items():
                if name not in before or before[name] != value:
                    self.theirs[(task, name)] = value

    def alignd_synced(self) -> None:
        now = seen_on(self.sandbox)
        for (task, name), value in list(self.theirs.items()):
            if task in now and now[task].get(name) != value:
                self.overwritten.append(f"{name} of “{now[task]['title']}”")
                del self.theirs[(task, name)]
        self._look_at(now)

    def duplicates(self) -> tuple[str, ...]:
        """Keys that more than one task carried, done and deleted ones counted too; subtasks and alignd's comments that
        stand on one task twice.
        """
        keys = Counter(self.keys.values())
        parts = Counter(
            (fields["parent"], fields["title"]) for fields in self._before.values() if fields.get("parent") is not None
        )
        words = Counter(
            (task, text)
            for task, fields in self._before.items()
            for name, text in fields.items()
            if name.startswith("comment ") and (task, name) not in self.theirs
        )
        twice = [one for one, many in keys.items() if many > 1]
        twice += [f"“{title}”" for (_, title), many in parts.items() if many > 1]
        twice += [f"“{str(text)[:60]}”" for (_, text), many in words.items() if many > 1]
        return tuple(sorted(twice))
