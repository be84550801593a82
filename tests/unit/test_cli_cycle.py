"""What plan and sync show, when they may run, and how they end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from config import Config, load
from mapping.documents import Document
from mapping.judgements import Status
from mapping.readings import State
from mapping.tasks import Create, WorkKind
from sync.cli.ending import Ending, Quit
from sync.cli.opening import instant, known_person, refuse_unless_on_loopback
from sync.cli.render.cycle import newest_final, render_cycle
from sync.cli.report_cycle import ending_of
from sync.cli.terminal import without_controls
from sync.loopback import elsewhere
from sync.steps import CallCount, CycleReport, Outcome, Problem, Reason, Seen, Step, StepKind
from sync.surroundings import clock, own_packages
from tests.unit.test_sync_reports import CONFIG, KEY, a_judgement, a_reading

AT = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
TITLE = "Website sessions 32 % below target: find out why, decide what to do"
CREATE = Step(
    StepKind.CREATE,
    Reason.EPISODE_OPENED,
    WorkKind.ACTION,
    KEY,
    "sessions",
    "asana",
    TITLE,
    order=Create(KEY, WorkKind.ACTION, TITLE, Document(()), due=date(2026, 11, 25)),
    person="thandi",
    because="second week in a row",
)
SHOWN = (
    (a_reading("2026-W46", "8200"), a_judgement("2026-W46", "8200", Status.OFF_TRACK, "-0.3167")),
    (a_reading("2026-W45", "9960"), a_judgement("2026-W45", "9960", Status.OFF_TRACK, "-0.1700")),
    (a_reading("2026-W47", "100", final=False), a_judgement("2026-W47", "100", Status.OFF_TRACK, "-0.9")),
)
REPORT = CycleReport(
    "saypro",
    None,
    AT,
    SHOWN,
    (
        CREATE,
        replace(CREATE, kind=StepKind.EDIT_COMMENT, key=f"{KEY}#numbers", title="Latest: 8,200 below", order=None),
        replace(CREATE, outcome=Outcome.WAITING, because="waits in line: Thandi Mokoena has 5 open items, 5 at most"),
        replace(CREATE, outcome=Outcome.DEFERRED, because="asana is in mode: watch"),
    ),
    {"web": CallCount(1, 1, 1), "asana": CallCount(2, 1, 10)},
    (Seen("saypro/action/cac/2026-10", "1201", "completed", by="thandi"), Seen("k", "1", "linked")),
    (Problem("scorecard Targets!C4", "holds #REF!", "put a number there"),),
    ("target of Website sessions: 10,000 → 12,000",),
)


def shown(report: CycleReport, config: Config = CONFIG) -> str:
    out = io.StringIO()
    Console(file=out, width=80, markup=False, emoji=False, highlight=False).print(render_cycle(report, config))
    return out.getvalue()


def hostile(text: str) -> tuple[CycleReport, Config]:
    step = replace(CREATE, title=text, because=text, subject=text, tracker=text, person=text)
    report = replace(
        REPORT,
        steps=(step, replace(step, tracker="other"), replace(step, outcome=Outcome.WAITING)),
        seen=(Seen(text, text, "completed", detail=text),),
        problems=(Problem(text, text, text),),
        file_changes=(text,),
    )
    kpi = replace(CONFIG.kpis["sessions"], name=text)
    return report, replace(CONFIG, kpis={"sessions": kpi}, workspace=replace(CONFIG.workspace, name=text))


def test_a_plan_names_each_step_with_person_date_and_reason() -> None:
    text = shown(REPORT)
    assert f"  new      {TITLE}" in text
    assert "for Thandi Mokoena · due Wed 25 Nov · second week in a row" in text
    assert "What a sync would do now" in text
    assert "plan, nothing is written" in text


def test_a_sync_says_its_number_and_what_was_done() -> None:
    text = shown(replace(REPORT, cycle=7, steps=(replace(CREATE, outcome=Outcome.DONE),)))
    assert "cycle 7" in text
    assert "What was done" in text


def test_what_waits_and_what_is_put_off_stand_apart() -> None:
    text = shown(REPORT)
    assert text.index("What a sync would do now") < text.index("Waiting") < text.index("Put off")
    assert "5 open items, 5 at most" in text
    assert "mode: watch" in text


def test_nothing_to_do_is_said_also_while_something_waits() -> None:
    assert "nothing to do" in shown(replace(REPORT, steps=(replace(CREATE, outcome=Outcome.WAITING),)))


def test_of_each_kpi_only_the_newest_final_period_is_shown() -> None:
    assert newest_final(SHOWN)["sessions"][0].period.label == "2026-W46"
    text = shown(REPORT)
    others = len(CONFIG.kpis) - 1
    assert f"{others + 1} KPIs: 1 off target, {others} without a final number yet" in text
    assert "8,200" in text
    assert "9,960" not in text


def test_a_number_that_is_not_believed_says_why() -> None:
    reading = a_reading("2026-W46", None, state=State.UNTRUSTED, note="scorecard Spend!D14 holds #REF!")
    pair = (reading, a_judgement("2026-W46", None, Status.UNKNOWN))
    text = shown(replace(REPORT, shown=(pair,)))
    assert "not believed" in text
    assert "scorecard Spend!D14 holds #REF!" in text


def test_what_people_did_problems_and_calls_are_told() -> None:
    text = shown(REPORT)
    assert "cac: completed" in text
    assert "by Thandi Mokoena" in text
    assert "saypro/action/cac/2026-10" in text
    assert "scorecard Targets!C4: holds #REF! (new)" in text
    assert "asana 2 (least 1, charged 10) · web 1 (least 1)" in text
    assert "10,000 → 12,000" in text


@pytest.mark.parametrize(
    "text",
    ["\x1b[31m\x07 \x9b2J", "[bold]x[/] [red", "x" * 400, "one\ntwo\u2028three", "\u202eabc", "日本語" * 60, " "],
)
def test_hostile_text_stays_within_80_columns_and_is_never_a_command(text: str) -> None:
    for line in shown(*hostile(text)).split("\n"):
        assert cell_len(line) <= 80
        assert without_controls(line) == line


# ── how it ends ──────────────────────────────────────────────────────────────────────────────────────────────────

OLD, NEW = Problem("web", "a", "b", new=False), Problem("web", "a", "b", new=True)


@pytest.mark.parametrize(
    ("problems", "strict", "reachable", "ending"),
    [
        ((), False, True, Ending.DONE),
        ((OLD,), False, True, Ending.DONE),
        ((OLD,), True, True, Ending.PROBLEM),
        ((OLD, NEW), False, True, Ending.PROBLEM),
        ((), True, True, Ending.DONE),
        ((NEW,), False, False, Ending.NOTHING),
    ],
)
def test_the_exit_code_follows_from_the_problems(
    problems: tuple[Problem, ...], strict: bool, reachable: bool, ending: Ending
) -> None:
    report = replace(REPORT, problems=problems, nothing_reachable=not reachable)
    assert ending_of(report, strict=strict) is ending


def test_work_made_for_people_is_no_problem() -> None:
    assert ending_of(replace(REPORT, problems=()), strict=True) is Ending.DONE


# ── when a time of its own is allowed ────────────────────────────────────────────────────────────────────────────

FILE = """
version: 1
workspace: {{id: acme, timezone: Europe/Berlin}}
people:
  ana: {{name: Ana Alves, email: ana@acme.example}}
