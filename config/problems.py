"""Problems of the file: where, what is wrong, what to write. All are collected before any is said."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

Trail = tuple[str | int, ...]  # a path in the file: keys, and places in lists (from 0)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the file; both count from 1, as editors do."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of `alignd check`. `text` says what is wrong, then what to write. No mark: about the whole file."""

    file: str
    text: str
    mark: Mark | None = None
    path: str = ""
    is_warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.mark.line}:{self.mark.column}" if self.mark else self.file
        parts = [place, *(["warning"] if self.is_warning else []), *([self.path] if self.path else []), self.text]
        return ": ".join(parts)


def nearest(word: str, known: list[str] | tuple[str, ...] | set[str] | frozenset[str]) -> str | None:
    """The known word that was most likely meant, or None."""
    folded = {_folded(name): name for name in sorted(known)}
    found = get_close_matches(_folded(word), list(folded), n=1, cutoff=0.6)
    if not found or (len(word) < 4 and found[0][:1] != _folded(word)[:1]):
        return None  # of two or three letters everything is near
    return folded[found[0]]


def _folded(word: str) -> str:
    return word.casefold().replace("-", "_")


def one_of(words: list[str] | tuple[str, ...]) -> str:
    """`a, b or c`."""
    return ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1] if words else ""


def all_of(words: list[str] | tuple[str, ...]) -> str:
    """`a, b and c`."""
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1] if words else ""
