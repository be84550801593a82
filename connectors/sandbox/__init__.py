"""Local stand-ins of the vendors: GA4, Sheets, Asana and Trello over real HTTP on loopback.

Written from the vendors' documents. For `alignd demo`, for tests, for a user's dry runs; nothing else imports it.
"""

from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.front import Seen
from connectors.sandbox.page import render_boards
from connectors.sandbox.person import Person
from connectors.sandbox.server import Sandbox

__all__ = ["Fault", "Faults", "Person", "Sandbox", "Seen", "render_boards"]
