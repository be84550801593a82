"""The collector of what is wrong: every complaint gets its place in the file, and nothing is said twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from config.document import Tree
from config.problems import Mark, Problem, Trail, nearest, one_of
from connectors.fields import shown

MOST_SAID = 200
ID = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)


def said_path(path: Trail) -> str:
    """`kpis.sessions.target[0].from`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if len(step) <= 64 else step[:64] + "…"
            text += ("." if text else "") + (name if name.isprintable() else ascii(name)[1:-1])
    return text


@dataclass(slots=True)
class Checking:
    """One check of one file. Paths are as in the tree; steps that the file does not have are left out of the place."""

    file: str
    tree: Tree
    missing: set[Trail] = field(default_factory=set)
    _hidden: dict[str, str] = field(default_factory=dict)
    _said: set[Trail] = field(default_factory=set)
    _problems: list[Problem] = field(default_factory=list)
    _warnings: list[Problem] = field(default_factory=list)

    def wrong(self, path: Trail, text: str, *, at_key: bool = False, right: int = 0) -> None:
        """Something is wrong at the value under `path` (or at its key). `right`: characters further along the line."""
        self._say(self._problems, path, text, at_key, right, False)

    def warn(self, path: Trail, text: str, *, at_key: bool = False) -> None:
        """Something that works, but should be known."""
        self._say(self._warnings, path, text, at_key, 0, True)

    def _say(self, to: list[Problem], path: Trail, text: str, at_key: bool, right: int, warning: bool) -> None:
        if any(path[: len(gone)] == gone for gone in self.missing):
            return
        text = self._without_secrets(text)
        kept, key, value = self.tree.walk(path)
        mark = key if at_key else value
        self._said.add(kept)
        to.append(Problem(self.file, text, Mark(mark.line, mark.column + right), said_path(kept), warning))

    def hide(self, values: Mapping[str, str]) -> None:
        """What came out of `${…}`: a message shows how it was written instead. The second line of defence: fields show
        an Expanded so by themselves, but some of their texts pass through other hands.
        """
        for value, written in values.items():
            for form in (value, " ".join(value.split()), value.strip(), value.strip()[:60]):
                if len(form) >= 4:
                    self._hidden.setdefault(form, written)

    def _without_secrets(self, text: str) -> str:
        for value in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(value, self._hidden[value])
        return text

    def place_missing(self, path: Trail, mark: Mark, text: str) -> None:
        """A text of the file that could not be made; what would follow from that is not said."""
        self.missing.add(path)
        self._problems.append(Problem(self.file, text, mark, said_path(path)))

    def place(self, mark: Mark, text: str) -> None:
        """Something is wrong at a place that has no path."""
        self._problems.append(Problem(self.file, text, mark))

    def said(self, path: Trail) -> bool:
        """Whether something was said of the value under `path` or a part of it: then what follows from that is not."""
        kept = self.tree.walk(path)[0]
        return any(told[: len(kept)] == kept for told in self._said)

    def has(self, path: Trail) -> bool:
        """Whether the file has something at exactly this path."""
        return self.tree.node(path) is not None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems in the order of the file, each once; after 200 the rest is counted."""
        said = _sorted(self._problems)
        if len(said) <= MOST_SAID:
            return said
        rest = len(said) - MOST_SAID
        return (*said[:MOST_SAID], Problem(self.file, f"and {rest} more problems, mend these first"))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """All warnings, likewise."""
        return _sorted(self._warnings)

    # ── references ───────────────────────────────────────────────────────────────────────────────────────────────

    def refer(self, path: Trail, ids: str | Sequence[str] | None, known: Collection[str], what: str) -> None:
        """Every id must be one of `known`; `what` names the place they stand in: "people", "kpis"."""
        if ids is None:
            return
        for index, name in enumerate([ids] if isinstance(ids, str) else ids):
            if name in known:
                continue
            at = (*path, index) if not isinstance(ids, str) else path
            self.wrong(at, _unknown_reference(name, sorted(known), what))

    def identify(self, path: Trail, name: str) -> None:
        """An id must be [a-z0-9_-]."""
        if not ID.fullmatch(name):
            plain = re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_")[:64]
            self.wrong(
                path,
                f"{shown(name)} cannot be an id, write small letters, digits, _ and -: {plain or 'some_name'}",
                at_key=True,
            )


def _unknown_reference(name: str, known: list[str], what: str) -> str:
    if not known:
        return f"{shown(name)} is not in this file, write it under {what}:"
    near = nearest(name, known)
    if near is not None:
        return f"{shown(name)} is not under {what}, did you mean {near}?"
    if len(known) <= 12:
        return f"{shown(name)} is not under {what}, write {one_of(known)}, or add it there"
    return f"{shown(name)} is not under {what}, write one that is, or add it there"


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: p.mark or Mark(0, 0)))
