"""`alignd demo`: a quarter of a believable team's life, told on local stand-ins of the vendors.

The only part of alignd itself that knows `connectors.sandbox`.
"""

from sync.demo.folder import NotTheDemos
from sync.demo.telling import run_demo

__all__ = ["NotTheDemos", "run_demo"]
