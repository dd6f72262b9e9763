"""Disclosures: asked by who holds no key, answered by the worker, traced, limited and gone within a minute."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from cryptography.fernet import Fernet

from gateway.commands.verify import Scope, check_invariants
from gateway.domain.disclosure import PatientField
from gateway.domain.patient import Snils
from gateway.settings import VerifySettings, read_settings
from gateway.store.canaries import find_in_tables
from gateway.store.cipher import Cipher
from gateway.store.disclosures import (
    Asked,
    AskingBook,
    DisclosureBook,
    NobodyAnswers,
    TooMany,
    found_bookings,
    search_keys,
)
from gateway.store.engine import Database
from gateway.store.sealed_box import BoxBroken, KeyPair
from tests.integration.builders import PATIENT
from tests.integration.privacy.archive import CONTACT, Archive
from tests.integration.privacy.conftest import LOOKUP_KEY

_DAY = timedelta(days=1)
_WHO = "admin:operator"
_CANARIES = (PATIENT.last_name, PATIENT.snils.digits, PATIENT.snils.dashed(), PATIENT.oms.number, CONTACT)


@pytest.fixture
def asking(database: Database) -> AskingBook:
    """Give the asker's side, with ten disclosures an hour."""
    return AskingBook(database, 10)


@pytest.fixture
def answering(database: Database, cipher: Cipher) -> DisclosureBook:
    """Give the worker's side."""
    return DisclosureBook(database, cipher, search_keys(LOOKUP_KEY))


async def _state_of_i10(database: Database) -> str:
    settings = read_settings(VerifySettings, {"DATABASE_URL": database.url})
    return {one.invariant: one.state for one in await check_invariants(settings, Scope())}["I10"]


