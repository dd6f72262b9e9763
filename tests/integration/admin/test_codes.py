"""One-time codes: set up, asked for, accepted once, lost."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from cryptography.fernet import Fernet
from piccolo_api.mfa.authenticator.tables import AuthenticatorSecret
from piccolo_api.session_auth.tables import SessionsBase

from admin.app import create_app
from admin.registrar import reset_codes
from admin.roles import Role
from admin.users import Administrator, add_user
from gateway.settings import AdminSettings
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser

KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def guarded(settings: AdminSettings) -> AdminSettings:
    """Settings of an admin that requires codes."""
    given = settings.model_dump() | {
        "admin_mfa": "required",
        "admin_mfa_keys": f"{Fernet.generate_key().decode()},{KEY}",
    }
    return AdminSettings.model_validate(given)


@pytest.fixture(scope="module")
def strict(guarded: AdminSettings, shared_database: Database) -> Any:
    """An admin that requires codes."""
    return create_app(guarded, shared_database)


async def _user(database: Database, role: Role = Role.OPERATOR) -> str:
    name = f"codes-{uuid4().hex[:8]}"
    await add_user(database, name, PASSWORD, role)
    return name


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def _secret(page: str) -> str:
    found = re.search(r'<code id="secret">([A-Z2-7]+)</code>', page)
    assert found
    return found[1]


@dataclass(frozen=True)
class Enrolled:
    """What a phone holds after the set-up, the code that it began with, the one after it, and the recovery codes."""

    secret: str
    first: str
    following: str
    recovery: list[str]


async def _enrol(browser: Browser) -> Enrolled:
    """Set up codes as the page does."""
    page = (await browser.get("/account/one-time")).text
    totp, moment = pyotp.TOTP(_secret(page)), datetime.now(UTC)
    first = totp.at(moment)
    fields = {"pending": _hidden(page, "pending"), "password": PASSWORD, "code": first}
    answer = await browser.submit("/account/one-time", **fields)
    assert answer.status_code == 200, answer.text
    recovery = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)
    return Enrolled(totp.secret, first, totp.at(moment, 1), recovery)


async def _log_in(app: Any, name: str, code: str, password: str = PASSWORD) -> int:
    answer = await Browser(app).submit("/login", username=name, password=password, code=code)
    return answer.status_code


async def test_who_must_have_codes_can_do_nothing_else(strict: Any, database: Database) -> None:
    """Until codes are set up every page leads there, and calls are refused with the way told."""
    browser = Browser(strict)
    assert (await browser.submit("/login", username=await _user(database), password=PASSWORD)).status_code == 303
    for path in ("/", "/dashboard", "/account"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account/one-time"), path
    refused = await browser.get("/api/tables/bookings/")
    assert refused.status_code == 403
    assert "/account/one-time" in refused.json()["detail"]
    await _enrol(browser)
    assert (await browser.get("/dashboard")).status_code == 200


async def test_a_viewer_is_spared(strict: Any, database: Database) -> None:
    """A viewer works without codes."""
    browser = Browser(strict)
    await browser.submit("/login", username=await _user(database, Role.VIEWER), password=PASSWORD)
    assert (await browser.get("/dashboard")).status_code == 200


async def test_a_code_is_asked_for_and_accepted_once(strict: Any, database: Database) -> None:
    """After the set-up a password alone is not enough, and neither a used code nor an older one opens again."""
    name = await _user(database)
    browser = Browser(strict)
    await browser.log_in(name)
    phone = await _enrol(browser)
    assert await _log_in(strict, name, "") == 401
    assert await _log_in(strict, name, "000000") == 401
    assert await _log_in(strict, name, phone.first) == 401
    following = phone.following
    assert await _log_in(strict, name, f"{following[:3]} {following[3:]}") == 303
    assert await _log_in(strict, name, following) == 401
    assert await _log_in(strict, name, phone.first) == 401


async def test_piccolo_s_own_form_is_told_that_a_code_is_needed(strict: Any, database: Database) -> None:
    """The call of Piccolo's script hears its own words, and takes the code in a second one."""
    name = await _user(database)
    browser = Browser(strict)
    await browser.log_in(name)
    phone = await _enrol(browser)
    form = {"username": name, "password": PASSWORD}
    first = await browser.send("POST", "/public/login/", form)
    assert (first.status_code, first.json()) == (401, {"detail": "MFA code required"})
    assert (await browser.send("POST", "/public/login/", {**form, "mfa_code": phone.following})).status_code == 200


async def test_of_one_code_sent_twice_at_once_one_opens(
    strict: Any, guarded: AdminSettings, database: Database
) -> None:
    """Two replicas that are shown one code at the same time let one of them in."""
    name = await _user(database)
    browser = Browser(strict)
    await browser.log_in(name)
    code = (await _enrol(browser)).following
    replica = create_app(guarded, database)
    statuses = await asyncio.gather(*(_log_in(app, name, code) for app in (strict, replica, strict, replica)))
    assert sorted(statuses) == [303, 401, 401, 401]


