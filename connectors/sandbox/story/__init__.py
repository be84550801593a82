"""A quarter in the life of a believable team, for the demo and for trials: numbers, books, people, and their file."""

from connectors.sandbox.story.telling import Story, build_story

__all__ = ["Story", "build_story"]
