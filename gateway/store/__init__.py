"""The PostgreSQL room: schema, Piccolo tables, migrations, and the repositories that keep the ports' promises.

Who may come in: `gateway.wiring`, `sync` and `admin`. It touches PostgreSQL only, through one pool that Piccolo shares;
personal data passes through `cipher.py` and rests sealed.
Read first: `schema/0001_first.sql` (what the database itself forbids), then `engine.py`, then
`holds.py` and `bookings.py`.
"""
