"""The workspace's calendar and its store."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from config.checking import Checking
from config.entries import read_entry
from config.expansion import Data
from config.model import Workspace
from config.problems import nearest
from config.shape.who import HolidaysShape, WorkspaceShape
from connectors.fields import Expanded, shown
from mapping.periods import Calendar

EXAMPLE = "{id: acme, timezone: Europe/Berlin}"


def read_workspace(data: Data, checking: Checking) -> Workspace | None:
    """The workspace; where something in it is wrong, as much of it as the rest of the check needs."""
    shape = read_entry(WorkspaceShape, data, ("workspace",), checking, example=EXAMPLE)
    if shape is None:
        return None
    country, subdivision = _holidays(shape.holidays, checking)
    calendar = Calendar(
        shape.timezone,
        shape.week_starts,
        shape.fiscal_year_starts,
        country,
        subdivision,
        frozenset(shape.holidays.extra),
    )
    return Workspace(shape.id, shape.name or shape.id, calendar, shape.work_hours)


def _holidays(shape: HolidaysShape, checking: Checking) -> tuple[str | None, str | None]:
    path = ("workspace", "holidays")
    if shape.country is None:
        if shape.subdivision is not None:
            checking.wrong((*path, "subdivision"), "a subdivision needs its country, write country: DE beside it")
        return None, None
    import holidays  # a third of a second, and only files that name a country need it

    known = holidays.list_supported_countries(include_aliases=True)
    if shape.country not in known:
        upper = shape.country.upper()
        mend = upper if upper in known else "the two capital letters of the country: ZA, DE, US"
        checking.wrong(
            (*path, "country"), f"{shown(shape.country)} is not a country whose holidays are known, write {mend}"
        )
        return None, None
    parts = known[shape.country]
    if shape.subdivision is not None and shape.subdivision not in parts:
        near = nearest(shape.subdivision, list(parts))
        listed = ", ".join(parts[:12]) if parts else ""
        mend = f"did you mean {near}?" if near else f"write one of {listed}" if listed else "remove it"
        checking.wrong((*path, "subdivision"), f"{shape.country} has no part {shown(shape.subdivision)}, {mend}")
        return shape.country, None
    return shape.country, shape.subdivision


def read_store(value: Data, folder: Path, checking: Checking) -> tuple[str, frozenset[str]]:
    """The store as an SQLAlchemy URL (a file's path made absolute, psycopg for PostgreSQL) and the secrets in it."""
    default = f"sqlite:///{(folder / 'alignd.db').resolve()}"
    advice = "write sqlite:///alignd.db or postgresql://user@host/db"
    if value is None:
        if checking.has(("store",)):
            checking.wrong(("store",), f"nothing stands here, {advice}")
        return default, frozenset()
    if not isinstance(value, str):
        checking.wrong(("store",), f"{shown(value)} is not the address of a store, {advice}")
        return default, frozenset()
    if value.startswith("sqlite:"):
        return _sqlite(value, folder, checking) or default, frozenset()
    if re.match(r"postgres(ql)?(\+psycopg)?://", value):
        return _postgres(value, checking) or (default, frozenset())
    checking.wrong(("store",), f"{shown(_without_password(value))} is not the address of a store, {advice}")
    return default, frozenset()


def _sqlite(value: str, folder: Path, checking: Checking) -> str | None:
    name = value.removeprefix("sqlite:///")
    if name == value or not name or name == ":memory:" or "?" in name:
        text = (
            "the store must be a file that stays" if ":memory:" in value or value == "sqlite://" else "a path is wanted"
        )
        checking.wrong(("store",), f"{text}, write sqlite:///alignd.db (three slashes, then its path)")
        return None
    return f"sqlite:///{(folder / name).resolve()}"


def _postgres(value: str, checking: Checking) -> tuple[str, frozenset[str]] | None:
    try:
        parts = urlsplit(value)
        host, password = parts.hostname, parts.password
        _ = parts.port
    except ValueError:
        host, password, parts = None, None, urlsplit("")
    if not host or len(parts.path) < 2:
        checking.wrong(
            ("store",),
            "this is not the whole address of a database, write postgresql://user:${PGPASSWORD}@host/db "
            "(a password with @ or / in it is best put in by ${…})",
        )
        return None
    if password and not isinstance(value, Expanded):
        checking.warn(
            ("store",),
            "this password stands in the file, put it into the environment and write ${PGPASSWORD} in its place",
        )
    secrets = frozenset({password, unquote(password)}) if password else frozenset()
    return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", str(value)), secrets


def _without_password(value: str) -> str:
    if isinstance(value, Expanded):
        return value
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:…@", value)
