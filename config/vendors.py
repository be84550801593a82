"""Sources, trackers and channels of the file: each entry into its connector's settings, and the secrets in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr

from config.checking import Checking
from config.entries import read_entry
from config.expansion import Data
from config.problems import Trail, nearest, one_of
from config.who import mapping_of
from connectors.email.settings import EmailSettings
from connectors.fields import Expanded, shown
from connectors.registry import CHANNELS, SOURCES, TRACKERS, Connector
from connectors.settings import ChannelSettings, Settings, SourceSettings, TrackerSettings

SOURCE = '{kind: ga4, property: "123456789"}'
TRACKER = '{kind: asana, token: "${ASANA_TOKEN}", project: "1201234567890123"}'
CHANNEL = '{kind: slack, token: "${SLACK_TOKEN}", channel: C0123456789}'
V = TypeVar("V", bound=Settings)


class Vendors:
    """Everything the file says of vendors. The `…_kinds` know every id, None where its kind is not known."""

    def __init__(self, data: Mapping[str, Data], folder: Path, checking: Checking) -> None:
        self._folder, self._checking = folder, checking
        self.secrets: set[str] = set()
        self.source_kinds: dict[str, str | None] = {}
        self.tracker_kinds: dict[str, str | None] = {}
        self.channel_kinds: dict[str, str | None] = {}
        self.sources: dict[str, SourceSettings] = self._section(data, "sources", SOURCE, SOURCES, self.source_kinds)
        self.trackers: dict[str, TrackerSettings] = self._section(
            data, "trackers", TRACKER, TRACKERS, self.tracker_kinds
        )
        self.channels: dict[str, ChannelSettings] = self._section(
            data, "channels", CHANNEL, CHANNELS, self.channel_kinds
        )

    def _section(
        self,
        data: Mapping[str, Data],
        section: str,
        example: str,
        connectors: Mapping[str, Connector[V]],
        kinds: dict[str, str | None],
    ) -> dict[str, V]:
        found: dict[str, V] = {}
        entries = mapping_of(data, section, self._checking, f"{section[:-1]}: {example}")
        for name, entry in entries.items():
            path = (section, name)
            if not isinstance(entry, dict):
                self._checking.wrong(path, f"{_called(entry)} stands here, write {example}")
                kinds[name] = None
                continue
            kind = kinds[name] = self._kind(entry, path, list(connectors))
            if kind is None:
                continue
            extra = {"id": name, "folder": self._folder}
            settings = read_entry(connectors[kind].settings, entry, path, self._checking, example=example, extra=extra)
            if settings is not None:
                self._keep_secrets(settings, entry, path)
                found[name] = settings
        return found

    def _kind(self, entry: Mapping[str, Data], path: Trail, known: list[str]) -> str | None:
        kind = entry.get("kind")
        if isinstance(kind, str) and kind in known:
            return kind
        if kind is None:
            self._checking.wrong(path, f"kind is missing, write kind: {one_of(known)}", at_key=True)
        else:
            near = nearest(str(kind), known)
            mend = f"did you mean {near}?" if near else f"write {one_of(known)}"
            self._checking.wrong((*path, "kind"), f"{shown(kind)} is not a kind alignd knows, {mend}")
        return None

    def _keep_secrets(self, settings: Settings, entry: Mapping[str, Data], path: Trail) -> None:
        for name in type(settings).model_fields:
            value = getattr(settings, name)
            if not isinstance(value, SecretStr):
                continue
            self.secrets.add(value.get_secret_value())
            written = entry.get(name)
            if not isinstance(written, Expanded):
                variable = f"{path[-1]}_{name}".upper().replace("-", "_")
                self._checking.warn(
                    (*path, name),
                    f"this secret stands in the file, put it into the environment and write ${{{variable}}}",
                )

    def check_routes(self, routes: Data, teams: Collection[str]) -> dict[str, str]:
        """Which tracker gets a team's work; `default` is needed as soon as there are several."""
        trackers = self.tracker_kinds
        if routes is not None and not isinstance(routes, dict):
            self._checking.wrong(("routes",), f"a mapping is wanted here, write {{default: {_first(trackers)}}}")
            return {}
        found: dict[str, str] = {}
        for team, tracker in (routes or {}).items():
            if team != "default" and team not in teams:
                near = nearest(team, ["default", *teams])
                mend = f"did you mean {near}?" if near else "write default or one of teams:"
                self._checking.wrong(("routes", team), f"{shown(team)} is not under teams, {mend}", at_key=True)
            if isinstance(tracker, str):
                self._checking.refer(("routes", team), tracker, trackers, "trackers")
                found[team] = tracker
            else:
                self._checking.wrong(("routes", team), f"{_called(tracker)} stands here, write {_first(trackers)}")
        if len(trackers) > 1 and "default" not in found:
            self._checking.wrong(
                ("routes",) if routes else ("trackers",),
                f"there are several trackers, write which gets the rest: routes: {{default: {_first(trackers)}}}",
                at_key=True,
            )
        return found

    def check_channels(self, people: Collection[str]) -> None:
        """Default recipients of mail are people or teams."""
        for name, channel in self.channels.items():
            if isinstance(channel, EmailSettings):
                self._checking.refer(("channels", name, "to"), channel.to, people, "people and teams")


def _first(names: Collection[str]) -> str:
    return next(iter(names), "asana")


def _called(value: object) -> str:
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a single text"
