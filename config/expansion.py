"""From the tree to plain data: `${NAME}` and `${file:PATH}` put in, `x-` keys left out, every scalar still a text.

`$${` stands for a plain `${`. What came out of a `${…}` is an `Expanded`: it never shows in a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from config.document import Node
from config.problems import Mark, Trail
from connectors.fields import Expanded

Data = str | None | dict[str, "Data"] | list["Data"]

_PIECE = re.compile(r"\$\$\{|\$\{([^{}]*)\}")  # the two characters themselves, or something to put in
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COLUMN_KEYS = frozenset({"where", "filter"})  # their keys are a source's own field names, so x-… is one of those
_MOST_SECRET = 65_536


class NotYetThere(Mapping[str, str]):
    """An environment for reading a file where its secrets are not: whatever is missing, also a secret's file, has a
    stand-in. Good for checking the rest of a file, and for nothing else.
    """

    STAND_IN = "not-there-yet"

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        return self._environ.get(name) or self.STAND_IN

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)


@dataclass(slots=True)
class Expansion:
    """One reading of the tree. `missing` has the path of every text that could not be made."""

    environ: Mapping[str, str]
    folder: Path
    problems: list[tuple[Trail, Mark, str]] = field(default_factory=list)
    missing: set[Trail] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)  # what was put in → how it was written

    def data(self, node: Node, path: Trail = ()) -> Data:
        """The node as dicts, lists, texts and None."""
        if node.entries is not None:
            keep_x = bool(path) and path[-1] in _COLUMN_KEYS
            return {
                name: self.data(child, (*path, name))
                for name, (_, child) in node.entries.items()
                if keep_x or not name.startswith("x-")
            }
        if node.items is not None:
            return [self.data(child, (*path, index)) for index, child in enumerate(node.items)]
        if node.text is None or "${" not in node.text:
            return node.text
        return self._expanded(node.text, path, node.mark)

    def _expanded(self, text: str, path: Trail, mark: Mark) -> str | None:
        try:
            return self.put_in(text, text_of_url=path == ("store",))
        except LookupError as error:
            self.problems.append((path, mark, str(error.args[0])))
            self.missing.add(path)
            return None

    def put_in(self, text: str, *, text_of_url: bool = False) -> str:
        """`text` with everything put in. Raises LookupError that says what is missing and what to write.

        `text_of_url`: a value put into the middle of a database address is percent-encoded, so that a password may
        have any character.
        """
        pieces = list(_PIECE.finditer(text))
        whole = len(pieces) == 1 and pieces[0].group() == text
        encode: Callable[[str], str] = (lambda v: quote(v, safe="")) if text_of_url and not whole else str
        if "${" in _PIECE.sub("", text):
            raise LookupError("a ${ without its }, write ${NAME} (or $${ for these two characters themselves)")
        filled = _PIECE.sub(lambda m: "${" if m[1] is None else encode(self._value(m[1].strip())), text)
        return self._noted(filled, text) if any(m[1] is not None for m in pieces) else filled

    def _noted(self, filled: str, written: str) -> Expanded:
        self.values.setdefault(filled, written)
        return Expanded(filled, written)

    def _value(self, name: str) -> str:
        if name.startswith("file:"):
            return self._content(name.removeprefix("file:").strip())
        if not _NAME.fullmatch(name):
            raise LookupError(
                f"${{{name[:40]}}} is not the name of an environment variable, write ${{NAME}} or ${{file:PATH}} "
                "(or $${ for these two characters themselves)"
            )
        value = self.environ.get(name)
        if value is None:
            raise LookupError(f"the environment has no {name}, set it (export {name}=…) or write ${{file:PATH}}")
        if not value.strip():
            raise LookupError(f"{name} is empty in the environment, set it (export {name}=…)")
        self.values.setdefault(value, f"${{{name}}}")
        return value

    def _content(self, name: str) -> str:
        if not name:
            raise LookupError("a path is missing after file:, write ${file:secrets/token}")
        path = self.folder / Path(name).expanduser()
        try:
            with path.open("rb") as opened:
                raw = opened.read(_MOST_SECRET + 1)
        except OSError as error:
            if isinstance(self.environ, NotYetThere):
                return self.environ.STAND_IN
            why = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
            raise LookupError(f"the file {name} {why}, write its path relative to this file") from None
        if len(raw) > _MOST_SECRET:
            raise LookupError(f"the file {name} is larger than a secret can be, write the path of another one")
        try:
            content = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise LookupError(f"the file {name} is not text (UTF-8), write the path of another one") from None
        if not content.strip():
            raise LookupError(f"the file {name} is empty, put the secret into it")
        self.values.setdefault(content, f"${{file:{name}}}")
        return content
