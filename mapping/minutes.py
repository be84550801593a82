"""The lines people write on the tasks of meetings, each as a comment or part of one:

    Decision: what · Action: who – what – by when · Feedback: what · Helped: yes|no|too early – why

Any case, after a bullet, a number or marks of emphasis, with any dash or colon after the word. A line ends where it
ends: what stands in the next is not part of it. Quoted lines (">") are nobody's. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mapping.actions_said import Deed, Puzzle, deed_of
from mapping.logbook import Helped, LineKind
from mapping.names_said import Names, plain_name
from mapping.periods import Calendar
from mapping.said import EVEN, INVISIBLE
from mapping.wording import join_words

LONGEST = 1000  # characters of a line that are kept
MOST_LINES = 200  # of one comment
_EDGES = ' \t*_`"“”:;-–—'

_WORDS = {
    "decision": LineKind.DECISION,
    "decisions": LineKind.DECISION,
    "decided": LineKind.DECISION,
    "action": LineKind.ACTION,
    "actions": LineKind.ACTION,
    "action item": LineKind.ACTION,
    "action point": LineKind.ACTION,
    "feedback": LineKind.FEEDBACK,
    "helped": LineKind.HELPED,
    "did it help": LineKind.HELPED,
}
_BEFORE = r"(?:[\s*•·◦‣▪●+#_`\"“(\[\]~☐☑✅✔-]|x\]|[0-9]{1,3}[.)](?=\s|\*))*"
_WORD = r"(?P<word>decisions?|decided|action (?:item|point)s?|actions?|feedback|helped|did it help)"
_WHICH = (
    r"[*_`]*\s*(?:#\s*)?(?P<number>[0-9]{1,2})?[*_`\s]*(?:[(\[](?P<which>[^()\[\]]{1,80})[)\]])?"
    r"[*_`)\]\s]*\??[*_`]*"
)
_MARK = r"(?::|;|=|\s-+(?=\s|\S)|-+(?=\s))"
_LINE = re.compile(rf"{_BEFORE}{_WORD}{_WHICH}\s*{_MARK}", re.IGNORECASE)

_YES = r"yes|yep|yeah|yup|y|it did|it helped|helped|definitely|clearly"
_EARLY = r"too early|too soon|not yet|to early|early|cannot tell yet|can't tell yet"
_NO = r"no|nope|n|it did not|it didn't|did not|didn't|not really|not at all|not much|not"
_ANSWER = re.compile(
    rf"(?:(?P<early>{_EARLY})|(?P<yes>{_YES})|(?P<no>{_NO}))"
    rf"(?![\w'’])(?!\s+(?:idea|clue|and\s+no\b|or\s+no\b|matter|way\s+to))(?!\s*/)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"#?\s*([0-9]{1,2})\s*[.):,-]?\s+|#?\s*([0-9]{1,2})\s*[:)]\s*")
_PARTED = re.compile(r"\s*[:;,]\s+|\s+-+\s*|\s*-+\s+|(?<=\w)[–—](?=\w)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that begins with one of the words. `number`: its place among them in the comment, from 1.

    `line`: as the person wrote it; `text`: what follows the word. `which`: what stands between word and colon.
    """

    number: int
    kind: LineKind
    line: str
    text: str
    which: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A "Did it help?" that a task asks: of the item with that key; `words`: names it is known by; `number`: of its
    line in the agenda, from 1.
    """

    item: str
    words: tuple[str, ...]
    number: int = 1


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is needed to understand a line: the day it was written on, the people, who wrote, what was asked there."""

    today: date
    calendar: Calendar
    names: Names
    questions: Sequence[Question] = field(default=())


@dataclass(frozen=True, slots=True)
class Heard:
    """A line understood. Action: `who` and `due` (None: no day was said). Helped: `item`, `helped`, and why."""

    text: str
    who: str | None = None
    due: date | None = None
    item: str | None = None
    helped: Helped | None = None


