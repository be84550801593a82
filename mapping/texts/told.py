"""What people are told by letter beside digests: a review they have no task of, what came of it, what alignd needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mapping.documents import Block, Bullets, Document, Heading, Inline, Line, Link, Paragraph, Text, line, paragraph
from mapping.texts.minutes import SummaryFacts, summary
from mapping.texts.phrases import NAME_LIMIT, WORDS_LIMIT
from mapping.texts.quoting import quoted, shortened
from mapping.wording import show_day, show_moment

SUBJECT_LIMIT = 200
TROUBLES_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class Mailed:
    """Subject and body of a letter."""

    subject: str
    body: Document


# ── reviews ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """A review, for somebody whom its tracker does not know. `at`: in the workspace's zone. `leader`: by name.

    `to_decide`: what it is to decide, as lines; `url`: its task; `link`: where it meets.
    """

    title: str
    at: datetime
    today: date
    leader: str = ""
    minutes: int | None = None
    link: str = ""
    url: str = ""
    to_decide: Sequence[str] = ()


def invitation(facts: InvitationFacts) -> Mailed:
    """ "Monthly KPI review, Thu 10 Dec 10:00": when, who leads, where, what is to be decided."""
    when = show_moment(facts.at, facts.today)
    if facts.minutes is not None:
        when += f"–{facts.at + timedelta(minutes=facts.minutes):%H:%M}"
    leads = f" · {quoted(facts.leader, NAME_LIMIT)} leads" if facts.leader else ""
    title = quoted(facts.title, NAME_LIMIT)
    first: list[Inline] = [Text(f"{when}{leads}")]
    if _is_web(facts.link):
        first += [Text(" · "), Link(facts.link, facts.link)]
    blocks: list[Block] = [Heading(title), Paragraph((tuple(first),))]
    if facts.to_decide:
        blocks += [Heading("To decide"), Bullets(tuple(line(one) for one in facts.to_decide))]
    end: list[Line] = []
    if _is_web(facts.url):
        end.append((Text("Agenda and numbers → "), Link("task", facts.url)))
    end.append(line("You get this by mail because you have no account where the task is."))
    blocks.append(Paragraph(tuple(end)))
    subject = f"{title}, {show_moment(facts.at, facts.today)}"
    return Mailed(shortened(subject, SUBJECT_LIMIT), Document(tuple(blocks)))


def summary_letter(title: str, facts: SummaryFacts, today: date, url: str) -> Mailed:
    """The summary of the review's task, word for word, with the day and where the task is."""
    body = summary(facts)
    first, rest = body.blocks[0], body.blocks[1:]
    told = "".join(part.text for part in first.lines[0]) if isinstance(first, Paragraph) else ""
    counts = told.removeprefix("Summary: ").rstrip(".") if told.startswith("Summary: ") else "nothing was written down"
    subject = shortened(f"{quoted(title, NAME_LIMIT)} of {show_day(facts.day, today)}: {counts}", SUBJECT_LIMIT)
    # What the summary begins with stands in the heading; that nothing was written down is said in its own words.
    blocks: list[Block] = [Heading(subject), *(rest if rest else body.blocks)]
    if _is_web(url):
        blocks.append(Paragraph(((Text("All of it, and what comes of it → "), Link("task", url)),)))
    return Mailed(subject, Document(tuple(blocks)))


# ── alerts ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Need:
    """Something that alignd itself needs a person for. `since`: in the workspace's zone."""

    where: str
    what: str
    advice: str
    since: datetime


def alert(name: str, needs: Sequence[Need], over: Sequence[Need], now: datetime) -> Mailed:
    """What is wrong and what to do, and what is well again. `now`: in the workspace's zone."""
    today = now.date()
    blocks: list[Block] = []
    if needs:
        blocks.append(Heading("alignd needs a person"))
        for one in needs[:TROUBLES_AT_MOST]:
            told = f"{_said(one)} (since {show_moment(one.since.astimezone(now.tzinfo), today)})"
            lines = [line(told), *([line(f"What to do: {quoted(one.advice, WORDS_LIMIT)}")] if one.advice else [])]
            blocks.append(Paragraph(tuple(lines)))
        if len(needs) > TROUBLES_AT_MOST:
            blocks.append(paragraph(f"And {len(needs) - TROUBLES_AT_MOST} more: alignd status has them all."))
    if over:
        blocks.append(Heading("Well again"))
        blocks.append(Bullets(tuple(line(_said(one)) for one in over[:TROUBLES_AT_MOST])))
    if needs:
        blocks.append(paragraph("This is said once, and once more when it is over. The rest of the work goes on."))
    return Mailed(_alert_subject(name, needs, over), Document(tuple(blocks)))


def _alert_subject(name: str, needs: Sequence[Need], over: Sequence[Need]) -> str:
    told = needs or over
    begin = "alignd needs a person" if needs else "alignd is well again"
    first = _said(told[0]) if told else ""
    rest = f", and {len(told) - 1} more" if len(told) > 1 else ""
    who = quoted(name, NAME_LIMIT)
    return shortened(f"{who}: {begin}: {shortened(first, 120)}{rest}", SUBJECT_LIMIT)


def _said(need: Need) -> str:
    return f"{quoted(need.where, NAME_LIMIT)}: {quoted(need.what, WORDS_LIMIT)}"


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
