"""`alignd check`: the file, offline. Every problem at once, then the policy and the targets back in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from sync.cli.ending import Ending
from sync.cli.opening import read_file
from sync.cli.options import DEFAULT_FILE, AsJson, ConfigFile
from sync.cli.render.style import bullet, counted, section, words
from sync.cli.terminal import show, show_json, tell

if TYPE_CHECKING:
    from config import Config
    from config.problems import Problem
    from sync.output import JsonObject


def check(*, config: ConfigFile = DEFAULT_FILE, json: AsJson = False) -> int:
    """Read the file, offline.

    Prints every mistake as FILE:LINE:COLUMN: PATH: what is wrong, what to write.

    If there is none, says back in words what the file agrees on. Exit code 2 if anything is wrong.
    """
    from config.words import in_words

    loaded = read_file(config)
    spoken = in_words(loaded.config) if loaded.config is not None else ()
    renamed = proposed(loaded.config) if loaded.config is not None else ()
    if json:
        show_json(
            {
                "file": str(config),
                "ok": not loaded.problems,
                "problems": [problem_object(one) for one in loaded.problems],
                "warnings": [problem_object(one) for one in loaded.warnings],
                "words": list(spoken),
                "proposals": [{"kpi": new, "was": former} for new, former in renamed],
            }
        )
        return Ending.WRONG if loaded.problems else Ending.DONE
    for one in (*loaded.problems, *loaded.warnings):
        tell(str(one))
    for new, former in renamed:
        tell(
            f"{config}: kpis.{new}: {former} is gone and this one came; if it is the same KPI, write was: {former}, "
            "and its history and open items come along"
        )
    if loaded.problems:
        tell(f"{counted(len(loaded.problems), 'problem')} in {config}")
        return Ending.WRONG
    show(_well(str(config), spoken))
    return Ending.DONE


def proposed(config: Config) -> tuple[tuple[str, str], ...]:
    """(new id, former id) of KPIs that look renamed since the last sync; nothing where there was none yet.

    A store that cannot be read proposes nothing: `check` is about the file, and `doctor` says what ails the store.
    """
    from config.changes import proposals, summary
    from sync.errors import StoreError
    from sync.store import Store

    try:
        store = Store.open(config.store, workspace=config.workspace.id, create=False)
    except StoreError:
        return ()
    try:
        if not store.exists:
            return ()
        with store.records(reads_only=True) as records:
            before = records.file_summary()
    except StoreError:
        return ()
    finally:
        store.close()
    return proposals(before, summary(config))


def _well(file: str, spoken: Sequence[str]) -> RenderableType:
    """What is agreed on, a KPI a paragraph under its name; then where work goes and who is told."""
    parts: list[RenderableType] = [words(f"{file} is well. This is what it agrees on:")]
    lines: list[RenderableType] = []
    for one in spoken:
        name, named, rest = one.partition("): ")
        if named:
            parts.append(section(f"{name})", words(rest)))
        else:
            lines.append(bullet(one))
    return Group(*parts, *([section("Where work goes, and who is told", *lines)] if lines else []))


def problem_object(problem: Problem) -> JsonObject:
    """One problem of the file as JSON."""
    return {
        "file": problem.file,
        "line": problem.mark.line if problem.mark else None,
        "column": problem.mark.column if problem.mark else None,
        "path": problem.path,
        "what": problem.text,
    }
