"""Sessions: who is logged in, until when, and how a session ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from piccolo_api.session_auth.tables import SessionsBase

from admin.roles import Role
from gateway.store.engine import Database

__all__ = ["COOKIE", "IDLE", "LONGEST", "Sessions", "Visitor"]

COOKIE: Final = "id"
IDLE: Final = timedelta(hours=1)
LONGEST: Final = timedelta(hours=12)
_RENEWED_EVERY: Final = timedelta(minutes=5)
_WHO: Final = """
SELECT u.id, u.username, u.role, s.expiry_date,
       EXISTS (SELECT FROM authenticator_secret a WHERE a.user_id = u.id AND a.revoked_at IS NULL) AS is_enrolled
FROM sessions s JOIN piccolo_user u ON u.id = s.user_id
WHERE s.token = $1 AND s.expiry_date > $2 AND s.max_expiry_date > $2 AND u.active AND u.admin
"""
_RENEW: Final = "UPDATE sessions SET expiry_date = least($2, max_expiry_date) WHERE token = $1"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in."""

    user_id: int
    username: str
    role: Role
    is_enrolled: bool

    @property
    def actor(self) -> str:
        """Return how the audit log names this person."""
        return f"admin:{self.username}"


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of the admin, in Piccolo's own table."""

    database: Database

    async def open(self, user_id: int, old_token: str | None) -> str:
        """Make a session with a token of its own; the one that the browser had before ends."""
        if old_token:
            await SessionsBase.remove_session(old_token)
        now = _now()
        made = await SessionsBase.create_session(user_id, now + IDLE, now + LONGEST)
        token: str = made.token
        return token

    async def visitor(self, cookies: Mapping[str, str]) -> Visitor | None:
        """Find who sends these cookies, and count it as use of the session."""
        token, now = cookies.get(COOKIE), _now()
        row = await self.database.pool.fetchrow(_WHO, token, now) if token else None
        if row is None:
            return None
        if row["expiry_date"] - now < IDLE - _RENEWED_EVERY:
            await self.database.pool.execute(_RENEW, token, now + IDLE)
        return Visitor(row["id"], row["username"], Role(row["role"]), row["is_enrolled"])

    async def end(self, cookies: Mapping[str, str]) -> None:
        """End one session."""
        if token := cookies.get(COOKIE):
            await SessionsBase.remove_session(token)

    async def end_all(self, user_id: int, *, but: str | None = None) -> None:
        """End the sessions of a user everywhere, but for one token."""
        await self.database.pool.execute(
            "DELETE FROM sessions WHERE user_id = $1 AND token IS DISTINCT FROM $2", user_id, but
        )


def _now() -> datetime:
    return datetime.now()  # noqa: DTZ005 - Piccolo's session table keeps naive local time
