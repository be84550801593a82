"""The one door to the Sheets API (v4), through gspread's own HTTP client. One method a request; it writes only where
a tab is published, and until then asks for the right to read alone.

gspread's default is to wait for ever and its errors read the body's `code`; time-outs, counting, pace and refusals
are the adapter's below it (`connectors.google_http`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from connectors.calls import Calls
from connectors.errors import NeedsPerson, TryLater, VendorError
from connectors.google_auth import SHEETS_READ, SHEETS_WRITE, Principal, load_principal
from connectors.google_http import TIMEOUTS, Line, Meter, equip, pace_of, shared_meter
from connectors.google_refusals import body_of, common_refusal, nonsense, unauthorised, vendor_faults
from connectors.patience import Patience
from connectors.retry import with_retries
from connectors.sheets.ranges import letters_of, quoted
from connectors.sheets.settings import SheetsSettings

_PER_MINUTE = 60  # reads a minute and user (developers.google.com/workspace/sheets/api/limits); a robot is one user
_PAUSE = 15.0  # that quota refills by the minute, and no Retry-After says when


@dataclass(frozen=True, slots=True)
class Block:
    """One range as it was read. `place` is where it really lies ("Spend!A1:E1000"); rows may be ragged or absent."""

    place: str
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A spreadsheet's title, zone, tabs and named ranges."""

    title: str
    zone: str
    tabs: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TabAbout:
    """A tab by its id. `barred`: what is protected there and not for us ("the whole tab", "A1:C9"), as Google says."""

    id: int
    title: str
    barred: tuple[str, ...] = ()


