"""A1 ranges: quoted as the Sheets API wants them, told apart in its messages, and gathered into URLs it accepts. Pure.

Facts used (Sheets API v4): a bare `A1` is a cell but `'A1'` a tab, so tab names are quoted; a range that cannot be
parsed fails the whole batchGet with 400 "Unable to parse range: …"; one that begins beyond the grid with
"Range (…) exceeds grid limits".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import ceil
from urllib.parse import quote

LONGEST_QUERY = 7_500  # characters of ranges=…&ranges=…; proxies and servers commonly cut a URL at 8 KiB

_PLAIN = re.compile(r"[A-Za-z0-9_.$:]+", re.ASCII)
_IN_MESSAGE = (
    re.compile(r"unable to parse range:\s*(?P<range>.+?)\)?\s*$", re.IGNORECASE | re.DOTALL),
    re.compile(r"range \((?P<range>.+?)\) exceeds grid limits", re.IGNORECASE | re.DOTALL),
)


def quoted(given: str) -> str:
    """A range as people write it (`My Tab!A1:B2`, `Spend!A:E`, a tab, a named range), as the API understands it."""
    tab, mark, cells = given.strip().rpartition("!")
    if not mark:
        return cells if _PLAIN.fullmatch(cells) else _quoted_tab(cells)
    return f"{_quoted_tab(tab)}!{cells.strip()}"


def _quoted_tab(tab: str) -> str:
    tab = tab.strip()
    if len(tab) > 1 and tab[0] == tab[-1] == "'":
        return tab
    return _in_quotes(tab)


def whole_tab(tab: str) -> str:
    """A tab by its exact title, all of it. Its edges are clamped to the grid, and the echo says where they are."""
    return f"{_in_quotes(tab)}!A:ZZZ"  # ZZZ is the last column a spreadsheet can have


def in_tab(tab: str, cells: str) -> str:
    """Cells of a tab, by its exact title."""
    return f"{_in_quotes(tab)}!{cells}"


def _in_quotes(tab: str) -> str:
    return "'" + tab.replace("'", "''") + "'"


def tab_of(given: str) -> str:
    """The tab's name, without quotes; "" for a range that names none (a named range, a bare cell)."""
    tab, mark, _ = given.strip().rpartition("!")
    if not mark:
        return ""
    tab = tab.strip()
    return tab[1:-1].replace("''", "'") if len(tab) > 1 and tab[0] == tab[-1] == "'" else tab


def _bare(text: str) -> str:
    return text.replace("'", "").replace("$", "").replace(" ", "").casefold()


def named_in(message: str, ranges: Iterable[str]) -> str | None:
    """Which of these ranges a refusal is about ("Google refuses this (400: Unable to parse range: …)"), or None if it
    does not say.
    """
    for pattern in _IN_MESSAGE:
        if match := pattern.search(message):
            wanted = _bare(match["range"])
            return next((given for given in ranges if _bare(given) == wanted), None)
    return None


def _length(given: str) -> int:
    return len("&ranges=") + len(quote(quoted(given), safe=""))


def loads(ranges: Sequence[str]) -> list[tuple[str, ...]]:
    """The ranges in as few requests as their URLs allow, in order; usually one."""
    found: list[tuple[str, ...]] = []
    load: list[str] = []
    length = 0
    for given in ranges:
        if load and length + _length(given) > LONGEST_QUERY:
            found.append(tuple(load))
            load, length = [], 0
        load.append(given)
        length += _length(given)
    return [*found, tuple(load)] if load else found


def fewest_loads(ranges: Sequence[str]) -> int:
    """No splitting needs fewer requests: `least`."""
    return ceil(sum(map(_length, ranges)) / LONGEST_QUERY)


def number_of(letters: str) -> int:
    """A column's number from 0: "A" is 0, "AA" 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters_of(number: int) -> str:
    """The other way round."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
