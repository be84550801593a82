"""The data task: one number is asked for or doubted, with the place where it belongs."""

from __future__ import annotations

from mapping.documents import Block, Bullets, Document, Line, Paragraph, Text, paragraph
from mapping.keys import reference
from mapping.kpis import Kpi
from mapping.periods import Period, PeriodKind
from mapping.texts.action import DEFINITION_LIMIT, TITLE_LIMIT, linked
from mapping.texts.facts import DataCause, DataFacts
from mapping.texts.phrases import NAME_LIMIT, WORDS_LIMIT, name_of, name_within
from mapping.texts.quoting import quoted, shortened
from mapping.wording import show_day, show_moment, show_period, the_period

_LISTED = 12


def data_task(facts: DataFacts) -> tuple[str, Document]:
    """Title (at most 250 characters) and notes of a data task."""
    match facts.cause:
        case DataCause.MISSING:
            title, blocks = _missing(facts)
        case DataCause.UNTRUSTED:
            title, blocks = _untrusted(facts)
        case DataCause.UNREAD:
            title, blocks = _unread(facts)
        case DataCause.DOUBTED:
            title, blocks = _doubted(facts)
    head: list[Block] = []
    if facts.person is not None and not facts.has_account:
        head.append(paragraph(f"For: {quoted(facts.person.name, NAME_LIMIT)}"))
    if facts.chart_url:
        blocks.append(Paragraph(((Text("Chart and history: "), linked(facts.chart_url, facts.chart_url)),)))
    blocks.append(paragraph("Please leave the last line in place, it is how alignd finds this task again."))
    return shortened(title, TITLE_LIMIT), Document((*head, *blocks), reference(facts.key))


def _missing(facts: DataFacts) -> tuple[str, list[Block]]:
    expected = f" (expected by {show_day(facts.expected_by, facts.today)})" if facts.expected_by else ""
    title = f"Please add {_wanted(facts)}{expected}"
    many = len(facts.kpis) > 1
    put = f"Please put {_the_number(facts)} {_in_place(facts)}."
    comes = "when the numbers are there" if many else "when the number is there"
    blocks: list[Block] = [
        paragraph(
            " ".join(filter(None, (put, _sentence(facts.note)))),
            f"Without {'them' if many else 'it'} nobody can say how {_it_went(facts)}. "
            f"This task completes itself {comes}.",
        )
    ]
    blocks.extend(_waiting(facts))
    blocks.append(_if_not("If it will not come"))
    return title, blocks


def _untrusted(facts: DataFacts) -> tuple[str, list[Block]]:
    title = f"Please check {_wanted(facts)}: it does not look right"
    found = _sentence(facts.note) or "what stands there cannot be right."
    said_where = bool(facts.source) and facts.source in facts.note
    blocks: list[Block] = [
        paragraph(
            f"{_begun(facts)} cannot be used: {found}{'' if said_where else _read_from(facts)}",
            f"Until that is mended nobody can say how {_it_went(facts)}. "
            "This task completes itself when a number is there that can be used.",
        )
    ]
    blocks.extend(_waiting(facts))
    blocks.append(_if_not("If it cannot be mended"))
    return title, blocks


def _unread(facts: DataFacts) -> tuple[str, list[Block]]:
    source = quoted(facts.source, NAME_LIMIT) or "a source of numbers"
    since = f" since {show_moment(facts.since, facts.today)}" if facts.since is not None else ""
    title = f"Please look at {source}: it cannot be read{since}"
    answered = f" It answered: {_sentence(facts.note)}" if facts.note.strip() else ""
    blocks: list[Block] = [
        paragraph(
            f"Numbers could not be read from {source}{since}.{answered}",
            "Everything else goes on. This task completes itself when it can be read again.",
        )
    ]
    blocks.extend(_waiting(facts, always=True))
    return title, blocks


def _doubted(facts: DataFacts) -> tuple[str, list[Block]]:
    who = quoted(facts.doubted_by, NAME_LIMIT) or "a colleague"
    title = f"Please check {_wanted(facts)}: {who} thinks it is wrong"
    lines: list[Line] = []
    if facts.doubt.strip():
        lines.append((Text(f"{who} wrote: “{quoted(facts.doubt, WORDS_LIMIT)}”"),))
    asked = "Please see whether the number is right, write one line here, and complete this task."
    rests = "Until then the task it is about rests. A number put right where it is read is seen by itself."
    lines += [(Text(f"{asked}{_read_from(facts)}"),), (Text(rests),)]
    blocks: list[Block] = [Paragraph(tuple(lines))]
    words = quoted(facts.kpis[0].definition or "", DEFINITION_LIMIT) if facts.kpis else ""
    if words:
        blocks.append(paragraph(f"How we count it: {words}"))
    if facts.item_url:
        blocks.append(Paragraph(((Text("The task it is about: "), linked(facts.item_url, facts.item_url)),)))
    return title, blocks


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(facts: DataFacts) -> str:
    """ "October's email open rate", "website sessions for the week of 9–15 November", "… and 2 more numbers"."""
    first = name_within(facts.kpis[0], 80) if facts.kpis else "the numbers"
    left = len(facts.kpis) - 1
    more = "" if left < 1 else f" and {left} more number{'s' if left > 1 else ''}"
    if facts.period is None:
        return f"{first}{more}"
    owner = _possessive(facts.period, facts)
    return f"{owner} {first}{more}" if owner else f"{first}{more} for {the_period(facts.period, facts.today)}"


def _begun(facts: DataFacts) -> str:
    wanted = _wanted(facts)
    return f"{wanted[0].upper()}{wanted[1:]}"


def _possessive(period: Period, facts: DataFacts) -> str:
    said = show_period(period, facts.today)
    return f"{said}'s" if period.kind is PeriodKind.MONTH and not said[-1].isdigit() else ""


def _the_number(facts: DataFacts) -> str:
    number = "numbers" if len(facts.kpis) > 1 else "number"
    if facts.period is None:
        return f"the {number}"
    owner = _possessive(facts.period, facts)
    return f"{owner} {number}" if owner else f"the {number} for {the_period(facts.period, facts.today)}"


def _it_went(facts: DataFacts) -> str:
    return f"{the_period(facts.period, facts.today)} went" if facts.period is not None else "it goes"


def _if_not(condition: str) -> Paragraph:
    return paragraph(f"{condition}, put this task away (delete or archive it): you are not asked for it again.")


def _read_from(facts: DataFacts) -> str:
    place = quoted(facts.place, 300) or quoted(facts.source, NAME_LIMIT)
    return f" It is read from {place}." if place else ""


def _in_place(facts: DataFacts) -> str:
    they_are = "they are" if len(facts.kpis) > 1 else "it is"
    if place := quoted(facts.place, 300):
        return f"where {they_are} read: {place}"
    source = quoted(facts.source, NAME_LIMIT)
    return f"into {source}" if source else f"where {they_are} read"


def _sentence(note: str) -> str:
    text = quoted(note, WORDS_LIMIT)
    return text if not text or text[-1] in ".?…" else f"{text}."


def _waiting(facts: DataFacts, always: bool = False) -> list[Block]:
    if not facts.kpis or (len(facts.kpis) == 1 and not always):
        return []
    return [paragraph("Waiting for it:"), Bullets(_names(facts.kpis))]


def _names(kpis: tuple[Kpi, ...]) -> tuple[Line, ...]:
    lines: list[Line] = [(Text(name_of(kpi)),) for kpi in kpis[:_LISTED]]
    if len(kpis) > _LISTED:
        lines.append((Text(f"and {len(kpis) - _LISTED} more"),))
    return tuple(lines)
