"""A HubSpot account, as the file describes it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from connectors.fields import LaterSpan, Secret
from connectors.settings import SourceSettings
from mapping.spans import Span, SpanUnit


class HubspotSettings(SourceSettings):
    """A private app's token; the account is the one the token belongs to."""

    late_as_settled: ClassVar[bool] = True

    kind: Literal["hubspot"] = "hubspot"
    token: Secret = Field(description="A private app's token: ${HUBSPOT_TOKEN}.", examples=["${HUBSPOT_TOKEN}"])
    settle_after: LaterSpan = Field(
        default=Span(24, SpanUnit.HOURS), description="A period is final this long after it ended."
    )

    def identity(self) -> str:
        """The source's id in the file: a token names its account to HubSpot alone."""
        return f"hubspot:{self.id}"
