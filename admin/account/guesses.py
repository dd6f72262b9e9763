"""What it costs to guess: failures counted by name and by address, in the database, for all replicas together.

An attempt is counted before its password is looked at, so that attempts at once cannot outrun the count; a right one
takes its count back. A name that does not exist is counted like one that does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

from gateway.store.engine import Database

__all__ = ["LIMITS", "Guesses", "Limit", "Turn"]

Kind = Literal["address", "name"]
_FORGOTTEN_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """After so many failures one waits `first`, and twice as long after each one more."""

    failures: int
    first: timedelta
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta | None:
        """Return how long the next attempt has to wait."""
        if failures < self.failures:
            return None
        doublings = min(failures - self.failures, 16)
        return min(self.first * (1 << doublings), self.longest)


LIMITS: Final[dict[Kind, Limit]] = {
    # An office may be one address: it waits later than a single name does.
    "address": Limit(20, timedelta(minutes=1), timedelta(minutes=30)),
    "name": Limit(5, timedelta(minutes=1), timedelta(minutes=15)),
}
# One statement makes the row or locks it: between two, another attempt could forget it.
_LOOK: Final = """
INSERT INTO login_guesses AS known (kind, digest) VALUES ($1, $2)
ON CONFLICT (kind, digest) DO UPDATE SET failures = known.failures
RETURNING CASE WHEN last_at < now() - $3::interval THEN 0 ELSE failures END AS failures,
          greatest(blocked_until - now(), '0'::interval) AS wait, now() AS now
"""
_COUNT: Final = """
UPDATE login_guesses SET failures = $3, last_at = now(), blocked_until = $4 WHERE kind = $1 AND digest = $2
"""
_TAKE_BACK: Final = """
UPDATE login_guesses SET failures = greatest(failures - 1, 0), blocked_until = NULL WHERE kind = $1 AND digest = $2
"""
_FORGET: Final = "DELETE FROM login_guesses WHERE kind = $1 AND digest = $2"


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to try once; or how long to wait. `locks` names what a failure of this attempt shuts out."""

    wait: timedelta | None
    locks: Sequence[Kind] = ()


@dataclass(frozen=True, slots=True)
class Guesses:
    """The counts."""

    database: Database

    async def begin(self, name: str, address: str) -> Turn:
        """Count an attempt, unless its name or its address has to wait."""
        async with self.database.transaction() as connection:
            seen = [await _look(connection, kind, digest) for kind, digest in _keys(name, address)]
            wait = max((each["wait"] or timedelta(0) for each in seen), default=timedelta(0))
            if wait > timedelta(0):
                return Turn(wait)
            locks = []
            for (kind, digest), row in zip(_keys(name, address), seen, strict=True):
                failures = row["failures"] + 1
                until = _until(kind, failures, row["now"])
                await connection.execute(_COUNT, kind, digest, failures, until)
                locks += [kind] if until else []
        return Turn(None, locks)

    async def take_back(self, name: str, address: str) -> None:
        """Count an attempt as none: what it said was right as far as it went."""
        for kind, digest in _keys(name, address):
            await self.database.pool.execute(_TAKE_BACK, kind, digest)

    async def forget(self, name: str, address: str) -> None:
        """Begin a name anew after a right attempt; its address only gets this attempt back."""
        for kind, digest in _keys(name, address):
            await self.database.pool.execute(_FORGET if kind == "name" else _TAKE_BACK, kind, digest)

    async def unlock(self, name: str) -> bool:
        """Forget the failures of a name; False when there were none."""
        status = await self.database.pool.execute(_FORGET, "name", _digest(name.strip().casefold()))
        return bool(status == "DELETE 1")


async def _look(connection: Any, kind: Kind, digest: bytes) -> Any:
    return await connection.fetchrow(_LOOK, kind, digest, _FORGOTTEN_AFTER)


def _until(kind: Kind, failures: int, now: datetime) -> datetime | None:
    wait = LIMITS[kind].wait_after(failures)
    return now + wait if wait else None


def _keys(name: str, address: str) -> list[tuple[Kind, bytes]]:
    # Always in this order, as both rows stay locked together.
    return [("address", _digest(address)), ("name", _digest(name.strip().casefold()))]


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
