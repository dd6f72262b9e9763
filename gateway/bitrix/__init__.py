"""The only room that reads doctors from a Bitrix site.

`gateway.wiring` comes in; this room touches `gateway.ports`, `gateway.domain` and the site over HTTP: the feed of our
module, or an incoming webhook of the site's REST.
Read first: `feed.py` (a snapshot, complete or not at all), then `reading.py` (what we make of it), then `webhook.py`.
"""
