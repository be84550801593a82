"""The demo's folder: made new each time, and never somebody else's."""

from __future__ import annotations

from pathlib import Path

MARKER = ".alignd-demo"
_WORDS = "alignd demo made this folder and makes it anew each time: keep nothing of your own here.\n"
_OWN = (
    "alignd.yaml", "alignd.db", "alignd.db-wal", "alignd.db-shm", "alignd.db-journal", "alignd.db.lock",
    "index.html", "boards.html", "data/mailings-*.csv", "report.html", "report.md",
    "reports/*.html", "reports/*.md", "dashboard/*.html", "dashboard/*/*.*",
    "secrets/asana_token", "secrets/trello_key", "secrets/trello_token", "secrets/hubspot_token", "secrets/slack_token",
)  # fmt: skip


class NotTheDemos(Exception):
    """The folder holds things that the demo did not make."""


def fresh(folder: Path) -> None:
    """An empty folder, or one that an earlier demo made, without what that left there.

    Raises NotTheDemos for any other; OSError if it cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    if not marker.is_file():
        if any(folder.iterdir()):
            raise NotTheDemos(
                f"{folder} is not empty and was not made by the demo; name another: alignd demo --folder DIR"
            )
        marker.write_text(_WORDS, encoding="utf-8")
    for pattern in _OWN:
        for old in folder.glob(pattern):
            old.unlink()


def keep_secrets(folder: Path, secrets: dict[str, str], text: str) -> str:
    """Put each secret into a file of its own that only the owner reads; the config `text`, naming those files."""
    place = folder / "secrets"
    place.mkdir(mode=0o700, exist_ok=True)
    for name, value in secrets.items():
        file = place / name.lower()
        file.touch(mode=0o600)
        file.write_text(value + "\n", encoding="utf-8")
        text = text.replace(f"${{{name}}}", f"${{file:secrets/{file.name}}}")
    return text
