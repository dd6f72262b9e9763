"""The verbs of the house, one a module: browse, hold, offer, book, cancel, mirror, refresh, report.

The doors (`gateway.http`, `sync`) call them through `gateway.wiring`; they touch `gateway.ports` and the domain only.
Read first: `book.py`, where the promise is kept.
"""
