"""The action item: why it is there, the one thing asked, and everything needed to decide, in one page.

Written once. Every part is left out when its fact is missing, and every word from outside is bounded, so that the whole
stays well under Trello's 16,384 characters however its names look, and the reference always survives.
"""

from __future__ import annotations

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
    Rows,
    Strong,
    Text,
    paragraph,
)
from mapping.goals import chain_said
from mapping.judgements import Judgement, Status
from mapping.keys import reference
from mapping.people import call_name
from mapping.texts.breakdowns import mostly
from mapping.texts.facts import ActionFacts, Former
from mapping.texts.phrases import (
    NAME_LIMIT,
    WORDS_LIMIT,
    agreed_sentence,
    explained_lines,
    month_after_next,
    name_of,
    off_phrase,
    recent,
    row_of,
    run_sentence,
    same_target,
    target_word,
    was,
)
from mapping.texts.quoting import quoted, shortened
from mapping.wording import (
    against,
    count_word,
    in_period,
    join_words,
    ordinal,
    show_date,
    show_day,
    show_moment,
    show_value,
    unit_word,
)

TITLE_LIMIT = 250
URL_LIMIT = 500  # a longer address is not shown: it would push the text out of the tracker's limits
DEFINITION_LIMIT = 1000
FINDINGS_AT_MOST = 2
_FLAG_NOTES = {
    "thresholded": "Google hid small numbers.",
    "sampled": "Google estimated it from a sample.",
    "other_row": "Google put rare values together.",
}


def action_item(facts: ActionFacts) -> tuple[str, Document]:
    """Title (at most 250 characters) and notes of an action item. Raises ValueError without an off-track judgement."""
    judged = _judged(facts)
    blocks: list[Block] = []
    person = facts.people.get(facts.owner) if facts.owner is not None else None
    if person is not None and not facts.has_account:
        blocks.append(paragraph(f"For: {quoted(person.name, NAME_LIMIT)}"))
    if standing_in := _standing_in(facts):
        blocks.append(paragraph(standing_in))
    blocks.append(Paragraph(tuple(_opening(facts, judged))))
    blocks.extend(_asked(facts))
    blocks.extend(_numbers(facts))
    blocks.extend(_explained(facts))
    if background := _background(facts, judged):
        blocks.append(Paragraph(background))
    blocks.extend(_ways_out(facts))
    blocks.append(_footer(facts))
    return _title(facts, judged), Document(tuple(blocks), reference(facts.key))


def _standing_in(facts: ActionFacts) -> str:
    """Why a deputy gets it: "You stand in for Sipho, who is away until Fri 27 Nov." """
    owner = facts.people.get(facts.kpi.owner or "")
    if owner is None or facts.owner is None or facts.owner == owner.id:
        return ""
    away = next((one for one in owner.away if one.first <= facts.today <= one.last), None)
    if away is None:
        return ""
    name = quoted(call_name(owner.id, facts.people) or owner.name, NAME_LIMIT)
    return f"You stand in for {name}, who is away until {show_day(away.last, facts.today)}."


def _judged(facts: ActionFacts) -> Judgement:
    for judgement in reversed(facts.history):
        if judgement.status is Status.OFF_TRACK:
            return judgement
    raise ValueError(f"{facts.key} has no number that is off target")


def _title(facts: ActionFacts, judged: Judgement) -> str:
    phrase = off_phrase(facts.kpi, judged)
    if facts.number > 1:
        rest = f" still {phrase}: look again, decide what to do"
    else:
        rest = f" {phrase}: find out why, decide what to do"
    return shortened(name_of(facts.kpi, max(TITLE_LIMIT - len(rest), 40)) + rest, TITLE_LIMIT)


# ── the reason ───────────────────────────────────────────────────────────────────────────────────────────────────


