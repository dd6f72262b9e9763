"""The only room that reads doctors from a Bitrix site.

`gateway.wiring` comes in; this room touches `gateway.ports`, `gateway.domain` and the site's feed over HTTP.
Read first: `feed.py` (a snapshot, complete or not at all), then `reading.py` (what we make of it).
"""
