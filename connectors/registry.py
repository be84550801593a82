"""Which connectors there are: one line each. A vendor's library is loaded when the connector is built, not before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from importlib import import_module
from typing import Any, Generic, TypeVar

from connectors.asana.settings import AsanaSettings
from connectors.base import Channel, Source, Tracker
from connectors.csv.settings import CsvSettings
from connectors.email.settings import EmailSettings
from connectors.ga4.settings import Ga4Settings
from connectors.hubspot.settings import HubspotSettings
from connectors.patience import Patience
from connectors.settings import ChannelSettings, SourceSettings, TrackerSettings
from connectors.sheets.settings import SheetsSettings
from connectors.slack.settings import SlackSettings
from connectors.trello.settings import TrelloSettings

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Connector(Generic[S]):
    """A kind's settings and where its class stands ("module:Class")."""

    settings: type[S]
    built_by: str


SOURCES: dict[str, Connector[SourceSettings]] = {
    "ga4": Connector(Ga4Settings, "connectors.ga4.source:Ga4Source"),
    "sheets": Connector(SheetsSettings, "connectors.sheets.source:SheetsSource"),
    "csv": Connector(CsvSettings, "connectors.csv.source:CsvSource"),
    "hubspot": Connector(HubspotSettings, "connectors.hubspot.source:HubspotSource"),
}
TRACKERS: dict[str, Connector[TrackerSettings]] = {
    "asana": Connector(AsanaSettings, "connectors.asana.tracker:AsanaTracker"),
    "trello": Connector(TrelloSettings, "connectors.trello.tracker:TrelloTracker"),
}
CHANNELS: dict[str, Connector[ChannelSettings]] = {
    "slack": Connector(SlackSettings, "connectors.slack.channel:SlackChannel"),
    "email": Connector(EmailSettings, "connectors.email.channel:EmailChannel"),
}


def build_source(
    settings: SourceSettings, patience: Patience, monotonic: Callable[[], float] = time.monotonic
) -> Source:
    """The source that these settings describe."""
    source: Source = _class(SOURCES[settings.kind].built_by)(settings, patience, monotonic=monotonic)
    return source


def build_tracker(
    settings: TrackerSettings,
    patience: Patience,
    zone: tzinfo = UTC,
    monotonic: Callable[[], float] = time.monotonic,
) -> Tracker:
    """The tracker that these settings describe. `zone`: the workspace's, in which due dates are dates."""
    build = _class(TRACKERS[settings.kind].built_by)
    tracker: Tracker = build(settings, patience, zone=zone, monotonic=monotonic)
    return tracker


def build_channel(
    settings: ChannelSettings,
    patience: Patience,
    workspace: str,
    monotonic: Callable[[], float] = time.monotonic,
) -> Channel:
    """The channel that these settings describe. `workspace`: the id, which names the sender to the vendor."""
    build = _class(CHANNELS[settings.kind].built_by)
    channel: Channel = build(settings, patience, workspace=workspace, monotonic=monotonic)
    return channel


def _class(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