sources:
  web: {{kind: ga4, property: "123456789", credentials: anonymous, endpoint: {endpoint}}}
  sheet: {{kind: csv, path: data.csv}}
trackers:
  asana: {{kind: asana, token: "${{TOKEN}}", project: "1201234567890123", endpoint: {tracker}}}
kpis:
  sessions: {{name: Sessions, owner: ana, period: week, value: {{source: web, metric: sessions}}, target: 9}}
"""


def config_with(tmp_path: Path, tracker: str) -> Config:
    path = tmp_path / "alignd.yaml"
    path.write_text(FILE.format(endpoint="http://127.0.0.1:8401", tracker=tracker), encoding="utf-8")
    loaded = load(path, {"TOKEN": "0/123456789abcdef"})
    assert loaded.config is not None, [str(one) for one in loaded.problems]
    return loaded.config


def test_a_sync_at_another_time_is_refused_unless_all_that_is_spoken_to_is_here(tmp_path: Path) -> None:
    config = config_with(tmp_path, "https://asana.example")
    assert elsewhere(config) == ["asana"]
    with pytest.raises(Quit) as caught:
        refuse_unless_on_loopback(config, "2026-11-18")
    assert caught.value.ending is Ending.WRONG
    assert "asana is elsewhere" in caught.value.lines[0]
    refuse_unless_on_loopback(config, None)


def test_files_need_nobody_so_csv_never_stands_in_the_way(tmp_path: Path) -> None:
    config = config_with(tmp_path, "http://localhost:8402")
    assert elsewhere(config) == []
    refuse_unless_on_loopback(config, "2026-11-18")


def test_a_time_is_in_the_workspaces_zone_unless_it_has_one() -> None:
    assert instant(CONFIG, "2026-11-18T08:00") == datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
    assert instant(CONFIG, "2026-11-18T08:00+00:00") == datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
    assert instant(CONFIG, None) is None


def test_a_time_that_is_none_says_what_to_write() -> None:
    with pytest.raises(Quit) as caught:
        instant(CONFIG, "yesterday")
    assert caught.value.ending is Ending.WRONG
    assert "write 2026-11-18" in caught.value.lines[0]


@pytest.mark.parametrize("named", ["thandi", "Thandi Mokoena", "THANDI", "thandi mokoena"])
def test_a_person_may_be_called_by_id_or_name(named: str) -> None:
    assert known_person(CONFIG, named) == "thandi"


def test_a_person_who_is_not_there_ends_the_command_with_who_is() -> None:
    with pytest.raises(Quit) as caught:
        known_person(CONFIG, "nobody")
    assert "thandi, johan, neo" in caught.value.lines[0]


# ── this machine ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_our_own_packages_are_found_beside_each_other() -> None:
    assert own_packages().ok


def test_a_clock_from_before_the_release_is_not_believed() -> None:
    wrong = clock(datetime(1970, 1, 2, tzinfo=UTC), UTC)
    assert not wrong.ok
    assert "set the clock" in wrong.mend
    assert clock(AT, UTC).ok
