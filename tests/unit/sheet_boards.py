"""A small board, as the tests of publishing show it."""

from __future__ import annotations

from decimal import Decimal

from connectors.base import Board

COLUMNS = ("KPI id", "KPI", "Number", "Target", "Status", "Owner", "Updated")


def board(at: str = "09:00", **numbers: str | None) -> Board:
    """A KPI by its id with a number each; a rate is a share."""
    rows = {
        id_: (id_, id_.title(), None if value is None else Decimal(value), Decimal(10), "below", "Thandi", at)
        for id_, value in numbers.items()
    }
    patterns = {id_: "0.0#%" for id_ in numbers if id_.startswith("rate")}
    gone = {"Status": "no longer in the file", "Updated": at}
    return Board(COLUMNS, rows, ("Number", "Target"), patterns, "Updated", gone)
