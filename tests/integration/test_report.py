"""`alignd report`, and the reports that are written when a meeting has its task."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from sync.output_schema import output_schema
from tests.integration.command_line import alignd
from tests.integration.team import Team

WEEKS = (12_260, 12_080, 12_310, 11_690, 12_420, 12_140, 9_960, 8_200)
MEETING = """
reviews:
  weekly: {title: Weekly, every: 1 week, on: thursday, at: "10:00", owner: thandi, invite: [marketing, m_and_e]}
"""
AT = "2026-11-18T09:00"


@pytest.fixture
def off(team: Team) -> Team:
    """Below target for the second week, with a task, on the Wednesday before the weekly."""
    team.rest = MEETING
    team.weeks(*WEEKS)
    team.at("2026-11-17T08:00").sync()
    team.at("2026-11-18T08:00").sync()
    return team


def written(team: Team) -> list[str]:
    folder = team.folder / "reports"
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_report_goes_to_stdout_as_markdown(off: Team) -> None:
    said = alignd(off, "report", "--at", AT)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("# How saypro stands\n")
    assert "Website sessions were 8,200 in the week of 9–15 November (target 12,000): 32 % below" in said.stdout
    assert "Thandi decides what to do by Wed 25 Nov" in said.stdout


def test_a_review_a_period_and_the_last_weeks(off: Team) -> None:
    review = alignd(off, "report", "--for", "weekly", "--at", AT)
    assert review.stdout.startswith("# Weekly, Thu 19 Nov\n")
    assert alignd(off, "report", "--for", "WEEKLY", "--at", AT).stdout == review.stdout
    period = alignd(off, "report", "--for", "2026-W45", "--at", AT)
    assert period.stdout.startswith("# Week of 2–8 November 2026\n")
    assert "Website sessions were 9,960 in the week of 2–8 November" in period.stdout
    assert "The numbers are as of 8 Nov 2026" in period.stdout
    assert "Off target now" not in period.stdout


def test_what_is_known_only_later_is_not_told_of_an_earlier_time(off: Team) -> None:
    before = alignd(off, "report", "--at", "2026-11-17T09:00").stdout
    assert "Website sessions were 8,200 in the week of 9–15 November (target 12,000), a first count" in before
    assert "no task now: a task is made after two weeks off target in a row" in before


def test_a_file_gets_the_format_its_name_says_whole_and_with_usual_rights(off: Team) -> None:
    for name, beginning in (("r.md", "# "), ("r.html", "<!DOCTYPE html>"), ("r.json", "{")):
        said = alignd(off, "report", "-o", name, "--at", AT)
        assert (said.returncode, said.stdout, said.stderr) == (0, "", f"The report is in {name}.\n")
        assert (off.folder / name).read_text().startswith(beginning)
    mask = os.umask(0)
    os.umask(mask)
    assert (off.folder / "r.html").stat().st_mode & 0o777 == 0o666 & ~mask
    assert not [one for one in off.folder.iterdir() if one.name.startswith(".r.")]
    alignd(off, "report", "-o", "page.txt", "--format", "html", "--at", AT)
    assert (off.folder / "page.txt").read_text().startswith("<!DOCTYPE html>")


def test_json_fits_the_published_schema(off: Team) -> None:
    said = alignd(off, "report", "--json", "--at", AT)
    found = json.loads(said.stdout)
    jsonschema.validate(found, {**output_schema(), "anyOf": [{"$ref": "#/$defs/report"}]})
    assert found["off_target"] == ["sessions"]
    assert alignd(off, "report", "--format", "json", "--at", AT).stdout == said.stdout


def test_what_is_wrong_on_the_command_line_is_said(off: Team) -> None:
    wrong = {
        ("--for", "nobody"): "there is no review called 'nobody'; the reviews are: weekly",
        ("--for", "2026-13"): "the reviews are: weekly",
        ("--for", "2027-01"): "2027-01 has not begun",
        ("-o", "."): "is a folder",
        ("-o", "nowhere/r.md"): "nowhere is no folder; make it first",
        ("-o", "r.pdf"): "end it with .md, .html or .json, or give --format",
        ("--json", "--format", "md"): "--json and --format md do not go together",
    }
    for arguments, words in wrong.items():
        said = alignd(off, "report", *arguments, "--at", AT)
        assert (said.returncode, said.stdout) == (2, "")
        assert words in said.stderr
    assert alignd(off, "report", "--at", "whenever").returncode == 2


def test_before_the_first_sync_there_is_nothing_to_tell(team: Team) -> None:
    said = alignd(team, "report")
    assert (said.returncode, said.stdout) == (3, "")
    assert said.stderr == "alignd: nothing is known yet; run alignd sync first\n"
    assert not (team.folder / "alignd.db").exists()


def test_a_file_that_cannot_be_written_ends_with_words_and_keeps_the_old_one(
    off: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    (off.folder / "r.md").write_text("the old one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    said = alignd(off, "report", "-o", "r.md", "--at", AT)
    assert (said.returncode, said.stderr) == (3, "alignd: r.md could not be written: No space left on device\n")
    assert (off.folder / "r.md").read_text() == "the old one"
    assert not [one for one in off.folder.iterdir() if one.name.startswith(".r.md")]


# ── written for meetings ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_report_of_a_meeting_is_written_with_its_task_and_never_changes(off: Team) -> None:
    assert written(off) == ["2026-11-19-weekly.html", "2026-11-19-weekly.md"]
    page = off.folder / "reports" / "2026-11-19-weekly.html"
    before = page.read_bytes()
    assert b"<h1>Weekly, Thu 19 Nov</h1>" in before
    assert b'content="saypro/review/weekly/2026-W47"' in before
    off.weeks(*WEEKS[1:], 4_000, until=date(2026, 11, 23))
    off.at("2026-11-19T09:00").sync()
    assert page.read_bytes() == before
    page.unlink()
    off.at("2026-11-19T09:30").sync()
    assert not page.exists()  # once a meeting: whoever took it away did not want it


def test_a_plan_writes_no_report(team: Team) -> None:
    team.rest = MEETING
    team.weeks(*WEEKS)
    team.at("2026-11-17T08:00").plan()
    assert written(team) == []


def test_with_the_ledger_lost_the_report_that_stands_there_stays(off: Team) -> None:
    page = off.folder / "reports" / "2026-11-19-weekly.html"
    before = page.read_bytes()
    for one in off.folder.glob("alignd.db*"):
        one.unlink()
    off.at("2026-11-18T10:00").sync()
    assert page.read_bytes() == before
    assert written(off) == ["2026-11-19-weekly.html", "2026-11-19-weekly.md"]


def test_another_workspaces_report_of_that_name_stays_too(off: Team) -> None:
    page = off.folder / "reports" / "2026-11-19-weekly.html"
    page.write_text(page.read_text().replace("saypro/review/", "other/review/"))
    for one in off.folder.glob("alignd.db*"):
        one.unlink()
    off.at("2026-11-18T10:00").sync()
    assert "other/review/" in page.read_text()
    assert "2026-11-19-weekly-saypro.html" in written(off)


def test_a_folder_that_cannot_be_written_is_one_problem_with_the_mend_and_never_a_stop(team: Team) -> None:
    team.rest = MEETING
    team.weeks(*WEEKS)
    (team.folder / "reports").write_text("a file where the folder should be")
    report = team.at("2026-11-17T08:00").sync()
    assert [one.key for one in report.steps if one.kind == "create"]
    (problem,) = [one for one in report.problems if one.where.startswith("reports ")]
    assert problem.what == "the report for Weekly, Thu 19 Nov, could not be written: File exists"
    assert "daemon.reports" in problem.advice
    again = team.at("2026-11-17T09:00").sync()
    assert [one.new for one in again.problems if one.where.startswith("reports ")] == [False]
    (team.folder / "reports").unlink()
    assert not [one for one in team.at("2026-11-17T10:00").sync().problems if one.where.startswith("reports ")]
    assert written(team) == ["2026-11-19-weekly.html", "2026-11-19-weekly.md"]


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "deep" / "reports"


def test_the_folder_may_be_elsewhere(team: Team, elsewhere: Path) -> None:
    team.rest = f"{MEETING}daemon: {{reports: {elsewhere}}}\n"
    team.weeks(*WEEKS)
    team.at("2026-11-17T08:00").sync()
    assert sorted(one.name for one in elsewhere.iterdir()) == ["2026-11-19-weekly.html", "2026-11-19-weekly.md"]
