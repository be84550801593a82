"""Letters are written when they are sent, from how things stand then. Pure, but for the charts, which are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from config import Config
from connectors.base import Channel
from mapping.alignment import Alignment
from mapping.kpis import Kpi
from mapping.letters import Letter, LetterKind, Picture
from mapping.people import Person, call_name, stand_in
from mapping.priorities import first_things
from mapping.queries import MetricQuery
from mapping.tasks import WorkKind
from mapping.texts.digest import DigestFacts, DigestText, digest_text
from mapping.texts.review_facts import Decidable
from mapping.texts.told import InvitationFacts, Mailed, alert, invitation, summary_letter
from sync.alignment import Around, Span, alignment_of
from sync.outbox.due import AlertTold, DigestTime, MeetingTold, Wanted
from sync.plan.agenda.decide import to_decide
from sync.plan.meetings import meeting_of
from sync.plan.situation import Situation
from sync.plan.summaries import facts_of, said_summary
from sync.reviewed import kpis_of

CHARTS_AT_MOST = 4
DECIDING_AT_MOST = 6


@dataclass
class Writer:
    """Writes the letters of one cycle. What several of them share is worked out once, and only if one is written."""

    situation: Situation
    find_around: Callable[[], Around]
    _alignments: dict[Span, Alignment] = field(default_factory=dict)
    _charts: dict[tuple[Span, str], bytes] = field(default_factory=dict)

    @cached_property
    def around(self) -> Around:
        return self.find_around()

    def letter(self, wanted: Wanted, channel: Channel, reader: Person | None) -> Letter:
        """The letter as it stands now. `reader`: who the address belongs to, None where that is not one person."""
        situation = self.situation
        dated = situation.now.astimezone(situation.config.workspace.calendar.zone)
        url = situation.config.daemon.public_url
        match wanted.about:
            case DigestTime() as about:
                return self._digest(wanted, about, channel, reader, dated)
            case MeetingTold() as about:
                kind = wanted.kind is LetterKind.SUMMARY
                mailed = _summary(about, situation) if kind else _invitation(about, situation)
            case AlertTold() as about:
                name = situation.config.workspace.name or situation.config.workspace.id
                mailed = alert(name, about.needs, about.over, dated)
        return Letter(wanted.key, wanted.kind, mailed.subject, mailed.body, dated=dated, url=url)

    def _digest(
        self, wanted: Wanted, about: DigestTime, channel: Channel, reader: Person | None, dated: datetime
    ) -> Letter:
        calendar = self.situation.config.workspace.calendar
        span = Span(calendar.local_date(about.since), self.situation.today)
        if span not in self._alignments:
            self._alignments[span] = alignment_of(self.situation, span, self.around)
        alignment = self._alignments[span]
        text = digest_text(digest_facts(about, alignment, reader, self.situation))
        by_mail = channel.kind == "email"  # a chat shows the subject above the body, in the team's own room
        pictures = self._pictures(span, text, alignment) if by_mail else ()
        subject = text.subject if by_mail else text.headline
        return Letter(wanted.key, wanted.kind, subject, text.body, pictures, dated, alignment.url)

    def _pictures(self, span: Span, text: DigestText, alignment: Alignment) -> tuple[Picture, ...]:
        from sync.charts import chart_alt, png_chart

        found = []
        for one in text.off[:CHARTS_AT_MOST]:
            if (span, one.kpi.id) not in self._charts:
                self._charts[span, one.kpi.id] = png_chart(one, alignment)
            found.append(
                Picture(one.kpi.id, chart_alt(one, alignment), self._charts[span, one.kpi.id], text.charts_after)
            )
        return tuple(found)


# ── digests ──────────────────────────────────────────────────────────────────────────────────────────────────────


def digest_facts(about: DigestTime, alignment: Alignment, reader: Person | None, situation: Situation) -> DigestFacts:
    """What a digest is told beside the alignment."""
    config, calendar = situation.config, situation.config.workspace.calendar
    occurrence = about.occurrence
    whose, people = _readers(about, reader, config)
    items = [one for person in people for one in alignment.priorities.get(person, ())]
    return DigestFacts(
        alignment=alignment,
        period=calendar.before(calendar.containing(occurrence.slot.kind, occurrence.day)),
        new=frozenset(
            one.key for one in situation.links.values() if one.kind is WorkKind.ACTION and one.made_at > about.since
        ),
        suppliers={kpi.id: said for kpi in config.kpis.values() if (said := _supplier(kpi, config))},
        first=tuple(first_things(items)),
        reader=whose,
        names_late=reader is not None,
    )


def _readers(about: DigestTime, reader: Person | None, config: Config) -> tuple[str, Sequence[str]]:
    """Who reads it, and whose work that is: one person, or one team; nobody's where it goes to more."""
    if reader is not None:
        return "you", (reader.id,)
    to = about.digest.to
    if len(to) == 1 and to[0] in config.teams:
        return config.teams[to[0]].name, config.taking_part(to)
    if len(to) == 1 and to[0] in config.people:
        return call_name(to[0], config.people) or to[0], to
    return "", ()


def _supplier(kpi: Kpi, config: Config) -> str:
    """Who gives its number, where it is not read from an analytics service: the data owner's team, else their name."""
    person = config.people.get(kpi.data_owner or "")
    queries = list(kpi.queries())
    if person is None or not queries or any(isinstance(one, MetricQuery) for one in queries):
        return ""
    team = config.teams.get(person.team or "")
    return team.name if team is not None else call_name(person.id, config.people) or person.name


# ── reviews ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _invitation(about: MeetingTold, situation: Situation) -> Mailed:
    link, config = about.link, situation.config
    review = config.reviews[link.subject]
    meeting = meeting_of(link, situation)
    leader = review.owner
    if leader is not None:
        leader = stand_in(leader, about.day, config.people) or leader
    matters: Sequence[Decidable] = ()
    if meeting is not None and "to_decide" in review.agenda:
        matters = to_decide(meeting, kpis_of(review, config), situation).matters
    at = about.at or link.made_at
    return invitation(
        InvitationFacts(
            title=review.title,
            at=at.astimezone(config.workspace.calendar.zone),
            today=situation.today,
            leader=call_name(leader, config.people) or "",
            minutes=review.minutes,
            link=review.link or "",
            url=link.url,
            to_decide=_subjects(matters),
        )
    )


def _subjects(matters: Sequence[Decidable]) -> tuple[str, ...]:
    """What is to be decided about, each KPI once: the numbers stand on the task."""
    kpis: Mapping[str, Kpi] = {one.kpi.id: one.kpi for one in matters}
    return tuple(kpi.name for kpi in list(kpis.values())[:DECIDING_AT_MOST])


def _summary(about: MeetingTold, situation: Situation) -> Mailed:
    link = about.link
    note = said_summary(link, situation.notes.values())
    minutes = [one for one in situation.logbook.minutes.values() if one.link == link.key]
    facts = facts_of(link, about.day, note, minutes, situation)
    review = situation.config.reviews[link.subject]
    return summary_letter(review.title, facts, situation.today, link.url)
