"""The boards' page shows what people would see, and nothing that people wrote becomes markup."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
import requests

from connectors.sandbox import Person, Sandbox, render_boards
from connectors.sandbox.page_texts import asana_html, trello_html

HOSTILE = (
    "<script>alert(1)</script>", "]]><b>", '"><img src=x onerror=alert(1)>', "[x](javascript:alert(1))",
    "![x](javascript:alert(1))", "=IMPORTXML(1)", "\u202eright to left", "{{ 7 * 7 }}", "<a href='javascript:1'>x</a>",
)  # fmt: skip
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "h5", "p", "section", "div",
    "span", "details", "summary", "article", "time", "strong", "em", "u", "s", "code", "ol", "ul", "li", "a", "pre",
    "blockquote", "hr", "br",
}  # fmt: skip


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    assert found.tags <= ALLOWED, found.tags - ALLOWED
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    links = [value for name, value in found.attributes if name in ("href", "src")]
    assert all(value.startswith(("http://", "https://")) for value in links), links
    return found


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    clock = [datetime(2026, 11, 18, 6, 0, tzinfo=UTC)]
    with Sandbox(lambda: clock[0]) as made:
        made.asana.state.add_user("Thandi Mokoena", "thandi@saypro.example")
        made.trello.state.add_member("Lerato Dube", "leratod")
        made.asana.state.add_project("KPIs", gid="1201234567890123", sections=["Actions", "Reviews"])
        made.trello.state.add_board("Sales", lists=["To do", "Done"])
        yield made


def board_id(sandbox: Sandbox) -> str:
    return next(iter(sandbox.trello.state.boards))


def test_a_task_shows_its_place_people_date_tick_notes_and_comments(sandbox: Sandbox) -> None:
    thandi = Person(sandbox, "Thandi Mokoena")
    task = thandi.make("1201234567890123", "Website sessions below target", place="Reviews", notes="Why & how")
    thandi.reassign(task, "Thandi Mokoena")
    thandi.redate(task, date(2026, 11, 17))
    thandi.comment(task, "Looking into it")
    shown = read(render_boards(sandbox)).text
    for text in ("Website sessions below target", "TM", "Tue 17 Nov", "Why & how", "Looking into it", "Reviews"):
        assert text in shown
    page = render_boards(sandbox)
    assert 'class="due over"' in page
    assert 'class="card done"' not in page
    thandi.complete(task)
    done = render_boards(sandbox)
    assert 'class="card done"' in done
    assert 'class="due over"' not in done


def test_what_was_archived_or_deleted_stands_apart(sandbox: Sandbox) -> None:
    lerato, thandi = Person(sandbox, "Lerato Dube"), Person(sandbox, "Thandi Mokoena")
    lerato.archive(lerato.make(board_id(sandbox), "An old card"))
    thandi.delete(thandi.make("1201234567890123", "A deleted task"))
    page = render_boards(sandbox)
    assert re.search(r"Archived \(1\).*An old card", page, re.DOTALL)
    assert re.search(r"Deleted \(1\).*A deleted task", page, re.DOTALL)


def test_nothing_that_people_write_becomes_markup(sandbox: Sandbox) -> None:
    lerato, thandi = Person(sandbox, "Lerato Dube"), Person(sandbox, "Thandi Mokoena")
    for text in HOSTILE:
        for person, home in ((lerato, board_id(sandbox)), (thandi, "1201234567890123")):
            task = person.make(home, text, notes=text)
            person.comment(task, text)
    shown = read(render_boards(sandbox)).text
    assert "<script>alert(1)</script>" in shown
    assert "{{ 7 * 7 }}" in shown


def test_the_page_is_served_at_the_root(sandbox: Sandbox) -> None:
    answer = requests.get(sandbox.url, timeout=5)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text == render_boards(sandbox)
    assert requests.get(f"{sandbox.url}/elsewhere", timeout=5).status_code == 404
    assert sandbox.requests == []


def test_times_are_of_the_people_who_look(sandbox: Sandbox) -> None:
    assert "18 November 2026, 08:00" in render_boards(sandbox, zone=ZoneInfo("Africa/Johannesburg"))
    assert "18 November 2026, 06:00" in render_boards(sandbox)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("## Head\n- a\n- **b**\n\ntext", "<h5>Head</h5><ul><li>a</li><li><strong>b</strong></li></ul><p>text</p>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("`a *b*` and *c*", "<p><code>a *b*</code> and <em>c</em></p>"),
        (r"\*not\* \[a link\](x)", "<p>*not* [a link](x)</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("```\n<b>\n```", "<pre>&lt;b&gt;</pre>"),
        ("> said", "<blockquote>said</blockquote>"),
        ("---", "<hr>"),
        (
            "[here](https://x.example/a)",
            '<p><a href="https://x.example/a" rel="noopener noreferrer">here</a></p>',
        ),
        ("[here](javascript:x)", "<p>here</p>"),
    ],
)
def test_markdown_is_shown_as_trello_shows_it(markdown: str, html: str) -> None:
    assert trello_html(markdown) == html


def test_rich_text_is_shown_as_asana_shows_it() -> None:
    html = (
        '<body><h1>A</h1>b &lt;i&gt;<ul><li>c</li></ul><a href="https://x.example">d</a><a href="mailto:x">e</a></body>'
    )
    assert asana_html(html) == (
        '<h5>A</h5>b &lt;i&gt;<ul><li>c</li></ul><a href="https://x.example" rel="noopener noreferrer">d</a>e'
    )
    assert asana_html("<b>broken") == "&lt;b&gt;broken"


def test_a_person_finds_tasks_by_title_and_is_told_no_by_the_board(sandbox: Sandbox) -> None:
    lerato, thandi = Person(sandbox, "Lerato Dube"), Person(sandbox, "Thandi Mokoena")
    task, card = thandi.make("1201234567890123", "Sessions fall"), lerato.make(board_id(sandbox), "Sessions too")
    assert thandi.finds("Sessions") == [task, card]
    thandi.complete(task)
    assert thandi.finds("Sessions") == [card]
    assert thandi.finds("Sessions", also_done=True) == [task, card]
    with pytest.raises(Exception, match="no archive"):
        thandi.archive(task)
    with pytest.raises(Exception, match="no Trello account"):
        thandi.rename(card, "x")
    lerato.delete(card)
    with pytest.raises(Exception, match="gone for good"):
        lerato.restore(card)
    with pytest.raises(KeyError):
        Person(sandbox, "Nobody")


def test_messages_and_mails_are_shown_and_stay_text(sandbox: Sandbox) -> None:
    bot = sandbox.slack.state.add_bot()
    channel = sandbox.slack.state.add_channel(name="marketing <b>")
    said = [{"type": "text", "text": text, "style": {"bold": True}} for text in HOSTILE]
    links = [
        {"type": "link", "url": "javascript:alert(1)", "text": "x"},
        {"type": "link", "url": "https://x.example/a"},
    ]
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*said, *links]}]}]
    sandbox.slack.state.say(channel.id, "&lt;script&gt;alert(2)", by=bot.user).blocks = blocks
    sandbox.slack.state.say(channel.id, "<script>alert(3)</script>")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp.port) as post:
        post.sendmail("a@x.example", "b@x.example", b"Subject: <script>s\r\n\r\n<script>alert(4)</script>\r\n")
    page = read(render_boards(sandbox))
    for text in (
        "#marketing <b>",
        "<script>alert(1)</script>",
        "<script>alert(3)</script>",
        "<script>s",
        "b@x.example",
    ):
        assert text in page.text
    sandbox.smtp.stop()
    assert "<script>alert(4)</script>" in read(render_boards(sandbox)).text


def test_an_hour_later_the_page_says_so() -> None:
    clock = [datetime(2026, 11, 18, 6, 0, tzinfo=UTC)]
    sandbox = Sandbox(lambda: clock[0])
    before = render_boards(sandbox)
    clock[0] += timedelta(hours=1)
    assert "07:00" in render_boards(sandbox)
    assert "06:00" in before
    assert "No board yet" in before
