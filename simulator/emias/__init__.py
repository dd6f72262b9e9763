"""The stand-in for one EMIAS installation: a world of doctors and slots behind services of four contracts.

Who may come in: `simulator.running` and the control listener.
What it may touch: its own memory and the contract files of `simulator/contracts/`.
Read first: `world.py` (slots), `registry.py` (the rules of booking), `server.py` (the wire), then `faces/` (the
contracts), `faults.py` and `replies/` (misbehaviour).
"""