def _opening(facts: ActionFacts, judged: Judgement) -> list[Line]:
    kpi = facts.kpi
    lines: list[Line] = []
    if judged.value is not None:
        shown = show_value(kpi, judged.value)
        if judged.target is not None:
            shown = against(kpi, judged.value, judged.target)[0]
        number = f"{name_of(kpi)} {was(kpi)} {shown} {in_period(judged.period, facts.today)}."
        lines.append((Text(" ".join(filter(None, (number, agreed_sentence(kpi, judged))))),))
    of_what = mostly(kpi, judged, facts.breakdown, facts.breakdowns_before)
    second = " ".join(filter(None, (run_sentence(kpi, facts.history), of_what)))
    if second:
        lines.append((Text(second),))
    if facts.former is not None:
        lines.append(_formerly(facts, facts.former))
    if facts.number > 2:
        nth = ordinal(facts.number)
        lines.append((Text(f"It is the {nth} item in a row: the quarterly review asks whether the target is right."),))
    return lines


def _formerly(facts: ActionFacts, former: Former) -> Line:
    title = linked(quoted(former.title, TITLE_LIMIT) or "the item before", former.url)
    when = f" on {show_day(former.completed_on, facts.today)}" if former.completed_on is not None else ""
    said = f" (“{quoted(former.line, WORDS_LIMIT)}”)" if former.line.strip() else ""
    if facts.number > 1:
        who = quoted(former.by, NAME_LIMIT)
        done = f"{who} completed " if who else "Before this: "
        checks = _full_periods(facts, "it")
        verb = "is" if facts.kpi.policy.recheck_after == 1 else "are"
        after = f" The {checks} {verb} counted now, and the number is not back."
        return (Text(done), title, Text(f"{when}{said}.{after}"))
    completed = f", completed{when}" if facts.former and former.completed_on is not None else ""
    return (Text("The item before this one: "), title, Text(f"{completed}{said}."))


# ── the one thing asked ──────────────────────────────────────────────────────────────────────────────────────────


def _asked(facts: ActionFacts) -> list[Block]:
    by = f", BY {show_day(facts.due, facts.today).upper()}" if facts.due is not None else ""
    then = " by then" if facts.due is not None else ""
    find = "Find the likely cause" if facts.number == 1 else "Look again for the likely cause"
    verb = "is" if facts.kpi.policy.recheck_after == 1 else "are"
    return [
        Heading(f"PLEASE{by}"),
        Paragraph(
            (
                (
                    Text(
                        f"{find}, decide what to do (or that nothing is needed), write one line here, "
                        "and complete this task."
                    ),
                ),
                (
                    Text(
                        f"The number need not be back{then}. "
                        f"We look again when the {_full_periods(facts, 'it')} {verb} counted."
                    ),
                ),
            )
        ),
    ]


def _full_periods(facts: ActionFacts, after: str) -> str:
    count = facts.kpi.policy.recheck_after
    number = "" if count == 1 else f"{count_word(count)} "
    return f"{number}full {unit_word(facts.kpi.period, count)} after {after}"


# ── the numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(facts: ActionFacts) -> list[Block]:
    shown = recent(facts.history)
    target = same_target(shown)
    how_many = f"{count_word(len(shown))} " if len(shown) > 1 else ""
    said = f" ({target_word(facts.kpi, target)})" if target is not None else ""
    return [
        Heading(f"LAST {how_many}{unit_word(facts.kpi.period, len(shown))}".upper() + said),
        Rows(tuple(row_of(facts.kpi, one, facts.today, with_target=target is None) for one in shown)),
    ]


def _explained(facts: ActionFacts) -> list[Block]:
    items = tuple((Text(line),) for line in explained_lines(facts.explained, facts.today))
    return [Heading("PROBABLY FOLLOWS FROM IT"), Bullets(items)] if items else []


# ── why it matters, what was found, how it is counted ────────────────────────────────────────────────────────────


