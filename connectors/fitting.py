"""Fitting: a document shortened until its rendering is short enough for a vendor. The reference is never cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from mapping.documents import Block, Bullets, Document, Heading, Inline, Line, Paragraph, Rows, paragraph

_CONTROL = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_UNSAYABLE = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
CUT = "… (shortened: the rest did not fit here)"


def fit(document: Document, render: Callable[[Document], str], limit: int, size: Callable[[str], int] = len) -> str:
    """`render(document)`, of at most `limit`; if need be with its end cut off and a line that says so."""
    whole = render(document)
    if size(whole) <= limit:
        return whole
    low, high = 0, _length(document)  # the largest number of characters of data that still fits
    while low < high:
        middle = (low + high + 1) // 2
        if size(render(_cut(document, middle))) <= limit:
            low = middle
        else:
            high = middle - 1
    return render(_cut(document, low))


def one_line(text: str, limit: int) -> str:
    """A title: one line, no control characters, at most `limit` characters."""
    plain = clean(text)
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def clean(text: str) -> str:
    """Data made fit for any vendor: one line, single blanks, no control characters, nothing UTF-8 or XML cannot say.

    Blanks that do not break (1 200) stay as they are.
    """
    return clean_within(text).strip(" ")


def clean_within(text: str) -> str:
    """The same, but a blank at either end, which keeps it apart from its neighbours in a line, stays."""
    return _CONTROL.sub(" ", _UNSAYABLE.sub("", text))


def _length(document: Document) -> int:
    return sum(len(text) for block in document.blocks for text in _texts(block))


def _texts(block: Block) -> Iterable[str]:
    match block:
        case Heading(text=text):
            yield text
        case Paragraph(lines=lines):
            yield from (item.text for one in lines for item in one)
        case Bullets(items=items):
            yield from (item.text for one in items for item in one)
        case Rows(rows=rows):
            yield from (cell for row in rows for cell in row)


def _cut(document: Document, keep: int) -> Document:
    blocks: list[Block] = []
    for block in document.blocks:
        if keep <= 0:
            break
        blocks.append(_cut_block(block, keep))
        keep -= sum(len(text) for text in _texts(block))
    return Document((*blocks, paragraph(CUT)), document.reference)


def _cut_block(block: Block, keep: int) -> Block:
    match block:
        case Heading(text=text):
            return Heading(text[:keep])
        case Paragraph(lines=lines):
            return Paragraph(_cut_lines(lines, keep))
        case Bullets(items=items):
            return Bullets(_cut_lines(items, keep))
        case Rows(rows=rows):
            kept = []
            for row in rows:
                if keep <= 0:
                    break
                kept.append(row)  # a row is short; it is kept or dropped whole, unless it alone is too long
                keep -= sum(len(cell) for cell in row)
            if keep < 0 and kept:
                kept.pop()
            return Rows(tuple(kept))


def _cut_lines(lines: tuple[Line, ...], keep: int) -> tuple[Line, ...]:
    kept: list[Line] = []
    for one in lines:
        if keep <= 0:
            break
        items: list[Inline] = []
        for item in one:
            if keep <= 0:
                break
            items.append(replace(item, text=item.text[:keep]))
            keep -= len(item.text)
        kept.append(tuple(items))
    return tuple(kept)
