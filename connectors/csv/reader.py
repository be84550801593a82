"""Reading CSV files: one pass, record by record with its line, whatever the files' size, encoding or delimiter.

A record that does not fit its header is kept, marked, so that the number it would have been part of is not believed.
"""

from __future__ import annotations

import codecs
import csv
import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mapping.grids import label_of

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 1_000_000  # characters; a quote that is never closed would otherwise swallow the file


class BadFile(Exception):
    """A file cannot be read. `where` is its name, with the line if it is known."""

    def __init__(self, where: str, what: str, advice: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what, self.advice = where, what, advice


@dataclass(frozen=True, slots=True)
class Header:
    """A file's columns as they stand, and where the wanted ones are (None: not there, or there twice)."""

    file: str
    columns: tuple[str, ...]
    places: tuple[int | None, ...]
    problems: tuple[tuple[str, str, str], ...]  # wanted column, what, advice


@dataclass(frozen=True, slots=True)
class Record:
    """The wanted cells of one record, and the line it begins on. `misfit`: how it does not fit its header."""

    line: int
    cells: tuple[str | None, ...]
    misfit: str = ""


def find_files(folder: Path, pattern: str) -> list[Path]:
    """The files that a path or glob (relative to `folder`) names, in the order of their names."""
    path = Path(pattern).expanduser()
    plain = path if path.is_absolute() else folder / path
    if plain.is_file():  # also a file whose name has a * or [ in it
        return [plain]
    root = None if path.is_absolute() else str(folder)
    names = glob.glob(str(path), root_dir=root, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = (folder / name for name in names)
    return sorted(one for one in found if one.is_file())


def plain_encoding(encoding: str) -> str:
    """The declared encoding; UTF-8 with or without the mark that Excel puts in front."""
    return "utf-8-sig" if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig") else encoding


class CsvFile:
    """One file. `delimiter` None: the one of , ; tab | under which its header names most of what is wanted."""

    def __init__(self, path: Path, encoding: str, delimiter: str | None) -> None:
        self.path, self.name = path, path.name
        self.encoding, self.delimiter = plain_encoding(encoding), delimiter

    def records(self, wanted: Sequence[str]) -> Iterator[Header | Record]:
        """First the header, then each record that has anything in it. Raises BadFile."""
        csv.field_size_limit(LONGEST_CELL)
        lines: Any = None  # csv's reader has no public type
        try:
            delimiter = self.delimiter or self._sniff(wanted)
            with self.path.open(encoding=self.encoding, newline="") as stream:
                lines = csv.reader(stream, delimiter=delimiter)
                yield from self._records(lines, wanted)
        except UnicodeDecodeError:
            raise self._undecodable() from None
        except UnicodeError as problem:
            raise BadFile(self.name, f"is not {self.encoding} ({problem})", _ENCODING) from None
        except csv.Error as problem:
            line = "" if lines is None else f":{lines.line_num}"
            raise BadFile(f"{self.name}{line}", f"is not CSV ({problem})", "is a quote never closed there?") from None
        except OSError as problem:
            raise BadFile(self.name, f"cannot be read: {problem.strerror}", "check the file's rights") from None

    def _records(self, lines: Any, wanted: Sequence[str]) -> Iterator[Header | Record]:
        header: Header | None = None
        begun = 1
        for cells in lines:
            line, begun = begun, lines.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(self.name, cells, wanted)
                yield header
                continue
            yield _record(header, line, cells)
        if header is None:
            raise BadFile(self.name, "is empty", "its first row must name the columns")

    def _sniff(self, wanted: Sequence[str]) -> str:
        with self.path.open(encoding=self.encoding, newline="") as stream:
            first = next((line for line in stream if line.strip()), "")

        def worth(delimiter: str) -> tuple[int, int]:
            columns = {label_of(cell) for cell in next(csv.reader([first], delimiter=delimiter), [])}
            return len(columns & {label_of(name) for name in wanted}), len(columns)

        return max(DELIMITERS, key=worth)

    def _undecodable(self) -> BadFile:
        """The first line that is not in the encoding (for encodings of whole bytes a line)."""
        with self.path.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                try:
                    raw.decode(self.encoding)
                except UnicodeDecodeError as problem:
                    byte = raw[problem.start]
                    what = f"is not {self.encoding}: byte 0x{byte:02x} is no letter in it"
                    return BadFile(f"{self.name}:{number}", what, _ENCODING)
        return BadFile(self.name, f"is not {self.encoding}", _ENCODING)


_ENCODING = "save it as UTF-8, or write encoding: windows-1252 (or what it is) at the source"


def _header(file: str, cells: Sequence[str], wanted: Sequence[str]) -> Header:
    columns = tuple(cell.strip() for cell in cells)
    labels = [label_of(column) for column in columns]
    places: list[int | None] = []
    problems: list[tuple[str, str, str]] = []
    for name in wanted:
        found = [n for n, label in enumerate(labels) if label == label_of(name)]
        places.append(found[0] if len(found) == 1 else None)
        if len(found) > 1:
            problems.append((name, f"has two columns {name!r}", "give each column a name of its own"))
        elif not found:
            near = get_close_matches(name, columns, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(columns)[:200]}"
            problems.append((name, f"has no column {name!r}", hint))
    return Header(file, columns, tuple(places), tuple(problems))


def _record(header: Header, line: int, cells: Sequence[str]) -> Record:
    size = len(header.columns)
    wanted = tuple(None if at is None or at >= len(cells) else cells[at] for at in header.places)
    if len(cells) > size and any(cell.strip() for cell in cells[size:]):
        return Record(line, wanted, f"has {len(cells)} cells where the header names {size}")
    return Record(line, wanted)
