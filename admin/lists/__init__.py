"""Refused doctor lists: who would vanish, and a person's word that it is right.

Who may come in: `admin.app`. It touches `mirror_refusals` by `gateway.store.mirror_refusals`, which leaves an audit row
with each decision, and reads doctors and their coming bookings.
Read first: `reading.py` (what is shown), then `routes.py` (what is decided).
"""
