"""Recalling from the store what reports are made of. Reads only; decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from config import Config
from mapping.judgements import Episode, Judgement
from mapping.links import Decision, Link, LinkState, Note
from mapping.logbook import Evaluation, Logbook
from mapping.periods import Period
from mapping.readings import Reading
from mapping.tasks import WorkKind
from sync.campaigning import read_sheets
from sync.status import Cycle, Standing
from sync.steps import CallCount
from sync.store import CycleRow, DefinitionRow, Records

CYCLES = 20


@dataclass(frozen=True, slots=True)
class KpiMemory:
    """All that the store knows of one KPI.

    `definitions`: every version of how it is counted, oldest first. `readings`: every version of every number, oldest
    read first; `judgements`: every one, in the order made. `links`, `notes`, `decisions`: of its items and data tasks.
    `last`: the record of the last whole cycle. `shared`: data tasks of its sources, which may be asking for it too.
    `evaluations`: of its completed items, by item key; `asking`: tasks of reviews that list one of its questions.
    """

    definitions: Sequence[DefinitionRow] = ()
    readings: Sequence[Reading] = ()
    judgements: Sequence[Judgement] = ()
    episodes: Sequence[Episode] = ()
    links: Mapping[str, Link] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
    last: object = None
    shared: Sequence[Link] = ()
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)
    asking: Sequence[Link] = ()

    @property
    def digest(self) -> str | None:
        """The definition in force."""
        return self.definitions[-1].digest if self.definitions else None

    def present(self) -> list[Reading]:
        """The newest number of each period under the definition in force, oldest period first."""
        newest = {one.period: one for one in self.readings if one.definition == self.digest}
        return [newest[period] for period in sorted(newest)]

    def judged(self) -> list[Judgement]:
        """The newest judgement of each period under the definition in force, oldest period first."""
        newest = {one.period: one for one in self.judgements if one.definition == self.digest}
        return [newest[period] for period in sorted(newest)]

    def versions(self, period: Period, definition: str) -> list[Reading]:
        """Every version of one number, oldest first."""
        return [one for one in self.readings if one.period == period and one.definition == definition]

    def episode(self) -> Episode | None:
        """The newest run that led to work, open or over."""
        return self.episodes[-1] if self.episodes else None


def recall_kpi(records: Records, kpi: str, shared_with: Collection[str] = ()) -> KpiMemory:
    """Everything about one KPI. `shared_with`: the sources it is made of, whose data tasks may be asking for it."""
    known = records.links()
    links = {key: link for key, link in known.items() if link.subject == kpi}
    last = _last_whole(records.cycles(CYCLES))
    evaluations = {key: one for key, one in records.evaluations().items() if one.kpi == kpi}
    questions = {f"helped:{key}" for key in evaluations}
    return KpiMemory(
        definitions=records.definitions(kpi),
        readings=records.readings(kpi),
        judgements=records.judgements(kpi, history=True),
        episodes=records.episodes(kpi),
        links=links,
        notes={key: note for key, note in records.notes().items() if note.link in links},
        decisions=records.decisions(subject=kpi),
        last=last.report if last else None,
        shared=tuple(one for one in known.values() if one.subject in shared_with and one.kind is WorkKind.DATA),
        evaluations=evaluations,
        asking=tuple(one for one in known.values() if _lists(one, questions)),
    )


def recall_for_answers(records: Records, kpis: Mapping[str, Collection[str]]) -> dict[str, KpiMemory]:
    """Of each of these KPIs (with the sources it is made of) what its answer stands on, everything read once: newest
    numbers and judgements, episodes, work, what was held. No notes, decisions or evaluations.
    """
    definitions, links, held = _by_kpi(records.definitions()), _by_subject(records.links()), _held_by_subject(records)
    episodes, judgements = records.episodes_all(), records.judgements_all()
    in_force_of = {kpi: (kpi, definitions[kpi][-1].digest if kpi in definitions else "") for kpi in kpis}
    is_judged = all(one in judgements for one in in_force_of.values())
    readings = {} if is_judged else records.latest_readings_all()  # only of a KPI without a judgement they are told of
    found = {}
    for kpi, sources in kpis.items():
        versions, in_force = definitions.get(kpi, []), in_force_of[kpi]
        data = [one for source in sources for one in links.get(source, {}).values()]
        found[kpi] = KpiMemory(
            definitions=versions,
            readings=list(readings.get(in_force, {}).values()),
            judgements=judgements.get(in_force, []),
            episodes=episodes.get(kpi, []),
            links=links.get(kpi, {}),
            last={"held": held.get(kpi, [])},
            shared=tuple(one for one in data if one.kind is WorkKind.DATA),
        )
    return found


def _by_kpi(rows: Iterable[DefinitionRow]) -> dict[str, list[DefinitionRow]]:
    found: dict[str, list[DefinitionRow]] = {}
    for row in rows:
        found.setdefault(row.kpi, []).append(row)
    return found


def _by_subject(links: Mapping[str, Link]) -> dict[str, dict[str, Link]]:
    found: dict[str, dict[str, Link]] = {}
    for key, link in links.items():
        found.setdefault(link.subject, {})[key] = link
    return found


def _held_by_subject(records: Records) -> dict[str, list[object]]:
    """What was held in the last whole cycle, as it is recorded."""
    last = _last_whole(records.cycles(CYCLES))
    held = last.report.get("held") if last is not None and isinstance(last.report, Mapping) else None
    found: dict[str, list[object]] = {}
    for one in held if isinstance(held, list) else []:
        if isinstance(one, Mapping):
            found.setdefault(str(one.get("subject")), []).append(one)
    return found


def _lists(link: Link, questions: Collection[str]) -> bool:
    """A review's task that stands, or stood, and lists one of the questions."""
    is_made = link.state in (LinkState.LINKED, LinkState.DISMISSED)
    return link.kind is WorkKind.REVIEW and is_made and not set(questions).isdisjoint(link.about)


