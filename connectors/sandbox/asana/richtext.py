"""Asana's rich text: valid XML in <body>, a short list of tags; and the plain text that Asana derives from it."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import ClassVar
from xml.parsers import expat

EVERYWHERE = frozenset({"body", "strong", "em", "u", "s", "code", "ol", "ul", "li", "a"})
IN_NOTES = EVERYWHERE | {"h1", "h2", "hr"}
BLOCKS = frozenset({"pre", "blockquote"})
LINK_ATTRIBUTES = frozenset({"href", "data-asana-gid", "data-asana-dynamic"})
_INLINE_ONLY = frozenset({"h1", "h2"})


class BadRichText(ValueError):
    """Not valid XML, or a tag or attribute Asana does not take."""


class _Reader:
    """Checks while expat parses, and gathers plain text."""

    LINE_AFTER: ClassVar[frozenset[str]] = frozenset({"h1", "h2", "li", "pre", "blockquote"})

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self.open: list[str] = []
        self.numbers: list[int] = []
        self.parts: list[str] = []
        self.roots = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open:
            if tag != "body":
                raise BadRichText(f"the root must be <body>, not <{tag}>")
        elif tag == "body":
            raise BadRichText("<body> may stand only at the root")
        if tag not in self.allowed:
            raise BadRichText(f"<{tag}> is not supported here")
        wrong = set(attributes) - (LINK_ATTRIBUTES if tag == "a" else set())
        if wrong:
            raise BadRichText(f"attribute {min(wrong)!r} is not supported on <{tag}>")
        parent = self.open[-1] if self.open else ""
        if parent in ("ul", "ol") and tag != "li":
            raise BadRichText(f"<{parent}> may hold only <li>, not <{tag}>")
        if tag == "li" and parent not in ("ul", "ol"):
            raise BadRichText("<li> may stand only in <ul> or <ol>")
        if _INLINE_ONLY & set(self.open) and tag in self.LINE_AFTER | {"ul", "ol", "hr"}:
            raise BadRichText(f"<{tag}> may not stand in a heading")
        if "li" in self.open and tag in ("h1", "h2", "pre", "hr"):
            raise BadRichText(f"<{tag}> may not stand in a list item")
        self.open.append(tag)
        self._begin(tag)

    def _begin(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._fresh_line()
            self.numbers.append(0)
        elif tag == "li":
            self._fresh_line()
            self.numbers[-1] += 1
            mark = "•" if self.open[-2] == "ul" else f"{self.numbers[-1]}."
            self.parts.append("    " * (len(self.numbers) - 1) + mark + " ")
        elif tag in self.LINE_AFTER:
            self._fresh_line()
        elif tag == "hr":
            self._fresh_line()
            self.parts.append("-------------------------------\n")

    def end(self, tag: str) -> None:
        self.open.pop()
        if tag in ("ul", "ol"):
            self.numbers.pop()
        if tag in self.LINE_AFTER:
            self._fresh_line()

    def text(self, data: str) -> None:
        if self.open and self.open[-1] in ("ul", "ol"):
            if data.strip():
                raise BadRichText(f"text may not stand in <{self.open[-1]}> outside <li>")
            return
        self.parts.append(data)

    def _fresh_line(self) -> None:
        if self.parts and not "".join(self.parts[-2:]).endswith("\n"):
            self.parts.append("\n")


def _read(html: str, allowed: frozenset[str]) -> str:
    reader = _Reader(allowed)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text

    def refuse(*_: object) -> None:
        raise BadRichText("a document type may not be declared")

    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(html.encode("utf-8", "strict"), True)
    except expat.ExpatError as error:
        raise BadRichText(str(error)) from error
    except UnicodeEncodeError as error:
        raise BadRichText("not valid Unicode") from error
    return "".join(reader.parts)


def check(html: str, *, notes: bool, blocks: bool = True, br: bool = False) -> None:
    """Raise `BadRichText` unless Asana would take it: in task notes (`notes`) or in a comment."""
    allowed = IN_NOTES if notes else EVERYWHERE
    if blocks and notes:
        allowed |= BLOCKS
    if br:
        allowed |= {"br"}
    _read(html, allowed)


@lru_cache(maxsize=8192)
def plain_of(html: str) -> str:
    """The plain text Asana derives (`notes`, `text`); list items begin with "• " or their number."""
    return _read(html, IN_NOTES | BLOCKS | {"br"}).rstrip("\n")


def from_plain(text: str) -> str:
    """Plain text as Asana's html (what html_notes shows when notes were sent)."""
    kept = "".join(c for c in text if c in "\n\t" or c >= " ")
    return f"<body>{escape(kept, quote=False)}</body>"


def strip(html: str) -> str:
    """Without <body>, for pages."""
    return html.removeprefix("<body>").removesuffix("</body>")


__all__ = ["BadRichText", "check", "from_plain", "plain_of", "strip"]
