"""The options that several commands share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

DEFAULT_FILE = Path("alignd.yaml")

ConfigFile = Annotated[
    Path,
    Parameter(name=("--config", "-c"), env_var="ALIGND_CONFIG", help="the team's file", show_default=True),
]
AsJson = Annotated[
    bool, Parameter(name="--json", negative=(), show_default=False, help="print JSON, and nothing else, to stdout")
]
At = Annotated[
    str | None,
    Parameter(name="--at", help="take this as now: 2026-11-18T08:00, in the workspace's zone unless it has one"),
]
Strict = Annotated[
    bool,
    Parameter(name="--strict", negative=(), show_default=False, help="exit 1 on any problem, not only on a new one"),
]
