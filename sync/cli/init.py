"""`alignd init`: a commented starter file; asks on a terminal what it needs to know, else takes the options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from sync.cli.ending import Ending, nothing_done, wrong
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile
from sync.cli.terminal import ask, show, show_json

SourceKind = Literal["ga4", "sheets", "csv"]
TrackerKind = Literal["asana", "trello"]

SOURCE_PLACES = {
    "ga4": "GA4 property (the number from Admin, Property details)",
    "sheets": "spreadsheet (its address, or its id)",
    "csv": "CSV file or files (a path such as data/sessions-*.csv)",
}
HOMES = {"asana": "Asana project (its address, or its number)", "trello": "Trello board (its address, or its id)"}
SECRETS = {
    "asana": ("ASANA_TOKEN",),
    "trello": ("TRELLO_KEY", "TRELLO_TOKEN"),
}
WHERE_FROM = {
    "asana": "a personal access token: Asana, Settings, Apps, developer console",
    "trello": "trello.com/power-ups/admin, API key; the link beside the key makes a token",
}
LET_IN = {
    "ga4": "make its address a Viewer of the property, and turn on the Google Analytics Data API",
    "sheets": "share the spreadsheet with its address, and turn on the Google Sheets API",
}

Workspace = Annotated[str | None, Parameter(name="--workspace", help="the team's name")]
Timezone = Annotated[str | None, Parameter(name="--timezone", help="such as Europe/Berlin; default this machine's")]
PersonName = Annotated[str | None, Parameter(name="--person", help="who gets the first action items")]
Email = Annotated[str | None, Parameter(name="--email", help="their address, as Asana knows it")]
TrelloName = Annotated[str | None, Parameter(name="--trello", help="their user name at Trello")]
From = Annotated[SourceKind | None, Parameter(name="--source", help="where numbers come from")]
Place = Annotated[str | None, Parameter(name="--place", help="the property, spreadsheet or path")]
To = Annotated[TrackerKind | None, Parameter(name="--tracker", help="where work goes")]
Home = Annotated[str | None, Parameter(name="--home", help="the project or board")]
Sheet = Annotated[
    str | None, Parameter(name="--sheet", help="write nothing; list this spreadsheet's tabs and their headers")
]
Credentials = Annotated[str | None, Parameter(name="--credentials", help="for --sheet: a Google credentials file")]
At = Annotated[str | None, Parameter(name="--endpoint", help="for --sheet: another address than Google's")]


def init(
    *,
    config: ConfigFile = DEFAULT_FILE,
    workspace: Workspace = None,
    timezone: Timezone = None,
    person: PersonName = None,
    email: Email = None,
    trello: TrelloName = None,
    source: From = None,
    place: Place = None,
    tracker: To = None,
    home: Home = None,
    sheet: Sheet = None,
    credentials: Credentials = None,
    endpoint: At = None,
    json: AsJson = False,
) -> int:
    """Write a commented starter file, in mode: watch, which plans and reports and writes nothing to your tracker.

    Asks on a terminal for what is not given; never writes over a file.
    """
    if sheet is not None:
        return _list_sheet(sheet, credentials, endpoint, as_json=json)
    from config.starter import StarterAnswers, starter

    if config.exists():
        raise wrong(f"alignd: {config} is there already and is not written over; -c FILE names another")
    if not config.parent.is_dir():
        raise wrong(f"alignd: {config.parent} is no folder; make it first")
    usual = StarterAnswers()
    kind: str = source or _one_of("Where do numbers come from", tuple(SOURCE_PLACES), "ga4")
    goes: str = tracker or _one_of("Where does work go", tuple(HOMES), "asana")
    answers = StarterAnswers(
        workspace=workspace or ask("Your team's name", usual.workspace),
        timezone=_zone(timezone),
        person=person or ask("Who gets the first action items (name)", usual.person),
        email=email or ask("Their email", usual.email),
        trello=trello or (ask("Their user name at Trello", "") if goes == "trello" else ""),
        source=kind,
        place=_place(kind, place),
        tracker=goes,
        home=_bare(home or ask(HOMES[goes], "")),
    )
    text = starter(answers)
    try:
        with config.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise nothing_done(f"alignd: {config} could not be written: {error.strerror}") from error
    _next(config, kind, goes)
    return Ending.DONE


def _next(config: Path, source: str, tracker: str) -> None:
    from sync.cli.render.style import bullet, section, words

    named = "" if config == DEFAULT_FILE else f" -c {config}"
    secrets = " ".join(f"{name}=…" for name in SECRETS[tracker])
    steps = [("read it, and put your own KPI and target in", "")]
    if source in LET_IN:
        steps.append(("name a Google service account's key file under credentials:", LET_IN[source]))
    steps.append((f"export {secrets}", WHERE_FROM[tracker]))
    steps += [(f"alignd {command}{named}", "") for command in ("check", "doctor", "plan")]
    show(
        words(f"{config} is written. It plans and reports; it writes nothing to {tracker} before you say mode: act."),
        section(
            "Next",
            *(bullet(what, sign=str(number), under=(how,)) for number, (what, how) in enumerate(steps, start=1)),
        ),
    )


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _one_of(question: str, choices: tuple[str, ...], usual: str) -> str:
    while True:
        answer = ask(f"{question} ({', '.join(choices)})", usual).lower()
        if answer in choices:
            return answer
        show(f"one of {', '.join(choices)}, please")


def _zone(given: str | None) -> str:
    """A time zone that exists; asked again until it does."""
    if given is not None:
        if not _is_zone(given):
            raise wrong(f"alignd: --timezone: {given!r} is no time zone; write one such as Europe/Berlin")
        return given
    usual = this_machines_zone()
    while True:
        answer = ask("Your time zone", usual)
        if _is_zone(answer):
            return answer
        show("a name such as Europe/Berlin or Africa/Johannesburg, please")


def this_machines_zone() -> str:
    """The IANA name of this machine's zone, if it has one to tell."""
    link = Path("/etc/localtime")
    name = str(link.readlink()).partition("zoneinfo/")[2] if link.is_symlink() else ""
    return name if name and _is_zone(name) else "UTC"


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a bad name, a folder's name, a name that is not there
        return False
    return True


