"""`load`: from the file on disk to the checked Config, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from config.cadence import Cadence
from config.campaigns import CampaignReader
from config.checking import Checking
from config.circles import refuse_circles
from config.companions import check_companions
from config.document import MOST_BYTES, Tree, Unreadable, parse
from config.entries import read_entry
from config.expansion import Data, Expansion
from config.kpis import KpiReader
from config.meeting_times import MeetingTimes, refuse_mutual_places
from config.model import Config, Loaded
from config.policies import default_policy, resolve
from config.problems import Mark, Problem, nearest
from config.queries import Queries
from config.recipients import Recipients
from config.shape.kpis import KpiShape
from config.shape.who import PolicyShape
from config.vendors import TRACKER, Vendors
from config.who import mapping_of, read_goals, read_people
from config.workspace import EXAMPLE as WORKSPACE
from config.workspace import read_store, read_workspace
from connectors.fields import shown
from mapping.digests import Digest
from mapping.kpis import Kpi, TargetsTable
from mapping.periods import PeriodKind
from mapping.queries import Aggregate, TableQuery
from mapping.reviews import Review

KPI = "{name: Website sessions, owner: ana, period: week, value: {source: web, metric: sessions}, target: 12000}"
SECTIONS = (
    "version", "workspace", "store", "people", "teams", "sources", "trackers", "routes", "kpis", "targets_from",
    "policy", "goals", "reviews", "campaigns", "campaigns_from", "events", "findings", "channels", "digests",
    "publish", "daemon",
)  # fmt: skip
_NEEDED = {
    "version": "1",
    "workspace": WORKSPACE,
    "trackers": "{asana: " + TRACKER + "}",
}
_RAW = ("reviews", "campaigns", "campaigns_from", "events", "findings", "digests", "publish")


def load(path: Path, environ: Mapping[str, str]) -> Loaded:
    """Read and check a file. Starts nothing and asks nobody; never raises for what a file may hold.

    `environ`: what `${NAME}` stands for. Every problem is in the result at once; with any there is no Config.
    """
    name = str(path)
    try:
        text = _text_of(path)
        tree = parse(text)
    except Unreadable as error:
        return Loaded(None, (Problem(name, error.text, error.mark),))
    checking = Checking(name, tree)
    if tree.root.entries is None:
        checking.wrong((), "the file is not a mapping, write it as alignd init does: version: 1 and so on")
        return Loaded(None, checking.problems)
    expansion = Expansion(environ, path.parent.resolve())
    data = expansion.data(tree.root)
    checking.hide(expansion.values)
    _say_of_tree(tree, checking)
    for where, mark, what in expansion.problems:
        checking.place_missing(where, mark, what)
    assert isinstance(data, dict)
    config = _FileReader(path, data, checking, text).config()
    problems = checking.problems
    return Loaded(None if problems else config, problems, checking.warnings)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable("there is no such file, write one with alignd init, or name yours with -c FILE") from None
    except OSError as error:
        why = "it is a folder" if isinstance(error, IsADirectoryError) else "it may not be read"
        raise Unreadable(f"the file cannot be opened ({why}), name another one with -c FILE") from None
    if len(raw) > MOST_BYTES:
        raise Unreadable("the file is larger than 1 MB, write a smaller one (numbers belong into a sheet or CSV)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
        raise Unreadable("this character is not UTF-8, save the file as UTF-8", Mark(line, column)) from None


def _say_of_tree(tree: Tree, checking: Checking) -> None:
    for mark, name, first in tree.doubles:
        said = name if len(name) <= 64 else name[:64] + "…"
        checking.place(mark, f"{shown(said)} stands here twice (first on line {first.line}), keep one of them")
    for mark, what in tree.odd:
        checking.place(mark, what)


class _FileReader:
    """Reads section by section; everything that can be checked is, whatever else is wrong."""

    def __init__(self, path: Path, data: Mapping[str, Data], checking: Checking, text: str) -> None:
        self.path, self.data, self.checking, self.text = path, data, checking, text
        self.folder = path.parent.resolve()

    def config(self) -> Config | None:
        """The whole file. None if nothing can be made of it."""
        checking, data = self.checking, self.data
        self._check_sections()
        workspace = read_workspace(data["workspace"], checking) if data.get("workspace") is not None else None
        store, store_secrets = read_store(data.get("store"), self.folder, checking)
        vendors = Vendors(data, self.folder, checking)
        people, teams = read_people(data, checking)
        vendors.check_channels([*people, *teams])
        routes = vendors.check_routes(data.get("routes"), teams)
        queries = Queries(checking, vendors.source_kinds)
        shapes = self._kpi_shapes(vendors.source_kinds)
        cadence = Cadence(checking, data, people, teams, shapes, vendors.channel_kinds, queries)
        policies = self._policies(teams)
        kpis: dict[str, Kpi] = {}
        if workspace is not None:
            reader = KpiReader(checking, queries, workspace.calendar, people, teams, shapes.keys(), policies)
            kpis = self._kpis(reader, shapes)
        goals = read_goals(data, checking, people, shapes)
        targets_from = self._targets_from(cadence)
        digests, publish = cadence.digests(), cadence.publish()
        calendar = workspace.calendar if workspace is not None else None
        campaigns = cadence.campaigns(CampaignReader(checking, queries, calendar, teams, shapes.keys(), kpis))
        reviews, events = cadence.reviews(), cadence.events()
        campaigns_from, findings = cadence.table("campaigns_from"), cadence.table("findings")
        daemon = cadence.daemon()
        terms = {name: source.terms() for name, source in vendors.sources.items()}
        if workspace is not None:
            refuse_mutual_places(reviews, checking)
            if not checking.problems:
                told = Recipients(checking, vendors.channels, people, teams)
                told.look_at(digests, reviews, daemon.alerts)
            self._look_at_times(MeetingTimes(checking, workspace.calendar, kpis, terms), reviews, digests)
        if workspace is None:
            return None
        return Config(
            path=self.path.resolve(),
            workspace=workspace,
            store=store,
            people=people,
            teams=teams,
            sources=vendors.sources,
            terms=terms,
            trackers=vendors.trackers,
            routes=routes,
            kpis=kpis,
            targets_from=targets_from,
            goals=goals,
            policy=resolve(policies, PeriodKind.MONTH),
            reviews=reviews,
            campaigns=campaigns,
            campaigns_from=campaigns_from,
            events=events,
            findings=findings,
            channels=vendors.channels,
            digests=digests,
            publish=publish,
            daemon=daemon,
            digest=hashlib.sha256(self.text.encode()).hexdigest(),
            secrets=frozenset(vendors.secrets | store_secrets | _secrets_of_address(daemon.heartbeat)),
            raw={name: data[name] for name in _RAW if data.get(name) is not None},
        )

    def _look_at_times(self, times: MeetingTimes, reviews: Mapping[str, Review], digests: Sequence[Digest]) -> None:
        """Warnings about when reviews and digests meet; only once all else is right, since they build on it."""
        if self.checking.problems:
            return
        for name, review in reviews.items():
            times.look_at(review.rhythm, ("reviews", name), numbers="numbers" in review.agenda)
        for index, digest in enumerate(digests):
            times.look_at(digest.rhythm, ("digests", index), numbers=True)

    def _kpis(self, reader: KpiReader, shapes: Mapping[str, KpiShape | None]) -> dict[str, Kpi]:
        readable = [(name, shape) for name, shape in shapes.items() if shape is not None]
        kpis = {name: reader.read(name, shape, place) for place, (name, shape) in enumerate(readable)}
        refuse_circles(kpis, self.checking)
        check_companions(kpis, self.checking)
        return kpis

    def _check_sections(self) -> None:
        for name in self.data:
            if name not in SECTIONS:
                near = nearest(name, SECTIONS)
                mend = f"did you mean {near}?" if near else f"remove it or write one of: {', '.join(SECTIONS)}"
                self.checking.wrong((name,), f"unknown key, {mend}", at_key=True)
        for name, example in _NEEDED.items():
            if self.data.get(name) is None and (name,) not in self.checking.missing:
                self.checking.wrong((), f"{name} is missing, write {name}: {example}")
        version = self.data.get("version")
        if version is not None and version != "1":
            self.checking.wrong(("version",), f"{shown(version)} is not a version this alignd reads, write version: 1")
        if self.data.get("trackers") == {}:
            self.checking.wrong(("trackers",), f"no tracker stands here, write {_NEEDED['trackers']}")

    def _kpi_shapes(self, sources: Mapping[str, str | None]) -> dict[str, KpiShape | None]:
        entries = mapping_of(self.data, "kpis", self.checking, "sessions: " + KPI)
        shapes: dict[str, KpiShape | None] = {}
        for name, entry in entries.items():
            shapes[name] = read_entry(KpiShape, entry, ("kpis", name), self.checking, example=KPI)
            if name in sources:
                self.checking.wrong(("kpis", name), f"{name} is a source too, write another id for one", at_key=True)
        former: dict[str, str] = {}
        for name, shape in shapes.items():
            if shape is None or shape.was is None:
                continue
            if shape.was in former:
                text = f"{former[shape.was]} was {shape.was} too, write it at the one that goes on with its history"
                self.checking.wrong(("kpis", name, "was"), text)
            former.setdefault(shape.was, name)
        return shapes

    def _policies(self, teams: Mapping[str, object]) -> tuple[PolicyShape, ...]:
        if self.data.get("policy") is None:
            return (default_policy(),)
        shape = read_entry(
            PolicyShape, self.data["policy"], ("policy",), self.checking, example="{breach_after: {week: 2, other: 1}}"
        )
        if shape is None:
            return (default_policy(),)
        self.checking.refer(("policy", "ask"), shape.ask, teams, "teams")
        return (shape, default_policy())

    def _targets_from(self, cadence: Cadence) -> TargetsTable | None:
        shape = cadence.table("targets_from")
        if shape is None:
            return None
        return TargetsTable(TableQuery(shape.source, shape.table, "from", "target", Aggregate.LAST))


def _secrets_of_address(address: str | None) -> set[str]:
    """Whoever knows the path of a heartbeat's address can send it."""
    parts = urlsplit(address or "")
    return {part for part in (parts.path, parts.query) if len(part) > 4}
