"""Call accounting: made, least and charged, a vendor account at a time. Calls are the cost users feel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Calls:
    """`made`: HTTP requests sent. `least`: the requests the rule needs at full packing. `charged`: against the
    vendor's quota (an Asana batch of 10 is charged 10). Counted by the connector; never reset by it.
    """

    made: int = 0
    least: int = 0
    charged: int = 0

    def sent(self, charged: int = 1) -> None:
        """One HTTP request leaves."""
        self.made += 1
        self.charged += charged

    def needed(self, requests: int) -> None:
        """So many requests are what the work at hand needs at full packing."""
        self.least += requests
