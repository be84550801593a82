"""Documents as Asana's rich text: valid XML in a `<body>`, of a few tags; data is escaped and can never be a tag.

What Asana takes (developers.asana.com/docs/rich-text): body strong em u s code ol ul li a everywhere, h1 h2 hr in
task notes only; only `<a>` has attributes; line breaks are literal newlines; anything else is a 400. Asana rewrites
the html it stores, so it is never compared: plain notes are.
"""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import urlsplit

from connectors.fitting import clean, clean_within, fit
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
)

LONGEST = 60_000  # characters of html; Asana gives no number for notes, this is below what its app takes


def html_notes(document: Document) -> str:
    """A task's `html_notes`: headings, lists, links; the reference as the last line, as it is."""
    return fit(document, _notes, LONGEST)


def html_comment(document: Document) -> str:
    """A comment's `html_text`. Stripped of its tags it reads exactly as `documents.plain` says the document.

    Headings are not taken in comments and lists come back differently in `text`, so both are written as lines.
    """
    return fit(document, _comment, LONGEST)


def said(document: Document) -> str:
    """What Asana's `text` of that comment is: the words without the tags."""
    return _strip(html_comment(document))


def _notes(document: Document) -> str:
    out = ""
    before: Block | None = None
    for block in document.blocks:
        if html := _block(block):
            out += _between(before, block) + html
            before = block
    if document.reference is not None:
        gap = "\n\n" if isinstance(before, Paragraph) else "\n" if before is not None else ""
        out += gap + escape(document.reference, quote=False)
    return f"<body>{out}</body>"


def _between(before: Block | None, block: Block) -> str:
    """Line breaks between two blocks: headings and lists begin and end lines by themselves, text does not."""
    if before is None or isinstance(before, Heading):
        return ""
    return "\n\n" if isinstance(before, Paragraph) and isinstance(block, Paragraph) else "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text=text):
            return f"<h2>{_text(clean(text))}</h2>" if clean(text) else ""
        case Paragraph(lines=lines):
            return "\n".join(_line(one) for one in lines)
        case Bullets(items=items):
            return _list([_line(one) for one in items])
        case Rows(rows=rows):
            return _list([" · ".join(_text(cell) for cell in row) for row in rows])


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>" if items else ""


def _line(items: Line) -> str:
    return "".join(_inline(item) for item in items)


def _inline(item: Inline) -> str:
    text = _text(item.text)
    match item:
        case Strong():
            return f"<strong>{text}</strong>" if text else ""
        case Code():
            return f"<code>{text}</code>" if text else ""
        case Link(url=url) if is_web(url):
            return f'<a href="{escape(url)}">{text or escape(url)}</a>'
        case Link(url=url) if url != item.text:
            return f"{text} ({_text(url)})"
        case _:
            return text


def _comment(document: Document) -> str:
    parts: list[str] = []
    for block in document.blocks:
        match block:
            case Heading(text=text):
                parts.append(f"<strong>{_text(text)}</strong>")
            case Paragraph(lines=lines):
                parts.append("\n".join(_said_line(one) for one in lines))
            case Bullets(items=items):
                parts.append("\n".join(f"- {_said_line(one)}" for one in items))
            case Rows(rows=rows):
                parts.append("\n".join("  ".join(_text(cell) for cell in row) for row in rows))
    if document.reference is not None:
        parts.append(escape(document.reference, quote=False))
    return "<body>" + "\n\n".join(parts) + "</body>"


def _said_line(items: Line) -> str:
    return "".join(
        f'{_text(item.text)} (<a href="{escape(item.url)}">{escape(item.url, quote=False)}</a>)'
        if isinstance(item, Link) and is_web(item.url)
        else _inline(item)
        for item in items
    )


def _text(text: str) -> str:
    return escape(clean_within(text), quote=False)


def is_web(url: str) -> bool:
    """Whether a link may stand as one: http or https, a host, no blanks or control characters."""
    if clean(url) != url or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _strip(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))
