"""The words people read for what alignd calls by a shorter name: states, flags, comments, decisions."""

from __future__ import annotations

from mapping.readings import State

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
