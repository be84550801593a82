"""The contract's JSON object, and the schema that describes every output."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Finding
from mapping.judgements import Judgement, Status
from mapping.kpis import TargetValue
from mapping.periods import Period, PeriodKind
from mapping.readings import Reading, State
from mapping.tasks import WorkKind
from sync.output import JsonObject, cycle_object, gap_text, report_object, target_text, time_text
from sync.output_schema import output_schema
from sync.steps import CallCount, CycleReport, Outcome, Problem, Reason, Seen, Step, StepKind
from tests.unit import cli_samples as samples

JOHANNESBURG = timezone(timedelta(hours=2))
AT = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15), PeriodKind.WEEK, "2026-W46")
READING = Reading("sessions", "d1", WEEK, State.VALUE, Decimal(8200), True, AT)
JUDGEMENT = Judgement(
    "sessions", "d1", WEEK, Status.OFF_TRACK, Decimal(8200), TargetValue(Decimal(12000)), Decimal("-0.3167"), AT
)
STEP = Step(
    StepKind.CREATE,
    Reason.EPISODE_OPENED,
    WorkKind.ACTION,
    "saypro/action/sessions/2026-W46",
    "sessions",
    "asana",
    "Website sessions 32 % below target",
    because="second week in a row",
)
REPORT = CycleReport(
    workspace="saypro",
    cycle=7,
    at=AT,
    shown=((READING, JUDGEMENT),),
    steps=(STEP,),
    calls={"web": CallCount(1, 1, 1), "asana": CallCount(1, 1, 1)},
    seen=(Seen("saypro/action/cac/2026-10", "1201", "completed", by="thandi"),),
    problems=(Problem("scorecard Targets!C4", "holds #REF!", "put a number there", True),),
)


def validator(of: str) -> jsonschema.Draft202012Validator:
    whole = output_schema()
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/$defs/{of}", "$defs": whole["$defs"]}, format_checker=jsonschema.FormatChecker()
    )


def test_a_sync_prints_exactly_the_object_of_the_contract() -> None:
    assert cycle_object(REPORT, JOHANNESBURG) == {
        "workspace": "saypro",
        "cycle": 7,
        "at": "2026-11-18T08:00:00+02:00",
        "readings": [
            {
                "kpi": "sessions",
                "period": "2026-W46",
                "from": "2026-11-09",
                "to": "2026-11-15",
                "value": "8200",
                "target": "12000",
                "gap": "-0.3167",
                "state": "value",
                "final": True,
                "status": "off_track",
                "flags": [],
            }
        ],
        "steps": [
            {
                "kind": "create",
                "reason": "episode_opened",
                "work": "action",
                "key": "saypro/action/sessions/2026-W46",
                "subject": "sessions",
                "tracker": "asana",
                "title": "Website sessions 32 % below target",
                "task": None,
                "outcome": "planned",
            }
        ],
        "calls": {
            "web": {"made": 1, "least": 1, "charged": 1},
            "asana": {"made": 1, "least": 1, "charged": 1},
        },
        "seen": [{"key": "saypro/action/cac/2026-10", "task": "1201", "what": "completed"}],
        "problems": [
            {"where": "scorecard Targets!C4", "what": "holds #REF!", "advice": "put a number there", "new": True}
        ],
    }


def test_cycle_is_null_for_a_plan() -> None:
    assert cycle_object(replace(REPORT, cycle=None), UTC)["cycle"] is None


def test_a_percent_is_a_plain_fraction_without_exponent_or_trailing_zeros() -> None:
    reading = replace(READING, value=Decimal("1.600E-2"))
    shown = cycle_object(replace(REPORT, shown=((reading, JUDGEMENT),)), UTC)["readings"]
    assert isinstance(shown, list)
    assert isinstance(shown[0], dict)
    assert shown[0]["value"] == "0.016"


def test_a_missing_number_is_null_and_keeps_its_period_final() -> None:
    reading = replace(READING, value=None, state=State.MISSING)
    judgement = replace(JUDGEMENT, status=Status.UNKNOWN, value=None, target=None, gap=None, state="missing")
    made = cycle_object(replace(REPORT, shown=((reading, judgement),)), UTC)
    assert isinstance(made["readings"], list)
    shown = made["readings"][0]
    assert isinstance(shown, dict)
    assert (shown["value"], shown["target"], shown["gap"], shown["final"]) == (None, None, None, True)
    validator("cycle").validate(made)


def test_flags_of_number_and_judgement_stand_together_and_sorted() -> None:
    reading = replace(READING, flags=frozenset({"thresholded"}), background=True)
    judgement = replace(JUDGEMENT, flags=frozenset({"ahead"}))
    made = cycle_object(replace(REPORT, shown=((reading, judgement),)), UTC)["readings"]
    assert isinstance(made, list)
    assert isinstance(made[0], dict)
    assert made[0]["flags"] == ["ahead", "background", "thresholded"]


def test_a_range_names_both_ends() -> None:
    assert target_text(TargetValue(Decimal("0.020"), Decimal("0.045"))) == {"between": ["0.02", "0.045"]}
    assert target_text(None) is None


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (Decimal(0), "0.0000"),
        (Decimal("-0.00004"), "0.0000"),
        (Decimal("-0.31665"), "-0.3166"),
        (Decimal("-0.31675"), "-0.3168"),
        (Decimal("2"), "2.0000"),
        (Decimal("1E+3"), "1000.0000"),
        (None, None),
    ],
)
def test_a_gap_has_four_places_half_even(gap: Decimal | None, text: str | None) -> None:
    assert gap_text(gap) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_every_gap_is_within_half_of_the_last_place_and_fits_the_schema(gap: Decimal) -> None:
    text = gap_text(gap)
    assert text is not None
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{4}", text)
    assert abs(Decimal(text) - gap) <= Decimal("0.00005")


def test_a_time_has_the_workspaces_offset() -> None:
    assert time_text(AT, JOHANNESBURG) == "2026-11-18T08:00:00+02:00"


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(output_schema())


def test_a_cycle_fits_the_schema() -> None:
    validator("cycle").validate(cycle_object(REPORT, JOHANNESBURG))


@pytest.mark.parametrize("extra", ["steps", "at", "workspace", "calls"])
def test_a_cycle_that_lacks_a_key_does_not_fit(extra: str) -> None:
    made = cycle_object(REPORT, JOHANNESBURG)
    del made[extra]
    assert not validator("cycle").is_valid(made)


def test_a_cycle_with_a_key_that_is_not_of_the_contract_does_not_fit() -> None:
    assert not validator("cycle").is_valid({**cycle_object(REPORT, JOHANNESBURG), "more": 1})


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("kind", list(StepKind))
def test_every_kind_and_outcome_of_a_step_fits(kind: StepKind, outcome: Outcome) -> None:
    report = replace(REPORT, steps=(replace(STEP, kind=kind, outcome=outcome),))
    validator("cycle").validate(cycle_object(report, UTC))


@pytest.mark.parametrize("work", list(WorkKind))
def test_work_is_one_of_the_contracts_six_kinds_and_an_action_of_a_meeting_is_an_action(work: WorkKind) -> None:
    printed = cycle_object(replace(REPORT, steps=(replace(STEP, work=work),)), UTC)
    validator("cycle").validate(printed)
    shown = json.loads(json.dumps(printed))["steps"][0]["work"]
    assert shown == ("action" if work is WorkKind.SAID else work.value)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_fits(reason: Reason) -> None:
    validator("cycle").validate(cycle_object(replace(REPORT, steps=(replace(STEP, reason=reason),)), UTC))


REPORTS: dict[str, JsonObject] = {
    "status": report_object(samples.status_report(), UTC),
    "why": report_object(samples.why_report(), UTC),
    "history": report_object(samples.history_report(), UTC),
    "backtest": report_object(samples.backtest_report(), UTC),
    "decisions": {"decisions": [report_object(one, UTC) for one in samples.decisions()]},
    "event": {"event": report_object(samples.noted_event(), UTC)},
    "doctor": {"findings": [report_object(Finding("web", "property 1", True), UTC)]},
}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_fits_its_own_schema_after_a_round_trip(name: str) -> None:
    validator(name).validate(json.loads(json.dumps(REPORTS[name])))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_fits_the_schema_of_all_outputs(name: str) -> None:
    jsonschema.Draft202012Validator(output_schema()).validate(json.loads(json.dumps(REPORTS[name])))


def test_periods_in_reports_are_named_and_dated_as_in_the_contract() -> None:
    rows = REPORTS["history"]["rows"]
    assert isinstance(rows, list)
    assert isinstance(rows[1], dict)
    assert rows[1]["period"] == {"label": "2026-W46", "from": "2026-11-09", "to": "2026-11-15", "said": "9–15 Nov"}
    assert rows[1]["gap"] == "-0.3167"
