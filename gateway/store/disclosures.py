"""Personal data shown to a person: asked by the admin, which can open nothing that lies here, answered by the worker.

A field goes back sealed to a key that its asker made for this one answer. A SNILS that is searched for comes sealed to
the workers' key, which is derived from their lookup key. Who asked for what stays, with a row in the audit log written
in the same transaction; what was asked and answered is gone as soon as it was read, or after a minute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from cryptography.fernet import InvalidToken

from gateway.domain.disclosure import BOOKINGS, NoDisclosure, PatientField, told
from gateway.domain.errors import FieldError
from gateway.domain.patient import Snils
from gateway.store.audit import AuditEvent, record
from gateway.store.cipher import Cipher
from gateway.store.engine import Database
from gateway.store.sealed_box import BoxBroken, KeyPair, seal_to

__all__ = [
    "Answer",
    "Asked",
    "AskingBook",
    "DisclosureBook",
    "NobodyAnswers",
    "TooMany",
    "found_bookings",
    "search_keys",
]

_AT_ONCE: Final = 20
_MOST_FOUND: Final = 50

_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('disclosures of ' || $1, 0))"
_SPENT: Final = "SELECT count(*) FROM disclosures WHERE actor = $1 AND asked_at > now() - interval '1 hour'"
_ASK: Final = """
INSERT INTO disclosures (what, booking_id, actor, reason, reply_key, question) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id
"""
_SEARCH_KEY: Final = "SELECT public_key FROM search_key"
_TAKE: Final = """
WITH told AS (SELECT id, state, refusal, answer FROM disclosures WHERE id = $1 AND state <> 'asked' FOR UPDATE),
     blank AS (UPDATE disclosures d SET answer = NULL, reply_key = NULL FROM told WHERE d.id = told.id)
SELECT state, refusal, answer FROM told
"""

_TELL_KEY: Final = """
INSERT INTO search_key (public_key) VALUES ($1)
ON CONFLICT (is_only) DO UPDATE SET public_key = excluded.public_key, told_at = now()
WHERE search_key.public_key <> excluded.public_key
"""
_NEXT: Final = """
SELECT d.id, d.what, d.reply_key, d.question, b.id IS NOT NULL AS is_known, b.patient_sealed, b.contact_sealed
FROM disclosures d LEFT JOIN bookings b ON b.id = d.booking_id
WHERE d.state = 'asked' AND d.expires_at > now()
ORDER BY d.asked_at LIMIT $1
FOR UPDATE OF d SKIP LOCKED
"""
_FOUND: Final = "SELECT id FROM bookings WHERE snils_hash = $1 ORDER BY starts_at DESC LIMIT $2"
_ANSWER: Final = """
UPDATE disclosures SET state = $2, answer = $3, refusal = $4, question = NULL, answered_at = now() WHERE id = $1
"""
_BLANK: Final = """
UPDATE disclosures
SET reply_key = NULL, question = NULL, answer = NULL, state = CASE state WHEN 'asked' THEN 'expired' ELSE state END
WHERE expires_at <= now() AND (reply_key IS NOT NULL OR question IS NOT NULL OR answer IS NOT NULL)
"""


class TooMany(Exception):
    """The asker has used up an hour's disclosures."""