async def test_each_field_comes_alone(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """Every field that is asked for comes as papers write it, once, and leaves its row in the audit log."""
    booking_id = await archive.booking("visited", _DAY)
    told = {}
    for field in PatientField:
        asked = await asking.ask_field(_WHO, booking_id, field, "звонок пациента")
        assert await asking.take(asked) is None
        assert await answering.answer() == 1
        answer = await asking.take(asked)
        assert answer is not None
        told[field.value] = answer.text
        again = await asking.take(asked)
        assert again is not None
        assert (again.text, again.refusal) == (None, "expired")
    assert told == {
        "name": "Иванова Анна",
        "birth_date": "14.03.1985",
        "snils": "112-233-445 95",
        "policy": "7756410885000127",
        "contact": CONTACT,
    }
    traces = await database.pool.fetch(
        "SELECT actor, details FROM audit_log WHERE subject = $1", f"booking:{booking_id}"
    )
    assert [(row["actor"], json.loads(row["details"])["what"]) for row in traces] == [(_WHO, name) for name in told]
    assert await _state_of_i10(database) == "ok"


async def test_nothing_lies_there_in_the_clear(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """Neither a searched SNILS nor an answer stands in any table as text, before the answer or after it."""
    booking_id = await archive.booking("visited", _DAY)
    await answering.tell_key()
    await asking.ask_bookings(_WHO, PATIENT.snils, "звонок пациента")
    await asking.ask_field(_WHO, booking_id, PatientField.SNILS, "звонок пациента")
    async with database.pool.acquire() as connection:
        assert await find_in_tables(connection, _CANARIES) == []
        assert await answering.answer() == 2
        assert await find_in_tables(connection, _CANARIES) == []


async def test_bookings_are_found_by_snils(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """A search finds the patient's bookings, the latest visit first, and nobody else's, and forgets the question."""
    mine = [await archive.booking("visited", days * _DAY) for days in (3, 1, 2)]
    assert await answering.tell_key() == 1
    assert await answering.tell_key() == 0
    for snils, found in ((PATIENT.snils, [mine[1], mine[2], mine[0]]), (Snils.parse("087-654-303 00"), [])):
        asked = await asking.ask_bookings(_WHO, snils, "звонок пациента")
        await answering.answer()
        assert await database.pool.fetchval("SELECT question FROM disclosures WHERE id = $1", asked.id) is None
        answer = await asking.take(asked)
        assert answer is not None
        assert answer.text is not None
        assert found_bookings(answer.text) == found
    assert await _state_of_i10(database) == "ok"


async def test_what_cannot_be_told_is_refused_with_the_reason(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """No such booking, an erased patient, no contact and a key that is gone are told apart."""
    erased, silent = await archive.booking("visited", _DAY), await archive.booking("visited", 2 * _DAY)
    other = Cipher.from_keys([Fernet.generate_key().decode()], LOOKUP_KEY)
    lost = await Archive(database, other, archive.doctor).booking("visited", 3 * _DAY)
    await database.pool.execute("UPDATE bookings SET patient_sealed = NULL WHERE id = $1", erased)
    await database.pool.execute("UPDATE bookings SET contact_sealed = NULL WHERE id = $1", silent)
    refusals = []
    for booking_id in (uuid4(), erased, silent, lost):
        asked = await asking.ask_field(_WHO, booking_id, PatientField.CONTACT, "звонок пациента")
        await answering.answer()
        answer = await asking.take(asked)
        assert answer is not None
        refusals.append(answer.refusal)
    assert refusals == ["no_booking", "erased", "absent", "unreadable"]


async def test_a_key_that_nobody_has_holds_up_no_one(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """A row with an impossible reply key is refused, and who asked after it is answered."""
    booking_id = await archive.booking("visited", _DAY)
    await database.pool.execute(
        "INSERT INTO disclosures (what, booking_id, actor, reason, reply_key) VALUES ('name', $1, $2, 'звонок', $3)",
        booking_id,
        _WHO,
        bytes(32),
    )
    asked = await asking.ask_field(_WHO, booking_id, PatientField.NAME, "звонок пациента")
    assert await answering.answer() == 2
    rows = await database.pool.fetch("SELECT state, refusal FROM disclosures ORDER BY id")
    assert [tuple(row) for row in rows] == [("refused", "unreadable"), ("answered", None)]
    assert await asking.take(asked) is not None


async def test_nobody_to_search_for(asking: AskingBook) -> None:
    """Until a worker has told its key nothing can be searched for."""
    with pytest.raises(NobodyAnswers):
        await asking.ask_bookings(_WHO, PATIENT.snils, "звонок пациента")


async def test_an_hour_s_disclosures_are_limited(database: Database, archive: Archive) -> None:
    """However many are asked at once, on however many replicas, one person gets the hour's number and others theirs."""
    booking_id = await archive.booking("visited", _DAY)
    replicas = [AskingBook(database, 3) for _ in range(4)]

    async def ask(book: AskingBook, actor: str) -> Asked:
        return await book.ask_field(actor, booking_id, PatientField.NAME, "звонок пациента")

    asked = await asyncio.gather(*(ask(book, _WHO) for book in replicas * 3), return_exceptions=True)
    assert sum(isinstance(one, Asked) for one in asked) == 3
    assert sum(isinstance(one, TooMany) for one in asked) == 9
    assert (await ask(replicas[0], "admin:another")).id
    traces = await database.pool.fetchval("SELECT count(*) FROM audit_log WHERE subject = $1", f"booking:{booking_id}")
    assert traces == 4


async def test_after_a_minute_all_is_blank(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """What nobody answered or took is blanked, and only who asked for what stays."""
    booking_id = await archive.booking("visited", _DAY)
    await answering.tell_key()
    answered = await asking.ask_field(_WHO, booking_id, PatientField.NAME, "звонок пациента")
    await answering.answer()
    late = await asking.ask_bookings(_WHO, PATIENT.snils, "звонок пациента")
    await _let_a_minute_pass(database)
    assert await answering.answer() == 0
    rows = await database.pool.fetch("SELECT state, reply_key, question, answer FROM disclosures ORDER BY id")
    assert [tuple(row) for row in rows] == [("answered", None, None, None), ("expired", None, None, None)]
    for asked in (answered, late):
        answer = await asking.take(asked)
        assert answer is not None
        assert (answer.text, answer.refusal) == (None, "expired")


async def _let_a_minute_pass(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("ALTER TABLE disclosures DISABLE TRIGGER keep_disclosure")
        await connection.execute(
            "UPDATE disclosures SET asked_at = asked_at - interval '61 s', expires_at = expires_at - interval '61 s'"
        )
        await connection.execute("ALTER TABLE disclosures ENABLE TRIGGER keep_disclosure")


async def test_another_cannot_open_the_answer(
    database: Database, archive: Archive, asking: AskingBook, answering: DisclosureBook
) -> None:
    """With another key, or read from another disclosure's row, an answer does not open."""
    booking_id = await archive.booking("visited", _DAY)
    first, second = [await asking.ask_field(_WHO, booking_id, PatientField.NAME, "звонок") for _ in range(2)]
    await answering.answer()
    with pytest.raises(BoxBroken):
        await asking.take(Asked(first.id, KeyPair.fresh()))
    await database.pool.execute(
        "UPDATE disclosures SET answer = (SELECT answer FROM disclosures WHERE id = $2) WHERE id = $1",
        first.id,
        second.id,
    )
    with pytest.raises(BoxBroken):
        await asking.take(Asked(first.id, second.keys))


async def test_who_asked_is_never_rewritten(database: Database, archive: Archive, asking: AskingBook) -> None:
    """Neither asker nor field nor reason can be changed afterwards, nor can an end be undone."""
    booking_id = await archive.booking("visited", _DAY)
    await asking.ask_field(_WHO, booking_id, PatientField.NAME, "звонок пациента")
    for change in ("actor = 'admin:another'", "what = 'snils'", "reason = 'другое'", "booking_id = gen_random_uuid()"):
        with pytest.raises(asyncpg.CheckViolationError):
            await database.pool.execute(f"UPDATE disclosures SET {change}")  # noqa: S608 - written above
    await database.pool.execute("UPDATE disclosures SET state = 'expired'")
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute("UPDATE disclosures SET state = 'asked'")
