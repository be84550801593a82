"""What is said about the lines people write in meetings: answers, the summary of the morning after, tasks of actions.

No line of a comment here begins with a word that is read back, whatever people wrote: what they wrote stands after the
name of who wrote it, or within a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mapping.actions_said import Puzzle
from mapping.documents import (
    Block,
    Bullets,
    Code,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Paragraph,
    Text,
    line,
    paragraph,
)
from mapping.keys import reference
from mapping.logbook import Helped
from mapping.minutes import lines_said
from mapping.texts.phrases import NAME_LIMIT, WORDS_LIMIT, remark
from mapping.texts.quoting import quoted, shortened
from mapping.wording import show_day

TITLE_LIMIT = 250
QUOTE_LIMIT = 160
SHOWN = 40  # lines of a kind in one summary
_PARTS = "Added on the task itself:"
_NAME = re.compile(r"\W*alignd\b", re.IGNORECASE)
_ANSWERED = {Helped.YES: "yes", Helped.NO: "no", Helped.TOO_EARLY: "too early"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody said: `who` as colleagues call them."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """An action: of a line, or a part of the task itself. `due` None: none is known."""

    who: str
    what: str
    due: date | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to "Did it help?" about something."""

    about: str
    helped: Helped
    why: str
    who: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """A line that could not be placed, as it stands there, and what to write."""

    line: str
    puzzle: Puzzle


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    """What came of a meeting on `day`. `parts`: subtasks or checklist items, as lines (see `part_lines`)."""

    day: date
    decisions: Sequence[Spoken] = ()
    actions: Sequence[Agreed] = ()
    parts: Sequence[str] = ()
    feedback: Sequence[Spoken] = ()
    answers: Sequence[Answered] = ()
    stuck: Sequence[Stuck] = ()


# ── the summary ──────────────────────────────────────────────────────────────────────────────────────────────────


def summary(facts: SummaryFacts) -> Document:
    """ "Summary: 2 decisions, 3 actions, 1 answer." and what they are."""
    counts = [
        _count(len(facts.decisions), "decision"),
        _count(len(facts.actions) + len(facts.parts), "action"),
        _count(len(facts.feedback), "piece of feedback", "pieces of feedback"),
        _count(len(facts.answers), "answer"),
    ]
    told = ", ".join(one for one in counts if one)
    if not told and not facts.stuck:
        return remark("Nothing was written down at this review. Decisions can still be added as comments.")
    head = f"Summary: {told}." if told else "Summary: nothing could be placed yet."
    blocks: list[Block] = [paragraph(head)]
    blocks += _section("DECIDED", [_spoken(one) for one in facts.decisions])
    blocks += _section("ACTIONS", [agreed_line(one, facts.day) for one in facts.actions], facts.parts)
    blocks += _section("FEEDBACK", [_spoken(one) for one in facts.feedback])
    blocks += _section("DID IT HELP", [_answered(one) for one in facts.answers])
    if facts.stuck:
        blocks.append(Heading("NOT PLACED YET"))
        blocks.append(Bullets(tuple(_stuck_line(one) for one in facts.stuck[:SHOWN])))
    return Document(tuple(blocks))


def agreed_line(one: Agreed, today: date) -> str:
    """ "Sipho: check tags, by Fri 20 Nov"."""
    due = f", by {show_day(one.due, today)}" if one.due is not None else ""
    return f"{_who(one.who)}: {_words(one.what)}{due}{' (done)' if one.done else ''}"


def parts_told(document: Document | None) -> tuple[str, ...]:
    """The lines of subtasks or checklist items in a summary that was said."""
    blocks = document.blocks if document is not None else ()
    for one, following in pairwise(blocks):
        if one == paragraph(_PARTS) and isinstance(following, Bullets):
            return tuple("".join(part.text for part in item) for item in following.items)
    return ()


def _section(name: str, lines: Sequence[str], parts: Sequence[str] = ()) -> list[Block]:
    if not lines and not parts:
        return []
    blocks: list[Block] = [Heading(name)]
    if lines:
        blocks.append(_bullets(lines))
    if parts:
        blocks += [paragraph(_PARTS), _bullets(parts)]
    return blocks


