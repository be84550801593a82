"""The parts of a review that look back: what was agreed last time and what became of it, what was decided since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mapping.documents import Block, Line, Paragraph, line
from mapping.logbook import Helped
from mapping.people import Person, call_name
from mapping.texts.phrases import NAME_LIMIT, name_of
from mapping.texts.quoting import quoted
from mapping.texts.review_decide import QUOTE, before_after
from mapping.texts.review_facts import AgreedAction, Became, HelpedMatter, ReviewFacts, Said
from mapping.texts.review_lists import LIST_AT_MOST, labelled, listed
from mapping.texts.review_numbers import SHORT_NAME, more
from mapping.wording import show_date

ACTIONS_NAMED = 3
_HELPED = {Helped.YES: "it helped", Helped.NO: "it did not help", Helped.TOO_EARLY: "too early to say"}


def agreed_last_time(facts: ReviewFacts) -> list[Block]:
    """ "3 done · 1 past its date (Lerato: call ten lost customers, was 4 Dec) · 1 set aside by Sipho ("season")"."""
    last = facts.last_time
    if last is None or not (last.actions or last.decisions):
        return []
    done = [one for one in last.actions if one.became is Became.DONE]
    counts = [f"{len(done)} done"] if done else []
    counts += _counted([one for one in last.actions if one.became is Became.LATE], "past its date", facts)
    counts += _counted([one for one in last.actions if one.became is Became.OPEN], "open", facts)
    counts += [_aside(one, facts.people) for one in last.actions if one.became is Became.ASIDE][:ACTIONS_NAMED]
    lines: list[Line] = [labelled("AGREED LAST TIME", " · ".join(counts))] if counts else []
    if last.decisions:
        said = " · ".join(_decided(one, facts) for one in last.decisions[:ACTIONS_NAMED])
        lines.append(labelled("DECIDED LAST TIME", said + more(len(last.decisions) - ACTIONS_NAMED, " · and")))
    return [Paragraph(tuple(lines))]


def _counted(actions: Sequence[AgreedAction], words: str, facts: ReviewFacts) -> list[str]:
    if not actions:
        return []
    known = "; ".join(_action(one, facts) for one in actions[:ACTIONS_NAMED])
    return [f"{len(actions)} {words} ({known}{more(len(actions) - ACTIONS_NAMED, '; and')})"]


def _action(one: AgreedAction, facts: ReviewFacts) -> str:
    who = quoted(call_name(one.person, facts.people) or "", NAME_LIMIT)
    what = f"{who}: {quoted(one.title, NAME_LIMIT)}" if who else quoted(one.title, NAME_LIMIT)
    if one.due is None:
        return what
    return f"{what}, {'was' if one.became is Became.LATE else 'by'} {show_date(one.due, facts.today)}"


def _aside(one: AgreedAction, people: Mapping[str, Person]) -> str:
    by = quoted(call_name(one.by, people) or "", NAME_LIMIT)
    why = quoted(one.why, NAME_LIMIT) or quoted(one.title, NAME_LIMIT)
    return f'1 set aside{f" by {by}" if by else ""} ("{why}")'


def _decided(one: Said, facts: ReviewFacts) -> str:
    by = quoted(call_name(one.by, facts.people) or "", NAME_LIMIT)
    return f"{quoted(one.text, QUOTE)}{f' ({by})' if by else ''}"


def adjustments(facts: ReviewFacts) -> list[Block]:
    """What was decided and done since the review before, with what came of it."""
    lines = []
    for one in facts.decisions:
        by = ", ".join(
            filter(None, (quoted(call_name(one.by, facts.people) or "", NAME_LIMIT), quoted(one.where, SHORT_NAME)))
        )
        lines.append(line(f"{show_date(one.on, facts.today)}: {quoted(one.text, QUOTE)}{f' ({by})' if by else ''}"))
    for kpi, found in facts.evaluated:
        did = quoted(found.did, QUOTE)
        who = quoted(call_name(found.by, facts.people) or "", NAME_LIMIT)
        words = f"{name_of(kpi)}, {show_date(found.completed_on, facts.today)}{f', {who}' if who else ''}"
        helped = f", {_HELPED[found.helped]}" if found.helped is not None else ""
        what = f'"{did}", ' if did else ""
        lines.append(line(f"{words}: {what}{before_after(HelpedMatter(kpi, found, None))}{helped}"))
    if not lines:
        lines = [line("Nothing was decided or completed since the review before.")]
    return listed("DECIDED AND DONE SINCE LAST TIME", lines[:LIST_AT_MOST], len(lines))
