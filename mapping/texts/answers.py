"""Answers to what people say in a comment: one line each, which never itself begins with the name people call."""

from __future__ import annotations

from datetime import date

from mapping.documents import Code, Document, Inline, Line, Paragraph, Text
from mapping.said import Command, NotUnderstood, Wish
from mapping.texts.phrases import NAME_LIMIT, remark
from mapping.texts.quoting import quoted
from mapping.wording import show_day


def understood(command: Command, today: date, checker: str | None = None) -> Document:
    """What follows from the command. `checker`: the name of who is asked about a number that looks wrong."""
    match command.wish:
        case Wish.SNOOZE:
            said = f"Understood: nothing is written here{_until(command, today)}."
        case Wish.ACCEPT:
            said = f"Understood: accepted as it is{_until(command, today)}; the numbers that end before are left out."
        case Wish.WRONG:
            who = quoted(checker or "", NAME_LIMIT)
            asked = f"{who} is asked to check the number" if who else "the number will be checked"
            said = f"Understood: {asked}, and nothing more is asked here until that is done."
        case Wish.WAKE:
            return remark("Understood: this goes on as before.")
    undo: Line = (Text(f"{said} To undo it, write: "), Code("alignd wake"))
    return Document((Paragraph((undo,)),))


def not_understood(puzzle: NotUnderstood) -> Document:
    """ "Not understood: “alignd snooze”, it does not say for how long …. Please write, for example: …" """
    reason = f" ({puzzle.reason})" if puzzle.reason else ""
    line: list[Inline] = [Text(f"Not understood: “{quoted(puzzle.said, 120)}”{reason}. Please write, for example: ")]
    for place, example in enumerate(puzzle.write):
        line += [Text(" · ")] if place else []
        line.append(Code(example))
    return Document((Paragraph((tuple(line),)),))


def _until(command: Command, today: date) -> str:
    return f" until {show_day(command.until, today)}" if command.until is not None else ""
