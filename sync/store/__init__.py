"""The store: the only memory. SQLite by default, PostgreSQL by its address; the same rows and rules on both.

```
store = Store.open("sqlite:///alignd.db", workspace="saypro")   # makes, migrates; StoreUnusable, StoreTooNew,
                                                                # WorkspaceMismatch, each with .what and .advice
store = Store.open(url, workspace=…, create=False)              # makes and migrates nothing; store.exists may be False
with store.lock("alignd sync"): …                               # the one writer, or LockHeld with .holder
with store.records() as records: …                              # one durable transaction; an exception rolls it back
with store.records(reads_only=True) as records: …               # a snapshot
with store.throwaway(as_of=None) as copy: …                     # all rows in memory, works where nothing exists yet
store.check_lock()                                              # LockLost if the lock may be gone (PostgreSQL)
store.name · store.path · store.close()
```

`Records`, all in terms of mapping's types; "all" variants read everything in one statement:

- cycles: `begin_cycle(at, command) -> n`, `end_cycle(n, at, report_json, calls)`, `last_cycle()`, `cycle(n)`,
  `cycles(at_most=10)` newest first → `CycleRow(n, at, command, ended_at, report, calls)`
- definitions: `definitions(kpi=None)` oldest first → `DefinitionRow(kpi, digest, canonical, since, cycle)`,
  `keep_definitions(rows)`, `rename_kpi(old, new)` (`was:`; ValueError if new has a history)
- readings: `keep_readings(list, cycle)` (the same number again only renews `read_at`),
  `readings(kpi, definition=None, periods=None)` every version,
  `latest_readings_all(since=None) -> {(kpi, digest): {label: Reading}}`
- judgements: `keep_judgements(list, cycle)`, `judgements(kpi, definition=None,
  history=False)`, `judgements_all(since=None, history=False) -> {(kpi, digest): [Judgement]}`
- episodes: `episodes(kpi)`, `episodes_all() -> {kpi: [Episode]}`, `keep_episodes(list)`
- photographs: `keep_photographs(list)`, `photographs_all(since=None) -> {(source, cell): [Photograph]}`
- sources: `source_facts(id) -> dict`, `source_facts_all()`, `keep_source_facts(id, facts)` (JSON)
- links: `links() -> {key: Link}`, `put_link(link)`, `put_links(list)`, `add_link(link) -> bool`,
  `mark_read(keys, at)`, `claim(key, from_state, to_state, at, vendor_at=None, cycle=None) -> bool` (compare and set)
- attempts (every create that ever left, its order frozen): `keep_attempts([Sending])`, `end_attempts({key: Fate})`,
  `attempts(keys=None) -> {key: [Sending]}`
- notes: `notes() -> {key: Note}`, `put_notes(list)`, `forget_notes(keys)`; the link is kept first
- decisions: `decide(decision) -> bool` (False: its source_id is kept already), `decisions(key=, subject=, since=)`,
  `decided() -> frozenset` of source_ids
- `amend(source_id, what, text)`: the newer words of a decision
- meetings (mapping/logbook.py): `first_seen() -> {(kind, id): at}`, `keep_first_seen(dict)`,
  `passed() -> {(kind, id): {slot: Passed}}`, `keep_passed(list)`, `events() -> [Event]`,
  `add_event(event, at) -> bool`, `minutes() -> {source: Minute}`, `keep_minutes(list)`,
  `evaluations() -> {item: Evaluation}`, `keep_evaluations(list)`, `measured() -> {(campaign, kpi): Measured}`,
  `keep_measured(list)`
- trackers: `memory(id) -> dict`, `keep_memory(id, memory)`; `latches(id) -> {name: Latch}`, `set_latch(latch)`,
  `clear_latch(id, name)` (see sync/latches.py)
- problems: `problems() -> {(where, what): Problem}`, `keep_problems(list, at) -> list` with `.new` set
- loose: `file_summary()`, `keep_file_summary(dict)`, `value(key)`, `keep_value(key, json)`
"""

from sync.errors import LockHeld, LockLost, StoreError, StoreTooNew, StoreUnusable, WorkspaceMismatch
from sync.store.numbers import DefinitionRow
from sync.store.passes import CycleRow
from sync.store.store import Records, Store
from sync.store.work import Sending

__all__ = [
    "CycleRow",
    "DefinitionRow",
    "LockHeld",
    "LockLost",
    "Records",
    "Sending",
    "Store",
    "StoreError",
    "StoreTooNew",
    "StoreUnusable",
    "WorkspaceMismatch",
]
