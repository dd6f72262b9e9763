"""The door that Bitrix calls: Litestar, keys, problems, idempotency, ready pages of slots.

Who may come in: `gateway.commands.serve` and `gateway.asgi`. It touches the domain, the services and the house that
`gateway.wiring` opened; it never touches an adapter.
Read first: `app.py` for how the parts are joined, then `routes/` (one noun a file) and `problems.py`, the only place
where an error of the domain becomes a status.
"""
