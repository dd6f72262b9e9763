"""The frame of our own pages: one look, one way to send a form, Russian and English.

Who may come in: the rooms of `admin` that serve pages beside Piccolo Admin's. It touches no table of the gateway.
Read first: `door.py` (how a form is trusted), then `page.py` (how a page is written).
"""
