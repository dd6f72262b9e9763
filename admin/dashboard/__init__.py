"""The dashboard: whether patients can book now, what is in doubt, and who has to act, on one screen.

Who may come in: `admin.app`. It reads the database in one snapshot and nothing else, shows nothing personal, and every
figure leads to the rows behind it in Piccolo Admin. Its page needs no script to be read; the script only renews it.
Read first: `reading.py` (what is asked of the tables), `judging.py` (what it means), then `page.py` (how it looks).
"""