def _background(facts: ActionFacts, judged: Judgement) -> tuple[Line, ...]:
    lines: list[Line] = []
    if why := quoted(chain_said(facts.goals, facts.people), WORDS_LIMIT):
        lines.append(_labelled("WHY IT MATTERS", Text(why)))
    for finding in facts.findings[:FINDINGS_AT_MOST]:
        who = quoted(finding.by, NAME_LIMIT)
        when = show_date(finding.on, facts.today)
        said = f'{when}{f", {who}" if who else ""}: "{quoted(finding.text, WORDS_LIMIT)}"'
        if advice := quoted(finding.recommendation, WORDS_LIMIT):
            said += f' Recommended: "{advice}"'
        lines.append(_labelled("M&E FOUND", Text(said)))
    lines.append(_labelled("HOW WE COUNT IT", Text(_definition(facts))))
    if origin := _origin(facts, judged):
        lines.append(tuple(origin))
    return tuple(lines)


def _labelled(label: str, *rest: Inline) -> Line:
    return (Strong(label), Text("  "), *rest)


def _definition(facts: ActionFacts) -> str:
    kpi = facts.kpi
    words = quoted(kpi.definition or "", DEFINITION_LIMIT)
    described = (words if words[-1] in ".!?…" else f"{words}.") if words else "Not yet described."
    if kpi.agreed is None or not facts.agreed:
        return f"{described} Not yet agreed."
    names = [quoted(call_name(one, facts.people) or one, NAME_LIMIT) for one in dict.fromkeys(kpi.agreed.by[:6])]
    by = f" by {join_words(names)}" if names else ""
    return f"{described} Agreed {show_date(kpi.agreed.on, facts.today)}{by}."


def _origin(facts: ActionFacts, judged: Judgement) -> list[Inline]:
    source = quoted(facts.origin, NAME_LIMIT)
    read = f"read {show_moment(facts.read_at, facts.today)}" if facts.read_at is not None else ""
    known = ", ".join(filter(None, (source, read)))
    text = f"{known[0].upper()}{known[1:]}, final." if known else ""
    notes = [note for flag, note in _FLAG_NOTES.items() if flag in judged.flags]
    if "unchanged" in judged.flags:
        notes.append(f"It has stayed the same for three {unit_word(facts.kpi.period, 3)}.")
    words = " ".join(filter(None, (text, *notes)))
    line: list[Inline] = [Text(words)] if words else []
    if facts.chart_url and len(facts.chart_url) <= URL_LIMIT:
        line += [Text(f"{' ' if words else ''}Chart and history: "), linked(facts.chart_url, facts.chart_url)]
    return line


# ── ways out, and the last lines ─────────────────────────────────────────────────────────────────────────────────


def _ways_out(facts: ActionFacts) -> list[Block]:
    checker = call_name(facts.data_owner, facts.people)
    if facts.data_owner is not None and facts.data_owner == facts.owner:
        peace = "nothing more comes here until you have checked it"
    elif checker:
        peace = f"{quoted(checker, NAME_LIMIT)} checks it; you are left in peace"
    else:
        peace = "it is checked; you are left in peace"
    until = show_date(month_after_next(facts.today), month_after_next(facts.today))
    return [
        Heading("NOT THE RIGHT THING TO DO?"),
        Paragraph(
            (
                (Text("Number looks wrong: comment  "), Code("alignd wrong: what you think"), Text(f"  ({peace})")),
                (Text("Needs more time: move the due date  (no reminders until then)"),),
                (Text("Fine as it is: comment  "), Code(f"alignd accept until {until}: why")),
            )
        ),
    ]


def _footer(facts: ActionFacts) -> Paragraph:
    where = "the pinned comment" if facts.pinned else "the comment that begins “Latest:”"
    written = f"Written on {show_day(facts.today, facts.today)}; newer numbers come in {where}."
    return Paragraph(
        (
            (Text(f"{written} These notes are yours now."),),
            (Text("Please leave the last line in place, it is how alignd finds this task again."),),
        )
    )


def linked(text: str, url: str | None) -> Inline:
    """The text as a link, plain where the address is none or too long to show."""
    if url and len(url) <= URL_LIMIT and url.startswith(("https://", "http://")):
        return Link(text, url)
    return Text(quoted(text, URL_LIMIT))
