"""Documents: the texts people get, as structure. Trackers render them; data in them can never become markup.

Every string in a document is plain text. Asana's renderer escapes it for html_notes, Trello's for markdown.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or that must stand as it is: a command, the reference."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """`url` must be http(s); a renderer shows plain text for anything else."""

    text: str
    url: str


Inline = Text | Strong | Code | Link
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together; a line break between them is kept."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Short rows of columns ("9–15 Nov", "8,200", "below"). Asana has no tables: a list there."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Bullets | Rows


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks, then (task notes only) the reference as the very last line, which no escaping may change."""

    blocks: tuple[Block, ...]
    reference: str | None = None


def line(text: str) -> Line:
    """A line of plain text."""
    return (Text(text),)


def paragraph(*texts: str) -> Paragraph:
    """A paragraph of plain lines."""
    return Paragraph(tuple(line(t) for t in texts))


def plain(document: Document) -> str:
    """The document as plain text: what a person reads, for logs, plans and comparison."""
    parts: list[str] = []
    for block in document.blocks:
        match block:
            case Heading(text=text):
                parts.append(text)
            case Paragraph(lines=lines):
                parts.append("\n".join(_plain_line(one) for one in lines))
            case Bullets(items=items):
                parts.append("\n".join(f"- {_plain_line(one)}" for one in items))
            case Rows(rows=rows):
                parts.append("\n".join("  ".join(row) for row in rows))
    if document.reference is not None:
        parts.append(document.reference)
    return "\n\n".join(parts)


def _plain_line(items: Line) -> str:
    return "".join(f"{i.text} ({i.url})" if isinstance(i, Link) and i.text != i.url else i.text for i in items)
