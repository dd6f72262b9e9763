"""The snapshots that would hide too many doctors, each waiting for a person's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.domain.removal import Removal
from gateway.store.audit import AuditEvent, record
from gateway.store.engine import Database

__all__ = ["MirrorRefusals", "WaitingRefusal", "is_approved", "note_removal", "settle_removal"]

_EXAMPLES: Final = 10

_NOTE: Final = """
INSERT INTO mirror_refusals AS r (site_id, fingerprint, listed, shown, missing, missing_ids, examples)
SELECT $1, $2, $3, $4, $5, $6, coalesce(string_agg(name, '; ' ORDER BY name), '')
FROM (SELECT name FROM doctors WHERE site_id = $1 AND element_id = ANY ($6::text[]) ORDER BY name LIMIT $7) AS few
ON CONFLICT (site_id) DO UPDATE
SET listed = excluded.listed, shown = excluded.shown, missing = excluded.missing,
    missing_ids = excluded.missing_ids, examples = excluded.examples,
    first_at = CASE WHEN r.fingerprint = excluded.fingerprint THEN r.first_at ELSE now() END, last_at = now(),
    is_approved = r.is_approved AND r.fingerprint = excluded.fingerprint, fingerprint = excluded.fingerprint
"""
_APPROVED: Final = "SELECT is_approved FROM mirror_refusals WHERE site_id = $1 AND fingerprint = $2"
_SETTLE: Final = "DELETE FROM mirror_refusals WHERE site_id = $1"
_DECIDE: Final = """
UPDATE mirror_refusals r SET is_approved = $3 FROM sites s
WHERE s.id = r.site_id AND s.code = $1 AND r.fingerprint = $2
RETURNING r.missing
"""
_WAITING: Final = "SELECT r.* FROM mirror_refusals r JOIN sites s ON s.id = r.site_id WHERE s.code = $1"


async def note_removal(connection: Any, site_id: int, removal: Removal) -> None:
    """Keep the figures of a refused snapshot; approval of another set of doctors is void."""
    figures = (removal.listed, removal.shown, len(removal.missing))
    await connection.execute(_NOTE, site_id, removal.fingerprint, *figures, list(removal.missing), _EXAMPLES)


async def is_approved(connection: Any, site_id: int, removal: Removal) -> bool:
    """Tell whether a person has approved that just these doctors go."""
    return bool(await connection.fetchval(_APPROVED, site_id, removal.fingerprint))


async def settle_removal(connection: Any, site_id: int) -> None:
    """Forget what was refused: a snapshot has been believed."""
    await connection.execute(_SETTLE, site_id)


@dataclass(frozen=True, slots=True)
class WaitingRefusal:
    """A refused snapshot: how many doctors it lists, how many are shown, and how many of those it lacks."""

    fingerprint: str
    listed: int
    shown: int
    missing: int
    examples: str
    last_at: datetime
    is_approved: bool


@dataclass(frozen=True, slots=True)
class MirrorRefusals:
    """What an operator sees of refused snapshots, and approves."""

    database: Database

    async def waiting(self, site: str) -> WaitingRefusal | None:
        """Return the refused snapshot of the site with this code; None when there is none."""
        return _waiting(await self.database.pool.fetchrow(_WAITING, site))

    async def approve(self, site: str, fingerprint: str, *, actor: str, reason: str = "") -> bool:
        """Let the next snapshot that lacks just these doctors hide them; False when another one waits by now."""
        return await self._decide(site, fingerprint, actor, reason, is_approved=True)

    async def withdraw(self, site: str, fingerprint: str, *, actor: str, reason: str = "") -> bool:
        """Take an approval back; False when another snapshot waits by now, or none."""
        return await self._decide(site, fingerprint, actor, reason, is_approved=False)

    async def _decide(self, site: str, fingerprint: str, actor: str, reason: str, *, is_approved: bool) -> bool:
        async with self.database.transaction() as connection:
            missing = await connection.fetchval(_DECIDE, site, fingerprint, is_approved)
            if missing is None:
                return False
            details = {"is_approved": is_approved, "missing": missing, "list": fingerprint[:16], "reason": reason}
            subject = f"list:{site}"
            await record(connection, actor=actor, what=AuditEvent.APPROVAL, subject=subject, details=details)
            return True


def _waiting(row: Any) -> WaitingRefusal | None:
    if row is None:
        return None
    return WaitingRefusal(
        row["fingerprint"],
        row["listed"],
        row["shown"],
        row["missing"],
        row["examples"],
        row["last_at"],
        row["is_approved"],
    )
