"""The project's own files: what the README points at is there, and nothing points at somebody's machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


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


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", README))))
def test_every_file_the_readme_links_exists(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_command_the_readme_shows_exists() -> None:
    from sync.cli.overview import COMMANDS

    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
    shown = set(re.findall(r"^alignd (\w+)", blocks, re.MULTILINE))
    assert shown
    assert shown <= {command.name for command in COMMANDS}


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
