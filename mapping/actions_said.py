"""What follows `Action:` in a line: who does what by when, in whatever order and with whatever marks between. Pure.

`Sipho – check tags – Friday`, `Sipho: check tags by Friday`, `check tags (Sipho), 12 Dec`, `@Sipho to check the tags`.
A person is needed, and something to do; a day is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from mapping.dates_said import day_at_start
from mapping.names_said import Named, Names
from mapping.people import call_name
from mapping.periods import Calendar
from mapping.said import EVEN
from mapping.wording_dates import show_date

FAR = timedelta(days=270)  # a day without a year so far ahead was meant as one that is past
LONGEST_DATE = 12  # words
MOST_PIECES = 12  # that are looked at; more is text with many dashes

_DRESS = " \t*_`\"'“”"
_PART = "\x1f"
_DASHES = "–—―−‒"
_STRONG = re.compile(rf"\s*{_PART}\s*|\s+-+\s+|\s+-+(?=[^\s\d-])|(?<=\S)-+\s+|\s*[;|]\s+")
_WEAK = re.compile(r"\s*[:,]\s+")
_DUE = (
    r"(?:(?:to be )?(?:due|done|ready)(?: (?:by|on|until))?|by|until|till|til|before|within|in|no later than|latest by"
    r"|latest|deadline)"
)
_LEADS = re.compile(rf"(?:{_DUE}\b[\s:]*|(?:eod|cob|end of day)\b[\s,]*)+", re.IGNORECASE)
_LAST = re.compile(r"[\s,]*(?:at the latest|latest|eod|cob|end of day|sharp)?[\s.!?)\]]*$", re.IGNORECASE)
_SPAN = re.compile(r"(?:^|[\s\d-])(?:days?|weeks?|months?|quarters?|years?|fortnights?|wks?|[dw])$", re.IGNORECASE)
_UNDATED = frozenset({"asap", "soon", "tbd", "tba", "open", "ongoing", "no date", "when possible"})
_NO_DATE_AFTER = frozenset(
    {"for", "the", "every", "each", "last", "past", "of", "from", "since", "at", "than", "to", "up", "another", "least"}
    | {"black", "good", "cyber", "easter", "ash", "whit", "shrove", "super", "and", "or", "version", "in", "until"}
)
_AMBIGUOUS = re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?")
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{1,60})[)\]]\s*$")
_TO = re.compile(r"\s*[,:]?\s*(?:to|will|shall|should|must|please|can|is to|has to|needs to|and)\s+", re.IGNORECASE)
_LOOSE_NOBODY = frozenset({"someone", "somebody", "anyone", "anybody", "who", "tbd", "we"})


@dataclass(frozen=True, slots=True)
class Deed:
    """Who (person id) does what; `due` None where no day was said."""

    who: str
    what: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Why a line could not be placed, as a request, and a line that could be: "Please name a person", "Action: …"."""

    please: str
    example: str


def deed_of(said: str, names: Names, today: date, calendar: Calendar) -> Deed | Puzzle:
    """The deed that the words after `Action:` speak of, said on `today`."""
    pieces = _pieces(said)
    dated, left = _take_due(pieces, today, calendar)
    named, left = _take_who(left, names)
    stranger = named is None and len(left) > 1 and _is_like_a_name(left[0])
    what = " – ".join(left[1:] if stranger else left)
    if named is None or named.person is None:
        please = f"Please name a person of the team ({left[0]} is not known here)" if stranger else _whom(named, names)
        return Puzzle(please, _example(_likely(named), what, dated, names, today))
    if not what:
        return Puzzle("Please write what is to be done", _example(named.person, "", dated, names, today))
    if dated is not None and dated.due is None:
        reason = f"Please write the day so that it can only be one ({dated.said} could be two)"
        return Puzzle(reason, _example(named.person, what, dated, names, today))
    if dated is not None and dated.is_past:
        return Puzzle(
            f"Please name a day that is to come ({dated.said} is past)",
            _example(named.person, what, None, names, today),
        )
    return Deed(named.person, what, dated.due if dated is not None else None)


def _whom(named: Named | None, names: Names) -> str:
    if named is None or not named.persons:
        return "Please name a person"
    called = [names.people[one].name for one in named.persons]
    if named.many:
        return "Please name one person in each line"
    return f"Please write who is meant ({' or '.join(called)})"


def _likely(named: Named | None) -> str | None:
    return named.persons[0] if named is not None and named.persons else None


def _is_like_a_name(words: str) -> bool:
    return len(words.split()) <= 2 and all(word[0].isupper() for word in words.split())


def _example(who: str | None, what: str, dated: _Dated | None, names: Names, today: date) -> str:
    someone = who or names.me or next(iter(names.people), None)
    name = call_name(someone, names.people) or "Sipho"
    when = (
        show_date(dated.due, today) if dated is not None and dated.due is not None and not dated.is_past else "Friday"
    )
    deed = what if len(what) <= 100 else f"{what[:99].rstrip()}…"
    return f"Action: {name} – {deed or 'check the tags'} – {when}"


def _pieces(said: str) -> list[str]:
    """The parts between dashes, semicolons and bars; a dash within a word or between two numbers parts nothing."""
    even = said.translate(EVEN)
    marked = "".join(
        _PART if char in _DASHES and not _between_digits(said, place) else even[place]
        for place, char in enumerate(said)
    )
    found, start = [], 0
    for match in islice(_STRONG.finditer(marked), MOST_PIECES):
        found.append(said[start : match.start()])
        start = match.end()
    return [bare for one in (*found, said[start:]) if (bare := _bare(one))]