def recall_standing(records: Records, config: Config) -> Standing:
    """How everything stands, each KPI under the definition in force."""
    in_force = {row.kpi: row for row in records.definitions()}
    readings, judgements = records.latest_readings_all(), records.judgements_all()
    digests = {kpi: row.digest for kpi, row in in_force.items()}
    return Standing(
        readings={kpi: tuple(readings.get((kpi, digest), {}).values()) for kpi, digest in digests.items()},
        judgements={kpi: tuple(judgements.get((kpi, digest), ())) for kpi, digest in digests.items()},
        episodes=records.episodes_all(),
        links=records.links(),
        problems=tuple(records.problems().values()),
        cycles=tuple(_cycle(row) for row in records.cycles(CYCLES)),
        logbook=recall_logbook(records, config),
        not_agreed=frozenset(kpi for kpi in config.kpis if not is_agreed(kpi, config, in_force.get(kpi))),
        posted=tuple(records.last_posts()),
    )


def recall_logbook(records: Records, config: Config) -> Logbook:
    """What is remembered of meetings, with the campaigns and findings of the sheets as they were last read."""
    in_file = {one.id for one in config.events}
    sheets = read_sheets(config, records.value("tables") or {})
    return Logbook(
        first_seen=records.first_seen(),
        passed=records.passed(),
        campaigns=sheets.campaigns,
        events=[*config.events, *(one for one in records.events() if one.id not in in_file)],
        minutes=records.minutes(),
        evaluations=records.evaluations(),
        measured=records.measured(),
        companions=records.companions(),
        findings=sheets.findings,
    )


def is_agreed(kpi: str, config: Config, definition: DefinitionRow | None) -> bool:
    """Whether the agreement is there and not older than the last change of how the KPI is counted.

    The first version alignd saw is no change: nobody knows how long it had been counted so.
    """
    agreed = config.kpis[kpi].agreed
    if agreed is None:
        return config.kpis[kpi].definition is not None and _is_first(definition)
    if definition is None or _is_first(definition):
        return True
    return agreed.on >= config.workspace.calendar.local_date(definition.since)


def _is_first(definition: DefinitionRow | None) -> bool:
    return definition is None or definition.cycle in (None, 1)


def _last_whole(rows: Sequence[CycleRow]) -> CycleRow | None:
    return next((row for row in rows if row.report is not None), None)


def _cycle(row: CycleRow) -> Cycle:
    calls = row.calls if isinstance(row.calls, Mapping) else {}
    return Cycle(row.n, row.at, row.report, {where: _count(count) for where, count in calls.items()})


def _count(count: object) -> CallCount:
    if isinstance(count, CallCount):
        return count
    if isinstance(count, Mapping):
        return CallCount(*(int(count.get(name, 0)) for name in ("made", "least", "charged")))
    return CallCount(0, 0, 0)
