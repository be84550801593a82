"""Campaigns and findings in a sheet: rows are read by their headers, and what cannot be read is named by its cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from mapping.campaign_rows import SOME, CampaignRows, File, FindingRows, read_campaigns, read_findings
from mapping.campaigns import Campaign
from mapping.cells import Writing
from mapping.grids import sheet_places
from mapping.kpis import Kpi, TargetValue, Unit
from mapping.people import Person
from mapping.periods import PeriodKind
from mapping.queries import CellQuery, Condition, Match, MetricQuery

KPIS = {
    "sessions": Kpi("sessions", "Website sessions", PeriodKind.WEEK, value=MetricQuery("web", "sessions")),
    "rate": Kpi("rate", "Rate, of all", PeriodKind.WEEK, unit=Unit.PERCENT, value=MetricQuery("web", "bounceRate")),
    "load": Kpi("load", "Load", PeriodKind.WEEK, value=CellQuery("scorecard", "Ops!B7")),
}
PEOPLE = {
    "thandi": Person("thandi", "Thandi Mokoena"),
    "johan": Person("johan", "Johan Botha"),
}
HEAD = ["ID", "Title", "Owner", "starts", "ENDS", "kpis", "UTM campaign", "target"]
GOOD = ["spring", "Spring sale", "thandi", "2026-09-14", "31/10/2026", "sessions", "spring-2026", "18000"]
WRITING = Writing(dates=("iso", "dmy"), thousands=" ", serial_dates=True)
FILE = File(KPIS, PEOPLE, "johan", {"autumn"})


def read(*rows: Sequence[object], head: Sequence[object] = HEAD) -> CampaignRows:
    place = sheet_places("scorecard", "Campaigns!A1:H")
    return read_campaigns([head, *rows], FILE, WRITING, place, name="scorecard Campaigns!A1:H")


def one(*rows: Sequence[object], head: Sequence[object] = HEAD) -> Campaign:
    found = read(*rows, head=head)
    assert found.troubles == ()
    return found.campaigns[0]


def changed(**cells: object) -> list[object]:
    names = ["id", "title", "owner", "starts", "ends", "kpis", "utm", "target"]
    return [cells.get(name, cell) for name, cell in zip(names, GOOD, strict=True)]


def test_a_row_is_a_campaign_with_the_touchpoints_of_every_other() -> None:
    campaign = one(GOOD)
    assert (campaign.id, campaign.title, campaign.owner, campaign.evaluator) == (
        "spring", "Spring sale", "thandi", "johan",
    )  # fmt: skip
    assert (campaign.starts, campaign.ends) == (date(2026, 9, 14), date(2026, 10, 31))
    (measure,) = campaign.measures
    assert measure.where == (Condition("sessionCampaignName", Match.IS, ("spring-2026",)),)
    assert measure.web_only
    assert measure.target == TargetValue(Decimal(18000))
    assert campaign.origin == "scorecard Campaigns!A2"
    assert campaign.touchpoints == Campaign("x", "x", campaign.starts, campaign.ends).touchpoints


def test_the_columns_stand_in_any_order_and_only_three_are_needed() -> None:
    campaign = one(["2026-10-31", "spring", "2026-09-14", "people's own"], head=["ends", "Id", "Starts", "Remark"])
    assert (campaign.title, campaign.owner, campaign.measures) == ("spring", None, ())


@pytest.mark.parametrize("owner", ["thandi", "Thandi Mokoena", " THANDI  mokoena ", "Thandi"])
def test_the_owner_is_an_id_or_a_name(owner: str) -> None:
    assert one(changed(owner=owner)).owner == "thandi"


@pytest.mark.parametrize(
    ("kpis", "found"),
    [
        ("sessions, rate", ["sessions", "rate"]),
        ("Website sessions; rate;", ["sessions", "rate"]),
        ("rate, of all", ["rate"]),
        ("", []),
    ],
)
def test_kpis_are_ids_or_names_with_commas_or_semicolons_between(kpis: str, found: list[str]) -> None:
    assert [measure.kpi for measure in one(changed(kpis=kpis, target="")).measures] == found


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (18000, ["18000", None]),
        ("18 000", ["18000", None]),
        ("18000; 40%", ["18000", "0.40"]),
        ("18000, 40%", ["18000", "0.40"]),
        ("; 40%", [None, "0.40"]),
        ("", [None, None]),
    ],
)
def test_one_target_is_the_first_kpis_and_several_are_each_ones(target: object, found: list[str | None]) -> None:
    measures = one(changed(kpis="sessions; rate", target=target)).measures
    assert [None if m.target is None else m.target.low for m in measures] == [
        None if value is None else Decimal(value) for value in found
    ]


def test_a_range_is_a_target() -> None:
    (measure,) = one(changed(kpis="rate", target="2% – 4.5%")).measures
    assert measure.target == TargetValue(Decimal("0.02"), Decimal("0.045"))


@pytest.mark.parametrize(
    ("cells", "place", "what"),
    [
        ({"id": ""}, "A", "is empty"),
        ({"id": "Spring Sale"}, "A", "cannot be an id"),
        ({"owner": "thandy"}, "C", "is nobody in the file"),
        ({"starts": "soon"}, "D", "not a date"),
        ({"starts": ""}, "D", "is empty"),
        ({"ends": "2026-09-13"}, "E", "before it begins"),
        ({"kpis": "sesions"}, "F", "is no KPI"),
        ({"kpis": "load"}, "F", "is read from a cell"),
        ({"kpis": "sessions; sessions"}, "F", "names sessions twice"),
        ({"kpis": "rate"}, "H", "which would be"),
        ({"target": "many"}, "H", "not a number"),
        ({"kpis": "sessions; rate", "target": "1; 2; 3"}, "H", "not one target or 2"),
        ({"kpis": "", "target": 5}, "H", "no KPI is named"),
    ],
)
def test_a_row_that_cannot_be_read_names_its_cell_and_the_others_count(
    cells: dict[str, object], place: str, what: str
) -> None:
    found = read(changed(**cells), changed(id="second"))
    assert [campaign.id for campaign in found.campaigns] == ["second"]
    (trouble,) = found.troubles
    assert trouble.where == f"scorecard Campaigns!{place}2"
    assert what in trouble.what
    assert trouble.advice
    assert trouble.kind == "bad_data"
    assert found.unread == {SOME if place == "A" else "spring"}


def test_the_file_wins_and_an_id_stands_once() -> None:
    found = read(changed(id="autumn", starts="never read"), GOOD, changed(title="Again"))
    assert [campaign.title for campaign in found.campaigns] == ["Spring sale"]
    assert [trouble.where for trouble in found.troubles] == ["scorecard Campaigns!A4"]


@pytest.mark.parametrize("head", [["id", "starts"], [""]])
def test_a_table_without_its_columns_is_one_trouble_and_takes_no_campaign_away(head: list[object]) -> None:
    found = read(head=head)
    assert len(found.troubles) == 1
    assert found.unread == {SOME}


def test_a_number_kept_as_text_reads_as_it_did_when_it_came() -> None:
    assert one(changed(starts="46279", target="18000")) == one(changed(starts=46279, target=Decimal(18000)))


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def findings(*rows: Sequence[object]) -> FindingRows:
    head = ["Date", "KPI", "Finding", "Recommendation", "By", "Answer"]
    place = sheet_places("scorecard", "Findings!A:F")
    return read_findings([head, *rows], FILE, WRITING, place, name="scorecard Findings!A:F")


def test_findings_are_by_kpi_the_newest_first_and_those_without_one_are_general() -> None:
    found = findings(
        ["2026-11-02", "sessions", "Older", "", "Johan"],
        ["2026-11-06", "Website sessions", "Newer", "Fewer images", "johan", "Done"],
        ["2026-11-01", "", "Of everything"],
    )
    assert found.troubles == ()
    assert [one.text for one in found.by_kpi["sessions"]] == ["Newer", "Older"]
    newest = found.by_kpi["sessions"][0]
    assert (newest.by, newest.recommendation, newest.answer) == ("Johan Botha", "Fewer images", "Done")
    assert [one.text for one in found.by_kpi[""]] == ["Of everything"]


def test_a_finding_that_cannot_be_read_names_its_cell() -> None:
    found = findings(["", "sessions", "No day"], ["2026-11-02", "sesions", "x"], ["2026-11-02", "sessions", ""])
    assert found.by_kpi == {}
    assert [one.where for one in found.troubles] == [f"scorecard Findings!{place}" for place in ("A2", "B3", "C4")]
