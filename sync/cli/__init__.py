"""The `alignd` command: one small module a command, rendering apart from logic, nothing heavy until it is needed."""

from sync.cli.entry import main

__all__ = ["main"]
