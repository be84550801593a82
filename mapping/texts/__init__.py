"""The texts people get: plain language, the reason first, one thing asked, never blame.

`action_item` and `data_task` give title and notes; `comments` and `answers` give what is said on a task later.
"""

from mapping.texts import answers, comments
from mapping.texts.action import action_item
from mapping.texts.data import data_task
from mapping.texts.facts import ActionFacts, CommentFacts, DataCause, DataFacts, Explained, Finding, Former

__all__ = [
    "ActionFacts",
    "CommentFacts",
    "DataCause",
    "DataFacts",
    "Explained",
    "Finding",
    "Former",
    "action_item",
    "answers",
    "comments",
    "data_task",
]
