"""Reports to render in tests: a small believable team, and one whose every text is hostile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from mapping.judgements import Status
from mapping.links import Decision
from mapping.readings import State
from sync.noting import NotedEvent
from sync.reports import (
    BacktestItem,
    BacktestKpi,
    BacktestPerson,
    BacktestReport,
    Correction,
    CycleRow,
    FirstCount,
    GoalRow,
    HistoryReport,
    HistoryRow,
    KpiRow,
    Number,
    Span,
    StatusReport,
    Target,
    Waiting,
    WhyLine,
    WhyReport,
    WhySection,
    WorkRow,
)
from sync.steps import CallCount, Problem

AT = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
WEEK = Span("2026-W46", date(2026, 11, 9), date(2026, 11, 15), "9–15 Nov")
EARLIER = Span("2026-W45", date(2026, 11, 2), date(2026, 11, 8), "2–8 Nov")
NEXT = Span("2026-W47", date(2026, 11, 16), date(2026, 11, 22), "16–22 Nov")
SESSIONS_TARGET = Target(Decimal(12000), None, "12,000 or more", "in the file")
TITLE = "Website sessions 32 % below target: find out why, decide what to do"
CALLS = {"web": CallCount(1, 1, 1), "asana": CallCount(2, 1, 10)}
LONG = "A name that somebody made far too long for any table, because they could, and " * 4


def status_report(text: str = "") -> StatusReport:
    """A status; with `text`, every text of it is that text."""

    def said(usual: str) -> str:
        return text or usual

    rows = (
        KpiRow(
            "sessions",
            said("Website sessions"),
            said("Thandi Mokoena"),
            Status.OFF_TRACK,
            said("below"),
            WEEK,
            Number(Decimal(8200), said("8,200")),
            SESSIONS_TARGET,
            Decimal("-0.3167"),
            State.VALUE,
            "2026-W45",
            ("thresholded",),
            FirstCount(NEXT, Number(Decimal(1200), said("1,200")), Status.OFF_TRACK, said("first count")),
            detail=said("second week in a row"),
            spark="▇▇▆▇▇▇▃▁",
        ),
        KpiRow(
            "conversion_rate",
            said("Conversion rate"),
            said("Thandi Mokoena"),
            Status.AT_RISK,
            said("close"),
            WEEK,
            Number(Decimal("0.0196"), said("1.96 %")),
            Target(Decimal("0.02"), Decimal("0.045"), said("2.0–4.5 %")),
            Decimal("-0.0200"),
            State.VALUE,
            agreed=False,
            spark="▁▂▃▃▄▅▆▁",
        ),
        KpiRow(
            "cac",
            said("Cost of a new customer"),
            said("Thandi Mokoena"),
            Status.UNKNOWN,
            said("not known"),
            reason=said("waiting for October's number, expected by Fri 20 Nov"),
            spark="▁▂··▄▅▆·",
        ),
        KpiRow(
            "nps",
            said("Net promoter score"),
            None,
            Status.ON_TRACK,
            said("ahead"),
            WEEK,
            Number(Decimal(48), said("48")),
            Target(Decimal(35), None, said("35 or more")),
        ),
    )
    return StatusReport(
        workspace="saypro",
        name=said("SayPro"),
        at=AT,
        kpis=rows,
        work=(
            WorkRow(
                "saypro/action/sessions/2026-W46",
                "action",
                "sessions",
                said(TITLE),
                "asana",
                said("open, nothing written yet"),
                said("Thandi Mokoena"),
                "1201",
                date(2026, 11, 25),
                False,
                "https://app.asana.com/0/1201234567890123/1201234567890124",
            ),
            WorkRow("k2", "data", "cac", said("October"), "board", "open", "Johan", "9", date(2026, 11, 6), True),
        ),
        waiting=(Waiting("k3", "leads", said("Qualified leads"), said("5 are open; next in line"), said("Thandi")),),
        problems=(Problem("scorecard Targets!C4", said("holds #REF!"), said("put a number there"), True),),
        cycles=(CycleRow(7, AT, said("made 1, changed nothing else"), CALLS),),
        goals=(
            GoalRow(
                *("awareness", said("Increase brand awareness in Gauteng"), 0, said("Neo"), date(2027, 2, 28), ()),
                {"off target": 1, "on target": 2},
            ),
            GoalRow(
                *("leads", said("Qualified leads up 20 %"), 1, said("Thandi"), None, (("sessions", Status.OFF_TRACK),)),
                {"off target": 1},
                said("Website sessions are below"),
            ),
        ),
        file_changes=(said("target of Website sessions: 10,000 → 12,000"),),
    )  # fmt: skip


def why_report(text: str = "") -> WhyReport:
    def said(usual: str) -> str:
        return text or usual

    return WhyReport(
        "sessions",
        "kpi",
        said("Website sessions"),
        AT,
        said("Below target for the second week in a row, so Thandi has an action item, due Wed 25 Nov."),
        (
            WhySection(
                said("The number"),
                (
                    WhyLine(said("8,200"), said("9–15 Nov"), said("Google Analytics, property 123456789, Wed 18 Nov")),
                    WhyLine(said("12,000 or more"), said("target"), said("in the file, kpis.sessions.target")),
                ),
            ),
            WhySection(said("What followed"), (WhyLine(said("An item for Thandi in asana")),)),
        ),
    )  # fmt: skip


def history_report(text: str = "") -> HistoryReport:
    def said(usual: str) -> str:
        return text or usual

    return HistoryReport(
        "sessions",
        said("Website sessions"),
        AT,
        (
            HistoryRow(NEXT, Number(None, "–"), State.AWAITED, False, AT, Status.UNKNOWN, said("waiting for a number")),
            HistoryRow(
                WEEK,
                Number(Decimal(8200), said("8,200")),
                State.VALUE,
                True,
                AT,
                Status.OFF_TRACK,
                said("below"),
                SESSIONS_TARGET,
                Decimal("-0.3167"),
                ("corrected",),
                (Correction(Number(Decimal(8100), said("8,100")), AT),),
                event=said("item made"),
            ),
            HistoryRow(
                EARLIER,
                Number(Decimal(12140), said("12,140")),
                State.VALUE,
                True,
                AT,
                Status.ON_TRACK,
                said("on target"),
                SESSIONS_TARGET,
                changed=said("counted differently from here on: another filter"),
            ),
        ),
        "▇▁·",
        said("Sessions on the public site, all channels, Monday to Sunday."),
        (said("two periods could not be read again"),),
    )


def backtest_report(text: str = "") -> BacktestReport:
    def said(usual: str) -> str:
        return text or usual

    return BacktestReport(
        "saypro",
        AT,
        13,
        date(2026, 8, 17),
        date(2026, 11, 15),
        (
            BacktestKpi("sessions", said("Website sessions"), 10, 1, 2, 0, 1, "▇▇▆▇▇▇▃▁▇▇▆▇▃"),
            BacktestKpi("cac", said("Cost of a new customer"), 0, 0, 0, 3, 0, "···", said("no numbers before October")),
        ),
        (BacktestItem("k", "sessions", said(TITLE), date(2026, 11, 18), WEEK, said("Thandi Mokoena")),),
        (BacktestPerson(said("Thandi Mokoena"), 1, 1),),
        (said("photographs of cells begin with the first sync"),),
        CALLS,
    )


def decisions(text: str = "") -> tuple[Decision, ...]:
    said = text or "the team is on leave"
    return (
        Decision(AT, "snooze", "saypro/action/sessions/2026-W46", "sessions", "thandi", said, "c1"),
        Decision(AT, "dismissed", "saypro/action/cac/2026-10", "cac", None),
    )


def noted_event() -> NotedEvent:
    return NotedEvent(
        "launch-of-the-app", date(2026, 11, 2), "new_product", "Launch of the app", None, date(2026, 11, 10)
    )
