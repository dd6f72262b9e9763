"""The worker: when things happen. Schedules from EMIAS, doctors from Bitrix, wishes of people, chores of the tables.

The command line comes in; this room touches `gateway.domain`, `gateway.ports`, `gateway.services` and the house that
`gateway.wiring` opens, never an adapter. Replicas share the work through the due list, so any number of them may run.
Read first: `worker.py` (the loops and how they end), then `readers.py` (one doctor's failure is its own), `once.py`.
"""
