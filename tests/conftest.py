"""What every test shares: property tests state laws, not speeds, so no example of theirs has a deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("alignd", deadline=None)
settings.load_profile("alignd")
