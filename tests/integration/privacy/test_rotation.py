"""Sealing anew under the newest field key, beside a running service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from gateway.commands.rotation import rotate_fields
from gateway.settings import RotationTaskSettings, read_settings
from gateway.store.bookings import BookingLedger
from gateway.store.cipher import Cipher
from gateway.store.engine import Database
from gateway.store.rotation import SEALED_COLUMNS, Rotated, Rotation
from tests.integration.builders import PATIENT, Maker, intent_for
from tests.integration.privacy.archive import CONTACT, Archive
from tests.integration.privacy.conftest import LOOKUP_KEY

_DAY = timedelta(days=1)


def _key() -> str:
    return Fernet.generate_key().decode()


async def _fill(database: Database, archive: Archive, key: str, rows: int) -> list[UUID]:
    sealing = Archive(database, Cipher.from_keys([key], LOOKUP_KEY), archive.doctor)
    return [await sealing.booking("failed", _DAY) for _ in range(rows)]


async def test_every_sealed_column_is_known(database: Database) -> None:
    """A new column of sealed text cannot be forgotten: each is in the list of those that are sealed anew."""
    rows = await database.pool.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND column_name LIKE '%\\_sealed'"
    )
    assert {tuple(row) for row in rows} == set(SEALED_COLUMNS)


async def test_after_a_run_the_newest_key_is_enough(database: Database, archive: Archive) -> None:
    """Patients and contacts sealed by any older key open with the newest alone, and a second run has nothing to do."""
    new, old, older = _key(), _key(), _key()
    made = [row for key in (older, old, new) for row in await _fill(database, archive, key, 3)]
    rotation = Rotation(database, [new, old, older], rows_at_once=2)
    assert await rotation.run("cli:test") == Rotated(12, 0, 0)
    assert await rotation.run("cli:test") == Rotated(0, 0, 0)
    newest = Cipher.from_keys([new], LOOKUP_KEY)
    for booking_id in made:
        row = await database.pool.fetchrow("SELECT * FROM bookings WHERE id = $1", booking_id)
        assert newest.open_patient(row["patient_sealed"]) == PATIENT
        assert newest.open_text(row["contact_sealed"]) == CONTACT
    told = await database.pool.fetch("SELECT actor, details FROM audit_log WHERE what = 'keys_rotated'")
    assert {row["actor"] for row in told} == {"cli:test"}


async def test_what_no_key_opens_is_never_called_done(
    database: Database, archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows of a key that is not named stay as they are, are counted, and keep the command from saying done."""
    new, lost = _key(), _key()
    [booking_id] = await _fill(database, archive, lost, 1)
    before = await database.pool.fetchval("SELECT patient_sealed FROM bookings WHERE id = $1", booking_id)
    settings = read_settings(
        RotationTaskSettings, {"DATABASE_URL": database.url, "FIELD_KEYS": new, "LOOKUP_KEY": LOOKUP_KEY}
    )
    assert await rotate_fields(settings) == 1
    assert "opened by none: 2" in capsys.readouterr().out
    assert await database.pool.fetchval("SELECT patient_sealed FROM bookings WHERE id = $1", booking_id) == before


async def test_bookings_go_on_meanwhile(database: Database, archive: Archive, maker: Maker) -> None:
    """While a service with the old key first still books nothing is lost, and done is said once it has stopped."""
    new, old = _key(), _key()
    await _fill(database, archive, old, 20)
    ledger = BookingLedger(database, Cipher.from_keys([old, new], LOOKUP_KEY))
    slots = await maker.slots(archive.doctor, 30)
    rotation, made = Rotation(database, [new, old], rows_at_once=3), []

    async def book() -> None:
        for slot in slots:
            visitor = archive.doctor.site.holder()
            hold = await maker.hold(slot, visitor)
            booking, _ = await ledger.open(intent_for(visitor, hold.id))
            made.append(booking.id)

    booking_on = asyncio.create_task(book())
    runs = [await rotation.run("cli:test")]
    await booking_on
    runs.append(await rotation.run("cli:test"))
    assert runs[-1].is_done
    assert sum(run.sealed for run in runs) == 2 * (20 + 30)
    newest = Cipher.from_keys([new], LOOKUP_KEY)
    for row in await database.pool.fetch("SELECT patient_sealed FROM bookings"):
        assert newest.open_patient(row["patient_sealed"]) == PATIENT
    assert len(made) == 30


async def test_an_erased_patient_does_not_come_back(database: Database, archive: Archive) -> None:
    """A row that is erased between reading and writing stays erased."""
    new, old = _key(), _key()
    [booking_id] = await _fill(database, archive, old, 1)
    text = await database.pool.fetchval("SELECT patient_sealed FROM bookings WHERE id = $1", booking_id)

    class Late(Rotation):
        async def _under_old_keys(self, table: str, column: str) -> AsyncIterator[tuple[UUID, str]]:
            assert (table, column) == ("bookings", "patient_sealed")
            yield booking_id, text

    await database.pool.execute("UPDATE bookings SET patient_sealed = NULL WHERE id = $1", booking_id)
    assert (await Late(database, [new, old])._rotate("bookings", "patient_sealed")) == 0
    assert await database.pool.fetchval("SELECT patient_sealed FROM bookings WHERE id = $1", booking_id) is None