class SheetsClient:
    """One spreadsheet, one credential. Methods raise only VendorErrors (and Stopped)."""

    def __init__(
        self,
        settings: SheetsSettings,
        patience: Patience,
        calls: Calls,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self.patience, self.calls, self.monotonic = settings, patience, calls, monotonic
        self._opened: tuple[Any, Line] | None = None
        self._writes = False

    def allow_writing(self) -> None:
        """From now on the credential is asked for the right to write."""
        if not self._writes:
            self.close()
            self._writes = True

    def fetch(self, ranges: Sequence[str]) -> list[Block]:
        """One values:batchGet: numbers as numbers, dates as day numbers. Answers are told apart by position, since the
        echoed range is normalised. Refused: one of the ranges does not exist, and none is answered.
        """

        def call() -> list[Block]:
            http, line = self._open()
            wanted = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
            with vendor_faults(line):
                answer = http.values_batch_get(self.settings.spreadsheet, [quoted(r) for r in ranges], wanted)
                found = answer.get("valueRanges", [])
                if len(found) != len(ranges):
                    raise nonsense(line, f"{len(found)} ranges for {len(ranges)}")
                return [_block(one) for one in found]

        return with_retries(call, patience=self.patience, where=self.settings.id)

    def outline(self) -> Outline:
        """The spreadsheet's tabs and names (spreadsheets.get without cells)."""

        def call() -> Outline:
            http, line = self._open()
            fields = "properties(title,timeZone),sheets.properties.title,namedRanges.name"
            with vendor_faults(line):
                answer = http.fetch_sheet_metadata(
                    self.settings.spreadsheet, {"includeGridData": "false", "fields": fields}
                )
                about: Mapping[str, Any] = answer["properties"]
                tabs = tuple(str(sheet["properties"]["title"]) for sheet in answer.get("sheets", []))
                names = tuple(str(one["name"]) for one in answer.get("namedRanges", []))
                return Outline(str(about.get("title", "")), str(about.get("timeZone", "")), tabs, names)

        return with_retries(call, patience=self.patience, where=self.settings.id)

    def tabs(self, *, barred: bool = False) -> list[TabAbout]:
        """The tabs with their ids, and what is `barred` in them, if asked for."""

        def call() -> list[TabAbout]:
            http, line = self._open()
            fields = "sheets(properties(sheetId,title)"
            fields += ",protectedRanges(range,warningOnly,requestingUserCanEdit))" if barred else ")"
            with vendor_faults(line):
                answer = http.fetch_sheet_metadata(
                    self.settings.spreadsheet, {"includeGridData": "false", "fields": fields}
                )
                return [_tab_about(one) for one in answer.get("sheets", [])]

        return with_retries(call, patience=self.patience, where=self.settings.id)

    def put(self, data: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> None:
        """One values:batchUpdate, all or nothing: each range with its rows, as they are (RAW: no text becomes a
        formula, a date or a number). The same again changes nothing, so it is repeated like a read.
        """
        body = {
            "valueInputOption": "RAW",
            "data": [{"range": where, "majorDimension": "ROWS", "values": rows} for where, rows in data],
        }
        self._write(lambda http: http.values_batch_update(self.settings.spreadsheet, body))

    def change(self, requests: Sequence[Mapping[str, object]]) -> None:
        """One spreadsheets.batchUpdate, all or nothing: tabs, grid and formats."""
        self._write(lambda http: http.batch_update(self.settings.spreadsheet, {"requests": list(requests)}))

    def _write(self, send: Callable[[Any], object]) -> None:
        def call() -> None:
            http, line = self._open()
            with vendor_faults(line):
                send(http)

        with_retries(call, patience=self.patience, where=self.settings.id)

    def close(self) -> None:
        """Give the connections back."""
        if self._opened is not None:
            self._opened[0].session.close()
            self._opened = None

    def _open(self) -> tuple[Any, Line]:
        if self._opened is None:
            self._opened = self._connect()
        return self._opened

    def _connect(self) -> tuple[Any, Line]:
        settings = self.settings
        principal = load_principal(settings, [SHEETS_WRITE if self._writes else SHEETS_READ])
        line = Line(
            where=settings.id,
            what=f"the spreadsheet {settings.spreadsheet}",
            principal=principal,
            calls=self.calls,
            patience=self.patience,
            meter=self._meter(principal),
            access="share the spreadsheet (Viewer is enough) with",
        )
        with vendor_faults(line):
            from google.auth.transport import requests as google_requests
            from gspread.http_client import HTTPClient

            class Door(HTTPClient):
                """gspread's client with our address, which leaves a 401 to us and knows no other refusal."""

                def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> requests.Response:
                    more["timeout"] = TIMEOUTS  # also for fetching a token
                    response = self.session.request(method, _at(endpoint, settings.endpoint), *args, **more)
                    if response.status_code == 401:
                        raise unauthorised(line)
                    return response

            make: Any = google_requests.AuthorizedSession  # the library is untyped here
            session: requests.Session = make(principal.credentials)
            equip(session, line, _refusal, settings.endpoint)
            door: Any = Door
            return door(None, session=session), line

    def _meter(self, principal: Principal) -> Meter:
        """The quota is the user's, whatever the spreadsheet."""
        return shared_meter(
            ("sheets", self.settings.endpoint, principal.who, self.settings.credentials_file, self.monotonic),
            lambda: Meter(pace_of(principal, _PER_MINUTE, self.monotonic)),
        )


def _at(address: str, endpoint: str | None) -> str:
    """The vendor's address with another scheme and host; its path stays."""
    if endpoint is None:
        return address
    there, parts = urlsplit(endpoint), urlsplit(address)
    return urlunsplit((there.scheme, there.netloc, parts.path, parts.query, ""))


def _block(answer: Mapping[str, Any]) -> Block:
    rows = answer.get("values") or []  # a wholly empty range has no "values"
    return Block(str(answer.get("range", "")), tuple(tuple(row or ()) for row in rows))


def _tab_about(said: Mapping[str, Any]) -> TabAbout:
    properties = said["properties"]
    barred = [
        _area(one.get("range", {}))
        for one in said.get("protectedRanges", [])
        if not one.get("warningOnly") and one.get("requestingUserCanEdit") is not True
    ]
    return TabAbout(int(properties.get("sheetId", 0)), str(properties.get("title", "")), tuple(barred))


def _area(grid_range: Mapping[str, Any]) -> str:
    """A GridRange for people; an edge that is not there is the grid's own."""
    top, bottom = grid_range.get("startRowIndex"), grid_range.get("endRowIndex")
    left, right = grid_range.get("startColumnIndex"), grid_range.get("endColumnIndex")
    if (top, bottom, left, right) == (None, None, None, None):
        return "the whole tab"
    first = f"{letters_of(left or 0)}{(top or 0) + 1}"
    last = f"{letters_of(right - 1) if right else ''}{bottom or ''}"
    return f"{first}:{last}" if last else f"from {first}"


def _refusal(line: Line, response: requests.Response) -> VendorError:
    writes = response.request.method != "GET"
    if writes:
        line = replace(line, access="to publish there, share the spreadsheet as Editor with")
    plain = common_refusal(line, response)
    words = body_of(response).message
    if writes and response.status_code in (400, 403) and "protected" in words.lower():
        return NeedsPerson(
            line.where,
            f"{line.what} has protected cells where alignd would write ({response.status_code}: {line.words(words)})",
            f"in Sheets, Data, Protected sheets and ranges: let {line.principal.who} edit, or name another tab",
            status=response.status_code,
        )
    if writes and response.status_code == 403 and "scope" in plain.advice:
        advice = "log in again with the right to edit spreadsheets, or use a service account"
        return NeedsPerson(plain.where, plain.what, advice, status=403)
    if response.status_code == 400 and "office file" in words.lower():
        return NeedsPerson(
            line.where,
            f"{line.what} is an Excel file in Drive, not a Google Sheet",
            "in Drive, open it and choose File, Save as Google Sheets; write the new id",
            status=400,
        )
    if response.status_code == 429 and isinstance(plain, TryLater) and plain.after is None:
        return TryLater(plain.where, plain.what, plain.advice, after=_PAUSE, status=429)
    return plain
