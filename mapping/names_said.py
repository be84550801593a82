"""Persons as people name them in a line: "Sipho", "sipho dlamini", "@Thandi", an id, the beginning of a name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mapping.people import Person

LONGEST_NAMES = 160  # characters that may still be a name, or several
SHORTEST_BEGINNING = 2  # letters of a name's beginning that may stand for it
_MYSELF = frozenset({"me", "i", "myself"})
_NOBODY = frozenset(
    {"someone", "somebody", "anyone", "anybody", "nobody", "who", "everyone", "everybody", "all", "team", "we", "us"}
    | {"tbd", "tba", "nn", "the team"}
)
_DRESS = " \t@()[]{}<>*_`\"'“”‘’.,;:?!"
_AND = re.compile(r"\s*(?:,|/|\+|&|\band\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a few words name: one person, several who share the name, or (`nobody`) expressly no one in particular.

    `many`: several persons were named side by side.
    """

    persons: tuple[str, ...]
    nobody: bool = False
    many: bool = False

    @property
    def person(self) -> str | None:
        return self.persons[0] if len(self.persons) == 1 else None


@dataclass(frozen=True, slots=True)
class Names:
    """The people of a file by all that they are called. `me`: who is speaking."""

    people: Mapping[str, Person]
    me: str | None = None

    def whole(self, words: str) -> Named | None:
        """Whom the words name, if they are a name and nothing else."""
        said = plain_name(words) if len(words) <= LONGEST_NAMES else ""
        if not said:
            return None
        if said in _NOBODY:
            return Named((), nobody=True)
        if (found := self._called(said) or self._begun(said)) is not None:
            return found
        each = [self._called(plain_name(one)) for one in _AND.split(words.strip(_DRESS)) if one.strip()]
        if len(each) > 1 and all(one is not None for one in each):
            return Named(tuple(name for one in each if one is not None for name in one.persons), many=True)
        return None

    def at_start(self, words: str) -> tuple[Named, int] | None:
        """Whom the words begin with, by a name said in full, and how many characters say it; the longest counts."""
        best: tuple[Named, int] | None = None
        ends = [place.start() for place in re.finditer(r"(?=\s|$|[,:;])", words) if place.start() > 0]
        for end in ends[:6]:
            said = plain_name(words[:end])
            if said in _NOBODY:
                best = (Named((), nobody=True), end)
            elif said and (found := self._called(said)) is not None:
                best = (found, end)
        return best

    def _called(self, said: str) -> Named | None:
        if said in _MYSELF and self.me is not None:
            return Named((self.me,))
        exact = [one.id for one in self.people.values() if said in (plain_name(one.id), plain_name(one.name))]
        if exact:
            return Named(tuple(exact))
        parts = [one.id for one in self.people.values() if said in plain_name(one.name).split()]
        firsts = [one for one in parts if plain_name(self.people[one].name).split()[0] == said]
        found = firsts or parts
        return Named(tuple(found)) if found else None

    def _begun(self, said: str) -> Named | None:
        """By the beginning of the name ("Thand", "Sipho D"): only where it is one person's."""
        if len(said.replace(" ", "")) < SHORTEST_BEGINNING:
            return None
        found = [
            one.id
            for one in self.people.values()
            if plain_name(one.name).startswith(said) or plain_name(one.id).startswith(said)
        ]
        return Named(tuple(found)) if found else None


@lru_cache(maxsize=4096)
def plain_name(words: str) -> str:
    """Lower case, without accents, marks and the @ in front: what two spellings of a name have in common."""
    bare = unicodedata.normalize("NFKD", words.strip(_DRESS).casefold())
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())
