"""A letter as Block Kit, within Slack's limits. Data is never markup: rich text has structure in place of it.

Slack's mrkdwn has no escape for `*`, `_` or a back-tick; a `rich_text` block needs none, what stands in its text
elements is shown as it is (docs.slack.dev/reference/block-kit/blocks/rich-text-block; yhatt/jsx-slack#299). Only the
fallback, which phones and screen readers take, is text: there & < > are escaped, and an invisible blank (U+200B)
takes the life out of @mentions and :emoji: names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from connectors.fitting import clean, clean_within, one_line
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
    plain,
)
from mapping.letters import Letter

# 50 blocks a message (docs.slack.dev/reference/block-kit/blocks). How many characters over all blocks is not
# documented: 9,597 were taken, 11,341 were not (slackapi/bolt-js#2867), so 9,000 with links and bullets counted.
BLOCKS, WHOLE, LINE, URL = 50, 9_000, 1_000, 2_000
FALLBACK = 3_500  # characters escaped: more than 4,000 may be split (docs.slack.dev, chat.postMessage)
SUBJECT = 300
HIDDEN = "\u200b"
_EMOJI = re.compile(r"(?<=:)(?=[a-z0-9_+'-]*[a-z_+][\w+'-]*:)", re.IGNORECASE)
_MENTION = re.compile(r"(?<=@)(?=\w)")

Element = dict[str, Any]
Kind = Literal["text", "bullet", "row"]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One line as it is shown. `begins`: a new block begins with it, which leaves some room above."""

    kind: Kind
    elements: tuple[Element, ...]
    begins: bool

    @property
    def size(self) -> int:
        return 4 + sum(_units(one["text"]) + _units(one.get("url", "")) for one in self.elements)


def message_blocks(letter: Letter) -> list[Element]:
    """The message: the subject in bold (unless the body begins with it), the body, where the rest can be read."""
    lines = list(_lines(_with_subject(letter)))
    if letter.pictures and (url := _web(letter.url)) and not _links_to(lines, url):
        lines.append(_Shown("text", (_text("Charts: "), _link(url, url)), begins=True))
    room, blocks = WHOLE - 100 - _units(letter.url or ""), BLOCKS - 1
    kept: list[_Shown] = []
    for one in lines:
        room -= one.size
        blocks -= one.begins
        if room < 0 or blocks < 0:
            break
        kept.append(one)
    if len(kept) < len(lines):
        kept.append(_rest(len(lines) - len(kept), letter.url))
    return _blocks(kept)


def _links_to(lines: Sequence[_Shown], url: str) -> bool:
    return any(part.get("url", "").rstrip("/") == url.rstrip("/") for one in lines for part in one.elements)


def fallback(letter: Letter) -> str:
    """The same as text, for notifications and screen readers: whole lines, escaped."""
    lines = [subject_line(letter.subject)]
    lines += [shown for one in plain(_with_subject(letter, shows=False)).split("\n") if (shown := escaped(clean(one)))]
    text = ""
    for number, one in enumerate(lines):
        if len(text) + len(one) + 1 > FALLBACK:
            return f"{text}\n… {len(lines) - number} more"
        text = f"{text}\n{one}" if text else one
    return text


def subject_line(subject: str) -> str:
    """How the fallback of a letter with this subject begins."""
    return escaped(one_line(subject, SUBJECT)) or "alignd"


