"""An Asana project, as the file describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from connectors.fields import Expanded, IdSchema, PlainText, Secret, scalar, shown, wrong
from connectors.settings import TrackerSettings

KIND_KEYS = ("default", "action", "data", "review", "evaluation", "campaign", "event")


def _read_project(value: object) -> str:
    mend = 'the long number in the project\'s address: "1201234567890123"'
    text = str(scalar(value, mend)).strip()
    pasted = re.search(r"app\.asana\.com/(?:0|1/\d+/project)/(\d+)", text)
    if pasted and not isinstance(value, Expanded):
        raise wrong(f'this is the project\'s address, write only its number: "{pasted[1]}"')
    if not re.fullmatch(r"\d{1,24}", text, re.ASCII):
        raise wrong(f"{shown(value)} is not an Asana project id, write {mend}")
    return text


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
    token: Secret = Field(
        description="A personal access token or service account's token: ${ASANA_TOKEN}.", examples=["${ASANA_TOKEN}"]
    )
    project: Annotated[str, BeforeValidator(_read_project), IdSchema] = Field(
        description="The long number in the project's address, in quotes.", examples=['"1201234567890123"']
    )
    sections: Sections = Field(
        default=Sections(),
        description="Section names by kind of work; found by name once, then by id.",
        examples=["{default: Actions}"],
    )
