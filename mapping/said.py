"""What people say to alignd in a comment: `alignd snooze 2 weeks: why`, `accept until 31 Jan: why`, `wrong`, `wake`.

Any case, in any line, after a bullet, a number or an "@", with any dash, colon, comma or line break between the parts.
A line that begins with `alignd` and is not understood gets an answer that says what to write; a quoted line (">") and
alignd's own reference are nobody's wish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from mapping.dates_said import day_at_start
from mapping.periods import Calendar

WHY_LIMIT = 1000  # characters of a reason that are kept
_SAID_LIMIT = 80  # characters of what was not understood that are repeated


class Wish(StrEnum):
    SNOOZE = "snooze"
    ACCEPT = "accept"
    WRONG = "wrong"
    WAKE = "wake"


@dataclass(frozen=True, slots=True)
class Command:
    """`until`: for snooze and accept, a day after today. `why`: one line, as the person wrote it; may be empty."""

    wish: Wish
    until: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """`said`: the line as the person wrote it, shortened. `reason`: what is unclear, "" where it is all of it.
    `write`: what to write instead, one example or several.
    """

    said: str
    reason: str
    write: tuple[str, ...]


_EXAMPLES = {
    Wish.SNOOZE: "alignd snooze 2 weeks: why",
    Wish.ACCEPT: "alignd accept until 31 Jan: why",
    Wish.WRONG: "alignd wrong: what you think",
    Wish.WAKE: "alignd wake",
}
_SPELLINGS = {"snooze": Wish.SNOOZE, "snoozed": Wish.SNOOZE, "accept": Wish.ACCEPT, "accepted": Wish.ACCEPT}
_SPELLINGS |= {"wrong": Wish.WRONG, "wake": Wish.WAKE}

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\u00ad\ufeff"))
# One character for one, so that a place in the even text is the same place in the person's own.
_FANCY = "‐‑‒–—―−﹣－：﹕，；。＠\u00a0\u2007\u202f\u3000\t"
EVEN = str.maketrans(_FANCY, "---------::,;.@     ")
SEPARATORS = f" \n:,;.!-*_`\"'“”{_FANCY}"
_CALL = re.compile(r"(?:[\s*•·◦‣+#_`\"“(\[-]|\d{1,3}[.)]\s)*@?alignd(?=$|[\s:,;!*_`)\]-]|\.(?:\s|$))", re.IGNORECASE)
_REFERENCE = re.compile(r"\s*ref\s+[a-z2-7]{20}\b", re.IGNORECASE)
_VERB = re.compile(r"[a-z]+", re.IGNORECASE)


def parse_command(text: str, today: date, calendar: Calendar) -> Command | NotUnderstood | None:
    """What the comment `text` wants of alignd, None if nothing. Of several wishes the last understood one counts.

    `today` is the workspace's date on which it was said; a day to come is needed for snooze and accept.
    """
    understood: Command | None = None
    puzzle: NotUnderstood | None = None
    for head, rest in _calls(text.translate(INVISIBLE)):
        found = _read(head, rest, today, calendar)
        if isinstance(found, Command):
            understood = found
        else:
            puzzle = puzzle or found
    return understood or puzzle


def out_of_place(wish: Wish, reason: str) -> NotUnderstood:
    """A wish that means nothing on the task it was said on: why, and what can be said there."""
    return NotUnderstood(f"alignd {wish.value}", reason, (_EXAMPLES[Wish.SNOOZE], _EXAMPLES[Wish.WAKE]))


def _calls(text: str) -> list[tuple[str, str]]:
    """Each line that calls alignd, and what follows the name there and in the lines up to the next call."""
    calls: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        even = line.translate(EVEN)
        called = _CALL.match(even)
        if even.lstrip().startswith(">"):
            continue
        if called is not None:
            after = line[called.end() :]
            calls.append((line.strip(), [after]) if not _REFERENCE.match(after) else ("", []))
        elif calls:
            calls[-1][1].append(line)
    return [(head, "\n".join(lines)) for head, lines in calls if head]


def _read(head: str, rest: str, today: date, calendar: Calendar) -> Command | NotUnderstood:
    rest = rest.lstrip(SEPARATORS)
    verb = _VERB.match(rest)
    wish = _SPELLINGS.get(verb[0].lower()) if verb else None
    if verb is None or wish is None:
        near = get_close_matches(verb[0].lower(), _SPELLINGS, n=1, cutoff=0.6) if verb else []
        return _puzzle(head, "", *((_SPELLINGS[near[0]],) if near else tuple(Wish)))
    rest = rest[verb.end() :]
    if wish in (Wish.WRONG, Wish.WAKE):
        if wish is Wish.WAKE:
            rest = re.sub(r"^\s+up\b", "", rest, flags=re.IGNORECASE)
        return Command(wish, why=_why(rest))
    rest = rest.lstrip(SEPARATORS)
    found = day_at_start(rest.translate(EVEN).replace("\n", " "), today, calendar)
    if found is None:
        reason = "for how long" if wish is Wish.SNOOZE else "until when"
        return _puzzle(head, f"{reason} is not clear", wish)
    until, end = found
    if until <= today:
        return _puzzle(head, "that day has come already", wish)
    return Command(wish, until, _why(rest[end:]))


def _puzzle(head: str, reason: str, *wishes: Wish) -> NotUnderstood:
    said = " ".join(head.split()).lstrip("-–—*•·◦‣+#@ ")
    shown = said if len(said) <= _SAID_LIMIT else f"{said[: _SAID_LIMIT - 1].rstrip()}…"
    return NotUnderstood(shown, reason, tuple(_EXAMPLES[wish] for wish in wishes))


def _why(text: str) -> str:
    return " ".join(text.lstrip(SEPARATORS).split())[:WHY_LIMIT].rstrip("*_` ")
