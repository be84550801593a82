"""${NAME}, ${file:PATH}, $${, and the secrets that come out of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import load
from config.expansion import Expansion
from tests.unit.config_samples import CANARY, ENVIRON, GOOD, HEAD, SESSIONS, read, said, well

TRACKER = (
    'version: 1\nworkspace: {id: acme, timezone: UTC}\ntrackers: {asana: {kind: asana, project: "1", token: %s}}\n'
)


def test_a_variable_stands_in_any_text_and_in_the_middle_of_it(tmp_path: Path) -> None:
    text = HEAD.replace("Ana Alves", "${FIRST} ${LAST}").replace("Europe/Berlin", '"${ZONE}"')
    config = well(tmp_path, text.replace("name: ${FIRST} ${LAST}", 'name: "${FIRST} ${LAST}"'), {
        **ENVIRON, "FIRST": "Ana", "LAST": "Álves", "ZONE": "Asia/Tokyo",
    })  # fmt: skip
    assert config.people["ana"].name == "Ana Álves"
    assert str(config.workspace.calendar.zone) == "Asia/Tokyo"


def test_numbers_may_come_from_the_environment(tmp_path: Path) -> None:
    config = well(tmp_path, HEAD + SESSIONS + "    target: ${TARGET}\n", {**ENVIRON, "TARGET": "12000.50"})
    assert str(config.kpis["sessions"].targets[0].rule) == "Fixed(value=Decimal('12000.50'))"


def test_a_file_is_relative_to_the_config_file_and_its_last_newline_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "asana").write_bytes(b"s3cret-of-a-file\r\n")
    config = well(tmp_path, TRACKER % '"${file:secrets/asana}"')
    assert config.secrets == {"s3cret-of-a-file"}


def test_a_secret_written_into_the_file_works_with_a_warning_that_does_not_show_it(tmp_path: Path) -> None:
    loaded = read(tmp_path, TRACKER % "1/1200:abcdef")
    assert loaded.config is not None
    assert loaded.config.secrets == {"1/1200:abcdef"}
    (warning,) = loaded.warnings
    assert "put it into the environment and write ${ASANA_TOKEN}" in str(warning)
    assert "abcdef" not in str(warning)


def test_a_password_written_into_the_store_works_with_a_warning(tmp_path: Path) -> None:
    loaded = read(tmp_path, HEAD + "store: postgresql://alignd:hunter22@db/alignd\n")
    assert loaded.config is not None
    assert "hunter22" in loaded.config.secrets
    assert [w.path for w in loaded.warnings] == ["store"]
    assert "hunter22" not in str(loaded.warnings)
    assert "hunter22" not in repr(loaded.config)


def test_a_whole_database_address_may_come_from_the_environment(tmp_path: Path) -> None:
    config = well(tmp_path, HEAD + "store: ${DB}\n", {**ENVIRON, "DB": "postgres://u:p%40w@h/db"})
    assert config.store == "postgresql+psycopg://u:p%40w@h/db"
    assert {"p%40w", "p@w"} <= config.secrets


@pytest.mark.parametrize(
    "place",
    [
        "workspace: {id: acme, timezone: UTC, week_starts: '${ASANA_TOKEN}', holidays: {country: '${ASANA_TOKEN}'}}",
        "store: '${ASANA_TOKEN}'",
        "store: 'sqlite:${ASANA_TOKEN}'",
        "routes: {default: '${ASANA_TOKEN}'}",
        "goals: [{id: '${ASANA_TOKEN}', title: x, owner: '${ASANA_TOKEN}'}]",
        "policy: {breach_after: '${ASANA_TOKEN}', due: '${ASANA_TOKEN}', on_recover: '${ASANA_TOKEN}'}",
        "reviews: {weekly: {title: x, every: '${ASANA_TOKEN}', on: '${ASANA_TOKEN}', agenda: ['${ASANA_TOKEN}']}}",
        "daemon: {http: '${ASANA_TOKEN}', public_url: '${ASANA_TOKEN}'}",
        "kpis: {a: {name: a, period: '${ASANA_TOKEN}', formula: '${ASANA_TOKEN}', unit: '${ASANA_TOKEN}'}}",
        "kpis: {a: {name: a, period: week, value: {source: scorecard, cell: '${ASANA_TOKEN}'}}}",
    ],
)
def test_a_secret_in_the_wrong_place_is_never_shown(place: str, tmp_path: Path) -> None:
    section = place.split(":")[0]
    head = "\n".join(line for line in HEAD.splitlines() if not line.startswith(section))
    lines = said(tmp_path, f"{head}\n{place}\n")
    assert lines
    assert not any("canary" in line for line in lines)


def test_what_follows_from_a_missing_variable_is_not_said(tmp_path: Path) -> None:
    (line,) = said(tmp_path, TRACKER % '"${NOT_SET}"', {})
    assert line.startswith("alignd.yaml:3:54: trackers.asana.token: the environment has no NOT_SET, set it")


def test_variables_in_x_keys_are_not_looked_up(tmp_path: Path) -> None:
    assert said(tmp_path, HEAD + "x-later: ${NOT_SET}\n") == []


def test_the_heartbeats_path_is_a_secret(tmp_path: Path) -> None:
    config = well(tmp_path, HEAD + "daemon: {heartbeat: 'https://hc.example/ping/abc-def?key=12345'}\n")
    assert {"/ping/abc-def", "key=12345"} <= config.secrets
    assert CANARY in config.secrets


def test_no_message_of_a_broken_contract_shows_a_secret() -> None:
    loaded = load(GOOD / "contract.yaml", {**ENVIRON, "ASANA_TOKEN": "a b", "SLACK_TOKEN": "ü-secret"})
    assert len(loaded.problems) == 2
    assert not any("ü-secret" in str(problem) or "a b" in str(problem) for problem in loaded.problems)


@pytest.mark.parametrize(
    "written, value",
    [
        ("$${NAME}", "${NAME}"), ("a $${ b", "a ${ b"), ("$$${X}", "$${X}"), ("$5 {a}", "$5 {a}"), ("$$5", "$$5"),
        ("${X}${X}", "vv"), ("$${X}${X}", "${X}v"), ("${ X }", "v"),
    ],
)  # fmt: skip
def test_what_a_text_becomes(written: str, value: str) -> None:
    assert Expansion({"X": "v"}, Path()).put_in(written) == value


@pytest.mark.parametrize("written", ["${", "${X", "a ${X b", "${}", "${1}", "${X Y}", "${file:}", "${NOT_SET}"])
def test_what_cannot_be_put_in_says_so(written: str) -> None:
    with pytest.raises(LookupError, match=r"write|set it"):
        Expansion({"X": "v"}, Path()).put_in(written)
