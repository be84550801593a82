"""What people see in a terminal: 80 columns, calm, and nothing in it that came from data as a command."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from connectors.base import Finding
from mapping.judgements import Status
from mapping.links import Decision
from mapping.texts.review_facts import worst_of
from sync.cli.render.backtest import render_backtest
from sync.cli.render.findings import finding, findings_summary
from sync.cli.render.history import render_decisions, render_history
from sync.cli.render.status import in_short, render_status
from sync.cli.render.style import MARKS, moment
from sync.cli.render.why import render_why
from sync.cli.terminal import without_controls
from sync.reports import WhyLine, WhyReport, WhySection
from sync.sparklines import sparkline
from tests.unit import cli_samples as samples

FORBIDDEN = ("episode", "breach", "settled", "provisional", "occurrence", "restated", "reading", "W46", "W45")
HOSTILE = {
    "terminal codes": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x08\x08 bell\x07",
    "markup": "[bold]x[/bold] [link=file:///etc/passwd]click[/link] [/] [red",
    "emoji codes": ":smile: :warning:",
    "lines": "one\ntwo\r\nthree\u2028four\x0bfive",
    "direction": "abc \u202egnp.exe\u202c \u2067x\u2069 \u200f",
    "very long": samples.LONG * 20,
    "one long word": "x" * 500,
    "wide": "日本語の名前" * 30 + " 👩‍👩‍👧 🇿🇦",
    "formula": '=IMPORTXML("https://evil.example","//a")',
    "blank": " ",
}

Maker = Callable[[str], RenderableType]
RENDERED: dict[str, Maker] = {
    "status": lambda text: render_status(samples.status_report(text), goals=True),
    "why": lambda text: render_why(samples.why_report(text)),
    "history": lambda text: render_history(samples.history_report(text)),
    "decisions": lambda text: render_decisions(samples.decisions(text), {"thandi": text or "Thandi"}, UTC),
    "backtest": lambda text: render_backtest(samples.backtest_report(text)),
    "finding": lambda text: finding(Finding(text or "web", text or "property", False, text or "mend it")),
}


def shown(what: RenderableType, *, terminal: bool = False, environ: dict[str, str] | None = None) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=80, markup=False, emoji=False, highlight=False, force_terminal=terminal,
        color_system="standard" if terminal else None, _environ=environ or {},
    )  # fmt: skip
    console.print(what)
    return out.getvalue()


@pytest.mark.parametrize("name", RENDERED)
def test_no_line_is_wider_than_80_columns(name: str) -> None:
    for line in shown(RENDERED[name]("")).splitlines():
        assert cell_len(line) <= 80


def test_an_action_that_a_meeting_agreed_on_is_not_the_meeting() -> None:
    at = datetime(2026, 11, 3, 14, tzinfo=UTC)
    done = Decision(at, "completed", "saypro/said/weekly/77/1", "weekly", "sipho")
    held = Decision(at, "completed", "saypro/review/weekly/2026-W44", "weekly", "sipho")
    text = shown(render_decisions([done, held], {"sipho": "Sipho Nkosi", "weekly": "KPI weekly"}, UTC))
    assert "Sipho Nkosi completed it: an action of KPI weekly\n" in text
    assert "Sipho Nkosi completed it: KPI weekly\n" in text


def test_a_link_stays_in_one_piece_on_80_columns() -> None:
    url = "https://app.asana.com/0/1201234567890123/1208000000000162"
    line = WhyLine("its task is completed", "what it brought, Fri 23 Oct", url)
    report = WhyReport("sale", "campaign", "Spring sale", datetime(2026, 11, 3, tzinfo=UTC), "It ended.",
                       (WhySection("Met about", (line,)),))  # fmt: skip
    assert url in shown(render_why(report))


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("name", RENDERED)
def test_hostile_text_stays_within_80_columns_and_is_never_a_command(name: str, attack: str) -> None:
    text = shown(RENDERED[name](HOSTILE[attack]))
    for line in text.split("\n"):
        assert cell_len(line) <= 80
        assert without_controls(line) == line


@pytest.mark.parametrize("name", RENDERED)
def test_markup_in_data_is_shown_as_it_stands(name: str) -> None:
    assert "[bold]" in shown(RENDERED[name]("[bold]x[/bold]"))


@pytest.mark.parametrize("name", RENDERED)
def test_words_that_people_never_read_are_not_there(name: str) -> None:
    text = shown(RENDERED[name](""))
    if name == "decisions":
        text = text.replace("saypro/action/sessions/2026-W46", "")  # a key is a name to type, not a word
    for word in FORBIDDEN:
        assert word not in text


@pytest.mark.parametrize("name", RENDERED)
def test_a_pipe_gets_no_colour(name: str) -> None:
    assert "\x1b" not in shown(RENDERED[name](""))


def test_a_terminal_gets_colour() -> None:
    assert "\x1b[31m" in shown(RENDERED["status"](""), terminal=True)


def test_every_status_has_a_sign_of_its_own_so_that_colour_is_not_needed() -> None:
    assert len({sign for sign, _ in MARKS.values()}) == len(Status)


def test_status_says_how_many_stand_where() -> None:
    assert (
        in_short(samples.status_report().kpis)
        == "4 KPIs by their final numbers: 1 on target, 1 close, 1 off target, 1 without a number"
    )
    assert in_short(()) == "no KPIs"


def test_status_shows_name_number_target_and_what_is_open() -> None:
    text = shown(RENDERED["status"](""))
    for part in ("Website sessions", "8,200", "second week in a row", "due Wed 25 Nov", "was due Fri 6 Nov", "(new)"):
        assert part in text


def test_why_gives_every_number_with_its_origin() -> None:
    text = shown(RENDERED["why"](""))
    assert text.index("Below target for the second week") < text.index("8,200") < text.index("property 123456789")


def test_history_keeps_the_older_number_beside_the_newer() -> None:
    text = shown(RENDERED["history"](""))
    assert "8,200" in text
    assert "was 8,100" in text
    assert "first count" in text


def test_backtest_says_that_nothing_was_written() -> None:
    assert "1 action item in 13 weeks. Nothing was written." in shown(RENDERED["backtest"](""))


def test_a_finding_that_is_not_well_says_how_to_mend_it() -> None:
    text = shown(finding(Finding("asana", "section Actions is not there", False, "make it, or name another")))
    assert text.startswith("✗ asana: section Actions is not there")
    assert "make it, or name another" in text
    assert "mend" not in shown(finding(Finding("asana", "well", True, "mend")))


def test_the_findings_are_counted() -> None:
    good, bad = Finding("a", "b", True), Finding("a", "b", False)
    assert "1 thing to mend, 2 well" in shown(findings_summary([good, bad, good]))
    assert "All 2 looks are well" in shown(findings_summary([good, good]))


def test_a_group_is_shown_with_its_worst_status() -> None:
    assert worst_of([Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK]) is Status.OFF_TRACK
    assert worst_of([]) is None


def test_a_moment_is_said_with_its_weekday_and_year() -> None:
    assert moment(samples.AT) == "Wed 18 Nov 2026, 06:00"


def test_a_sparkline_has_one_character_a_value_and_a_dot_for_none() -> None:
    from decimal import Decimal

    assert sparkline([Decimal(1), None, Decimal(8)]) == "▁·█"
    assert sparkline([Decimal(5), Decimal(5)]) == "▄▄"
    assert sparkline([]) == ""
