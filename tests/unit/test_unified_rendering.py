"""The report as Markdown, HTML and JSON: they say the same, and no text in them can become anything but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sync.output_schema import output_schema
from sync.unified import Format, report_json, report_markdown, report_page, report_text
from sync.unified.html import policy, style, style_hash
from sync.unified.safe_markdown import link, safe
from tests.unit.report_samples import NOVEMBER, hostile

SECTIONS = ["Executive summary", "Marketing metrics", "M&E metrics", "Strategy adjustments", "Plans"]
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1)) ![p](https://evil.example/p.png)",
    "| a | b |\n| --- | --- |\n# heading\n- item",
    "`code` ``` fence **bold** _it_ ~~gone~~ <!-- hidden --> &lt;b&gt; $$x$$ {{ 7*7 }} {% raw %}",
    "see http://evil.example and www.evil.example, @everyone, a@evil.example",
    "1. one\n+ two\n= three\n> four",
    "\u202eevil\u202c \u2066x\u2069 a\x00b\x1b[31mred ]]> --> ' \" \\",
]


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.text: list[str] = []
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._within:
            return
        self.text.append(data)
        if any(re.fullmatch(r"h[1-6]", one) for one in self._within):
            level, said = self.headings[-1]
            self.headings[-1] = (level, said + data)


PAGE = report_page(NOVEMBER)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_has_the_five_sections_under_sound_headings() -> None:
    page = Page(PAGE)
    assert [said for level, said in page.headings if level == 2] == SECTIONS
    assert [level for level, _ in page.headings].count(1) == 1
    for (before, _), (after, said) in zip(page.headings, page.headings[1:], strict=False):
        assert after <= before + 1 or (before, after) == (2, 4), said
    names = [tag for tag, _ in page.tags]
    assert {"header", "main", "nav", "footer"} <= set(names)
    assert dict(page.tags)["html"] == {"lang": "en"}


def test_the_first_screen_says_what_is_off_target_why_and_who_does_what_by_when() -> None:
    beginning = PAGE[PAGE.index("<h1>") : PAGE.index("Off target now")]
    for said in (
        "Website sessions were 8,200",
        "32 % below",
        "Organic Search",
        "Thandi decides what to do by Wed 25 Nov",
    ):
        assert said in beginning


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = Page(PAGE)
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "form", "base")
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
    assert "@import" not in style()
    assert "url(" not in style()


def test_the_content_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    found = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert style_hash() == f"'sha256-{digest}'"
    metas = [attributes for tag, attributes in Page(PAGE).tags if tag == "meta"]
    assert {"http-equiv": "Content-Security-Policy", "content": policy()} in metas
    assert policy() == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert PAGE.count("<style") == 1


def test_every_table_says_what_its_columns_are_and_every_picture_what_it_shows() -> None:
    page = Page(PAGE)
    scopes = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert scopes
    assert set(scopes) == {"col", "row"}
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert pictures
    for attributes in pictures:
        assert attributes.get("role") == "img"
        assert attributes.get("aria-labelledby")


def test_no_id_stands_twice_and_every_link_within_leads_somewhere() -> None:
    page = Page(PAGE)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        address = attributes.get("href") or ""
        if tag == "a" and address.startswith("#"):
            assert address[1:] in ids


@pytest.mark.parametrize("text", NASTY)
def test_hostile_names_are_shown_on_the_page_and_do_nothing(text: str) -> None:
    made = report_page(hostile(text))
    page = Page(made)
    known = {tag for tag, _ in Page(PAGE).tags}
    assert {tag for tag, _ in page.tags} <= known | {"code"}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if tag == "a":
            assert re.match(r"#|https?://", attributes["href"] or "")
    assert "\x1b" not in made
    assert "\u202e" not in made


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def rendered(text: str) -> str:
    return str(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text))


def test_the_markdown_has_the_five_sections_and_the_same_summary() -> None:
    text = report_markdown(NOVEMBER)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert "Thandi decides what to do by Wed 25 Nov" in text
    page = "".join(Page(rendered(text)).text)
    for one in report_json(NOVEMBER)["summary"]:  # type: ignore[attr-defined]
        assert one["said"] in page


def test_tables_are_tables() -> None:
    tables = rendered(report_markdown(NOVEMBER)).count("<table>")
    assert tables >= 5


@pytest.mark.parametrize("text", NASTY)
def test_hostile_names_are_shown_in_markdown_and_do_nothing(text: str) -> None:
    made = rendered(report_markdown(hostile(text)))
    page = Page(made)
    plain = {tag for tag, _ in Page(rendered(report_markdown(NOVEMBER))).tags} | {"code"}
    assert {tag for tag, _ in page.tags} <= plain
    for tag, attributes in page.tags:
        if tag == "a":
            assert re.match(
                r"https://(a\.example/|app\.asana\.com|alignd\.saypro|trello\.com)", attributes["href"] or ""
            )
    assert len([one for one in page.headings if one[0] == 2]) == len(SECTIONS)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40))
def test_whatever_a_text_is_markdown_shows_it_as_it_is(text: str) -> None:
    html = rendered(f"- x {safe(text)} x\n\n{safe(text)}\n")
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= {"ul", "li", "p"}
    shown = "".join(page.text).replace("\u2060", "").split()
    assert shown == ["x", *text.replace("\u2060", "").split(), "x", *text.replace("\u2060", "").split()]


def test_only_addresses_of_the_web_become_links() -> None:
    assert link("a", "javascript:alert(1)") == "a"
    assert link("a]b", "https://x.example/?q=<1> (2)") == "[a\\]b](<https://x.example/?q=%3C1%3E%20%282%29>)"


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["plain", *NASTY])
def test_the_json_fits_its_schema(text: str) -> None:
    schema = {**output_schema(), "anyOf": [{"$ref": "#/$defs/report"}]}
    jsonschema.validate(json.loads(report_text(hostile(text), Format.JSON)), schema)


def test_the_json_has_values_beside_words() -> None:
    found = json.loads(report_text(NOVEMBER, Format.JSON))
    kpi = found["marketing"]["kpis"][0]
    assert kpi["number"] == {"value": "8200", "said": "8,200"}
    assert (kpi["gap"], kpi["place"], kpi["period"]["label"]) == ("-0.3167", "off_target", "2026-W46")
    assert found["counts"]["of"] == 4


def test_the_same_alignment_is_the_same_report_to_the_byte() -> None:
    for one in Format:
        assert report_text(NOVEMBER, one) == report_text(replace(NOVEMBER), one)