class NobodyAnswers(Exception):
    """No worker has told a key to which a search could be sealed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, with the only key that opens the answer."""

    id: int
    keys: KeyPair


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What was answered; `refusal` is a `NoDisclosure`, or `expired`."""

    text: str | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class AskingBook:
    """The asker's side, which holds no key to what is sealed; `an_hour` is what one person may ask for."""

    database: Database
    an_hour: int

    async def ask_field(self, actor: str, booking_id: UUID, field: PatientField, reason: str) -> Asked:
        """Ask for one field of one booking's patient; raise `TooMany`."""
        async with self.database.transaction() as connection:
            return await self._ask(connection, actor, field.value, reason, booking_id=booking_id, question=None)

    async def ask_bookings(self, actor: str, snils: Snils, reason: str) -> Asked:
        """Ask for the bookings of a SNILS; raise `TooMany` or `NobodyAnswers`."""
        async with self.database.transaction() as connection:
            key = await connection.fetchval(_SEARCH_KEY)
            if key is None:
                raise NobodyAnswers
            box = seal_to(bytes(key), snils.digits, BOOKINGS)
            return await self._ask(connection, actor, BOOKINGS, reason, booking_id=None, question=box)

    async def take(self, asked: Asked) -> Answer | None:
        """Take the answer, the only time that it can be read; None while there is none."""
        row = await self.database.pool.fetchrow(_TAKE, asked.id)
        if row is None:
            return None
        if row["answer"] is None:
            return Answer(None, row["refusal"] or "expired")
        return Answer(asked.keys.open(bytes(row["answer"]), _about(asked.id)), None)

    async def _ask(
        self, connection: Any, actor: str, what: str, reason: str, *, booking_id: UUID | None, question: bytes | None
    ) -> Asked:
        await connection.execute(_IN_TURN, actor)
        if await connection.fetchval(_SPENT, actor) >= self.an_hour:
            raise TooMany
        keys = KeyPair.fresh()
        asked: int = await connection.fetchval(_ASK, what, booking_id, actor, reason, keys.public, question)
        await record(
            connection,
            actor=actor,
            what=AuditEvent.REVEAL if booking_id else AuditEvent.SEARCH,
            subject=f"booking:{booking_id}" if booking_id else "bookings",
            details={"disclosure": asked, "what": what, "reason": reason},
        )
        return Asked(asked, keys)


@dataclass(frozen=True, slots=True)
class DisclosureBook:
    """The worker's side."""

    database: Database
    cipher: Cipher
    keys: KeyPair

    async def tell_key(self) -> int:
        """Say to which key searches are to be sealed; 1 when that was news."""
        return int((await self.database.pool.execute(_TELL_KEY, self.keys.public)).rpartition(" ")[2])

    async def answer(self) -> int:
        """Answer what is asked, blank what is over, and count the answers; several workers may do so at once."""
        async with self.database.transaction() as connection:
            asked = await connection.fetch(_NEXT, _AT_ONCE)
            for row in asked:
                await self._answer(connection, row)
        await self.database.pool.execute(_BLANK)
        return len(asked)

    async def _answer(self, connection: Any, row: Mapping[str, Any]) -> None:
        found = await self._search(connection, row) if row["what"] == BOOKINGS else self._field(row)
        box = None
        if not isinstance(found, NoDisclosure):
            try:
                box = seal_to(bytes(row["reply_key"]), found, _about(row["id"]))
            except ValueError:  # a key that nobody can have made
                found = NoDisclosure.UNREADABLE
        refusal = found if box is None else None
        await connection.execute(_ANSWER, row["id"], "refused" if refusal else "answered", box, refusal)

    def _field(self, row: Mapping[str, Any]) -> str | NoDisclosure:
        if not row["is_known"]:
            return NoDisclosure.NO_BOOKING
        if row["patient_sealed"] is None:
            return NoDisclosure.ERASED
        field = PatientField(row["what"])
        try:
            if field is not PatientField.CONTACT:
                return told(self.cipher.open_patient(row["patient_sealed"]), field)
            contact = row["contact_sealed"]
            return NoDisclosure.ABSENT if contact is None else self.cipher.open_text(contact)
        except InvalidToken:
            return NoDisclosure.UNREADABLE

    async def _search(self, connection: Any, row: Mapping[str, Any]) -> str | NoDisclosure:
        try:
            snils = Snils.parse(self.keys.open(bytes(row["question"]), BOOKINGS))
        except (BoxBroken, FieldError):
            return NoDisclosure.UNREADABLE
        rows = await connection.fetch(_FOUND, self.cipher.snils_hash(snils), _MOST_FOUND)
        return json.dumps([str(found["id"]) for found in rows])


def search_keys(lookup_key: str) -> KeyPair:
    """Derive the workers' keys for searches from the key by which personal data is found."""
    return KeyPair.derived(lookup_key.encode())


def found_bookings(answer: str) -> Sequence[UUID]:
    """Read the answer to a search: the bookings, the latest visit first."""
    return [UUID(found) for found in json.loads(answer)]


def _about(disclosure: int) -> str:
    return f"disclosure {disclosure}"
