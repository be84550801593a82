"""Documents as Trello's markdown, and markdown as plain text again. Data is escaped and can never become markup.

Backslash escapes stand before what could begin markup; an invisible blank (U+200B) takes the life out of what no
backslash reaches: @mentions (which send mail), bare addresses, :emoji: names. The reference stands bare in its own
paragraph. `plain_text(markdown(document))` reads as `documents.plain(document)`, blanks evened.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

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

LONGEST = 16_384  # developer.atlassian.com, object definitions: a card's desc; comments are taken to be the same
HIDDEN = "\u200b"

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(?=[#+=-])|^(\d{1,9})(?=[.)](?:\s|$))")
_LIVE = re.compile(r"(?<=@)(?=\w)|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=:)(?=[a-z+-][\w+-]*:)", re.IGNORECASE)


def markdown(document: Document) -> str:
    """A card's `desc`: headings, lists, rows as a block of fixed width; the reference as the last line, as it is."""
    return fit(document, lambda one: _render(one, "### "), LONGEST, _units)


def markdown_comment(document: Document) -> str:
    """A comment's text: as a desc, with bold words in place of headings."""
    return fit(document, lambda one: _render(one, ""), LONGEST, _units)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2  # how Trello's JavaScript counts


def _render(document: Document, heading: str) -> str:
    parts = [part for block in document.blocks if (part := _block(block, heading))]
    if document.reference is not None:
        parts.append(document.reference)
    return "\n\n".join(parts)


def _block(block: Block, heading: str) -> str:
    match block:
        case Heading(text=text):
            shown = escaped(text)
            if heading:  # a heading may end in marks that do not show
                return heading + re.sub(r"#(?=#*$)", r"\\#", shown) if shown else ""
            return f"**{shown}**" if shown else ""
        case Paragraph(lines=lines):
            return "  \n".join(_line(one) for one in lines)  # two blanks: a line break in every dialect
        case Bullets(items=items):
            return "\n".join(f"- {_line(one)}" for one in items)
        case Rows(rows=rows):
            return _fixed_width(rows)


def _line(items: Line) -> str:
    composed = ""
    for shown in map(_inline, items):
        if composed[-1:] in ("`", "*") and shown.startswith(composed[-1]):
            composed += HIDDEN  # `a``b` would be one piece of code
        composed += shown
    composed = composed.strip(" ")
    # only here is it known what stands at the line's start
    return _LINE_START.sub(lambda found: f"{found[1] or ''}\\", composed, count=1)


def _inline(item: Inline) -> str:
    match item:
        case Strong(text=text) if clean(text):
            lead, trail = _edges(text)
            return f"{lead}**{escaped(text)}**{trail}"  # blanks inside the marks would undo them
        case Code(text=text) if clean(text):
            return _code(text)
        case Link(text=text, url=url) if (target := _target(url)) is not None:
            return f"[{escaped(text) or escaped(url)}]({target})"
        case Link(text=text, url=url):
            return f"{_spaced(text)} ({escaped(url)})"
        case _:
            return _spaced(item.text)


def escaped(text: str) -> str:
    """Data as markdown that shows exactly this data (the start of a line is the line's business)."""
    return _SPECIAL.sub(r"\\\g<0>", _LIVE.sub(HIDDEN, clean(text)))


def _spaced(text: str) -> str:
    lead, trail = _edges(text)
    return f"{lead}{escaped(text)}{trail}"


def _edges(text: str) -> tuple[str, str]:
    """The blanks at a text's ends, which keep it apart from its neighbours in the line."""
    within = clean_within(text)
    if not within.strip(" "):
        return within[:1], ""
    return " " if within.startswith(" ") else "", " " if within.endswith(" ") else ""


def _code(text: str) -> str:
    shown = _LIVE.sub(HIDDEN, clean(text))
    lead, trail = _edges(text)
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{lead}{fence}{pad}{shown}{pad}{fence}{trail}"


def _fixed_width(rows: tuple[tuple[str, ...], ...]) -> str:
    cells = [[_LIVE.sub(HIDDEN, clean(cell)) for cell in row] for row in rows]
    if not cells:
        return ""
    columns = max(len(row) for row in cells)
    widths = [max((len(row[at]) for row in cells if at < len(row)), default=0) for at in range(columns)]
    numbers = [at > 0 and all(_is_number(row[at]) for row in cells if at < len(row)) for at in range(columns)]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=False)
        ).rstrip(" ")
        for row in cells
    ]
    fence = "`" * max(3, 1 + max(_longest_run(line) for line in lines))
    return "\n".join([fence, *lines, fence])


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit() or (cell[:1] in "-+−–" and cell[1:2].isdigit()) or cell in ("", "–", "-")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _target(url: str) -> str | None:
    """The address as a link's target, with everything quoted that could end it; None if it is no web address."""
    if clean(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return quote(url, safe=":/?#&=+$,;%-._~!").replace("://@", "://")


# ── and back ─────────────────────────────────────────────────────────────────────────────────────────────────────

_TOKEN = re.compile(
    r"\\(?P<plain>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>(?:(?!(?P=ticks)).)+?)(?P=ticks)(?!`)"
    r"|\[(?P<text>(?:\\.|[^\]\\])*)\]\((?P<url>[^()\s]*)(?:\s+\"[^\"]*\")?\)"
    r"|\*\*(?P<strong>(?:\\.|[^\\*])+?)\*\*"
)
_FENCE = re.compile(r"^(`{3,})\w*$")


def plain_text(marked: str) -> str:
    """What a person reads: escapes, bold, code marks, heading marks and invisible blanks taken away.

    Trello's own editor writes escapes into what people type (`2026\\-W46`), so their words pass through here too.
    """
    lines: list[str] = []
    fence: str | None = None
    for line in marked.replace("\r\n", "\n").split("\n"):
        found = _FENCE.match(line.strip())
        if fence is not None:
            if line.strip() == fence:
                fence = None
            else:
                lines.append(line.rstrip(" "))
        elif found:
            fence = found[1]
        else:
            lines.append(_unmark(re.sub(r"^#{1,6} ", "", line)).rstrip(" "))
    return "\n".join(lines).replace(HIDDEN, "")


def _unmark(line: str) -> str:
    return _TOKEN.sub(_words, line)


def _words(found: re.Match[str]) -> str:
    if (plain := found["plain"]) is not None:
        return plain
    if (code := found["code"]) is not None:
        is_padded = code.startswith(" ") and code.endswith(" ") and code.strip(" ")
        return code[1:-1] if is_padded else code
    if (url := found["url"]) is not None:
        return f"{_unmark(found['text'])} ({url})"
    return _unmark(found["strong"])
