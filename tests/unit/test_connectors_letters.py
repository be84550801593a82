"""Letters as Block Kit and as mail: whatever stands in them is data, and fits."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.email.message import NoSuchAddress, envelope, mail, message_id
from connectors.email.render import html_body, text_body
from connectors.sandbox.slack.blocks import characters, faults_of
from connectors.slack.render import BLOCKS, FALLBACK, WHOLE, fallback, message_blocks
from mapping.documents import (
    Block,
    Bullets,
    Code,
    Document,
    Heading,
    Link,
    Paragraph,
    Rows,
    Strong,
    Text,
    line,
    plain,
)
from mapping.letters import Letter, LetterKind, Picture

LIVE = ("<!channel>", "<@U0000000001>", "<!here|x>", "@here", "*b*", "`c`", ":tada:", "&amp;", "</p><script>",
        "\r\nBcc: e@x", "\u202e", "\ud800", "\x00", "{{ 7 }}", "=1+1", "a" * 2_000, "🎯" * 700, "|", ">")  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(LIVE), st.text(alphabet=string.printable, max_size=60), st.text(max_size=20),
    st.lists(st.sampled_from(LIVE), max_size=4).map(" ".join),
)  # fmt: skip
URLS = st.one_of(
    st.just("https://alignd.example/a?b=1&c=2#d"),
    WORDS.map(lambda one: "https://x.example/" + one),
    st.sampled_from(
        ["javascript:alert(1)", "https://x|y>z", "http://[", "//x.example", "https://", "data:text/html,x"]
    ),
)
LINES = st.lists(
    st.one_of(WORDS.map(Text), WORDS.map(Strong), WORDS.map(Code), st.builds(Link, WORDS, URLS)), max_size=4
).map(tuple)
BLOCK = st.one_of(
    WORDS.map(Heading),
    st.lists(LINES, max_size=5).map(lambda some: Paragraph(tuple(some))),
    st.lists(LINES, max_size=5).map(lambda some: Bullets(tuple(some))),
    st.lists(st.lists(WORDS, max_size=4).map(tuple), max_size=5).map(lambda some: Rows(tuple(some))),
)
LETTERS = st.builds(
    lambda subject, blocks, times, url, pictures: Letter(
        "saypro/digest/x/2026-W47", LetterKind.DIGEST, subject, Document(tuple(blocks) * times), pictures, None, url
    ),
    WORDS,
    st.lists(BLOCK, max_size=8),
    st.sampled_from([1, 1, 1, 30]),
    st.one_of(st.none(), URLS),
    st.lists(st.builds(Picture, WORDS, WORDS, st.binary(max_size=20), st.integers(0, 9)), max_size=2).map(tuple),
)


def a_letter(*blocks: Block, subject: str = "Week of 9–15 November", url: str | None = None) -> Letter:
    return Letter("saypro/digest/x/2026-W47", LetterKind.DIGEST, subject, Document(blocks), url=url)


def elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that is shown, in order."""
    found: list[dict[str, Any]] = []
    for one in blocks:
        found += elements(one["elements"]) if "elements" in one else [one]
    return found


def shown(blocks: list[dict[str, Any]]) -> str:
    return "".join(one["text"] for one in elements(blocks))


# ── Slack ────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(LETTERS)
@settings(max_examples=60)
def test_whatever_a_letter_says_its_blocks_are_taken_and_nothing_in_them_is_markup(letter: Letter) -> None:
    blocks = message_blocks(letter)
    assert faults_of(blocks) == []
    assert len(blocks) <= BLOCKS
    assert characters(blocks) <= WHOLE
    assert {one["type"] for one in blocks} <= {"rich_text"}, "no text object, so no mrkdwn that data could end"
    for one in elements(blocks):
        assert one["type"] in ("text", "link")
        assert one["type"] == "text" or one["url"].startswith(("http://", "https://"))


@given(LETTERS)
@settings(max_examples=60)
def test_whatever_a_letter_says_its_fallback_is_short_and_calls_nobody(letter: Letter) -> None:
    text = fallback(letter)
    assert 0 < len(text) <= FALLBACK + 20
    assert "<" not in text
    assert ">" not in text
    assert "@here" not in text
    assert ":tada:" not in text
    assert all(one.startswith(("amp;", "lt;", "gt;")) for one in text.split("&")[1:])


def test_a_long_letter_ends_at_a_whole_line_and_says_how_much_more_there_is_and_where() -> None:
    rows = tuple(line(f"{number} " + "x" * 90) for number in range(400))
    blocks = message_blocks(a_letter(Bullets(rows), url="https://alignd.example/digest"))
    said = shown(blocks)
    kept = said.count("x" * 90)
    assert 50 < kept < 400
    assert WHOLE * 0.9 < characters(blocks) <= WHOLE
    assert said.endswith(f"… {400 - kept} more lines: https://alignd.example/digest")
    assert elements(blocks)[-1]["url"] == "https://alignd.example/digest"


