"""Files for tests of config: where they are, the environment they are read in, and a small one to vary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from config import Config, Loaded, load

DATA = Path(__file__).resolve().parents[1] / "data"
GOOD = DATA / "good"
BAD = DATA / "bad"
CANARY = "canary-7f3a9"
ENVIRON = {
    "ASANA_TOKEN": CANARY,
    "TRELLO_KEY": "canary-key",
    "TRELLO_TOKEN": "canary-tok",
    "HUBSPOT_TOKEN": "canary-hub",
    "SLACK_TOKEN": "canary-slk",
    "SMTP_PASSWORD": "canary-pw",
    "EMPTY": "  ",
}
HEAD = """\
version: 1
workspace: {id: acme, timezone: Europe/Berlin}
people:
  ana: {name: Ana Alves, email: ana@acme.example}
  ben: {name: Ben Berg, email: ben@acme.example}
sources:
  web: {kind: ga4, property: "123456789"}
  scorecard: {kind: sheets, spreadsheet: 1AbC}
trackers:
  asana: {kind: asana, token: "${ASANA_TOKEN}", project: "1201234567890123"}
"""
SESSIONS = """\
kpis:
  sessions:
    name: Website sessions
    owner: ana
    period: week
    value: {source: web, metric: sessions}
"""


def read(folder: Path, text: str, environ: Mapping[str, str] = ENVIRON) -> Loaded:
    """`text` as alignd.yaml in `folder`, read."""
    path = folder / "alignd.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


def well(folder: Path, text: str, environ: Mapping[str, str] = ENVIRON) -> Config:
    """The same, of a file without problems."""
    loaded = read(folder, text, environ)
    assert [str(one) for one in loaded.problems] == []
    assert loaded.config is not None
    return loaded.config


def said(folder: Path, text: str, environ: Mapping[str, str] = ENVIRON) -> list[str]:
    """The problems and warnings, without the file's folder."""
    loaded = read(folder, text, environ)
    return [str(one).replace(f"{folder}/", "") for one in (*loaded.problems, *loaded.warnings)]
