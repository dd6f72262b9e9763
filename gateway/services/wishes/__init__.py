"""Carry out what people have asked the worker for.

The worker and the wiring come in; each module is the hand of a kind of wish, and each hand may be asked twice for one
wish, for a worker may die half-way: it finds out what was done already, and does nothing to EMIAS a second time.
Read first: `carry_out.py` (how a wish is begun and ended), then `retrying.py` (the one that makes appointments).
"""
