"""Documents as Trello's markdown: data never becomes markup, and what people read back is exactly the data."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fitting import CUT, clean
from connectors.trello.render import HIDDEN, LONGEST, escaped, markdown, markdown_comment, plain_text
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

REFERENCE = "alignd ref QVEEHHWEP3JVQJ7XGCOL saypro/action/social_visits/2026-12"

MARKUP = "\\`*_[]()<>#|~!+-=.&;:@/ \n1aZ"
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.text(alphabet=MARKUP, max_size=20),
    st.sampled_from(
        ["# no", "- no", "1. no", "> no", "---", "[a](http://b)", "![a](b)", "`c`", "```", "@ana", "&amp;", ":smile:"]
    ),
)
URLS = st.sampled_from(["https://a.example/x_y?z=1", "http://a.example", "javascript:x", "https://a b", ""])
INLINES: st.SearchStrategy[Inline] = st.one_of(
    HOSTILE.map(Text),
    HOSTILE.map(Strong),
    HOSTILE.map(Code),
    st.builds(Link, HOSTILE.filter(lambda text: bool(clean(text))), URLS),
)
LINES: st.SearchStrategy[Line] = st.lists(INLINES, max_size=4).map(tuple)
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    HOSTILE.map(Heading),
    st.lists(LINES, min_size=1, max_size=3).map(lambda lines: Paragraph(tuple(lines))),
    st.lists(LINES, max_size=3).map(lambda lines: Bullets(tuple(lines))),
    st.lists(st.lists(HOSTILE, max_size=3).map(tuple), max_size=3).map(lambda rows: Rows(tuple(rows))),
)
DOCUMENTS = st.builds(Document, st.lists(BLOCKS, max_size=5).map(tuple), st.one_of(st.none(), st.just(REFERENCE)))

# what may begin markup when no backslash stands before it
LIVE = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]<>|~]")
LINE_START = re.compile(r"^(?:#{1,6}\s|[+-]\s|=+\s*$|-+\s*$|\d{1,9}[.)](?:\s|$)|\s{4,}\S)")


def _letters(text: str) -> str:
    return re.sub(r"[\s]+", "", re.sub("^- ", "", clean(text).replace(HIDDEN, ""), flags=re.MULTILINE))


@given(HOSTILE)
def test_no_mark_of_the_data_is_left_alive(text: str) -> None:
    shown = markdown(Document((paragraph(text),)))
    assert not LIVE.search(shown)
    assert not LINE_START.match(shown)
    assert not re.search(r"@\w|://|www\.|(?<!\\)&#?\w+;|:[a-z][\w+-]*:", shown, re.IGNORECASE)


@given(DOCUMENTS)
def test_what_people_read_is_the_document_in_plain_text(document: Document) -> None:
    for shown in (markdown(document), markdown_comment(document)):
        assert _letters(plain_text(shown)) == _letters(plain(document).replace("\u200b", ""))


@given(DOCUMENTS)
def test_the_reference_survives_exactly_as_a_line_of_its_own(document: Document) -> None:
    lines = markdown(document).split("\n")
    if document.reference is not None:
        assert lines[-1] == REFERENCE
        assert lines[-2:-1] in ([""], [])
        assert plain_text(markdown(document)).split("\n")[-1] == REFERENCE
    else:
        assert REFERENCE not in lines


@given(st.lists(st.lists(HOSTILE, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4))
def test_no_cell_can_end_the_block_of_rows(rows: list[tuple[str, ...]]) -> None:
    lines = markdown(Document((Rows(tuple(rows)),))).split("\n")
    assert re.fullmatch("`{3,}", lines[0])
    assert lines[-1] == lines[0]
    assert not any(lines[0] in line for line in lines[1:-1])
    assert len(lines) == len(rows) + 2


@given(st.text(alphabet="`a b", min_size=1, max_size=12).filter(lambda text: text.strip(" ") != ""))
def test_code_shows_exactly_what_is_to_be_typed(text: str) -> None:
    shown = markdown(Document((Paragraph(((Code(text),),)),)))
    assert plain_text(shown).strip() == clean(text).strip()


def test_an_action_item_looks_as_it_should() -> None:
    document = Document(
        (
            paragraph("Sessions were 8,200.", "It is the second week."),
            Heading("Please, by Wed 25 Nov"),
            Bullets(((Text("a "), Strong("b")), (Text("- c"),))),
            Rows((("9–15 Nov", "8,200", "below"), ("26 Oct–1 Nov", "12,140", "on target"))),
            Paragraph(((Text("Chart: "), Link("history", "https://a.example/k?x=(1)")),)),
            Paragraph(((Text("comment "), Code("alignd wrong: why")),)),
        ),
        REFERENCE,
    )
    assert markdown(document) == (
        "Sessions were 8,200.  \nIt is the second week.\n\n"
        "### Please, by Wed 25 Nov\n\n"
        "- a **b**\n- \\- c\n\n"
        "```\n9–15 Nov       8,200  below\n26 Oct–1 Nov  12,140  on target\n```\n\n"
        "Chart: [history](https://a.example/k?x=%281%29)\n\n"
        "comment `alignd wrong: why`\n\n"
        f"{REFERENCE}"
    )
    assert "**Please, by Wed 25 Nov**" in markdown_comment(document)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("@ana look", f"@{HIDDEN}ana look"),
        ("see https://evil.example", f"see https:{HIDDEN}//evil.example"),
        ("www.evil.example", f"www{HIDDEN}.evil.example"),
        (":tada:", f":{HIDDEN}tada:"),
        ("at 10:30:15", "at 10:30:15"),
        ("[a](b)", "\\[a\\](b)"),
        ("a_b*c", "a\\_b\\*c"),
        ("&lt;", "\\&lt;"),
        ("R & D", "R & D"),
        ("1.6 % (32 %) - fine", "1.6 % (32 %) - fine"),
    ],
)
def test_data_is_taken_the_life_out_of_and_nothing_else(data: str, shown: str) -> None:
    assert escaped(data) == shown


@pytest.mark.parametrize("start", ["# a", "- a", "+ a", "= a", "1. a", "12) a", "===", "---"])
def test_a_line_cannot_begin_a_heading_or_a_list(start: str) -> None:
    shown = markdown(Document((paragraph(start),)))
    assert shown != start
    assert plain_text(shown) == start


def test_a_mark_split_over_two_pieces_is_no_mark_either() -> None:
    assert markdown(Document((Paragraph(((Text("1"), Text(". a")),)),))) == "1\\. a"
    assert markdown(Document((Paragraph(((Text(" "), Text("# a")),)),))) == "\\# a"


def test_a_desc_that_is_too_long_is_cut_before_the_reference_and_says_so() -> None:
    document = Document(tuple(paragraph(f"{n} " + "*🙂" * 100) for n in range(200)), REFERENCE)
    shown = markdown(document)
    assert len(shown.encode("utf-16-le")) // 2 <= LONGEST
    assert len(shown.encode("utf-16-le")) // 2 > LONGEST * 0.95
    assert shown.split("\n")[-3:] == [CUT, "", REFERENCE]


def test_a_link_that_is_no_web_address_is_plain_text() -> None:
    assert markdown(Document((Paragraph(((Link("click", "javascript:x(1)"),),)),))) == "click (javascript:x(1))"


def test_an_address_cannot_end_its_link_or_call_somebody() -> None:
    line = (Link("a", 'https://a.example/) "b" @ana'.replace(" ", "_")),)
    assert markdown(Document((Paragraph((line,)),))) == "[a](https://a.example/%29_%22b%22_%40ana)"
