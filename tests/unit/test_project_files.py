"""The project's own files: what the README points at is there, and nothing points at somebody's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md")
ROOMS = ("connectors", "config", "mapping", "sync", "tests", "docs", "deploy", "bench")


def blocks(language: str, text: str = README) -> list[str]:
    """The fenced blocks of a language; "" for commands and drawings."""
    return [one.content for one in MarkdownIt().parse(text) if one.type == "fence" and one.info == language]


def table_paths() -> list[str]:
    """Every path in the table that says where to add what."""
    table = README.split("## Where to add what", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [path for row in rows for path in re.findall(r"`([\w./-]+)`", row)]


def test_the_table_of_where_to_add_what_has_rows() -> None:
    assert len(table_paths()) >= 6


@pytest.mark.parametrize("path", table_paths())
def test_every_path_of_the_table_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_a_document_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(ROOMS)})/[\w./*-]*)`", text)
    assert named or name == "CHANGELOG.md"
    assert [one for one in named if not list(ROOT.glob(one))] == []


@pytest.mark.parametrize(
    "name", [*DOCUMENTS, *sorted(str(one.relative_to(ROOT)) for one in ROOT.glob("docs/adr/*.md"))]
)
def test_every_file_a_document_links_exists(name: str) -> None:
    document = ROOT / name
    links = re.findall(r"\]\(((?!https?:|#)[^)#]+)\)", document.read_text(encoding="utf-8"))
    assert [one for one in links if not (document.parent / one).exists()] == []


def test_every_module_that_the_architecture_draws_is_there() -> None:
    """In its drawings modules stand without marks, and those of the service without their folder."""
    drawn = "\n".join(blocks("", (ROOT / "docs/architecture.md").read_text(encoding="utf-8")))
    modules = set(re.findall(r"\b[a-z_]+(?:/[a-z_]+)*\.py\b", drawn))
    assert "sync/readback.py" in modules
    assert sorted(one for one in modules if not any((ROOT / at / one).exists() for at in (".", "sync/service"))) == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(one.name[:4]) for one in ROOT.glob("docs/adr/[0-9]*.md"))
    assert numbers == list(range(len(numbers)))


def test_every_command_the_readme_shows_exists_and_every_command_is_shown() -> None:
    from sync.cli.overview import COMMANDS

    shown = set(re.findall(r"^alignd (\w+)", "\n".join(blocks("")), re.MULTILINE))
    said = set(re.findall(r"`(?:sudo )?alignd (\w+)", README))
    known = {command.name for command in COMMANDS}
    assert shown <= known
    assert known <= shown | said


def test_every_make_target_the_documents_show_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in DOCUMENTS:
        shown = set(re.findall(r"(?:^|`)make (\w+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        assert shown <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE)), name


def test_the_files_the_readme_shows_are_good_together(tmp_path: Path) -> None:
    """The smallest file, and the cadence written below it: without a mistake, and without a warning."""
    from config import load

    path = tmp_path / "alignd.yaml"
    path.write_text("".join(blocks("yaml")), encoding="utf-8")
    loaded = load(path, {"ASANA_TOKEN": "a-canary-token", "SLACK_TOKEN": "b", "SMTP_PASSWORD": "c"})
    assert [str(one) for one in (*loaded.problems, *loaded.warnings)] == []
    assert loaded.config is not None
    assert all((loaded.config.reviews, loaded.config.campaigns, loaded.config.events))


def test_every_line_the_readme_says_people_may_write_is_understood() -> None:
    from mapping.logbook import LineKind
    from mapping.minutes import lines_said

    written = next(one for one in blocks("text") if one.startswith("Decision:"))
    assert [one.kind for one in lines_said(written)] == [
        LineKind.DECISION, LineKind.ACTION, LineKind.FEEDBACK, LineKind.HELPED,
    ]  # fmt: skip


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "--index-url" not in lock
    assert "--find-links" not in lock


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
