"""What a cycle learned: put together with what was known of meetings, and kept in the store."""

from __future__ import annotations

from dataclasses import replace

from config import Config
from mapping.logbook import Logbook
from sync.campaigning import read_sheets
from sync.evaluating import new_evaluations
from sync.first_sight import newly_seen
from sync.gather import Gathered
from sync.look import Evaluated, People
from sync.memory import Memory, news
from sync.numbers import Numbers
from sync.outlook import Outlook
from sync.quiet import as_kept
from sync.store import Records


def logbook_of(
    config: Config, outlook: Outlook, memory: Memory, gathered: Gathered, numbers: Numbers, people: People
) -> Logbook:
    """What is remembered of meetings and what this cycle learned of them."""
    known = memory.logbook
    sheets = read_sheets(config, {**memory.tables, **gathered.tables})
    outlook.troubles += sheets.troubles
    evaluations = {**known.evaluations, **people.minutes.evaluations}
    judged = new_evaluations(config, numbers.records, outlook.links, memory.links, evaluations, outlook.now)
    fresh = newly_seen(config, sheets.campaigns, known.events, known.first_seen, outlook.now)
    return replace(
        known,
        first_seen={**known.first_seen, **fresh},
        campaigns=sheets.campaigns,
        unread_campaigns=sheets.unread,
        findings=sheets.findings,
        minutes={**known.minutes, **people.minutes.minutes},
        evaluations={**evaluations, **{one.item: one for one in judged}},
        measured={**known.measured, **gathered.measured},
        companions={**known.companions, **gathered.companions},
    )


def keep(records: Records, outlook: Outlook, memory: Memory, evaluated: Evaluated, people: People) -> None:
    """Record what was learned, before anything is planned on it."""
    gathered, numbers = evaluated.gathered, evaluated.numbers
    records.keep_definitions([replace(row, cycle=outlook.cycle) for row in evaluated.definitions])
    records.keep_readings(gathered.readings, outlook.cycle)
    records.keep_judgements(numbers.judgements, outlook.cycle)
    records.keep_episodes(numbers.episodes)
    records.keep_photographs(gathered.photographs)
    for source, facts in gathered.facts.items():
        records.keep_source_facts(source, facts)
    for tracker, view in outlook.views.items():
        records.keep_memory(tracker, view.memory)
    if gathered.targets_rows is not None:
        records.keep_value("targets_rows", gathered.targets_rows)
    records.mark_read(list(people.back.read), outlook.now)
    records.put_links(news(outlook.links, {**memory.links, **people.back.read}))
    records.put_notes(news(outlook.notes, memory.notes))
    for decision in people.back.decisions:
        records.decide(decision)
    if gathered.tables:
        records.keep_value("tables", {**memory.tables, **gathered.tables})
    if outlook.young != memory.young:
        records.keep_value("young_comments", as_kept(outlook.young))
    _keep_logbook(records, memory.logbook, evaluated.logbook)
    for source, (what, text) in people.minutes.amended.items():
        records.amend(source, what, text)


def _keep_logbook(records: Records, before: Logbook, now: Logbook) -> None:
    records.keep_first_seen({one: at for one, at in now.first_seen.items() if one not in before.first_seen})
    records.keep_minutes([one for key, one in now.minutes.items() if before.minutes.get(key) != one])
    records.keep_evaluations([one for key, one in now.evaluations.items() if before.evaluations.get(key) != one])
    records.keep_measured([one for key, one in now.measured.items() if before.measured.get(key) != one])
    records.keep_companions([one for key, one in now.companions.items() if before.companions.get(key) != one])