def _bullets(lines: Sequence[str]) -> Bullets:
    left = len(lines) - SHOWN
    shown = [*lines[:SHOWN], f"{left} more"] if left > 0 else lines
    return Bullets(tuple(line(_harmless(one)) for one in shown))


def _spoken(one: Spoken) -> str:
    return f"{_who(one.who)}: {_words(one.text)}"


def _answered(one: Answered) -> str:
    why = f", {_words(one.why)}" if one.why else ""
    about = quoted(one.about, NAME_LIMIT) or "The item"
    return f"{about}: {_ANSWERED[one.helped]}{why} ({_who(one.who)})"


def _who(name: str) -> str:
    return quoted(name, NAME_LIMIT) or "Somebody"


def _words(text: str) -> str:
    return quoted(text, WORDS_LIMIT)


def _count(count: int, one: str, many: str | None = None) -> str:
    return "" if not count else f"{count} {one if count == 1 else many or f'{one}s'}"


def _harmless(text: str) -> str:
    """A line that would be read as one of people's, were it theirs, is told as said."""
    return f"Said: {text}" if lines_said(text) or _NAME.match(text) else text


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def answer(stuck: Sequence[Stuck]) -> Document:
    """ "One line could not be placed: “Action: someone check tags”. Please name a person, for example: …" """
    if len(stuck) == 1:
        return Document((Paragraph((_stuck_line(stuck[0], "One line could not be placed: "),)),))
    head = line(f"{len(stuck)} lines could not be placed.")
    return Document((Paragraph((head,)), Bullets(tuple(_stuck_line(one) for one in stuck[:SHOWN]))))


def quote_of(text: str) -> str:
    """A line of somebody's, as an answer repeats it: by this it is known whether it was answered."""
    return f"“{quoted(text, QUOTE_LIMIT)}”"


def _stuck_line(one: Stuck, before: str = "Not placed: ") -> Line:
    said: tuple[Inline, ...] = (Text(f"{before}{quote_of(one.line)}. {quoted(one.puzzle.please, WORDS_LIMIT)}"),)
    return (*said, Text(", for example: "), Code(quoted(one.puzzle.example, QUOTE_LIMIT)))


# ── the task of an action ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SaidFacts:
    """An `Action:` line: `by` and `said_on` of who wrote it, `meeting` and `url` of the task it stands on."""

    key: str
    what: str
    by: str
    said_on: date
    today: date
    meeting: str
    url: str = ""
    due: date | None = None
    was_dated: bool = True


def said_title(what: str) -> str:
    """The title of its task: what is to be done, in one line that begins with a capital."""
    words = quoted(what, TITLE_LIMIT)
    return shortened(words[:1].upper() + words[1:], TITLE_LIMIT)


def said_task(facts: SaidFacts) -> tuple[str, Document]:
    """Title and notes."""
    meeting: Inline = Text(quoted(facts.meeting, NAME_LIMIT) or "a meeting")
    if facts.url.startswith(("https://", "http://")):
        meeting = Link(meeting.text, facts.url)
    told = Text(f"{_who(facts.by)} wrote this down on {show_day(facts.said_on, facts.today)} in ")
    lines: list[Line] = [(told, meeting, Text("."))]
    if len(facts.what) > TITLE_LIMIT:
        lines.append(line(f"In full: {quoted(facts.what, 1000)}"))
    yours = "This is yours now: change it, hand it on, or complete it when it is done."
    if not facts.was_dated and facts.due is not None:
        yours += f" No day was named, so it is due on {show_day(facts.due, facts.today)}; move that as you need."
    keep = paragraph("Please leave the last line in place, it is how alignd finds this task again.")
    blocks = (Paragraph(tuple(lines)), paragraph(yours), keep)
    return said_title(facts.what), Document(blocks, reference=reference(facts.key))


def gone() -> Document:
    """On the task of a line that was taken back."""
    return remark(
        "The line that asked for this is gone from the meeting's comments. Complete this if nothing is left to do."
    )
