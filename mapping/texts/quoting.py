"""Words from sources and people, made fit to stand in a text: one line, bounded, unable to reorder what is around them.

They stay data: a document's `Text` nodes are escaped where they are rendered. What is done here is what escaping cannot
do: line breaks and control characters become blanks, bidirectional overrides are dropped, right-to-left words are
isolated so that the numbers beside them stay where they are, and what is too long ends with "…".
"""

from __future__ import annotations

import unicodedata

_OVERRIDES = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_JOINER = "\u200d"


def quoted(text: str, limit: int) -> str:
    """`text` as one clean line of at most `limit` (3 or more) characters, isolated if it has right-to-left letters."""
    clean = _one_line(text, limit)
    if not any(unicodedata.bidirectional(char) in ("R", "AL") for char in clean):
        return clean
    return f"{_ISOLATE}{_one_line(text, limit - 2)}{_END_ISOLATE}"


def shortened(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, the last of them "…"; never within a letter and its marks or a joined emoji."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (_belongs_to_former(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return f"{text[:end].rstrip()}…" if end else f"{text[: limit - 1]}…"


def _one_line(text: str, limit: int) -> str:
    # A name of a million characters is cut before it is looked at letter by letter.
    head = text[: limit * 4 + 64]
    kept = "".join(" " if _is_break(char) else char for char in head if not _is_dropped(char))
    return shortened(" ".join(kept.split()), limit)


def _is_break(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


def _is_dropped(char: str) -> bool:
    """Overrides, byte order marks, half surrogate pairs and the codes that no XML or JSON may carry."""
    code = ord(char)
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return char in _OVERRIDES or char == "\ufeff" or 0xD800 <= code <= 0xDFFF or no_character


def _belongs_to_former(char: str) -> bool:
    return char == _JOINER or unicodedata.combining(char) > 0 or unicodedata.category(char) in ("Mn", "Me", "Sk")
