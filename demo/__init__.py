"""The rehearsal: everything the gateway needs, started on one machine by one command.

Here live the embedded engines (PostgreSQL, Valkey), the guard that lets no process outlive its owner, and the
supervisor behind ``emias-gateway demo``. The command line and the tests may come in. This room knows the product only
by its command line and its environment variables: it imports nothing of ours, only the standard library and rich.
Read ``stack.py`` first, then ``engines/__init__.py``.
"""
