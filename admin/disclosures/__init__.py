"""Personal data shown to a person: one field of one booking, or the bookings of a SNILS.

Who may come in: `admin.app`. It holds no key to what is sealed: it asks through `gateway.store.disclosures`, waits for
the worker's answer while the request lasts, and forgets the only key to that answer with the request.
Read first: `routes.py` (who may ask, how often, what stays of it), then `waiting.py`.
"""
