"""What a person does about a booking, a doctor, a mapping or an institution: two clicks from the dashboard.

Who may come in: `admin.app`. It reads rows without personal data and leaves wishes at `gateway.store.wish_desk`; the
worker carries them out, and the page shows how they go. It holds no key to EMIAS and none to personal data.
Read first: `routes.py` (how a page is asked and a form is taken), then `choices.py` (which wishes make sense).
"""
