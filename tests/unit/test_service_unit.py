"""The systemd unit that `alignd service install` writes: what it lets the service do, and how narrow that is."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sync.cli import main
from sync.service.unit import Unit, quoted

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "alignd.example.yaml"
SYSTEMD = shutil.which("systemd-analyze")
A_UNIT = Unit(
    program=Path("/opt/alignd/bin/alignd"),
    target=Path("/etc/alignd/alignd.yaml"),
    is_folder=False,
    user="alignd",
    writes=(Path("/var/lib/alignd"), Path("/etc/alignd/reports")),
)


def settings(unit: Unit) -> dict[str, list[str]]:
    """The [Service] section: every value of every setting."""
    found: dict[str, list[str]] = {}
    section = unit.text().split("[Service]\n", 1)[1].split("[Install]", 1)[0]
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contract's example, on a machine that has none of its secrets."""
    for name in ("ASANA_TOKEN", "TRELLO_KEY", "TRELLO_TOKEN", "HUBSPOT_TOKEN", "SLACK_TOKEN", "SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "team" / "alignd.yaml"
    file.parent.mkdir()
    shutil.copy(EXAMPLE, file)
    return file


def test_the_unit_runs_this_alignd_on_that_file_and_reloads_by_a_signal() -> None:
    found = settings(A_UNIT)
    assert found["ExecStart"] == ["/opt/alignd/bin/alignd run -c /etc/alignd/alignd.yaml"]
    assert found["Type"] == ["notify"]
    assert found["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert found["User"] == ["alignd"]
    assert found["RestartPreventExitStatus"] == ["2"]
    assert found["EnvironmentFile"] == ["-/etc/alignd/alignd.env"]


def test_a_folder_of_files_is_run_as_one_service() -> None:
    unit = replace(A_UNIT, target=Path("/etc/teams"), is_folder=True)
    assert settings(unit)["ExecStart"] == ["/opt/alignd/bin/alignd run /etc/teams"]
    assert settings(unit)["EnvironmentFile"] == ["-/etc/teams/alignd.env"]


def test_only_the_folders_it_writes_in_can_be_written() -> None:
    found = settings(A_UNIT)
    assert found["ProtectSystem"] == ["strict"]
    assert found["StateDirectory"] == ["alignd"]
    assert found["ReadWritePaths"] == ["-/etc/alignd/reports"]
    beside = settings(replace(A_UNIT, writes=(Path("/srv/a b"), Path("/srv/a b/reports"))))
    assert beside["ReadWritePaths"] == ['"-/srv/a b"']
    assert "StateDirectory" not in beside


def test_homes_are_hidden_unless_something_it_needs_lies_there() -> None:
    assert settings(A_UNIT)["ProtectHome"] == ["yes"]
    for changed in (
        replace(A_UNIT, target=Path("/home/ana/alignd.yaml")),
        replace(A_UNIT, program=Path("/home/ana/.local/bin/alignd")),
        replace(A_UNIT, reads=(Path("/home/ana/exports/*.csv"),)),
    ):
        assert settings(changed)["ProtectHome"] == ["read-only"]
    assert settings(A_UNIT)["PrivateTmp"] == ["yes"]
    assert settings(replace(A_UNIT, target=Path("/tmp/alignd.yaml")))["PrivateTmp"] == ["no"]


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/etc/alignd.yaml", "/etc/alignd.yaml"),
        ("/srv/my team/a.yaml", '"/srv/my team/a.yaml"'),
        ("/srv/100%/$HOME.yaml", "/srv/100%%/$$HOME.yaml"),
        ('/srv/"\\.yaml', '"/srv/\\"\\\\.yaml"'),
    ],
)
def test_a_path_is_written_so_that_systemd_reads_the_same(word: str, written: str) -> None:
    assert quoted(word, command=True) == written


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize("home", ["/etc/alignd/alignd.yaml", "/home/ana/alignd.yaml"])
def test_systemd_rates_the_units_exposure_at_1_5_or_better(tmp_path: Path, home: str) -> None:
    file = tmp_path / "alignd.service"
    file.write_text(replace(A_UNIT, target=Path(home)).text())
    command = [str(SYSTEMD), "security", "--offline=true", "--no-pager", "--threshold=15", str(file)]
    rated = subprocess.run(command, capture_output=True, text=True, check=False)
    assert rated.returncode == 0, rated.stdout + rated.stderr
    assert "Overall exposure level" in rated.stdout


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_a_written_unit(
    a_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "alignd.service"
    assert main(["service", "install", "-c", str(a_file), "--to", str(place), "--user", "root"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "systemctl enable --now alignd" in told.err
    checked = subprocess.run([str(SYSTEMD), "verify", str(place)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_printed_it_is_a_unit_and_nothing_else(a_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "install", "-c", str(a_file), "--print", "--user", "ana"]) == 0
    told = capsys.readouterr()
    parsed = configparser.RawConfigParser(strict=False)
    parsed.read_string(told.out)
    assert parsed.sections() == ["Unit", "Service", "Install"]
    assert f"let ana read {a_file}" in told.err


def test_who_is_not_root_gets_it_printed_and_is_told_where_it_goes(
    a_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["service", "install", "-c", str(a_file)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("# Written by alignd service install.")
    assert "only root may write it: put it at /etc/systemd/system/alignd.service" in told.err


def test_a_file_with_mistakes_is_refused_and_missing_secrets_are_none(
    a_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = a_file.read_text(encoding="utf-8")
    a_file.write_text(text.replace("token: ${ASANA_TOKEN}", 'token: "${file:/run/credentials/alignd.service/asana}"'))
    assert main(["service", "install", "-c", str(a_file), "--print"]) == 0
    a_file.write_text(text + "nonsense: 1\n")
    place = tmp_path / "alignd.service"
    assert main(["service", "install", "-c", str(a_file.parent), "--to", str(place)]) == 2
    assert "nonsense" in capsys.readouterr().err
    assert not place.exists()
    assert main(["service", "install", "-c", str(tmp_path / "nowhere.yaml"), "--print"]) == 2


def test_only_a_unit_of_ours_is_written_over(a_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "alignd.service"
    for _ in range(2):
        assert main(["service", "install", "-c", str(a_file), "--to", str(place)]) == 0
    place.write_text("[Service]\nExecStart=/usr/bin/mine\n")
    assert main(["service", "install", "-c", str(a_file), "--to", str(place)]) == 2
    assert "not written over" in capsys.readouterr().err
    assert "mine" in place.read_text()
    assert main(["service", "install", "-c", str(a_file), "--to", str(tmp_path / "no" / "such")]) == 3
