"""The story itself: set up the stand-ins, then tell it week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.sandbox.person import Person
from connectors.sandbox.server import Sandbox
from connectors.sandbox.story.books import SPREADSHEET, Books
from connectors.sandbox.story.crm import fill_crm
from connectors.sandbox.story.file import BOARD, CHANNEL, GOAL, PROJECT, PROPERTY, TOKENS, Addresses, config_text
from connectors.sandbox.story.meetings import Meetings
from connectors.sandbox.story.people import TEAM, People
from connectors.sandbox.story.website import fill_website

ZONE = ZoneInfo("Africa/Johannesburg")
WEEKS = 13


@dataclass
class Story:
    """A quarter of SayPro's life from the Monday `start`; `folder` gets the mailing exports (data/mailings-*.csv).

    Tell it so: for each week from 0 to `weeks`, set the clock to `people_act_at(week)` and `act(week)`, then set it
    to `sync_at(week)` and let alignd sync. Week 0 is alignd's first day: nobody has anything to act on yet. With the
    clock within a meeting, `meet(review, title)`.
    """

    sandbox: Sandbox
    start: date
    folder: Path | None
    books: Books
    people: People
    meetings: Meetings
    weeks: int = WEEKS

    @property
    def environ(self) -> dict[str, str]:
        """The environment that the file's ${…} ask for."""
        return dict(TOKENS)

    def config_yaml(self, store: str = "sqlite:///alignd.db") -> str:
        """The team's alignd.yaml; it belongs into `folder`."""
        addresses = Addresses(self.sandbox.url, self.sandbox.smtp.url)
        return config_text(addresses, SPREADSHEET, self.start, store)

    def people_act_at(self, week: int) -> datetime:
        """Tuesday afternoon after the week's end."""
        return datetime.combine(self.start + timedelta(weeks=week, days=1), time(14), ZONE)

    def sync_at(self, week: int) -> datetime:
        """Wednesday morning after the week's end, when its GA4 numbers are final."""
        return datetime.combine(self.start + timedelta(weeks=week, days=2), time(8), ZONE)

    def act(self, week: int) -> list[str]:
        """People fill in their books and act on what stands on the boards; what they did, as sentences."""
        today = self.start + timedelta(weeks=week, days=1)
        with self.sandbox.lock:
            self.books.fill(today)
            return [*self.meetings.tidy(), *self.meetings.confirm(), *self.people.act(week)]

    def meet(self, review: str, title: str) -> list[str]:
        """People are in a meeting of today and write on its task; what they did, as sentences."""
        with self.sandbox.lock:
            week = (self.sandbox.now().astimezone(ZONE).date() - self.start).days // 7
            return self.meetings.meet(review, title, week)


def build_story(sandbox: Sandbox, start: date, folder: Path | None = None) -> Story:
    """Set the stand-ins up for a story that begins on the Monday of `start`'s week; the same every time."""
    monday = start - timedelta(days=start.weekday())
    sandbox.zone = ZONE
    _boards(sandbox)
    website = sandbox.ga4.add_property(PROPERTY, zone=ZONE.key, currency="ZAR")
    fill_website(website, monday, WEEKS)
    fill_crm(sandbox.hubspot, monday, WEEKS, ZONE)
    sandbox.hubspot.tokens = {TOKENS["HUBSPOT_TOKEN"]}
    sandbox.slack.state.add_bot(TOKENS["SLACK_TOKEN"])
    sandbox.slack.state.add_channel(CHANNEL, "marketing")
    sheet = sandbox.sheets.add_spreadsheet(SPREADSHEET, "SayPro scorecard", zone=ZONE.key)
    books = Books(sheet, monday, folder / "data" if folder else None)
    return Story(sandbox, monday, folder, books, People(sandbox, books), Meetings(sandbox))


def _boards(sandbox: Sandbox) -> None:
    asana, trello = sandbox.asana.state, sandbox.trello.state
    asana.add_workspace("SayPro")
    asana.add_user("alignd", "alignd@saypro.example", token=TOKENS["ASANA_TOKEN"])
    trello.keys.add(TOKENS["TRELLO_KEY"])
    trello.add_member("alignd", "alignd", token=TOKENS["TRELLO_TOKEN"])
    for name, email, username in TEAM:
        asana.add_user(name, email)
        trello.add_member(name, username, email=email)
    asana.add_goal("Qualified leads a month", gid=GOAL)
    asana.add_project("KPI actions", gid=PROJECT, sections=["Actions", "In progress", "Data", "Meetings"])
    board = trello.add_board("Sales", lists=["To do", "Doing", "Done"], short_link=BOARD)
    Person(sandbox, "Neo Khumalo").make(PROJECT, "Agree on the budget for next year", place="In progress")
    Person(sandbox, "Lerato Dube").make(board.id, "Price list for the new year", notes="With **Finance**.")