def lines_said(text: str) -> list[Line]:
    """The lines of a comment that begin with one of the words."""
    found: list[Line] = []
    for raw in text.translate(INVISIBLE).splitlines():
        line = raw[: 4 * LONGEST]
        even = line.translate(EVEN)
        match = _LINE.match(even)
        if match is None or even.lstrip().startswith(">"):
            continue
        words = " ".join(match["word"].casefold().split())
        kind = _WORDS.get(words) or _WORDS[words.removesuffix("s")]
        number, which = match["number"], match["which"]
        said = _clean(line[match.end() :])
        if kind is LineKind.ACTION and which:
            said, which = f"{which} – {said}", None  # "Action (Sipho): check tags"
        written = _clean(line) if said else f"{_clean(line)}:"  # without its colon it would be no such line any more
        found.append(Line(len(found) + 1, kind, written, said, " ".join(one for one in (number, which) if one)))
        if len(found) == MOST_LINES:
            break
    return found


def heard(line: Line, hearing: Hearing) -> Heard | Puzzle:
    """What a line says, or what to write instead."""
    match line.kind:
        case LineKind.ACTION:
            found = deed_of(line.text, hearing.names, hearing.today, hearing.calendar)
            return Heard(found.what, found.who, found.due) if isinstance(found, Deed) else found
        case LineKind.HELPED:
            return _helped(line, hearing)
        case LineKind.DECISION if not line.text:
            return Puzzle("Please write what was decided", "Decision: the newsletter moves to Thursdays")
        case LineKind.FEEDBACK if not line.text:
            return Puzzle("Please write what was said", "Feedback: customers do not understand the price page")
        case _:
            return Heard(line.text)


def _clean(text: str) -> str:
    """One line without the marks around it."""
    return " ".join(text.strip(_EDGES).split())[:LONGEST].rstrip("*_` ")


# ── did it help? ─────────────────────────────────────────────────────────────────────────────────────────────────


def _helped(line: Line, hearing: Hearing) -> Heard | Puzzle:
    which, said = line.which, line.text
    if (number := _NUMBER.match(said)) is not None and not which:
        which, said = number[1] or number[2], said[number.end() :]
    answer = _ANSWER.match(said)
    if answer is None:
        answer, name = _further_on(said)
        which = which or name
    if answer is None:
        return _choices(hearing, "Please write yes, no or too early")
    helped = Helped.YES if answer["yes"] else Helped.NO if answer["no"] else Helped.TOO_EARLY
    why = _clean(answer.string[answer.end() :].lstrip(" .,!)]"))
    item = _asked(which, why, hearing.questions)
    if item is None:
        return _choices(hearing, "Please write which one is meant")
    return Heard(why, item=item, helped=helped)


def _further_on(said: str) -> tuple[re.Match[str] | None, str]:
    """An answer after the name of what is meant: "landing page: yes"."""
    even = said.translate(EVEN)
    for part in _PARTED.finditer(even):
        if (answer := _ANSWER.match(said, part.end())) is not None:
            return answer, said[: part.start()]
    return None, ""


def _asked(which: str, why: str, questions: Sequence[Question]) -> str | None:
    """The item that is meant; None where it is not clear, or nothing was asked."""
    if len(questions) == 1:
        return questions[0].item
    if which.isascii() and which.isdigit():
        return next((one.item for one in questions if one.number == int(which)), None)
    if which:
        return _best(which, questions)
    named = [one.item for one in questions if any(_holds(why, name) for name in one.words)]
    return named[0] if len(named) == 1 else None


def _best(which: str, questions: Sequence[Question]) -> str | None:
    """The one whose names share most words with what was said; None for none, or for two alike."""
    said = {word for word in plain_name(which).split() if len(word) > 2}
    shared = [(len(said & {word for name in one.words for word in plain_name(name).split()}), one) for one in questions]
    most = max((count for count, _ in shared), default=0)
    best = [one for count, one in shared if count == most]
    return best[0].item if most and len(best) == 1 else None


def _holds(text: str, name: str) -> bool:
    words = plain_name(name)
    return bool(words) and f" {words} " in f" {plain_name(text)} "


def _choices(hearing: Hearing, please: str) -> Puzzle:
    asked = hearing.questions
    if not asked:
        return Puzzle("Nothing is asked here; please write it as feedback", "Feedback: what helped, and why")
    if len(asked) == 1:
        return Puzzle(please, "Helped: yes – why")
    known = [one.words[0] if one.words else one.item for one in asked]
    return Puzzle(f"{please} ({join_words(known, 'or')})", f"Helped ({known[0]}): yes – why")
