"""The door and one's own account: login with one-time codes, limits on guessing, sessions, passwords.

Who may come in: `admin.app` and `admin.gatehouse`. It touches the tables of users, sessions, one-time secrets and
guesses, and writes the audit log. Its key (`ADMIN_MFA_KEYS`) opens one-time secrets and nothing else.
Read first: `login.py` (what a login is), then `guesses.py` (what it costs to guess), then `codes.py`, then `pages.py`.
"""
