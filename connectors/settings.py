"""What every source, tracker and channel of the file has in common. Each vendor's own settings stand in its folder.

Frozen pydantic models; `id` is the key they stand under in the file, `folder` the folder of the file, which every
path in it is relative to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from connectors.fields import (
    Elapsed,
    Endpoint,
    LaterSpan,
    Mode,
    choice,
    count_field,
    is_loopback,
    read_list,
    shown,
    wrong,
)
from mapping.cells import Writing
from mapping.kpis import SourceTerms
from mapping.spans import Span, SpanUnit


class Settings(BaseModel):
    """The base of all: unknown keys refused, frozen. A connector takes nothing else from the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True)

    kind: str = ""
    id: SkipJsonSchema[str] = ""
    folder: SkipJsonSchema[Path] = Path()
    endpoint: Endpoint | None = Field(
        default=None, description="Replaces scheme and host of the vendor's address; the vendor's path stays."
    )

    def resolve(self, path: str) -> Path:
        """A path of the file, relative to the file's folder."""
        return self.folder / Path(path).expanduser()


class SourceSettings(Settings, ABC):
    """Where numbers come from, and when they count."""

    late_as_settled: ClassVar[bool] = False  # late_after is by default settle_after (else ten business days)

    settle_after: LaterSpan = Field(
        default=Span(72, SpanUnit.HOURS),
        description="A period is final this long after it ended (ga4 48h, sheets and csv 72h, hubspot 24h).",
    )
    late_after: LaterSpan | None = Field(
        default=None,
        description="A number that is not there so long after the period's end is late: its data owner is asked. "
        "Default: ga4, hubspot = settle_after; sheets, csv 10 business days. Also on a KPI.",
    )
    reread: LaterSpan = Field(
        default=Span(14, SpanUnit.DAYS),
        description="Final periods that ended this recently are read once more a day, for corrections.",
    )
    refresh: LaterSpan = Field(
        default=Span(0, SpanUnit.MINUTES),
        description="How old a first count may get before it is read again (ga4 6h, others every cycle).",
    )

    @abstractmethod
    def identity(self) -> str:
        """What the numbers come from, hashed into definitions: no endpoint, no credential."""

    def terms(self) -> SourceTerms:
        """The same for the domain, with the defaults of its kind filled in."""
        late = self.late_after
        if late is None:
            late = self.settle_after if self.late_as_settled else Span(10, SpanUnit.BUSINESS_DAYS)
        return SourceTerms(self.id, self.kind, self.identity(), self.settle_after, late, self.reread, self.refresh)


class GoogleSettings(SourceSettings):
    """A Google source. `credentials`: a file; None: Application Default Credentials; anonymous: none at all."""

    credentials: str | None = Field(
        default=None,
        description="Service-account or authorized-user file; absent: Application Default Credentials; "
        "the word anonymous: none (loopback endpoints only).",
    )

    @property
    def anonymous(self) -> bool:
        """No credential is sent (loopback endpoints only)."""
        return self.credentials == "anonymous"

    @property
    def credentials_file(self) -> Path | None:
        """The credential file, or None for Application Default Credentials and for anonymous."""
        return None if self.credentials is None or self.anonymous else self.resolve(self.credentials)

    @model_validator(mode="after")
    def _anonymous_only_on_loopback(self) -> GoogleSettings:
        if self.anonymous and (self.endpoint is None or not is_loopback(self.endpoint)):
            raise wrong(
                "credentials: anonymous works only with an endpoint on this machine, "
                "write the path of a credential file, or an endpoint such as http://127.0.0.1:8401"
            )
        return self


DateForm = Annotated[Literal["iso", "dmy", "mdy"], choice("iso", "dmy", "mdy")]


class NumberForm(BaseModel):
    """How numbers that are text are written. `thousands` is "" where none is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decimal: Annotated[Literal[".", ","], choice(".", ",")] = Field(default=".", description="The decimal mark: . or ,")
    thousands: str = Field(default="", description='What stands between thousands: "," "." "\'" or " "; default none.')

    @model_validator(mode="after")
    def _marks_differ(self) -> NumberForm:
        if self.thousands not in ("", ",", ".", "'", "’", " ", "\u00a0", "\u202f", "_"):
            raise wrong(f'thousands: {shown(self.thousands)} is not a thousands mark, write "," "." "\'" or " "')
        if self.thousands == self.decimal:
            raise wrong(f'decimal and thousands are both {shown(self.decimal)}, write {{decimal: ",", thousands: "."}}')
        return self


class TextCells(BaseModel):
    """How cells that are text are read: dates, numbers, and what means "nothing here"."""

    dates: Annotated[tuple[DateForm, ...], BeforeValidator(read_list)] = Field(
        default=("iso",),
        min_length=1,
        description="How dates that are text are written: iso, dmy, mdy; the first that fits.",
        examples=["[iso, dmy]"],
    )
    number: NumberForm = Field(
        default=NumberForm(),
        description="How numbers that are text are written.",
        examples=['{decimal: ",", thousands: " "}'],
    )
    blank: Annotated[tuple[str, ...], BeforeValidator(read_list)] = Field(
        default=(), description='Cells that mean "nothing here", beside empty ones.'
    )

    def writing(self, *, serial_dates: bool) -> Writing:
        """The same for the domain. `serial_dates`: a plain number in a date column is a day number (Sheets)."""
        return Writing(
            dates=self.dates,
            decimal=self.number.decimal,
            thousands=self.number.thousands,
            blanks=frozenset(self.blank),
            serial_dates=serial_dates,
        )


class TrackerSettings(Settings):
    """Where work goes."""

    mode: Mode = Field(default="act", description="act | watch: plans and reports, writes nothing.")
    new_at_most: Annotated[int, count_field(1, "new items")] = Field(
        default=20,
        description="A cycle that would make more new items than this makes none until alignd sync --accept-new.",
    )
    unknown_after: Elapsed = Field(
        default=timedelta(minutes=10), description="How long an unanswered create may still land at the vendor."
    )


class ChannelSettings(Settings):
    """Where digests, summaries and alerts go."""
