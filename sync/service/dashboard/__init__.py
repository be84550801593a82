"""The dashboard: the service's pages for people, at the address of `daemon.http`.

`places` says what an address means, `gate` who may look, `door` answers requests; `site` makes pages and keeps them,
from what `reading` found in a store, by way of `pages` and `overview` (what is shown) and `rendering` (how). Without a
server `export` leaves the same pages as files.
"""
