"""Whether Slack takes some blocks: types, fields, limits (docs.slack.dev/reference/block-kit)."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.sandbox.wire import Json

MOST = 50
TEXT, HEADER, FIELDS, FIELD, CONTEXT = 3_000, 150, 10, 2_000, 10
_INLINE = {
    "text": {"type", "text", "style"},
    "link": {"type", "url", "text", "style", "unsafe"},
    "emoji": {"type", "name", "unicode"},
    "user": {"type", "user_id", "style"},
    "channel": {"type", "channel_id", "style"},
    "broadcast": {"type", "range"},
}
_STYLES = {"bold", "italic", "strike", "code", "underline"}


def faults_of(blocks: object) -> list[str]:
    """What is wrong with them, in Slack's manner; nothing if all is well."""
    if not isinstance(blocks, list):
        return ["must be an array"]
    if len(blocks) > MOST:
        return [f"no more than {MOST} items allowed [json-pointer:/blocks]"]
    return [f"{fault} [json-pointer:/blocks/{place}]" for place, block in enumerate(blocks) for fault in _block(block)]


def characters(blocks: object) -> int:
    """How many characters stand in them: the sum of every text and address within."""
    if isinstance(blocks, list):
        return sum(characters(one) for one in blocks)
    if not isinstance(blocks, dict):
        return 0
    own = sum(len(blocks[name]) for name in ("text", "url") if isinstance(blocks.get(name), str))
    return own + sum(characters(value) for value in blocks.values() if isinstance(value, dict | list))


def shown(blocks: list[Json]) -> Iterator[Json]:
    """Every inline element and text object, in order."""
    for block in blocks:
        if "elements" in block:
            yield from shown(block["elements"])
        elif isinstance(block.get("text"), dict):
            yield block["text"]
        else:
            yield block


def _block(block: object) -> Iterator[str]:
    if not isinstance(block, dict):
        yield "must be an object"
        return
    kind = block.get("type")
    if kind == "rich_text":
        yield from _rich(block.get("elements"))
    elif kind == "section":
        yield from _section(block)
    elif kind == "header":
        yield from _text_object(block.get("text"), HEADER, only_plain=True)
    elif kind == "context":
        elements = block.get("elements") or []
        if not 0 < len(elements) <= CONTEXT:
            yield f"between 1 and {CONTEXT} items wanted"
        for one in elements:
            yield from _text_object(one, TEXT)
    elif kind != "divider":
        yield f"unsupported type: {kind}"


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "missing required field: text"
    if "text" in block:
        yield from _text_object(block["text"], TEXT)
    fields = block.get("fields", [])
    if len(fields) > FIELDS:
        yield f"no more than {FIELDS} items allowed"
    for one in fields:
        yield from _text_object(one, FIELD)


def _text_object(text: object, most: int, *, only_plain: bool = False) -> Iterator[str]:
    if not isinstance(text, dict) or text.get("type") not in (
        ("plain_text",) if only_plain else ("plain_text", "mrkdwn")
    ):
        yield "must be a text object"
        return
    words = text.get("text")
    if not isinstance(words, str) or not words:
        yield "must be more than 0 characters"
    elif len(words) > most:
        yield f"must be less than {most + 1} characters"
    if ("verbatim" in text and text["type"] != "mrkdwn") or ("emoji" in text and text["type"] != "plain_text"):
        yield "additional property"


def _rich(elements: object) -> Iterator[str]:
    if not isinstance(elements, list) or not elements:
        yield "missing required field: elements"
        return
    for one in elements:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "rich_text_list":
            if one.get("style") not in ("bullet", "ordered"):
                yield "a list wants a style"
            for item in one.get("elements") or [None]:
                if not isinstance(item, dict) or item.get("type") != "rich_text_section":
                    yield "a list holds sections"
                else:
                    yield from _inlines(item)
        elif kind in ("rich_text_section", "rich_text_quote"):
            yield from _inlines(one)
        elif kind == "rich_text_preformatted":
            if any(part.get("type") not in ("text", "link") for part in one.get("elements") or []):
                yield "preformatted text holds texts and links"
            yield from _inlines(one)
        else:
            yield f"unsupported type: {kind}"


def _inlines(holder: Json) -> Iterator[str]:
    elements = holder.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "missing required field: elements"
        return
    for one in elements:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind not in _INLINE:
            yield f"unsupported type: {kind}"
        elif set(one) - _INLINE[kind]:
            yield "additional property"
        elif kind == "text" and not one.get("text"):
            yield "must be more than 0 characters"
        elif kind == "link" and not str(one.get("url", "")).startswith(("http://", "https://", "mailto:")):
            yield "must be an address"
        elif set(one.get("style") or {}) - _STYLES:
            yield "no such style"
