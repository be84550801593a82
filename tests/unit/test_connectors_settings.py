"""Settings of the connectors by themselves, and the registry that builds them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.asana.settings import AsanaSettings
from connectors.csv.settings import CsvSettings
from connectors.fields import Expanded, is_loopback, shown
from connectors.ga4.settings import Ga4Settings
from connectors.hubspot.settings import HubspotSettings
from connectors.patience import Patience
from connectors.registry import CHANNELS, SOURCES, TRACKERS, build_source, build_tracker
from connectors.sheets.settings import SheetsSettings
from connectors.trello.settings import TrelloSettings
from mapping.spans import Span, SpanUnit


def test_every_kind_is_registered_under_its_own_name() -> None:
    for registered in (SOURCES, TRACKERS, CHANNELS):
        for kind, connector in registered.items():
            assert connector.settings.model_fields["kind"].default == kind


def test_every_class_that_the_registry_names_is_there() -> None:
    paths = [one.built_by for one in SOURCES.values()] + [one.built_by for one in TRACKERS.values()]
    for path in paths:
        if path is not None:
            module, _, name = path.partition(":")
            assert isinstance(getattr(import_module(module), name), type)


def test_the_registry_builds_sources_and_trackers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Date,Opens\n")
    source = build_source(CsvSettings(id="files", folder=tmp_path, path="a.csv"), Patience())
    assert source is not None
    assert source.id == "files"
    asana = AsanaSettings.model_validate({"id": "asana", "token": "t0ken", "project": "1"})
    tracker = build_tracker(asana, Patience())
    assert (tracker.id, tracker.kind) == ("asana", "asana")


def test_a_crm_is_built_from_its_settings_and_nobody_is_asked() -> None:
    settings = HubspotSettings.model_validate({"id": "crm", "token": "t0ken"})
    source = build_source(settings, Patience())
    assert (source.id, source.calls.made) == ("crm", 0)


def test_a_secret_is_not_shown_by_its_settings() -> None:
    settings = TrelloSettings.model_validate({"key": "k3y-k3y", "token": "t0ken-t0ken", "board": "Ab12Cd34"})
    assert "k3y" not in repr(settings)
    assert "t0ken" not in str(settings)
    assert settings.token.get_secret_value() == "t0ken-t0ken"


def test_anonymous_works_on_loopback_only() -> None:
    assert Ga4Settings(property="1", credentials="anonymous", endpoint="http://127.0.0.1:8401").anonymous
    with pytest.raises(ValidationError, match="only with an endpoint on this machine"):
        SheetsSettings(spreadsheet="1AbC", credentials="anonymous", endpoint="https://sheets.example")


@pytest.mark.parametrize(
    "url, is_here",
    [
        ("http://127.0.0.1:8401", True), ("http://127.9.9.9", True), ("http://[::1]:1", True),
        ("http://localhost", True),
        ("http://127.0.0.1.evil.example", False), ("https://app.asana.com", False), ("http://0.0.0.0", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine(url: str, is_here: bool) -> None:
    assert is_loopback(url) is is_here


def test_late_after_follows_settle_after_for_ga4_only() -> None:
    hours = Span(96, SpanUnit.HOURS)
    assert Ga4Settings(id="web", property="1", settle_after=hours).terms().late_after == hours
    assert SheetsSettings(id="s", spreadsheet="x", settle_after=hours).terms().late_after == Span(
        10, SpanUnit.BUSINESS_DAYS
    )


def test_a_text_out_of_the_environment_is_shown_as_it_was_written() -> None:
    assert shown(Expanded("hunter2", "${PASSWORD}")) == '"${PASSWORD}"'
    assert shown("a\u202eb\nc") == '"a\\u202eb c"'
    assert len(shown("x" * 500)) < 70


@pytest.mark.parametrize(
    "endpoint, mend",
    [
        ("http://127.0.0.1:8401/api", "write http://127.0.0.1:8401"),
        ("127.0.0.1:8401", "write scheme and host"),
        ("ftp://127.0.0.1", "write scheme and host"),
        ("http://user:pw@127.0.0.1", "write scheme and host only"),
        ("http://[::1", "write scheme and host"),
        ("http://host:99999", "write scheme and host"),
    ],
)
def test_an_endpoint_is_scheme_and_host(endpoint: str, mend: str) -> None:
    with pytest.raises(ValidationError, match=mend.replace(".", r"\.")):
        Ga4Settings(property="1", endpoint=endpoint)