def test_many_short_parts_keep_within_fifty_blocks() -> None:
    blocks = message_blocks(a_letter(*[Paragraph((line(f"Part {number}"),)) for number in range(120)]))
    assert len(blocks) == BLOCKS
    assert shown(blocks).endswith("… 72 more lines")


def test_the_subject_stands_above_the_body_once() -> None:
    above = message_blocks(a_letter(Paragraph((line("All is well."),))))
    assert elements(above)[0] == {"type": "text", "text": "Week of 9–15 November", "style": {"bold": True}}
    first = message_blocks(
        a_letter(Paragraph(((Strong("Week of 9–15 November"),),)), Paragraph((line("All is well."),)))
    )
    assert shown(first) == shown(above)


def test_headings_lists_links_and_rows_look_as_meant() -> None:
    link = Link("task", "https://app.example/1")
    blocks = message_blocks(a_letter(Heading("Below target"), Bullets(((Text("Sessions → "), link),)),
                                     Rows((("Sessions", "8,200"), ("Leads", "36")))))  # fmt: skip
    section, bullets = blocks[1]["elements"]
    assert section["elements"] == [{"type": "text", "text": "Below target", "style": {"bold": True}}]
    assert (bullets["type"], bullets["style"]) == ("rich_text_list", "bullet")
    assert bullets["elements"][0]["elements"][1] == {"type": "link", "url": "https://app.example/1", "text": "task"}
    assert blocks[2]["elements"][0]["type"] == "rich_text_preformatted"
    assert shown(blocks[2:]) == "Sessions  8,200\nLeads     36"


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Page(HTMLParser):
    """What a mail program would find in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.loads += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


@given(LETTERS)
@settings(max_examples=60)
def test_whatever_a_letter_says_the_mail_has_its_own_headers_and_tags_alone(letter: Letter) -> None:
    content = mail(letter, "thandi@saypro.example", "alignd@saypro.example", "saypro")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    message = parsed(content)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "MIME-Version",
        "Content-Type",
    }  # fmt: skip
    part = message.get_body(("html",))
    assert part is not None
    page = Page()
    page.feed(part.get_content())
    assert page.tags <= {"html", "head", "meta", "title", "body", "div", "h2", "p", "br", "ul", "li", "strong", "code",
                         "a", "table", "tr", "td", "img"}  # fmt: skip
    assert not any(name.startswith("on") for name in page.attributes)
    assert all(one.startswith(("http://", "https://", "cid:")) for one in page.loads)


WORDY = st.text(alphabet=string.ascii_letters + string.digits + " ,.", max_size=400).map(line)


@given(
    st.lists(st.one_of(WORDY.map(lambda one: Paragraph((one,))), WORDY.map(lambda one: Bullets((one,)))), max_size=6)
)
def test_the_text_has_72_columns_unless_a_word_is_longer_and_loses_none(blocks: list[Block]) -> None:
    text = text_body(Document(tuple(blocks)))
    for one in text.splitlines():
        assert len(one) <= 72 or " " not in one.strip().removeprefix("- ")
    assert [one for one in text.split() if one != "-"] == [
        one for one in plain(Document(tuple(blocks))).split() if one != "-"
    ]


def test_addresses_of_pages_are_never_broken() -> None:
    url = "https://alignd.example/kpi/sessions?" + "-".join(["week"] * 30)
    text = text_body(Document((Paragraph(((Text("Chart and history: "), Link(url, url)),)),)))
    assert url in text
    assert f'href="{url}"' in html_body("x", Document((Paragraph(((Link("here", url),),)),)), (), {})


def test_rows_that_are_too_wide_for_columns_become_lines() -> None:
    wide = Rows((("Website sessions", "x" * 56, "on target"),))
    assert text_body(Document((wide,))) == f"Website sessions ·\n  {'x' * 56} · on target\n"


def test_the_same_letter_is_the_same_mail_and_another_address_another() -> None:
    letter = replace(a_letter(Paragraph((line("All is well."),))), dated=datetime(2026, 11, 18, tzinfo=UTC))
    both = [mail(letter, "thandi@saypro.example", "alignd@saypro.example", "saypro") for _ in range(2)]
    assert both[0] == both[1]
    assert message_id("a", "b@c.example", "d@e.example") != message_id("a", "B@c.example", "d@e.example")
    assert message_id("a", "b@c.example", "d@e.example").endswith("@e.example>")


@pytest.mark.parametrize("address", ["", "x", "@x.example", "a b@x.example", "a@x.example\r\nDATA", "a<b@x.example"])
def test_what_is_no_address_goes_nowhere(address: str) -> None:
    with pytest.raises(NoSuchAddress):
        envelope(address)


def test_a_subject_beyond_ascii_arrives_as_it_was() -> None:
    subject = "Week of 9–15 November: 8 von 12 im Ziel, größer 🎯 " + "x" * 120
    message = parsed(mail(a_letter(subject=subject), "t@x.example", "alignd@saypro.example", "saypro"))
    assert message["Subject"] == subject
