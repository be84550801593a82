"""What people do in the team's meetings: they write on the meeting's task, or they write nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from connectors.sandbox.person import Person
from connectors.sandbox.server import Sandbox

QUESTION = re.compile(r"Did it help\? .*: (?P<what>[^:]+?) \S+(?: %| points)? before\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a meeting's task; `later`: what it is changed into the next Tuesday."""

    by: str
    text: str
    later: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A subtask that somebody adds under a meeting, for a person, due so many days later."""

    by: str
    text: str
    to: str
    days: int


# In which week what is written on a Thursday; it waits for the next one where another meeting takes its place.
THURSDAYS: dict[int, Sequence[Remark | Wish]] = {
    4: (Remark("Johan Botha", "Decision: the numbers of Ops are noted on Fridays before noon"),),
    6: (
        Remark("Thandi Mokoena", "Decision: no page moves any more before its redirect is tested"),
        Remark("Thandi Mokoena", "Action: Sipho – list the old course pages that visitors still ask for – Tuesday"),
    ),
    8: (
        Remark("Johan Botha", "Action: somebody should check the tags of the sale",
               later="Action: Sipho – check the tags of the sale – Friday"),
        Remark("Sipho Nkosi", "Feedback: people end on the price page and do not find the dates"),
    ),
    9: (
        Remark("Thandi Mokoena", "decision - the films stay on the start page after the sale"),
        Wish("Thandi Mokoena", "Ask the agency how the redirects were lost", "Sipho Nkosi", 6),
    ),
    11: (
        Remark("Johan Botha", "Decision: page speed is looked at before every release\n"
                              "Action: Thandi – agree on a limit with the agency – next Friday"),
    ),
}  # fmt: skip
OTHERS: dict[str, Sequence[Sequence[Remark | Wish]]] = {  # by review, what is written the first, second … time
    "one_on_one": (
        (),
        (Remark("Sipho Nkosi", "Decision: films before pictures until the sale is over"),),
        (),
        (Remark("Thandi Mokoena", "Action: Sipho – plan the films of next quarter – in 2 weeks"),),
    ),
    "quarterly": (
        (
            Remark("Neo Khumalo", "Decision: Gauteng stays the one region we grow in"),
            Remark("Neo Khumalo", "Action: Thandi – write down who agrees on a target, and when – in 3 weeks"),
        ),
    ),
}
ANSWERS = (  # to "Did it help?", by how the KPI is called
    ("website sessions", "yes – the redirects brought the visitors back"),
    ("conversion rate", "too early – two good weeks are not many"),
    ("open tickets", "yes – evenings are answered the same day"),
    ("", "too early – let us look again next month"),
)


@dataclass
class Meetings:
    """The people in their meetings. `met`: how often each review was met."""

    sandbox: Sandbox
    met: dict[str, int] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)  # weeks of THURSDAYS that were written
    changing: list[tuple[str, str, str]] = field(default_factory=list)  # who, which comment, into what

    def meet(self, review: str, title: str, week: int) -> list[str]:
        """What was written in a meeting of today, as sentences; nothing where it has no task."""
        task = self._task(title)
        count = self.met.get(review, 0)
        self.met[review] = count + 1
        if task is None:
            return []
        remarks = [*self._answers(task), *self._remarks(review, count, week)]
        told = [sentence for one in remarks for sentence in self._write(one, task)]
        return [f"In “{title}” {told[0]}", *told[1:]] if told else []

    def _task(self, title: str) -> str | None:
        today = self._today()
        for task in self.sandbox.asana.state.live_tasks():
            if task.name.startswith(title) and task.due_on == today and not task.completed:
                return task.gid
        return None

    def _remarks(self, review: str, count: int, week: int) -> Sequence[Remark | Wish]:
        if review in OTHERS:
            scripts = OTHERS[review]
            return scripts[count] if count < len(scripts) else ()
        due = next((one for one in THURSDAYS if one <= week and one not in self.told), None)
        if due is None:
            return ()
        self.told.add(due)
        return THURSDAYS[due]

    def _answers(self, task: str) -> list[Remark]:
        """Lerato speaks for Sales, which the file asks."""
        asked = [found["what"] for found in QUESTION.finditer(self.sandbox.asana.state.tasks[task].notes)]
        if not asked:
            return []
        lines = []
        for what in dict.fromkeys(asked):
            answer = next(said for name, said in ANSWERS if name in what.lower())
            lines.append(f"Helped: {answer}" if len(set(asked)) == 1 else f"Helped ({what}): {answer}")
        return [Remark("Lerato Dube", "\n".join(lines))]

    def _write(self, one: Remark | Wish, task: str) -> list[str]:
        name = one.by.split()[0]
        if isinstance(one, Wish):
            day = self._today() + timedelta(days=one.days)
            Person(self.sandbox, one.by).add_subtask(task, one.text, assignee=one.to, due=day)
            return [f"{name} adds a subtask for {one.to.split()[0]}: {one.text}"]
        comment = Person(self.sandbox, one.by).comment(task, one.text)
        if one.later:
            self.changing.append((one.by, comment, one.later))
        return [f"{name} writes: {line}" for line in one.text.splitlines()]

    def tidy(self) -> list[str]:
        """On Tuesdays: lines are put right, and Johan completes what was met about; only the former is told."""
        told = []
        for by, comment, text in self.changing:
            Person(self.sandbox, by).edit_comment(comment, text)
            told.append(f"{by.split()[0]} changes the line into: {text}")
        self.changing.clear()
        today = self._today()
        for task in self.sandbox.asana.state.live_tasks():
            is_over = task.due_on is not None and task.due_on < today - timedelta(days=1)
            if is_over and not task.completed and "/review/" in task.notes.rpartition("alignd ref ")[2]:
                Person(self.sandbox, "Johan Botha").complete(task.gid)
        return told

    def confirm(self) -> list[str]:
        """Whoever was asked to confirm something does, two on a Tuesday."""
        told = []
        for task in self.sandbox.asana.state.live_tasks():
            if "/event/" not in task.notes.rpartition("alignd ref ")[2]:
                continue
            parts = [one for one in self.sandbox.asana.state.subtasks_of(task) if not one.completed and one.assignee]
            names = [self.sandbox.asana.state.users[part.assignee or ""].name for part in parts[:2]]
            for name, part in zip(names, parts, strict=False):
                Person(self.sandbox, name).complete_part(part.gid)
            if names:
                confirm = "confirm what is theirs" if len(names) > 1 else "confirms what is theirs"
                told.append(
                    f"{' and '.join(one.split()[0] for one in names)} {confirm} after “{task.name.rpartition(': ')[2]}”"
                )
        return told

    def _today(self) -> date:
        return self.sandbox.now().astimezone(self.sandbox.zone).date()
