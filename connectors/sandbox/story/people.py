"""The team: who they are, and what they do with what they find on their boards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from connectors.sandbox.person import Person
from connectors.sandbox.server import Sandbox
from connectors.sandbox.story.books import Books
from connectors.sandbox.story.cadence import SEASONS

TEAM = (
    ("Thandi Mokoena", "thandi@saypro.example", "thandim"),
    ("Sipho Nkosi", "sipho@saypro.example", "siphon"),
    ("Johan Botha", "johan@saypro.example", "johanb"),
    ("Lerato Dube", "lerato@saypro.example", "leratod"),
    ("Neo Khumalo", "neo@saypro.example", "neok"),
)
Act = Callable[["People", str], str]
_FIGURES = re.compile(r",? (?:(?:Mon|Tue|Wed|Thu|Fri) )?(\d|outside the agreed|\().*|:.*")


def named(title: str) -> str:
    """A task as people speak of it: its title without figures and without what is asked, in quotes."""
    return f"“{_FIGURES.sub('', title)}”"


@dataclass
class People:
    """They look at the boards once a week and act on what stands there; `met` is since when each task is known."""

    sandbox: Sandbox
    books: Books
    met: dict[str, int] = field(default_factory=dict)

    def act(self, week: int) -> list[str]:
        """What they did, as sentences; each open task gets the next step of what its kind gets."""
        told: list[str] = []
        for part, steps in REACTIONS:
            for task in self._open(part):
                place = week - self.met.setdefault(task, week)
                if place < len(steps):
                    told += [sentence for step in steps[place] if (sentence := step(self, task))]
        return told

    def _open(self, part: str) -> list[str]:
        """Open tasks of alignd's whose title begins with `part`, or whom people renamed since."""
        found = Person(self.sandbox, "Johan Botha").finds(part)
        titles = {t: self.title(t) for t in found}
        return [t for t in found if titles[t].startswith(part) or t in self.met]

    def title(self, task: str) -> str:
        """A task's title as it stands."""
        asana, trello = self.sandbox.asana.state, self.sandbox.trello.state
        return asana.tasks[task].name if task in asana.tasks else trello.cards[task].name

    def today(self) -> date:
        """The people's today."""
        return self.sandbox.now().date()


# ── what a person does, one step each ────────────────────────────────────────────────────────────────────────────


def says(name: str, text: str) -> Act:
    """A comment."""

    def act(people: People, task: str) -> str:
        Person(people.sandbox, name).comment(task, text)
        return f"{name.split()[0]} comments on {named(people.title(task))}: {text}"

    return act


def completes(name: str, text: str) -> Act:
    """A last line, and done."""

    def act(people: People, task: str) -> str:
        person = Person(people.sandbox, name)
        person.comment(task, text)
        person.complete(task)
        return f"{name.split()[0]} completes {named(people.title(task))}: {text}"

    return act


def moves(name: str, place: str) -> Act:
    """To another section or list."""

    def act(people: People, task: str) -> str:
        Person(people.sandbox, name).move(task, place)
        return f"{name.split()[0]} moves {named(people.title(task))} to {place}"

    return act


def postpones(name: str, days: int) -> Act:
    """A later due date: a promise."""

    def act(people: People, task: str) -> str:
        day = people.today() + timedelta(days=days)
        Person(people.sandbox, name).redate(task, day)
        return f"{name.split()[0]} moves the due date of {named(people.title(task))} to {day:%-d %B}"

    return act


def hands_over(name: str, to: str) -> Act:
    """Another assignee."""

    def act(people: People, task: str) -> str:
        Person(people.sandbox, name).reassign(task, to)
        return f"{name.split()[0]} gives {named(people.title(task))} to {to.split()[0]}"

    return act


def renames(name: str, suffix: str) -> Act:
    """A title of one's own."""

    def act(people: People, task: str) -> str:
        old = people.title(task)
        Person(people.sandbox, name).rename(task, old.split(":")[0] + suffix)
        return f"{name.split()[0]} renames {named(old)} to “{people.title(task)}”"

    return act