def _place(kind: str, given: str | None) -> str:
    """Where the numbers are; a GA4 property is asked for again until it is a number (or left for later)."""
    place = _bare(given or ask(SOURCE_PLACES[kind], ""))
    while kind == "ga4" and place and not place.isdecimal():
        if given is not None:
            raise wrong(f"alignd: --place: {given!r} is no GA4 property; write its number, such as 123456789")
        show("its number, such as 123456789, please (or nothing, to write it later)")
        place = _bare(ask(SOURCE_PLACES[kind], ""))
    return place


def _bare(text: str) -> str:
    """The id out of a pasted address."""
    for pattern in (
        r"/spreadsheets/d/([A-Za-z0-9_-]+)",
        r"app\.asana\.com/\S*?/project/(\d+)",
        r"app\.asana\.com/0/(\d+)",
        r"trello\.com/b/([A-Za-z0-9]+)",
    ):
        found = re.search(pattern, text)
        if found:
            return found[1]
    return text.strip()


# ── a spreadsheet's tabs ─────────────────────────────────────────────────────────────────────────────────────────


def _list_sheet(sheet: str, credentials: str | None, endpoint: str | None, *, as_json: bool) -> int:
    """The tabs of a spreadsheet, each with the words of its first row."""
    from connectors.errors import VendorError
    from sync.sheet_outline import outline_of

    try:
        title, tabs = outline_of(_bare(sheet), credentials, endpoint, Path.cwd())
    except VendorError as error:
        raise nothing_done(f"alignd: {error}; {error.advice}") from error
    except ValueError as error:
        raise wrong(f"alignd: --sheet: {error}") from error
    if as_json:
        show_json({"title": title, "tabs": [{"tab": tab, "headers": list(headers)} for tab, headers in tabs]})
        return Ending.DONE
    from sync.cli.render.style import bullet, words

    show(words(title, "bold"), *(bullet(tab, under=(", ".join(headers) or "empty",)) for tab, headers in tabs))
    return Ending.DONE
