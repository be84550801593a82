"""The pages of every workspace, made when they are asked for and kept until there is something else to say.

A store is read at most once for a look and a page, by one of two threads, however many ask at once. What cannot be
shown is said in words; nothing that goes wrong here reaches the service.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config import Config
from sync.clock import Clock
from sync.errors import StoreError
from sync.service.dashboard.itself import Itself, itself_of, token_of
from sync.service.dashboard.pages import PAGES, Known, Wanted
from sync.service.dashboard.rendering import Said, Secrets, Templates, sealed
from sync.service.health import names
from sync.service.logs import Log
from sync.service.state import Phase, ServiceState, Snapshot
from sync.service.telling import place_of
from sync.store.engine import address_of, file_of

THREADS = 2
KEPT = 12 * 1024**2  # bytes of pages as they are sent, some 40 KB each
KNOWN = 32  # what pages are made of: to say something else of alignd itself without reading the store again
KPIS_KNOWN = 2_000  # of all that is known together, one of them at least: a page holds some 20 KB a KPI
WAITING = 48  # pages that are being made or wait for it; more are answered "busy"
TRIED_AGAIN = timedelta(seconds=10)  # what could not be read
GONE = "Put the last backup back (`alignd backup` makes them), or wait: the next look begins anew with what is there."


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: how its links lead home and to the list, and whether one can sign out."""

    root: str = "./"
    up: str | None = None
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it is sent. `version`: the same while it says the same."""

    status: int
    body: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Unshown:
    """A page that cannot be shown now, and what to do about it."""

    status: int
    what: str
    advice: str
    at: datetime


class Site:
    """All pages. `every`: seconds between two looks of an open page for something new."""

    def __init__(
        self,
        state: ServiceState,
        *,
        version: str,
        clock: Clock,
        secrets: Secrets = tuple,
        log: Log | None = None,
        every: float = 15.0,
    ) -> None:
        self._state, self._clock, self._log = state, clock, log
        self._templates = Templates(secrets)
        self._common = {"alignd": version, "every": every, "kinds": tuple(PAGES)}
        self._configs: Mapping[str, Config] = {}
        self._generations: dict[str, int] = {}
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, Future[Known | Unshown]] = OrderedDict()
        self._made: OrderedDict[Hashable, Answer] = OrderedDict()
        self._size = 0  # bytes of them
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pages")

    def keep(self, configs: Collection[Config]) -> None:
        """These files are in force now."""
        new = {one.workspace.id: one for one in configs}
        for workspace, config in new.items():
            if self._configs.get(workspace) is not config:
                self._generations[workspace] = self._generations.get(workspace, 0) + 1
        self._configs = new

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    # ── pages of a workspace ─────────────────────────────────────────────────────────────────────────────────────

    def wanted(self, workspace: str, path: str) -> Wanted | None:
        """The page that a path within a workspace means; None: there is none."""
        config = self._configs.get(workspace)
        if config is None:
            return None
        for kind in PAGES.values():
            if (wanted := kind.wanted(path, config, self._clock())) is not None:
                return wanted
        return None

    def page(self, workspace: str, wanted: Wanted, frame: Frame) -> Future[Answer]:
        """The page, as soon as it is made; the future never fails. Cheap where nothing has changed."""
        at = self._clock()
        snapshot, config = self._state.snapshot(at), self._configs[workspace]
        itself = itself_of(snapshot, workspace)
        today = config.workspace.calendar.local_date(at)
        key = (workspace, self._generations[workspace], token_of(snapshot, workspace), today, wanted)
        whole = (key, itself, frame)
        done: Future[Answer] = Future()
        with self._lock:
            made = self._made.get(whole)
            if made is not None:
                self._made.move_to_end(whole)
                done.set_result(made)
                return done
            looked = itself.last is not None and itself.last.number is not None
            known = self._reading(key, config, wanted, at, looked)
            if known is None:
                done.set_result(self.message(503, "Too many pages are asked for at once", "Try again soon.", frame))
                return done
        made_by = self._pool.submit(self._make, whole, known, config, itself, frame, wanted)
        made_by.add_done_callback(lambda ended: _hand_on(ended, done))
        return done

    def _reading(
        self, key: Hashable, config: Config, wanted: Wanted, at: datetime, looked: bool
    ) -> Future[Known | Unshown] | None:
        """What is known for a page, read once; None where too many wait already. `looked`: so there must be a store."""
        known = self._known.get(key)
        if known is not None and not _is_over(known, at):
            self._known.move_to_end(key)
            return known
        if sum(1 for one in self._known.values() if not one.done()) >= WAITING:
            return None
        known = self._pool.submit(self._read, config, wanted, at, looked)
        self._known[key] = known
        at_most = min(KNOWN, max(KPIS_KNOWN // max(len(config.kpis), 1), 1))
        over = [one for one, found in self._known.items() if found.done()][: max(len(self._known) - at_most, 0)]
        for one in over:  # never what is being read: others wait for it
            del self._known[one]
        return known

    def _read(self, config: Config, wanted: Wanted, at: datetime, looked: bool) -> Known | Unshown:
        try:
            path = file_of(address_of(config.store))
            if looked and path is not None and not path.exists():
                return Unshown(503, "The store is gone", GONE, at)
            return PAGES[wanted.kind].read(config, at, wanted)
        except StoreError as error:
            return Unshown(503, error.what, error.advice, at)
        except LookupError:
            return Unshown(404, "There is no such page here", "It may have left the file.", at)
        except Exception as error:  # noqa: BLE001 - a page that fails must not end the thread that makes them
            return self._unforeseen(config.workspace.id, wanted, error, at)

    def _unforeseen(self, workspace: str, wanted: Wanted, error: Exception, at: datetime) -> Unshown:
        what = f"This should not happen: {type(error).__name__} in {place_of(error)}"
        if self._log is not None:
            self._log.error("page_failed", workspace=workspace, page=wanted.kind, what=what, exc_info=error)
        return Unshown(500, what, "Nothing is lost; the service goes on. Please report this line.", at)

    def _make(
        self,
        whole: Hashable,
        reading: Future[Known | Unshown],
        config: Config,
        itself: Itself,
        frame: Frame,
        wanted: Wanted,
    ) -> Answer:
        known = reading.result()
        with self._lock:
            if (made := self._made.get(whole)) is not None:
                return made
        if isinstance(known, Unshown):
            return self.message(known.status, known.what, known.advice, frame, workspace=config.workspace.name)
        try:
            values = {"itself": itself, "frame": frame, "workspace": config.workspace, "page": wanted.kind}
            answer = self._sealed(200, known.template, said=known.said, **values, **known.values)
        except Exception as error:  # noqa: BLE001 - as above
            failed = self._unforeseen(config.workspace.id, wanted, error, self._clock())
            return self.message(failed.status, failed.what, failed.advice, frame, workspace=config.workspace.name)
        with self._lock:
            if (before := self._made.pop(whole, None)) is not None:
                self._size -= len(before.body)
            self._made[whole] = answer
            self._size += len(answer.body)
            while self._size > KEPT and len(self._made) > 1:
                self._size -= len(self._made.popitem(last=False)[1].body)
        return answer

    # ── pages of none ────────────────────────────────────────────────────────────────────────────────────────────

    def listing(self, workspaces: Sequence[str], frame: Frame, path: str = "", what: str = "") -> Answer:
        """Every workspace at an address, with a link each; `path`: to the page of each that was asked for."""
        at = self._clock()
        snapshot = self._state.snapshot(at)
        rows = [
            (workspace, self._configs[workspace].workspace.name, itself_of(snapshot, workspace))
            for workspace in workspaces
            if workspace in self._configs
        ]
        said = Said(at, UTC)
        refused = _without_file(snapshot)
        return self._sealed(
            200, "workspaces.html", frame=frame, rows=rows, said=said, path=path.lstrip("/"), what=what, refused=refused
        )

    def having(self, workspaces: Sequence[str], path: str) -> list[str]:
        """Those that have a page at this path."""
        return [one for one in workspaces if self.wanted(one, path) is not None]

    def message(
        self, status: int, what: str, advice: str, frame: Frame, *, workspace: str = "", **values: object
    ) -> Answer:
        """A page that says something, and no more."""
        template = str(values.pop("template", "message.html"))
        return self._sealed(status, template, what=what, advice=advice, frame=frame, name=workspace, **values)

    def _sealed(self, status: int, template: str, /, **values: object) -> Answer:
        body, version = sealed(self._templates.render(template, **self._common, **values))
        return Answer(status, body, version)


def _is_over(known: Future[Known | Unshown], at: datetime) -> bool:
    """What could not be read is tried again after a while."""
    if not known.done() or known.cancelled():
        return known.cancelled()
    found = known.result()
    return isinstance(found, Unshown) and at - found.at >= TRIED_AGAIN


def _hand_on(ended: Future[Answer], to: Future[Answer]) -> None:
    if ended.cancelled():
        to.cancel()
    elif (error := ended.exception()) is not None:
        to.set_exception(error)
    else:
        to.set_result(ended.result())


def _without_file(snapshot: Snapshot) -> list[str]:
    """Files that cannot be worked with, by name: what the list would else leave out silently."""
    called = names(snapshot)
    return [called[one.file] for one in snapshot.workspaces if one.phase is Phase.REFUSED]
