"""Alembic scripts; a released one is never edited."""
