"""An Asana project, as the file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.fields import PlainText, Secret, pattern_field
from connectors.settings import TrackerSettings

KIND_KEYS = ("default", "action", "data", "review", "evaluation", "campaign", "event")


def _is_gid(text: str) -> bool:
    return text.isascii() and text.isdigit()


class Sections(BaseModel):
    """Section names by kind of work; a kind without one goes to `default`, and without that to the first section."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: PlainText | None = Field(default=None, description="Where work goes that has no section of its own.")
    action: PlainText | None = Field(default=None, description="Section of action items.")
    data: PlainText | None = Field(default=None, description="Section of data tasks.")
    review: PlainText | None = Field(default=None, description="Section of review tasks.")
    evaluation: PlainText | None = Field(default=None, description="Section of evaluations.")
    campaign: PlainText | None = Field(default=None, description="Section of campaign tasks.")
    event: PlainText | None = Field(default=None, description="Section of alignment reviews after events.")

    def named(self) -> Mapping[str, str]:
        """Kind of work (or "default") → section name, those that are named."""
        return {key: name for key in KIND_KEYS if (name := getattr(self, key)) is not None}


class AsanaSettings(TrackerSettings):
    """One project and the token of the user alignd works as."""

    kind: Literal["asana"] = "asana"
    token: Secret = Field(description="A personal access token or service account's token: ${ASANA_TOKEN}.")
    project: Annotated[
        str,
        pattern_field(_is_gid, "an Asana project id", 'the long number in the project\'s address: "1201234567890123"'),
    ] = Field(description="The long number in the project's address, in quotes.")
    sections: Sections = Field(
        default=Sections(),
        description="Section names by kind of work; found by name once, then by id.",
    )