def archives(name: str) -> Act:
    """Put away: a decision."""

    def act(people: People, task: str) -> str:
        Person(people.sandbox, name).archive(task)
        return f"{name.split()[0]} archives {named(people.title(task))}"

    return act


def deletes(name: str) -> Act:
    """Gone: a decision too."""

    def act(people: People, task: str) -> str:
        title = people.title(task)
        Person(people.sandbox, name).delete(task)
        return f"{name.split()[0]} deletes {named(title)}"

    return act


def accepts_until(name: str, days: int, why: str) -> Act:
    """Fine as it is, for a while."""

    def act(people: People, task: str) -> str:
        text = f"alignd accept until {people.today() + timedelta(days=days):%-d %b}: {why}"
        Person(people.sandbox, name).comment(task, text)
        return f"{name.split()[0]} answers on {named(people.title(task))}: {text}"

    return act


def brings_the_spend(people: People, task: str) -> str:
    """The forgotten rows are put into the sheet; the task completes itself."""
    if not people.books.catch_up():
        return ""
    Person(people.sandbox, "Johan Botha").comment(task, "Asked Finance again, the rows are in now.")
    return f"Johan puts the late rows into the sheet for {named(people.title(task))}"


# ── title → what is done in the first, second, third … week that it is seen ──────────────────────────────────────

REACTIONS: Sequence[tuple[str, Sequence[Sequence[Act]]]] = (
    ("Website sessions", (
        (says("Thandi Mokoena", "Search traffic fell with the redesign: the old course pages answer 404."),
         moves("Thandi Mokoena", "In progress")),
        (postpones("Thandi Mokoena", 9),),
        (completes("Thandi Mokoena", "The agency restored 214 redirects and sent the sitemap again."),),
    )),
    ("Conversion rate", (
        (hands_over("Thandi Mokoena", "Sipho Nkosi"),),
        (says("Sipho Nkosi", "alignd snooze 2 weeks: the old payment page is being tested against the new one"),),
        (), (),
        (completes("Sipho Nkosi", "The old payment page is back; the new one asked for the address twice."),),
    )),
    ("Email open rate", (
        (says("Sipho Nkosi", "alignd wrong: one mailing counts the test list as delivered"),),
        (), (),
        (completes("Sipho Nkosi", "Subject lines are tested on a tenth of the list first, from now on."),),
    )),
    ("Please check", (
        (says("Johan Botha", "Looked at the export: the test list has 120 addresses, that changes nothing."),),
        (completes("Johan Botha", "The number stands."),),
    )),
    ("Please add", ((), (brings_the_spend,),)),
    ("Open tickets", (
        (renames("Lerato Dube", ": hire one for the evenings"), moves("Lerato Dube", "Doing")),
        (completes("Lerato Dube", "Two students answer in the evenings until the end of term."),),
    )),
    ("Customer calls", ((archives("Lerato Dube"),),)),
    ("Cost of a new customer", (
        (accepts_until("Thandi Mokoena", 60, "the sale was meant to cost more"),),
    )),
    ("Engagement rate", (
        (says("Thandi Mokoena", "The film on the start page is 14 MB; the agency lets it load later, by Friday."),
         postpones("Thandi Mokoena", 8)),
    )),
    # what was agreed in meetings, and what is met about once
    ("List the old course pages", ((), (completes("Sipho Nkosi", "214 pages, the list is in the folder."),),)),
    ("Check the tags", ((), (completes("Sipho Nkosi", "Two posters had no tag; both have one now."),),)),
    ("Plan the films", ((), (postpones("Sipho Nkosi", 10),), (), (deletes("Sipho Nkosi"),))),
    ("Kickoff", ((completes("Thandi Mokoena", "Decision: posters and mails carry the sale's tag"),),)),
    ("Halfway", ((completes("Thandi Mokoena", "Decision: the films go on the start page for the second half"),),)),
    *((f"{season} sale is over", ((completes("Johan Botha", "Decision: the next sale begins with the films"),),))
      for season in sorted(set(SEASONS))),
    ("Alignment review", ((), (completes("Neo Khumalo", "Decision: the app's bookings count as purchases"),))),
)  # fmt: skip
