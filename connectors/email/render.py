"""A letter's body as mail: a text of 72 columns, and HTML that Outlook and phones read, in light and in dark.

Styles stand inline, no colour is set for background or text (each reader keeps its own), nothing is loaded from
elsewhere: pictures are parts of the same mail (cid:). Data is escaped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from connectors.fitting import clean, clean_within
from mapping.documents import Block, Bullets, Code, Document, Heading, Inline, Line, Link, Paragraph, Rows, Strong
from mapping.letters import Picture

WIDTH = 72
LONGEST_WORD = 900  # characters; RFC 5322 2.1.1 allows 998 a line, and a word is never broken

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_BODY = f"margin:0;padding:16px;{_FONT};font-size:16px;line-height:1.45"
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title></head>\n"
    f'<body style="{_BODY}"><div style="max-width:620px">\n{{body}}\n</div></body></html>\n'
)
_STYLES = {
    "h2": "margin:20px 0 6px;font-size:18px;line-height:1.3",
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:22px",
    "li": "margin:0 0 4px",
    "table": "border-collapse:collapse;margin:0 0 12px",
    "td": "padding:3px 14px 3px 0;vertical-align:top;border-bottom:1px solid #b0b0b0;font-size:15px",
    "img": "display:block;width:100%;max-width:600px;height:auto;border:0;margin:4px 0 14px",
}


def text_body(body: Document, pictures: Sequence[Picture] = ()) -> str:
    """The body as text, wrapped at 72 columns; addresses and long words stay whole."""
    parts: list[str] = []
    shown = _by_place(pictures, len(body.blocks))
    for place, block in enumerate(body.blocks):
        parts.append("\n".join(_text(block)))
        parts += ["\n".join(_wrapped(f"[Chart: {clean(one.alt)}]")) for one in shown.get(place, ())]
    return "\n\n".join(part for part in parts if part) + "\n"


def html_body(title: str, body: Document, pictures: Sequence[Picture], sources: Mapping[str, str]) -> str:
    """The body as a page. `sources`: a picture's name → its Content-ID; pictures that are not in it are left out."""
    parts: list[str] = []
    shown = _by_place(pictures, len(body.blocks))
    for place, block in enumerate(body.blocks):
        parts.append(_html(block))
        parts += [_picture(one, sources[one.name]) for one in shown.get(place, ()) if one.name in sources]
    return _PAGE.format(title=escape(clean(title)), body="\n".join(part for part in parts if part))


def web(url: str) -> str | None:
    """The address if it is one of the web and nothing in it could end a line or an attribute."""
    if len(url) > LONGEST_WORD or any(sign.isspace() or not sign.isprintable() or sign in "<>\"'" for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _by_place(pictures: Sequence[Picture], blocks: int) -> dict[int, list[Picture]]:
    """Pictures by the block they stand after; one beyond the last stands at the end."""
    found: dict[int, list[Picture]] = {}
    for one in pictures:
        found.setdefault(min(max(one.after, 0), max(blocks - 1, 0)), []).append(one)
    return found


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text):
            title = clean(text)
            if title:
                yield from _wrapped(title)
                yield "-" * min(len(title), WIDTH)
        case Paragraph(lines=lines):
            for one in lines:
                yield from _wrapped(_plain(one))
        case Bullets(items=items):
            for one in items:
                yield from _wrapped(_plain(one), "- ", "  ")
        case Rows(rows=rows):
            yield from _rows(rows)


def _wrapped(text: str, first: str = "", other: str = "") -> list[str]:
    words = " ".join(word if len(word) <= LONGEST_WORD else word[: LONGEST_WORD - 1] + "…" for word in text.split(" "))
    return textwrap.wrap(
        words, WIDTH, initial_indent=first, subsequent_indent=other, break_long_words=False, break_on_hyphens=False
    )


def _plain(items: Line) -> str:
    return "".join(_plain_inline(one) for one in items).strip()


def _plain_inline(item: Inline) -> str:
    text = clean_within(item.text)
    if isinstance(item, Link) and (url := web(item.url)) and url != text.strip():
        return f"{text} {url}" if text.rstrip().endswith(":") else f"{text} ({url})" if text.strip() else url
    return text


def _rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns of fixed width, where they fit; else a line each, its cells parted by a dot."""
    cells = [[clean(cell) for cell in row] for row in rows]
    count = max((len(row) for row in cells), default=0)
    widths = [max((len(row[at]) for row in cells if at < len(row)), default=0) for at in range(count)]
    if sum(widths) + 3 * max(count - 1, 0) > WIDTH:
        for row in cells:
            yield from _wrapped(" · ".join(cell for cell in row if cell), "", "  ")
        return
    for row in cells:
        yield "   ".join(cell.ljust(widths[at]) for at, cell in enumerate(row)).rstrip()


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _html(block: Block) -> str:
    match block:
        case Heading(text=text):
            return _tag("h2", escape(clean(text))) if clean(text) else ""
        case Paragraph(lines=lines):
            shown = [said for one in lines if (said := _html_line(one))]
            return _tag("p", "<br>\n".join(shown)) if shown else ""
        case Bullets(items=items):
            shown = [_tag("li", said) for one in items if (said := _html_line(one))]
            return _tag("ul", "\n".join(shown)) if shown else ""
        case Rows(rows=rows):
            shown = ["<tr>" + "".join(_tag("td", escape(clean(cell))) for cell in row) + "</tr>" for row in rows if row]
            return _tag("table", "\n".join(shown)) if shown else ""


def _tag(name: str, inner: str) -> str:
    return f'<{name} style="{_STYLES[name]}">{inner}</{name}>'


def _html_line(items: Line) -> str:
    return "".join(_html_inline(one) for one in items).strip()


def _html_inline(item: Inline) -> str:
    text = escape(clean_within(item.text))
    match item:
        case Strong():
            return f"<strong>{text}</strong>" if text else ""
        case Code():
            return f'<code style="font-family:Consolas,Menlo,monospace">{text}</code>' if text else ""
        case Link(url=url) if web(url):
            return f'<a href="{escape(url)}">{text if text.strip() else escape(url)}</a>'
        case _:
            return text


def _picture(one: Picture, source: str) -> str:
    # width as an attribute too: Outlook reads no max-width
    return f'<img src="cid:{escape(source)}" alt="{escape(clean(one.alt))}" width="600" style="{_STYLES["img"]}">'
