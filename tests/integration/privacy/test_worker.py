"""The worker as it is wired: its settings' deadlines and keys, in its own loops."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from prometheus_client import CollectorRegistry

from gateway.domain.disclosure import PatientField
from gateway.settings import Settings, read_settings
from gateway.store.cipher import Cipher
from gateway.store.disclosures import Answer, Asked, AskingBook, NobodyAnswers, found_bookings
from gateway.store.engine import Database
from gateway.wiring import open_house
from sync.signs import Signs
from sync.worker import run_worker
from tests.integration.builders import PATIENT
from tests.integration.privacy.archive import Archive
from tests.integration.privacy.conftest import LOOKUP_KEY

_WHO = "admin:operator"
_PATIENT = "SELECT patient_sealed FROM bookings WHERE id = $1"


async def _answer(book: AskingBook, asked: Asked) -> Answer:
    while (answer := await book.take(asked)) is None:  # noqa: ASYNC110 - the worker sets no event of ours
        await asyncio.sleep(0.05)
    return answer


async def _search(book: AskingBook) -> Asked:
    while True:
        try:
            return await book.ask_bookings(_WHO, PATIENT.snils, "звонок пациента")
        except NobodyAnswers:
            await asyncio.sleep(0.05)


@pytest.fixture
def settings(database: Database, redis_url: str) -> Settings:
    """Read a worker's settings with a deadline of one's own."""
    given = {
        "DATABASE_URL": database.url,
        "REDIS_URL": redis_url,
        "EMIAS_URL": "http://127.0.0.1:9/",
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": LOOKUP_KEY,
        "RETENTION_REJECTED_DAYS": "1",
    }
    return read_settings(Settings, given)


async def test_a_running_worker_answers_finds_and_erases(
    database: Database, archive: Archive, settings: Settings
) -> None:
    """By the keys of its settings it shows a field and finds by SNILS, by their deadlines it erases."""
    cipher = Cipher.from_keys([settings.field_keys.get_secret_value()], LOOKUP_KEY)
    archive = Archive(database, cipher, archive.doctor)
    kept = await archive.booking("visited", timedelta(days=2))
    gone = await archive.booking("rejected", timedelta(days=2))
    stop, book = asyncio.Event(), AskingBook(database, 10)
    async with open_house(settings, "sync") as house, asyncio.timeout(30):
        signs = Signs(CollectorRegistry())
        working = asyncio.create_task(run_worker(house, stop, signs, grace=timedelta(seconds=5)))
        name = await _answer(book, await book.ask_field(_WHO, kept, PatientField.NAME, "звонок пациента"))
        found = await _answer(book, await _search(book))
        while await database.pool.fetchval(_PATIENT, gone):  # noqa: ASYNC110 - the worker sets no event of ours
            await asyncio.sleep(0.05)
        stop.set()
        await working
    assert name.text == "Иванова Анна"
    assert found.text is not None
    assert set(found_bookings(found.text)) == {kept, gone}
    assert await database.pool.fetchval(_PATIENT, kept)
