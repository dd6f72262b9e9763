"""The only room that speaks to EMIAS.

What lives here: the SOAP adapter of the `Emias` port and its in-memory twin, the guard that each request passes, the
TLS of the channel, and contract profiles, which are data.
Who may come in: the composition root, through `connect.py`; the `check` command, through `profiles` and `contract.py`.
What it may touch: the domain, the ports, EMIAS over HTTPS, and the files of profile and certificates; no database.
Read first: `soap.py`, then `guard.py`, `reply.py` (what is believed), `profiles/seed-soap/profile.toml` (what is data).
"""
