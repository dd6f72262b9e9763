"""Nouns and rules of booking a doctor: slots, holds, bookings, patients, outcomes, errors.

Everyone may come in; this room knows the standard library only and does no I/O.
Read first: `booking.py` (states and legal moves), then `outcomes.py` (what EMIAS may have done).
"""
