"""The words people read for what alignd calls by a shorter name: states, flags, comments, decisions."""

from __future__ import annotations

from mapping.links import Decision
from mapping.readings import State
from mapping.wording import join_words

STATE_WORDS = {
    State.MISSING: "no number",
    State.UNTRUSTED: "not believed",
    State.AWAITED: "waiting for a number",
}

FLAG_WORDS = {
    "thresholded": "Google hid small numbers, so it may be a little low",
    "sampled": "Google estimated it from a part of the data",
    "other_row": "Google put rare values together as “other”, so a part may be missing",
    "truncated": "Google cut the answer short",
    "restricted": "the account may not see this metric",
    "corrected": "the source changed it after it was final",
    "unchanged": "the same for three periods: is it still kept up?",
    "few_rows": "fewer rows than agreed",
    "paused": "paused in the file: shown, not judged",
    "background": "from before alignd first looked",
    "ahead": "20 % and more better than the target",
}

COMMENT_WORDS = {
    "numbers": "the numbers comment, kept up to date",
    "worse": "told that it got clearly worse",
    "recovered": "told that it is back on target",
    "reopened": "opened again",
    "taken_up": "taken up again",
    "escalated": "brought to the next person",
    "corrected": "told that a number was corrected",
    "redefined": "told that it is counted differently now",
    "removed": "told that it left the file",
    "extra": "an extra task was put away",
    "answer": "answered a comment",
    "confirm": "asked somebody to confirm",
    "summary": "summed up the meeting",
    "today": "said what is new since, on the day",
}
DECISION_WORDS = {
    "completed": "completed it",
    "dismissed": "set it aside",
    "restored": "brought it back",
    "reopened": "opened it again",
    "moved": "moved it",
    "edited": "changed it",
    "snooze": "asked for time",
    "accept": "accepted it as it is",
    "wrong": "called the number wrong",
    "wake": "woke it",
    "decision": "decided",
    "action": "agreed that somebody does something",
    "feedback": "passed on",
    "helped": "said whether it helped",
}

_FIELDS = {"due": "the due date", "title": "the title", "assignee": "who has it", "completed": "whether it is done"}
_REMARKS = ("moved", "dismissed")  # what stands beside these is told by the tracker, and nobody's words


def decision_said(decision: Decision) -> tuple[str, str]:
    """What somebody did, and the words they wrote: ("changed the due date", ""), ("asked for time", "it is tested")."""
    words, text = DECISION_WORDS.get(decision.what, decision.what), decision.text
    if decision.what == "edited":
        fields = [_FIELDS.get(one, one) for one in text.split(", ") if one]
        return (f"changed {join_words(fields)}" if fields else words), ""
    if decision.what in _REMARKS and text:
        return f"{words} ({text})", ""
    return words, text


SEEN_WORDS = {
    "linked": "found",
    "adopted": "found again and taken over",
    "completed": "completed",
    "reopened": "opened again",
    "dismissed": "set aside",
    "restored": "brought back",
    "moved": "moved",
    "edited": "changed",
}
