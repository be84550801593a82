"""The YAML file as a tree that knows its places: every scalar as the text that was written, every key where it stands.

Built from ruamel's events (YAML 1.2), not from constructed data: no scalar is ever guessed to be a float, a date or a
Boolean, equal keys are found, and the caps hold while reading, before anything is built or expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from config.problems import Mark, Trail
from config.syntax import said_of

MOST_BYTES = 1_000_000
MOST_DEPTH = 40
MOST_NODES = 300_000  # with every alias written out: a thousand KPIs need a tenth of it
CORE_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq"))


class Unreadable(Exception):
    """The file cannot be taken apart at all; `mark` is where that showed."""

    def __init__(self, text: str, mark: Mark | None = None) -> None:
        super().__init__(text)
        self.text, self.mark = text, mark


@dataclass(slots=True)
class Node:
    """A scalar (`text`; None for nothing), a mapping (`entries`) or a list (`items`)."""

    mark: Mark
    text: str | None = None
    quoted: bool = False
    entries: dict[str, tuple[Mark, Node]] | None = None
    items: list[Node] | None = None
    size: int = 1
    end_line: int = 0

    def child(self, key: str | int) -> Node | None:
        """What stands under a key or at an index, if anything does."""
        if self.entries is not None and isinstance(key, str):
            found = self.entries.get(key)
            return found[1] if found else None
        if self.items is not None and isinstance(key, int) and 0 <= key < len(self.items):
            return self.items[key]
        return None


@dataclass(slots=True)
class Tree:
    """The file, read. `doubles`: equal keys, each with its place and the place of the first."""

    root: Node
    doubles: list[tuple[Mark, str, Mark]] = field(default_factory=list)
    odd: list[tuple[Mark, str]] = field(default_factory=list)

    def walk(self, path: Trail) -> tuple[Trail, Mark, Mark]:
        """The part of `path` that stands in the file, the place of its key, and of its value."""
        node, key_mark, kept = self.root, self.root.mark, []
        for step in path:
            below = node.child(step)
            if below is None:
                continue
            kept.append(step)
            key_mark = node.entries[step][0] if node.entries is not None and isinstance(step, str) else below.mark
            node = below
        return tuple(kept), key_mark, node.mark

    def node(self, path: Trail) -> Node | None:
        """The node at exactly this path."""
        node: Node | None = self.root
        for step in path:
            node = node.child(step) if node is not None else None
        return node


def parse(text: str) -> Tree:
    """The tree of the one document in `text`. Raises `Unreadable` with the place and what to write."""
    _refuse_control_characters(text)
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        raise Unreadable(*said_of(error, text)) from None
    except (YAMLError, ValueError, RecursionError):
        raise Unreadable("this is not YAML, write it as in docs/alignd.example.yaml") from None
    if builder.root is None:
        raise Unreadable("the file is empty, write one with alignd init", Mark(1, 1))
    return Tree(builder.root, builder.doubles, builder.odd)


def _refuse_control_characters(text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if line.isprintable():
            continue
        for column, character in enumerate(line, 1):
            if _is_unsayable(character):
                what = f"the invisible character U+{ord(character):04X} stands here, remove it"
                raise Unreadable(what, Mark(number, column))


def _is_unsayable(character: str) -> bool:
    """Control characters but tab and line ends, and what UTF-8 or XML cannot say."""
    code = ord(character)
    return (code < 32 and character not in "\t\r\n") or code in (0x7F, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000


def _escapes_read(text: str, mark: Mark) -> str:
    """A quoted text whose escapes are characters now: JSON's two halves of an emoji become one, what no page, mail or
    terminal can show is refused as it is where it stands in the open.
    """
    if text.isprintable():
        return text
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    found = next((one for one in joined if _is_unsayable(one)), None)
    if found is not None:
        raise Unreadable(f"the invisible character U+{ord(found):04X} is written here, remove it", mark)
    return joined


def _mark(event: Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


@dataclass(slots=True)
class _Open:
    """A mapping or list that is still being read."""

    node: Node
    anchor: str | None
    key: tuple[Mark, str] | None = None
    merged: list[Node] = field(default_factory=list)


class _Builder:
    """Turns events into nodes, one pass, no recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.doubles: list[tuple[Mark, str, Mark]] = []
        self.odd: list[tuple[Mark, str]] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def take(self, event: Event) -> None:
        match event:
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise Unreadable("a second document begins here, keep one and remove the line ---", _mark(event))
            case ScalarEvent():
                self._scalar(event)
            case AliasEvent():
                self._alias(event)
            case MappingStartEvent() | SequenceStartEvent():
                self._begin(event)
            case MappingEndEvent() | SequenceEndEvent():
                self._end()
            case _:
                pass

    def _scalar(self, event: ScalarEvent) -> None:
        self._check_tag(event)
        quoted = event.style is not None
        text = event.value if quoted or event.value not in ("", "~", "null", "Null", "NULL") else None
        mark = _mark(event)
        if text is not None and quoted:
            text = _escapes_read(text, mark)
        holder = self._stack[-1] if self._stack else None
        if text is None and event.value == "" and holder is not None and holder.key is not None:
            mark = holder.key[0]  # nothing stands there: the key is the place to look at
        self._place(Node(mark, text, quoted, end_line=event.end_mark.line + 1), event.anchor)

    def _alias(self, event: AliasEvent) -> None:
        name = event.anchor
        if any(held.anchor == name for held in self._stack):
            raise Unreadable(f"*{name} stands inside its own &{name}, remove it there", _mark(event))
        if name not in self._anchors:
            raise Unreadable(f"there is no &{name} above, write the anchor before its use", _mark(event))
        self._place(self._anchors[name], None, _mark(event))

    def _begin(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self._check_tag(event)
        mark = _mark(event)
        if len(self._stack) >= MOST_DEPTH:
            raise Unreadable(f"nested more than {MOST_DEPTH} deep, write it flatter", mark)
        holder = self._stack[-1] if self._stack else None
        if holder is not None and holder.node.entries is not None and holder.key is None:
            raise Unreadable("a key must be a plain word, put quotes around it", mark)
        is_map = isinstance(event, MappingStartEvent)
        node = Node(mark, entries={} if is_map else None, items=None if is_map else [])
        self._stack.append(_Open(node, event.anchor))

    def _end(self) -> None:
        done = self._stack.pop()
        _merge(done)
        node = done.node
        node.size = 1 + sum(child.size for child in _children(node))
        if node.size > MOST_NODES:
            raise Unreadable(
                "the aliases (*name) in here unfold to more than a file may hold, write it without them", node.mark
            )
        self._place(node, done.anchor)

    def _place(self, node: Node, anchor: str | None, mark: Mark | None = None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return
        held = self._stack[-1]
        if held.node.items is not None:
            held.node.items.append(node)
        elif held.key is None:
            self._key(held, node, mark)
        else:
            self._value(held, node)

    def _key(self, held: _Open, node: Node, mark: Mark | None) -> None:
        if node.text is None:
            raise Unreadable("a key is missing before the colon, write one", mark or node.mark)
        held.key = (mark or node.mark, "\0<<" if node.text == "<<" and not node.quoted else node.text)

    def _value(self, held: _Open, node: Node) -> None:
        assert held.key is not None
        assert held.node.entries is not None
        (mark, name), held.key = held.key, None
        if name == "\0<<":
            self._take_merge(held, node, mark)
        elif name in held.node.entries:
            self.doubles.append((mark, name, held.node.entries[name][0]))
        else:
            held.node.entries[name] = (mark, node)

    def _take_merge(self, held: _Open, node: Node, mark: Mark) -> None:
        parts = node.items if node.items is not None else [node]
        if all(part.entries is not None for part in parts):
            held.merged.extend(parts)
        else:
            self.odd.append((mark, "<< takes a mapping, write <<: *name of an anchor that is one"))

    def _check_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) != "!" and str(tag) not in CORE_TAGS:
            self.odd.append((_mark(event), "a tag (a word that begins with !) stands here, remove it"))


def _merge(done: _Open) -> None:
    """Merge keys: what stands in the mapping itself wins, then the first that was merged."""
    if done.node.entries is None:
        return
    for part in done.merged:
        for name, entry in (part.entries or {}).items():
            done.node.entries.setdefault(name, entry)


def _children(node: Node) -> Iterator[Node]:
    if node.entries is not None:
        yield from (child for _, child in node.entries.values())
    elif node.items is not None:
        yield from node.items
