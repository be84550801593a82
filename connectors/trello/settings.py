"""A Trello board, as the file describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from connectors.fields import Expanded, PlainText, Secret, read_list, scalar, shown, wrong
from connectors.settings import TrackerSettings

KIND_KEYS = ("default", "action", "data", "review", "evaluation", "campaign", "event")


def _read_board(value: object) -> str:
    text = str(scalar(value, "the board's short id, as in trello.com/b/Ab12Cd34")).strip()
    pasted = re.search(r"trello\.com/b/([A-Za-z0-9]+)", text)
    if pasted and not isinstance(value, Expanded):
        raise wrong(f"this is the board's address, write only its id: {pasted[1]}")
    if not re.fullmatch(r"[A-Za-z0-9]{8}|[0-9a-f]{24}", text):
        raise wrong(f"{shown(value)} is not a Trello board id, write the eight characters in its address: Ab12Cd34")
    return text


class Lists(BaseModel):
    """List names by kind of work, and `done`: the lists that mean completed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: PlainText | None = Field(default=None, description="Where work goes that has no list of its own.")
    action: PlainText | None = Field(default=None, description="List of action items.")
    data: PlainText | None = Field(default=None, description="List of data tasks.")
    review: PlainText | None = Field(default=None, description="List of review tasks.")
    evaluation: PlainText | None = Field(default=None, description="List of evaluations.")
    campaign: PlainText | None = Field(default=None, description="List of campaign tasks.")
    event: PlainText | None = Field(default=None, description="List of alignment reviews after events.")
    done: Annotated[tuple[PlainText, ...], BeforeValidator(read_list)] = Field(
        default=(), description="Lists that mean completed."
    )

    def named(self) -> Mapping[str, str]:
        """Kind of work (or "default") → list name, those that are named; `done` stands apart."""
        return {key: name for key in KIND_KEYS if (name := getattr(self, key)) is not None}


class TrelloSettings(TrackerSettings):
    """One board, and the key and token of the member alignd works as."""

    kind: Literal["trello"] = "trello"
    key: Secret = Field(description="The API key: ${TRELLO_KEY}.", examples=["${TRELLO_KEY}"])
    token: Secret = Field(description="The token: ${TRELLO_TOKEN}.", examples=["${TRELLO_TOKEN}"])
    board: Annotated[str, BeforeValidator(_read_board)] = Field(
        description="The eight characters in the board's address.", examples=["Ab12Cd34"]
    )
    lists: Lists = Field(
        default=Lists(),
        description="List names by kind, and done: the lists that mean completed; found by name once, then by id.",
        examples=["{default: To do, done: [Done]}"],
    )
