"""The pages of disclosures: what is shown once, to whom, and what is refused in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from admin.app import create_app
from admin.disclosures import waiting
from admin.roles import Role
from admin.users import add_user
from gateway.settings import AdminSettings
from gateway.store.cipher import Cipher
from gateway.store.disclosures import DisclosureBook, search_keys
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser
from tests.integration.builders import PATIENT, Maker
from tests.integration.privacy.archive import Archive

_LOOKUP_KEY = "lookup-key-of-thirty-two-letters-or-more"
_WHY = "пациент звонит"


@pytest.fixture
def cipher() -> Cipher:
    """Make a cipher with one key."""
    return Cipher.from_keys([Fernet.generate_key().decode()], _LOOKUP_KEY)


@pytest_asyncio.fixture
async def booking_id(database: Database, maker: Maker, cipher: Cipher) -> UUID:
    """Make a booking with a patient."""
    archive = Archive(database, cipher, await maker.doctor(await maker.site()))
    return await archive.booking("visited", timedelta(days=1))


@pytest_asyncio.fixture
async def worker(database: Database, cipher: Cipher) -> AsyncIterator[None]:
    """Let a worker answer what is asked."""
    book = DisclosureBook(database, cipher, search_keys(_LOOKUP_KEY))
    await book.tell_key()

    async def answer() -> None:
        while True:
            await book.answer()
            await asyncio.sleep(0.02)

    answering = asyncio.create_task(answer())
    yield
    answering.cancel()
    await asyncio.gather(answering, return_exceptions=True)


async def _log_in(app: Any, database: Database, role: Role) -> tuple[Browser, str]:
    name, browser = f"{role}-{uuid4().hex[:8]}", Browser(app)
    await add_user(database, name, PASSWORD, role)
    assert (await browser.log_in(name)).status_code == 200
    return browser, name


async def test_a_reason_with_a_personal_number_is_refused(app: Any, database: Database, booking_id: UUID) -> None:
    """A SNILS that was typed as the reason is not kept: neither page takes it, and nothing is asked."""
    browser, name = await _log_in(app, database, Role.OPERATOR)
    why = f"звонит {PATIENT.snils.dashed()}"
    answers = [
        await browser.submit(f"/act/booking/{booking_id}/reveal", field="name", reason=why),
        await browser.submit("/act/find", snils=PATIENT.snils.dashed(), reason=why),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("личный номер" in answer.text for answer in answers)
    assert await database.pool.fetch("SELECT reason FROM disclosures WHERE actor = $1", f"admin:{name}") == []


@pytest.mark.usefixtures("worker")
async def test_a_field_is_shown_once_and_leaves_its_row(app: Any, database: Database, booking_id: UUID) -> None:
    """An operator sees the one field that was asked for, no cache keeps it, and the audit log says who, which, why."""
    browser, name = await _log_in(app, database, Role.OPERATOR)
    address = f"/act/booking/{booking_id}/reveal"
    page = await browser.get(address)
    assert page.status_code == 200
    assert PATIENT.mask() in page.text
    shown = await browser.submit(address, field="snils", reason=_WHY)
    assert shown.status_code == 200
    assert PATIENT.snils.dashed() in shown.text
    assert shown.headers["cache-control"] == "no-store"
    for other in (PATIENT.last_name, PATIENT.oms.number, "14.03.1985"):
        assert other not in shown.text
    assert PATIENT.snils.dashed() not in (await browser.get(address)).text
    [trace] = await database.pool.fetch(
        "SELECT actor, what, details FROM audit_log WHERE subject = $1", f"booking:{booking_id}"
    )
    told = json.loads(trace["details"])
    assert (trace["actor"], trace["what"], told["what"], told["reason"]) == (f"admin:{name}", "reveal", "snils", _WHY)


@pytest.mark.usefixtures("worker")
async def test_bookings_are_found_by_snils_and_shown_masked(app: Any, database: Database, booking_id: UUID) -> None:
    """A search shows the patient's bookings under their masks, and the number that was typed is nowhere on the page."""
    browser, _ = await _log_in(app, database, Role.OPERATOR)
    found = await browser.submit("/act/find", snils="112-233-445 95", reason=_WHY)
    assert found.status_code == 200
    assert f"/act/booking/{booking_id}/reveal" in found.text
    assert PATIENT.mask() in found.text
    assert "112-233-445" not in found.text
    nobody = await browser.submit("/act/find?lang=en", snils="08765430300", reason=_WHY)
    assert "No booking has this SNILS" in nobody.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
