"""The stand-in for a Bitrix site: its doctor feed, its booking page and the server-side relay to the gateway.

Who may come in: `simulator.running` and the control listener.
What it may touch: the roster of invented doctors and, over HTTP, the gateway's `/v1`; the gateway's key never leaves
this process.
Read first: `feed.py` (what the gateway pulls), then `relay.py` and `page/index.html` (what a person uses).
"""
