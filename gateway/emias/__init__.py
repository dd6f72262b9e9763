"""The only room that speaks to EMIAS.

What lives here: the adapter of the `Emias` port over contract profiles, which are data, and its in-memory twin; below
it the wires (SOAP, REST), the guard that each request passes, the TLS of the channel.
Who may come in: the composition root, through `connect.py` and `routing.py`; the `check` command and
`gateway.contracts`, through `profiles`, `contract.py` and `connect.py` too.
What it may touch: the domain, the ports, EMIAS over HTTPS, and the files of profile and certificates; no database.
Read first: `adapter.py` (the port), `asking.py` (one call), then `profiles/seed-soap/profile.toml` (what is data),
`flows.py` (the order of steps), `reply.py` and `rest.py` (what is believed), `refusing.py` (what an error means).
"""
