"""What people wrote, as safe HTML: Asana's rich text and Trello's markdown. Nothing passes that is not on a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from xml.parsers import expat

from markupsafe import Markup

_TAGS = {"strong": "strong", "em": "em", "u": "u", "s": "s", "code": "code", "ol": "ol", "ul": "ul", "li": "li",
         "h1": "h5", "h2": "h5", "pre": "pre", "blockquote": "blockquote"}  # fmt: skip
_WEB = re.compile(r"https?://[^\s<>\"'\\]+")


def link(url: str, shown: str) -> str:
    """A link to the web; for any other address, the text alone. `shown` is HTML already."""
    if _WEB.fullmatch(url) is None:
        return shown
    return f'<a href="{escape(url)}" rel="noopener noreferrer">{shown}</a>'


# ── Asana ────────────────────────────────────────────────────────────────────────────────────────────────────────


def asana_html(html: str) -> Markup:
    """Asana's html as the page shows it; text that is not valid there is shown as it is."""
    parts: list[str] = []
    closing: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "hr":
            parts.append("<hr>")
        if tag == "a" and _WEB.fullmatch(attributes.get("href", "")):
            parts.append(f'<a href="{escape(attributes["href"])}" rel="noopener noreferrer">')
            closing.append("</a>")
        elif tag in _TAGS:
            parts.append(f"<{_TAGS[tag]}>")
            closing.append(f"</{_TAGS[tag]}>")
        else:
            closing.append("")

    def end(_: str) -> None:
        parts.append(closing.pop())

    def text(data: str) -> None:
        parts.append(escape(data))

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(html.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return Markup(escape(html))  # noqa: S704 - escaped
    return Markup("".join(parts))  # noqa: S704 - every part is escaped or from the list


# ── Trello ───────────────────────────────────────────────────────────────────────────────────────────────────────

_BLOCK = re.compile(r"(?P<head>#{1,6})\s+(?P<title>.*)|\s*(?P<bullet>[-*+])\s+(?P<item>.*)|"
                    r"\s*(?P<number>\d{1,9})[.)]\s+(?P<numbered>.*)|>\s?(?P<quote>.*)")  # fmt: skip
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*")


def trello_html(text: str) -> Markup:
    """Trello's markdown as the page shows it: headings, lists, quotes, code, links, emphasis."""
    return Markup("".join(_blocks(text.split("\n"))))  # noqa: S704 - every part is escaped or from the list


class _Blocks:
    """Lines into blocks; `out` is the HTML so far."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.plain: list[str] = []
        self.open_list = ""

    def end_paragraph(self) -> None:
        if self.plain:
            self.out.append("<p>" + "<br>".join(_inline(one) for one in self.plain) + "</p>")
            self.plain.clear()

    def in_list(self, wanted: str) -> None:
        """Be in a list of this kind ("" for none)."""
        if wanted == self.open_list:
            return
        self.end_paragraph()
        if self.open_list:
            self.out.append(f"</{self.open_list}>")
        if wanted:
            self.out.append(f"<{wanted}>")
        self.open_list = wanted

    def line(self, line: str) -> None:
        if _RULE.fullmatch(line):
            self.in_list("")
            self.end_paragraph()
            self.out.append("<hr>")
            return
        match = _BLOCK.fullmatch(line)
        if match is not None:
            self.in_list("ul" if match["bullet"] else "ol" if match["number"] else "")
            self.end_paragraph()
            self.out.append(_block(match))
        elif line.strip():
            self.in_list("")
            self.plain.append(line)
        else:
            self.in_list("")
            self.end_paragraph()

    def code(self, text: str) -> None:
        self.in_list("")
        self.end_paragraph()
        self.out.append(f"<pre>{escape(text)}</pre>")


def _blocks(lines: list[str]) -> Iterator[str]:
    blocks = _Blocks()
    fence: list[str] | None = None
    for line in lines:
        if line.strip().startswith("```"):
            if fence is not None:
                blocks.code("\n".join(fence))
            fence = [] if fence is None else None
        elif fence is not None:
            fence.append(line)
        else:
            blocks.line(line)
    if fence is not None:
        blocks.code("\n".join(fence))
    blocks.in_list("")
    blocks.end_paragraph()
    yield from blocks.out


def _block(match: re.Match[str]) -> str:
    if match["head"]:
        return f"<h5>{_inline(match['title'])}</h5>"
    if match["quote"] is not None:
        return f"<blockquote>{_inline(match['quote'])}</blockquote>"
    return f"<li>{_inline(match['item'] if match['bullet'] else match['numbered'])}</li>"


_INLINE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\\([!-/:-@\[-`{-~])"), lambda m: escape(m[1])),
    (re.compile(r"(`+)(.+?)\1"), lambda m: f"<code>{escape(m[2].strip())}</code>"),
    (re.compile(r"!?\[((?:\\.|[^\]\\])*)\]\(\s*<?([^\s)>]*)>?[^)]*\)"), lambda m: link(m[2], _inline(m[1]))),
    (re.compile(r"<(https?://[^>\s]+)>"), lambda m: link(m[1], escape(m[1]))),
    (re.compile(r"https?://[^\s<>\"'\\)\]]+"), lambda m: link(m[0], escape(m[0]))),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), lambda m: f"<strong>{_inline(m[1])}</strong>"),
    (re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"), lambda m: f"<s>{_inline(m[1])}</s>"),
    (re.compile(r"\*(?=\S)(.+?)(?<=\S)\*"), lambda m: f"<em>{_inline(m[1])}</em>"),
    (re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)"), lambda m: f"<em>{_inline(m[1])}</em>"),
)


def _inline(text: str) -> str:
    """Inline markdown, left to right; what is no markup is escaped."""
    shown: list[str] = []
    place = 0
    while place < len(text):
        for pattern, write in _INLINE:
            match = pattern.match(text, place)
            if match is not None:
                shown.append(write(match))
                place = match.end()
                break
        else:
            shown.append(escape(text[place]))
            place += 1
    return "".join(shown)
