"""The commented file that `alignd init` writes: small, in mode watch, and right as it stands."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

_YAML_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}  # not read as text where they stand bare
_UNWRITABLE = {"Cc", "Cs", "Cn", "Zl", "Zp"}  # controls and line ends, halves of characters, no characters


@dataclass(frozen=True, slots=True)
class StarterAnswers:
    """What `alignd init` was told. `place`: a GA4 property, a spreadsheet id, or a CSV path; `home`: an Asana project
    or a Trello board. Every default makes a file that passes `alignd check`.
    """

    workspace: str = "Acme"
    timezone: str = "Europe/Berlin"
    person: str = "Ana Alves"
    email: str = "ana@acme.example"
    trello: str = ""
    source: str = "ga4"  # ga4 | sheets | csv
    place: str = ""
    tracker: str = "asana"  # asana | trello
    home: str = ""


def starter(answers: StarterAnswers) -> str:
    """The file's text."""
    person = slug(answers.person, "owner")
    source, value, source_id = _source(answers)
    return _aligned(f"""\
# yaml-language-server: $schema=./alignd.schema.json
# alignd.yaml: what your team agreed on, in one file. Everything not written here has a sensible default.
# What else it can say: docs/alignd.example.yaml of alignd's source. After a change: alignd check, alignd plan.
# (alignd schema > alignd.schema.json lets your editor complete and explain every key.)
version: 1

workspace:
  id: {slug(answers.workspace, "team", "-")}	# stable: it becomes part of every task alignd makes
  name: {_text(answers.workspace)}
  timezone: {_text(answers.timezone)}	# every date and time in this file

people:	# who gets work; Asana knows people by email, Trello by username (trello: …)
  {person}: {_person(answers)}

sources:	# where numbers come from
{source}
trackers:	# where work goes
{_tracker(answers)}
kpis:	# what you agreed to measure; add one at a time
  sessions:
    name: Website sessions
    definition: Sessions on the public site, all channels, Monday to Sunday.
    owner: {person}
    period: week	# day | week | month | quarter | half_year | year | fiscal_quarter | fiscal_year
    value: {value}
    target: 12000	# what you agreed on; at or above it all is well
    # direction: down	# if less is better
    # tolerance: 5%	# how far short still counts as close (5% unless you write another)

# What happens off target, and when. These are the defaults; remove the # of a line to change it.
# policy:
#   breach_after: {{day: 5, week: 2, other: 1}}   # so many periods in a row before there is an action item
#   due: 5 business days
#   max_open: 5                                 # open items a person; the next ones wait in line

# Why it matters: goals, and the KPIs that serve them. Tasks say so.
# goals:
#   - {{id: growth, title: More visitors who stay, owner: {person}, kpis: [sessions]}}
{_hint(source_id, answers.source)}""")


def _aligned(text: str) -> str:
    """Comments behind a tab, one under the other."""
    lines = []
    for line in text.split("\n"):
        content, mark, comment = line.partition("\t# ")
        lines.append(f"{content:<34} # {comment}" if mark else line)
    return "\n".join(lines)


def slug(name: str, fallback: str, joint: str = "_") -> str:
    """A name as an id: small letters, digits and `joint`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)[:40].strip(joint)
    return found if found[:1].isalpha() and found not in _YAML_WORDS else f"{fallback}{joint}{found}".strip(joint)


def _text(value: str) -> str:
    """A text as YAML reads it back, whatever is in it: bare where that is plain, else in double quotes."""
    clean = "".join(" " if unicodedata.category(c) in _UNWRITABLE else c for c in value).strip().replace("${", "$${")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_/.@ -]*", clean, re.ASCII) and clean.lower() not in _YAML_WORDS:
        return clean
    return json.dumps(clean, ensure_ascii=False)


def _person(answers: StarterAnswers) -> str:
    trello = f", trello: {_text(answers.trello)}" if answers.trello else ""
    return f"{{name: {_text(answers.person)}, email: {_text(answers.email)}{trello}}}"


def _source(answers: StarterAnswers) -> tuple[str, str, str]:
    """The source, the first KPI's value, and the source's id."""
    rows = "date: Date, column: Sessions, aggregate: sum"
    if answers.source == "sheets":
        place = _text(answers.place or "1AbCdEfGhIjKlMnOpQrStUvWxYz")
        lines = (
            "  scorecard:\n    kind: sheets\n"
            f"    spreadsheet: {place}\t# the part of its address between /d/ and /edit\n"
            "    # credentials: secrets/google.json   # a service account's key; absent: this machine's own\n"
        )
        return lines, f'{{source: scorecard, table: "Sessions!A:B", {rows}}}', "scorecard"
    if answers.source == "csv":
        lines = (
            "  exports:\n    kind: csv\n"
            f"    path: {_text(answers.place or 'data/sessions-*.csv')}\t# a file or a glob, relative to this file\n"
            "    # dates: [dmy]\t# how dates are written: iso, dmy, mdy\n"
        )
        return lines, f"{{source: exports, {rows}}}", "exports"
    place = json.dumps(answers.place or "123456789")
    lines = (
        "  web:\n    kind: ga4\n"
        f"    property: {place}\t# Google Analytics: Admin, Property details\n"
        "    # credentials: secrets/google.json   # a service account's key; absent: this machine's own\n"
    )
    return lines, "{source: web, metric: sessions}", "web"


def _tracker(answers: StarterAnswers) -> str:
    watch = "    mode: watch\t# plans and reports, writes nothing; act when you like what alignd plan says\n"
    if answers.tracker == "trello":
        return (
            "  board:\n    kind: trello\n"
            + watch
            + "    key: ${TRELLO_KEY}\t# out of the environment, never in this file\n"
            "    token: ${TRELLO_TOKEN}\n"
            f"    board: {_text(answers.home or 'Ab12Cd34')}\t# as in trello.com/b/Ab12Cd34\n"
            "    # lists: {default: To do, done: [Done]}\n"
        )
    return (
        "  asana:\n    kind: asana\n"
        + watch
        + "    token: ${ASANA_TOKEN}\t# out of the environment, never in this file\n"
        f"    project: {json.dumps(answers.home or '1201234567890123')}\t# the long number in the project's address\n"
        "    # sections: {default: Actions}\n"
    )


def _hint(source: str, kind: str) -> str:
    if kind == "csv":
        return ""
    return f"\n# Then: alignd doctor asks {source} and the tracker whether all this is there and may be read.\n"
