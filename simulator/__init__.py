"""Stand-ins for EMIAS, a Bitrix site and Gosuslugi: one process, faults on demand, a ledger of every effect.

Who may come in: the demo and the tests, over the network or through `running.running_simulator`.
What it may touch: nothing of the gateway's packages; it speaks the published contracts only.
Read first: `running.py` (what runs), then `emias/world.py` (what is true) and `emias/faults.py` (what can go wrong),
and for Gosuslugi `esia/stand.py`.
"""
