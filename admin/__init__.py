"""The admin: a door of its own for the people who keep an installation running.

Its own process and port. Who may come in: the command line (`server.py`, `registrar.py`). It touches `gateway.store`,
`gateway.domain`, `gateway.settings`, `gateway.serving` and `gateway.logs`; it holds no key to EMIAS and none to
personal data, and what it may change are mappings, blocked doctors, institutions and its own users.
Read first: `app.py` (how the layers lie), then `roles.py` (who may what), then `tables/` (what is shown), then
`guards.py` (what is refused).
"""