def _between_digits(said: str, place: int) -> bool:
    return said[place - 1 : place].isdigit() and said[place + 1 : place + 2].isdigit()


def _bare(piece: str) -> str:
    return piece.strip(_DRESS).rstrip(" ,;:").strip("-–— ")


# ── by when ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Dated:
    """A day as it was said. `due` None: it could be two."""

    said: str
    due: date | None
    is_past: bool = False


def _take_due(pieces: Sequence[str], today: date, calendar: Calendar) -> tuple[_Dated | None, list[str]]:
    """The day, and the pieces without it: a piece of its own first, else the end of one, the last piece first."""
    left = list(pieces)
    for place in reversed(range(len(left))):
        if (found := _day(left[place], today, calendar)) is not None:
            return found, [*left[:place], *left[place + 1 :]]
    if left and left[-1].strip(".!?() ").casefold() in _UNDATED:
        return None, left[:-1]
    for place in reversed(range(len(left))):
        if (at_end := _day_at_end(left[place], today, calendar)) is not None:
            found, rest = at_end
            return found, [bare for one in (*left[:place], rest, *left[place + 1 :]) if (bare := _bare(one))]
    return None, left


def _day(words: str, today: date, calendar: Calendar) -> _Dated | None:
    """The day, if the words say one and nothing else."""
    even = words.translate(EVEN).strip("([ ")
    led = _LEADS.match(even)
    start = led.end() if led is not None else 0
    bare = _LAST.sub("", even[start:])
    if not bare:
        return None
    found = day_at_start(bare, today, calendar)
    if found is not None and not bare[found[1] :].strip(" ."):
        due = found[0]
        return _Dated(bare.strip(), due, due < today or _is_long_past(bare, due, today))
    return _Dated(bare, None) if _AMBIGUOUS.fullmatch(bare) else None


def _is_long_past(said: str, due: date, today: date) -> bool:
    """ "12 Nov" said on 18 November names a day of the past, not one in a year."""
    has_year = re.search(r"[0-9]{4}", said) is not None or _SPAN.search(said) is not None
    return due - today > FAR and not has_year and "end of" not in said.casefold()


def _day_at_end(piece: str, today: date, calendar: Calendar) -> tuple[_Dated, str] | None:
    """A day at the end of a longer text, with or without "by"; the longest. Words of time that say no deadline
    ("for two weeks", "every Friday", "Black Friday") are part of the text.
    """
    starts = [match.start() for match in re.finditer(r"(?<=[\s,(])\S", piece)][-LONGEST_DATE:]
    for start in starts:
        tail = piece[start:]
        before = piece[:start].split()[-1].casefold().strip("(,:;") if piece[:start].split() else ""
        led = _LEADS.match(tail) is not None
        found = _day(tail, today, calendar)
        if found is None or (not led and not _is_plain_day(tail, before, found)):
            continue
        return found, piece[:start].rstrip(" ,:;-–—([")
    return None


def _is_plain_day(tail: str, before: str, found: _Dated) -> bool:
    if before in _NO_DATE_AFTER or found.due is None:
        return False
    first = tail.split()[0].casefold()
    spans = _SPAN.search(_LAST.sub("", tail)) is not None and first not in ("next", "end")
    dotted = re.fullmatch(r"[0-9]{1,2}\.[0-9]{1,2}\.?", tail.strip()) is not None
    return not spans and not dotted and first not in _NO_DATE_AFTER


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_who(pieces: Sequence[str], names: Names) -> tuple[Named | None, list[str]]:
    """Whom the pieces name, and the pieces without the name. A piece that is a name, then one at an edge, then the
    beginning of the first.
    """
    left = list(pieces)
    wholes = [(place, named) for place, one in enumerate(left) if (named := names.whole(one)) is not None]
    for place, named in sorted(wholes, key=lambda one: (one[1].nobody, one[0])):
        rest = [*left[:place], *left[place + 1 :]]
        if named.persons or not (at_edge := _at_edges(rest, names)):
            return named, rest
        return at_edge
    return _at_edges(left, names) or (None, left)


def _at_edges(pieces: Sequence[str], names: Names) -> tuple[Named, list[str]] | None:
    left = list(pieces)
    if not left:
        return None
    first, last = left[0], left[-1]
    if (bracket := _BRACKET.search(last)) is not None and (named := names.whole(bracket[1])) is not None:
        return named, _kept([*left[:-1], last[: bracket.start()]])
    weak = list(_WEAK.finditer(first))
    if weak and (named := names.whole(first[: weak[0].start()])) is not None:
        return named, _kept([first[weak[0].end() :], *left[1:]])
    weak = list(_WEAK.finditer(last))
    if weak and (named := names.whole(last[weak[-1].end() :])) is not None and not named.nobody:
        return named, _kept([*left[:-1], last[: weak[-1].start()]])
    begun = names.at_start(first)
    if begun is None:
        return None
    named, end = begun
    told = _TO.match(first[end:])
    loose = first[:end].casefold() in _LOOSE_NOBODY
    if told is None and not loose and (named.nobody or not (first[0].isupper() or first[0] == "@")):
        return None
    return named, _kept([first[end + (told.end() if told is not None else 0) :], *left[1:]])


def _kept(pieces: Sequence[str]) -> list[str]:
    return [bare for one in pieces if (bare := _bare(one))]