async def test_a_recovery_code_opens_once(strict: Any, database: Database) -> None:
    """Each of eight recovery codes lets its owner in once."""
    name = await _user(database)
    browser = Browser(strict)
    await browser.log_in(name)
    recovery = (await _enrol(browser)).recovery
    assert len(set(recovery)) == 8
    assert await _log_in(strict, name, recovery[3].upper()) == 303
    assert await _log_in(strict, name, recovery[3]) == 401
    assert await _log_in(strict, name, recovery[4]) == 303


async def test_nothing_is_kept_before_a_code_proves_it(strict: Any, database: Database) -> None:
    """A wrong code, a wrong password, another's or a forged picture set nothing up."""
    name, other = await _user(database), await _user(database)
    browser, theirs = Browser(strict), Browser(strict)
    await browser.log_in(name)
    await theirs.log_in(other)
    page, foreign = (await browser.get("/account/one-time")).text, (await theirs.get("/account/one-time")).text
    right = {"pending": _hidden(page, "pending"), "password": PASSWORD, "code": pyotp.TOTP(_secret(page)).now()}
    for wrong in (
        {"code": "000000"},
        {"password": "not the password"},
        {"pending": _hidden(foreign, "pending"), "code": pyotp.TOTP(_secret(foreign)).now()},
        {"pending": "forged"},
    ):
        assert (await browser.submit("/account/one-time", **{**right, **wrong})).status_code == 422
    assert (await browser.get("/dashboard")).status_code == 303
    assert await database.pool.fetchval("SELECT count(*) FROM piccolo_user WHERE username = $1", name) == 1


async def test_the_secret_rests_sealed(strict: Any, database: Database) -> None:
    """Neither the secret nor a recovery code stands in the table, nor in the audit log."""
    browser = Browser(strict)
    name = await _user(database)
    await browser.log_in(name)
    phone = await _enrol(browser)
    rows = str([dict(row) for row in await database.pool.fetch("SELECT * FROM authenticator_secret")])
    log = str([dict(row) for row in await database.pool.fetch("SELECT * FROM audit_log")])
    for hidden in (phone.secret, *phone.recovery):
        assert hidden not in rows
        assert hidden not in log
    events = await database.pool.fetch("SELECT what FROM audit_log WHERE subject = $1 ORDER BY id", f"user:{name}")
    assert [row["what"] for row in events] == ["login", "mfa_enrolled"]


async def test_setting_up_ends_the_other_sessions(strict: Any, database: Database) -> None:
    """A session that was opened without codes elsewhere is over."""
    name = await _user(database)
    here, elsewhere = Browser(strict), Browser(strict)
    await here.log_in(name)
    await elsewhere.log_in(name)
    await _enrol(here)
    assert (await here.get("/api/user/")).status_code == 200
    assert (await elsewhere.get("/api/user/")).status_code == 401


async def test_lost_codes_are_reset_by_command(
    strict: Any, guarded: AdminSettings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the command the user logs in by password and is led to set up codes anew; the sessions are over."""
    name = await _user(database)
    browser = Browser(strict)
    await browser.log_in(name)
    await _enrol(browser)
    assert await reset_codes(guarded, name) == 0
    assert "reset" in capsys.readouterr().out
    database.bind(Administrator, AuthenticatorSecret, SessionsBase)
    assert (await browser.get("/api/user/")).status_code == 401
    assert (await browser.log_in(name)).status_code == 200
    assert (await browser.get("/")).headers["location"] == "/account/one-time"


async def test_where_codes_are_a_choice_they_are_given_up_by_password(
    settings: AdminSettings, database: Database
) -> None:
    """A user may switch codes off again, but not without the password; where they are required nobody may."""
    free = AdminSettings.model_validate(settings.model_dump() | {"admin_mfa_keys": KEY})
    app, name = create_app(free, database), await _user(database)
    browser = Browser(app)
    await browser.log_in(name)
    assert (await browser.get("/dashboard")).status_code == 200
    await _enrol(browser)
    assert (await browser.submit("/account/remove-one-time", password="not the password")).status_code == 422
    forced = create_app(free.model_copy(update={"admin_mfa": "required"}), database)
    there = Browser(forced)
    there.http.cookies = browser.http.cookies
    assert (await there.submit("/account/remove-one-time", password=PASSWORD)).status_code == 303
    assert "Включены" in (await browser.get("/account")).text
    assert (await browser.submit("/account/remove-one-time", password=PASSWORD)).status_code == 303
    assert await _log_in(app, name, "") == 303
