"""A Google Analytics 4 property, as the file describes it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from connectors.fields import IdSchema, LaterSpan, pattern_field
from connectors.settings import GoogleSettings
from mapping.spans import Span, SpanUnit


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


class Ga4Settings(GoogleSettings):
    """`property` is the number under Admin → Property details, as text."""

    late_as_settled: ClassVar[bool] = True

    kind: Literal["ga4"] = "ga4"
    property: Annotated[
        str,
        pattern_field(_is_number, "a GA4 property id", 'the number from Admin, Property details: "123456789"'),
        IdSchema,
    ] = Field(description="The property's number (Admin, Property details), in quotes.", examples=['"123456789"'])
    settle_after: LaterSpan = Field(
        default=Span(48, SpanUnit.HOURS), description="A period is final this long after it ended."
    )
    refresh: LaterSpan = Field(
        default=Span(6, SpanUnit.HOURS), description="How old a first count may get before it is read again."
    )

    def identity(self) -> str:
        """The property: what the numbers come from."""
        return f"ga4:{self.property}"