def escaped(text: str) -> str:
    """Data as text of a message: shown as it is, nobody mentioned."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(HIDDEN, _EMOJI.sub(HIDDEN, text))


def _with_subject(letter: Letter, *, shows: bool = True) -> Document:
    """The body with the subject above it, once; without it if it is shown elsewhere."""
    subject, blocks = one_line(letter.subject, SUBJECT), letter.body.blocks
    said = one_line(plain(Document(blocks[:1])), SUBJECT) if blocks else ""
    rest = blocks[1:] if said == subject else blocks
    return Document((Paragraph(((Strong(subject),),)), *rest) if shows and subject else rest)


def _lines(document: Document) -> Iterator[_Shown]:
    before: Block | None = None
    for block in document.blocks:
        begins = isinstance(block, Heading) or (isinstance(block, Paragraph | Rows) and not isinstance(before, Heading))
        for kind, elements in _elements(block):
            if elements:
                yield _Shown(kind, elements, begins or before is None)
                begins = False
                before = block


def _elements(block: Block) -> Iterator[tuple[Kind, tuple[Element, ...]]]:
    match block:
        case Heading(text=text):
            yield "text", _line((Strong(text),))
        case Paragraph(lines=lines):
            yield from (("text", _line(one)) for one in lines)
        case Bullets(items=items):
            yield from (("bullet", _line(one)) for one in items)
        case Rows(rows=rows):
            yield from (("row", (_text(_cut(one, LINE)),) if one else ()) for one in aligned(rows))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines of fixed width."""
    cells = [[clean(cell) for cell in row] for row in rows]
    count = max((len(row) for row in cells), default=0)
    widths = [min(max((len(row[at]) for row in cells if at < len(row)), default=0), 60) for at in range(count)]
    return ["  ".join(cell.ljust(widths[at]) for at, cell in enumerate(row)).rstrip() for row in cells]


def _line(items: Line) -> tuple[Element, ...]:
    room = LINE
    shown: list[Element] = []
    for item in items:
        element = _inline(item, room)
        if element is None:
            continue
        shown.append(element)
        room -= _units(element["text"])
        if room <= 0:
            break
    return tuple(shown) if any(one["text"].strip() for one in shown) else ()


def _inline(item: Inline, room: int) -> Element | None:
    text = _cut(_EMOJI.sub(HIDDEN, clean_within(item.text)), room)
    if isinstance(item, Link) and (url := _web(item.url)):
        return _link(text if text.strip() else _cut(url, room), url)
    if not text:
        return None
    if isinstance(item, Strong):
        return _text(text, bold=True)
    return _text(text, code=True) if isinstance(item, Code) else _text(text)


def _cut(text: str, room: int) -> str:
    if _units(text) <= room:
        return text
    return text.encode("utf-16-le")[: 2 * max(room - 1, 0)].decode("utf-16-le", "ignore") + "…"


def _text(text: str, **style: bool) -> Element:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _link(text: str, url: str) -> Element:
    return {"type": "link", "url": url, "text": text}


def _web(url: str | None) -> str | None:
    """The address if it is one of the web; anything else is shown as text alone."""
    if url is None or len(url) > URL or any(sign.isspace() or not sign.isprintable() or sign in '<>|"' for sign in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _rest(count: int, url: str | None) -> _Shown:
    said = f"… {count} more {'line' if count == 1 else 'lines'}"
    where = _web(url)
    return _Shown("text", (_text(f"{said}: "), _link(where, where)) if where else (_text(said),), begins=True)


def _blocks(lines: Sequence[_Shown]) -> list[Element]:
    """Lines into blocks: neighbours of one kind share a section, a list, or a block of fixed width."""
    blocks: list[Element] = []
    last: Kind | None = None
    for one in lines:
        if one.begins or not blocks:
            blocks.append({"type": "rich_text", "elements": []})
            last = None
        within = blocks[-1]["elements"]
        if one.kind == "bullet":
            if last != "bullet":
                within.append({"type": "rich_text_list", "style": "bullet", "elements": []})
            within[-1]["elements"].append({"type": "rich_text_section", "elements": list(one.elements)})
        elif one.kind == last:
            within[-1]["elements"] += [_text("\n"), *one.elements]
        else:
            name = "rich_text_section" if one.kind == "text" else "rich_text_preformatted"
            within.append({"type": name, "elements": list(one.elements)})
        last = one.kind
    return blocks


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
