"""The stand-in for one EMIAS installation: a world of doctors and slots behind a WCF-shaped SOAP service.

Who may come in: `simulator.running` and the control listener.
What it may touch: its own memory and the contract files of `simulator/contracts/seed_soap/`.
Read first: `world.py` (slots), `registry.py` (the rules of booking), `server.py` (the wire), then `faults.py` and
`replies/` (misbehaviour).
"""
