"""Redis in front of the tables: the gate before a slot, and the calls that EMIAS grants to all replicas together.

`gateway.wiring` comes in; this room touches `gateway.ports`, `gateway.domain` and Redis, where it keeps slot ids, owner
ids and institution codes, and of a Gosuslugi login what is sealed, never a patient in clear. Whatever Redis does, no
booking by hand fails because of it: the gate says that it is absent, and the budget goes on within the process. Logins
and their tickets have no other place: without Redis there are none.
Read first: `connection.py` (when Redis counts as gone), then `gate.py`, then `queueing.py` (who calls EMIAS next).
"""
