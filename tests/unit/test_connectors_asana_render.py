"""Documents as Asana's rich text: always valid XML of the allowed tags, and always exactly the data."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from connectors.asana.render import LONGEST, html_comment, html_notes, said
from connectors.fitting import CUT, clean
from mapping.documents import (
    Block,
    Bullets,
    Code,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Paragraph,
    Rows,
    Strong,
    Text,
    paragraph,
    plain,
)

REFERENCE = "alignd ref 6SADZD7P6NG7MP55Q52V saypro/action/sessions/2026-W46"
NOTES_TAGS = {"body", "strong", "code", "ul", "li", "a", "h2"}
COMMENT_TAGS = {"body", "strong", "code", "a"}

HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "]]>",
            "&amp;",
            "</body>",
            '"><a href="x">',
            "a\nb",
            " x ",
            "\x00\x1b",
            "🙂",
            "مرحبا",
        ]
    ),
)
URLS = st.sampled_from(
    [
        'https://a.example/x?y=1&z="2"',
        "http://a.example/(b)",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "",
        "ftp://a",
    ]
)
INLINES: st.SearchStrategy[Inline] = st.one_of(
    HOSTILE.map(Text), HOSTILE.map(Strong), HOSTILE.map(Code), st.builds(Link, HOSTILE, URLS)
)
LINES: st.SearchStrategy[Line] = st.lists(INLINES, max_size=4).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    HOSTILE.map(Heading),
    st.lists(LINES, min_size=1, max_size=3).map(lambda lines: Paragraph(tuple(lines))),
    st.lists(LINES, max_size=3).map(lambda lines: Bullets(tuple(lines))),
    st.lists(st.lists(HOSTILE, max_size=3).map(tuple), max_size=3).map(lambda rows: Rows(tuple(rows))),
)
DOCUMENTS = st.builds(Document, st.lists(BLOCKS, max_size=5).map(tuple), st.one_of(st.none(), st.just(REFERENCE)))


def _letters(text: str) -> str:
    """What is left of a text without blanks and list marks, which a rendering may add or take."""
    return re.sub(r"[\s·•-]+", "", clean(text))


def _parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


@given(DOCUMENTS)
def test_notes_are_valid_xml_of_allowed_tags_whose_only_attribute_is_an_address(document: Document) -> None:
    root = _parsed(html_notes(document))
    assert root.tag == "body"
    for element in root.iter():
        assert element.tag in NOTES_TAGS
        assert set(element.attrib) == ({"href"} if element.tag == "a" else set())
        assert element.get("href", "https://").startswith(("http://", "https://"))


@given(DOCUMENTS)
def test_a_comment_stripped_of_its_tags_reads_as_the_document_in_plain_text(document: Document) -> None:
    root = _parsed(html_comment(document))
    assert {element.tag for element in root.iter()} <= COMMENT_TAGS
    words = "".join(root.itertext())
    assert said(document) == words
    assert _letters(words) == _letters(plain(document))


@given(DOCUMENTS)
def test_the_reference_is_the_last_line_of_the_notes_as_it_is(document: Document) -> None:
    words = "".join(_parsed(html_notes(document)).itertext())
    if document.reference is not None:
        assert words.splitlines()[-1] == REFERENCE
    else:
        assert REFERENCE not in words


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_text_in_notes_is_exactly_the_data(texts: list[str]) -> None:
    words = "".join(_parsed(html_notes(Document((paragraph(*texts),)))).itertext())
    assert [clean(one) for one in words.split("\n")] == [clean(one) for one in texts]


def test_an_action_item_looks_as_it_should() -> None:
    document = Document(
        (
            paragraph("Sessions were 8,200.", "It is the second week."),
            Heading("Please, by Wed 25 Nov"),
            paragraph("Find the cause."),
            Rows((("9–15 Nov", "8,200", "below"), ("2–8 Nov", "9,960", "below"))),
            Bullets(((Text("a "), Strong("b")),)),
            Paragraph(((Text("Chart: "), Link("history", "https://a.example/k?x=1&y=2")),)),
            Paragraph(((Text("comment "), Code("alignd wrong: why")),)),
        ),
        REFERENCE,
    )
    assert html_notes(document) == (
        "<body>Sessions were 8,200.\nIt is the second week.\n"
        "<h2>Please, by Wed 25 Nov</h2>Find the cause.\n"
        "<ul><li>9–15 Nov · 8,200 · below</li><li>2–8 Nov · 9,960 · below</li></ul>\n"
        "<ul><li>a <strong>b</strong></li></ul>\n"
        'Chart: <a href="https://a.example/k?x=1&amp;y=2">history</a>\n\n'
        "comment <code>alignd wrong: why</code>\n\n"
        f"{REFERENCE}</body>"
    )


def test_a_link_that_is_no_web_address_is_plain_text() -> None:
    line = (Link("click", "javascript:alert(1)"),)
    assert html_notes(Document((Paragraph((line,)),))) == "<body>click (javascript:alert(1))</body>"


def test_notes_that_are_too_long_are_cut_before_the_reference_and_say_so() -> None:
    document = Document(tuple(paragraph(f"{n} " + "<&>" * 200) for n in range(200)), REFERENCE)
    html = html_notes(document)
    assert len(html) <= LONGEST
    assert len(html) > LONGEST * 0.95
    words = "".join(_parsed(html).itertext()).split("\n")
    assert words[0].startswith("0 <&>")
    assert (words[-3], words[-1]) == (CUT, REFERENCE)


def test_blanks_that_do_not_break_stay() -> None:
    assert html_notes(Document((paragraph("8\u00a0200 of 12\u202f000"),))) == "<body>8\u00a0200 of 12\u202f000</body>"


def test_the_module_needs_no_vendor_library() -> None:
    source = Path("connectors/asana/render.py")
    text = (Path(__file__).resolve().parents[2] / source).read_text()
    assert not re.search(r"^(import|from) asana", text, re.MULTILINE)