async def test_others_are_refused(app: Any, database: Database, booking_id: UUID, role: Role) -> None:
    """Whoever may not see patients reaches neither page, and nothing is asked in their name."""
    browser, _ = await _log_in(app, database, role)
    for address in (f"/act/booking/{booking_id}/reveal", "/act/find"):
        assert (await browser.get(address)).status_code == 403
        assert (await browser.submit(address, field="name", snils="11223344595", reason=_WHY)).status_code == 403
    assert await database.pool.fetchval("SELECT count(*) FROM disclosures") == 0


@pytest.mark.usefixtures("worker")
async def test_what_is_asked_wrongly_is_explained(app: Any, database: Database, booking_id: UUID) -> None:
    """A missing reason, an unknown field, a wrong SNILS and an unknown booking are each told in words."""
    browser, _ = await _log_in(app, database, Role.OPERATOR)
    address = f"/act/booking/{booking_id}/reveal"
    for path, fields, status, words in (
        (address, {"field": "name", "reason": " x "}, 422, "Напишите, почему"),
        (address, {"field": "hash", "reason": _WHY}, 422, "Выберите поле"),
        ("/act/find", {"snils": "112-233-445 96", "reason": _WHY}, 422, "Контрольное число"),
        ("/act/find", {"snils": "1", "reason": _WHY}, 422, "11 цифр"),
        (f"/act/booking/{uuid4()}/reveal", {"field": "name", "reason": _WHY}, 404, "Такой записи нет"),
    ):
        answer = await browser.submit(path, **fields)
        assert (answer.status_code, words in answer.text) == (status, True), path
    assert (await browser.get(f"/act/booking/{uuid4()}/reveal")).status_code == 404


async def test_a_form_without_its_token_is_refused(app: Any, database: Database, booking_id: UUID) -> None:
    """A form that another site sends asks for nothing."""
    browser, _ = await _log_in(app, database, Role.OPERATOR)
    answer = await browser.http.post(f"/act/booking/{booking_id}/reveal", data={"field": "name", "reason": _WHY})
    assert answer.status_code == 403
    assert await database.pool.fetchval("SELECT count(*) FROM disclosures") == 0


async def test_a_worker_that_is_silent_is_told(
    app: Any, database: Database, booking_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a worker the page says so after its patience, and that somebody asked is written down all the same."""
    monkeypatch.setattr(waiting, "_PATIENCE_SECONDS", 0.3)
    browser, _ = await _log_in(app, database, Role.OPERATOR)
    for path, fields in (
        (f"/act/booking/{booking_id}/reveal", {"field": "name"}),
        ("/act/find", {"snils": "11223344595"}),
    ):
        answer = await browser.submit(path, reason=_WHY, **fields)
        assert answer.status_code == 503
        assert "не ответил" in answer.text
    assert (
        await database.pool.fetchval("SELECT count(*) FROM audit_log WHERE subject = $1", f"booking:{booking_id}") == 1
    )


@pytest.mark.usefixtures("worker")
async def test_an_hour_has_its_limit(shared_database: Database, database: Database, booking_id: UUID) -> None:
    """After the hour's last disclosure the page says that it was the last."""
    settings = AdminSettings.model_validate({"database_url": database.url, "disclosures_an_hour": 2})
    browser, _ = await _log_in(create_app(settings, shared_database), database, Role.OPERATOR)
    statuses = [
        (await browser.submit(f"/act/booking/{booking_id}/reveal", field="name", reason=_WHY)).status_code
        for _ in range(3)
    ]
    assert statuses == [200, 200, 429]
