"""Sessions, passwords and guesses at the admin's door."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from admin.app import create_app
from admin.roles import Role
from admin.users import add_user
from gateway.settings import AdminSettings
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser

NEW = "a brand new password"


async def _events(database: Database, name: str) -> list[str]:
    rows = await database.pool.fetch("SELECT what FROM audit_log WHERE subject = $1 ORDER BY id", f"user:{name}")
    return [row["what"] for row in rows]


async def test_the_page_lets_in_and_leads_on(app: Any, username: str) -> None:
    """Whoever wanted a page gets it after the login; an address elsewhere is never followed."""
    wanted = await Browser(app).get("/dashboard")
    assert wanted.headers["location"] == "/login?next=%2Fdashboard"
    for path, onward in (
        ("/login?next=%2Fdashboard", "/dashboard"),
        ("/login", "/dashboard"),
        ("/login?next=https://elsewhere.example.org", "/dashboard"),
        ("/login?next=//elsewhere.example.org", "/dashboard"),
        ("/login?next=/%5Celsewhere.example.org", "/dashboard"),
    ):
        browser = Browser(app)
        answer = await browser.submit(path, username=username, password=PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, onward)
        assert (await browser.get(path)).headers["location"] == onward


async def test_the_page_needs_its_token(app: Any, username: str) -> None:
    """A form of another site, which does not know the token, logs nobody in."""
    browser = Browser(app)
    await browser.get("/login")
    form = {"username": username, "password": PASSWORD}
    assert (await browser.http.post("/login", data=form)).status_code == 403
    assert (await browser.http.post("/login", data={**form, "csrftoken": "made up"})).status_code == 403


@pytest.mark.parametrize(
    "path", ["/account/password", "/account/log-out", "/account/log-out-everywhere", "/account/one-time"]
)
async def test_every_form_needs_its_token(browser: Browser, path: str) -> None:
    """A logged-in browser is not led by another site's form."""
    assert (await browser.http.post(path, data={})).status_code == 403
    assert (await browser.get("/api/user/")).status_code == 200


async def test_what_is_wrong_is_not_told(app: Any, database: Database, username: str) -> None:
    """A wrong password, an unknown name and a closed account read alike, and nothing typed comes back."""
    await database.pool.execute("UPDATE piccolo_user SET active = false WHERE username = $1", username)
    told = set()
    for name, password in ((username, PASSWORD), (username, "wrong one, surely"), ("nobody-here", PASSWORD)):
        answer = await Browser(app).submit("/login", username=name, password=password)
        assert answer.status_code == 401
        assert name not in answer.text
        assert password not in answer.text
        told.add(answer.text.replace("value=", "").partition("csrftoken")[0])
    assert len(told) == 1
    assert await _events(database, "?")
    assert await _events(database, "nobody-here") == []


async def test_a_new_login_ends_the_session_before(app: Any, username: str) -> None:
    """Each login has a token of its own; the one that the browser had is dead."""
    browser = Browser(app)
    await browser.log_in(username)
    before = browser.http.cookies["id"]
    await browser.log_in(username)
    assert browser.http.cookies["id"] != before
    stolen = Browser(app)
    stolen.http.cookies.set("id", before)
    assert (await stolen.get("/api/user/")).status_code == 401


async def test_a_session_ends_by_idleness_and_by_age(browser: Browser, database: Database) -> None:
    """Use moves the end of a session, never past its longest life."""
    token = browser.http.cookies["id"]
    span = "SELECT expiry_date - localtimestamp FROM sessions WHERE token = $1"
    await database.pool.execute(
        "UPDATE sessions SET expiry_date = localtimestamp + interval '2 minutes' WHERE token = $1", token
    )
    assert (await browser.get("/dashboard")).status_code == 200
    assert await database.pool.fetchval(span, token) > timedelta(minutes=50)
    await database.pool.execute(
        "UPDATE sessions SET expiry_date = localtimestamp + interval '2 minutes',"
        " max_expiry_date = localtimestamp + interval '3 minutes' WHERE token = $1",
        token,
    )
    assert (await browser.get("/dashboard")).status_code == 200
    assert await database.pool.fetchval(span, token) < timedelta(minutes=4)
    await database.pool.execute(
        "UPDATE sessions SET expiry_date = localtimestamp - interval '1 second' WHERE token = $1", token
    )
    assert (await browser.get("/dashboard")).status_code == 303
    assert (await browser.get("/api/user/")).status_code == 401


async def test_logging_out_everywhere(app: Any, browser: Browser, username: str, database: Database) -> None:
    """One act ends the sessions of all browsers of a person, of nobody else, and is written down."""
    other = Browser(app)
    await other.log_in(username)
    await add_user(database, f"{username}-b", PASSWORD, Role.VIEWER)
    neighbour = Browser(app)
    await neighbour.log_in(f"{username}-b")
    assert (await browser.submit("/account/log-out-everywhere")).headers["location"] == "/login?note=out"
    assert (await other.get("/api/user/")).status_code == 401
    assert (await neighbour.get("/api/user/")).status_code == 200
    assert (await _events(database, username))[-1] == "logout"


async def test_a_changed_password_ends_every_session(
    app: Any, browser: Browser, username: str, database: Database
) -> None:
    """The new password opens, the old one and all sessions do not, and the log tells of the change."""
    other = Browser(app)
    await other.log_in(username)
    answer = await browser.submit("/account/password", current=PASSWORD, new=NEW, confirm=NEW)
    assert answer.headers["location"] == "/login?note=again"
    for each in (browser, other):
        assert (await each.get("/api/user/")).status_code == 401
    assert (await other.log_in(username)).status_code == 401
    assert (await other.log_in(username, NEW)).status_code == 200
    assert "password_changed" in await _events(database, username)


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({"current": "not the password"}, "не подошёл"),
        ({"confirm": "another new password"}, "не совпадают"),
        ({"new": PASSWORD, "confirm": PASSWORD}, "такой же"),
        ({"new": "short", "confirm": "short"}, "короче 12"),
        ({"new": "Password-2026!", "confirm": "Password-2026!"}, "слишком простой"),
    ],
)
async def test_a_wrong_new_password_is_explained(browser: Browser, form: dict[str, str], wanted: str) -> None:
    """What is wrong with a new password is said in words, and the old one stays."""
    answer = await browser.submit("/account/password", **{"current": PASSWORD, "new": NEW, "confirm": NEW, **form})
    assert answer.status_code == 422
    assert wanted in answer.text
    assert (await browser.get("/api/user/")).status_code == 200


async def test_piccolo_s_own_password_form_is_closed(browser: Browser) -> None:
    """The library's way to change a password, which knows fewer rules, is not there."""
    form = {"current_password": PASSWORD, "new_password": NEW, "confirm_new_password": NEW}
    assert (await browser.send("POST", "/api/change-password/", form)).status_code == 404


async def test_guesses_at_one_name_are_counted_across_replicas(
    app: Any, settings: AdminSettings, database: Database, username: str
) -> None:
    """Five failures at two instances, from five addresses, make the name wait, even with the right password."""
    replica = create_app(settings, database)
    for turn in range(5):
        assert (await Browser([app, replica][turn % 2]).log_in(username, "wrong password 1")).status_code == 401
    for each in (app, replica):
        answer = await Browser(each).log_in(username)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 60
    page = await Browser(app).submit("/login", username=username.upper(), password=PASSWORD)
    assert page.status_code == 429
    assert "Слишком много попыток" in page.text
    assert (await _events(database, username))[-6:] == ["login_failed"] * 5 + ["locked_out"]


async def test_an_unknown_name_waits_like_a_known_one(app: Any, database: Database) -> None:
    """The count does not tell whether a name exists."""
    name = f"nobody-{uuid4().hex[:8]}"
    statuses = [(await Browser(app).log_in(name)).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert await _events(database, name) == []


async def test_guesses_from_one_address_are_counted(app: Any, username: str) -> None:
    """Twenty failures from one address make it wait whatever name it tries; another address goes on."""
    browser = Browser(app)
    statuses = [(await browser.log_in(f"nobody-{uuid4().hex[:8]}")).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    assert (await browser.log_in(username)).status_code == 429
    assert (await Browser(app).log_in(username)).status_code == 200


async def test_attempts_at_once_do_not_outrun_the_count(app: Any, username: str) -> None:
    """Of twelve wrong attempts at the same time five are judged, and the rest wait."""
    answers = await asyncio.gather(*(Browser(app).log_in(username, "wrong password 1") for _ in range(12)))
    assert sorted(each.status_code for each in answers) == [401] * 5 + [429] * 7


async def test_the_wait_ends_and_grows(app: Any, database: Database, username: str) -> None:
    """After the wait one more failure doubles it; a right password wipes the slate."""
    for _ in range(5):
        await Browser(app).log_in(username, "wrong password 1")
    over = "UPDATE login_guesses SET blocked_until = now() - interval '1 second' WHERE blocked_until > now()"
    await database.pool.execute(over)
    assert (await Browser(app).log_in(username, "wrong password 1")).status_code == 401
    answer = await Browser(app).log_in(username)
    assert 60 < int(answer.headers["retry-after"]) <= 120
    await database.pool.execute(over)
    assert (await Browser(app).log_in(username)).status_code == 200
    assert (await Browser(app).log_in(username, "wrong password 1")).status_code == 401
    assert (await Browser(app).log_in(username)).status_code == 200


async def test_right_passwords_are_never_counted(app: Any, username: str) -> None:
    """Somebody who logs in often does not come to wait."""
    browser = Browser(app)
    assert {(await browser.log_in(username)).status_code for _ in range(30)} == {200}


async def test_addresses_behind_a_trusted_proxy_are_told_apart(
    settings: AdminSettings, database: Database, username: str
) -> None:
    """With the proxy trusted, one visitor's guesses do not shut out another's; the log names the visitor."""
    app = create_app(settings.model_copy(update={"trusted_proxies": "127.0.0.0/8"}), database)
    browser = Browser(app, address="127.0.0.1")
    browser.http.headers["X-Forwarded-For"] = "203.0.113.5"
    for _ in range(20):
        await browser.log_in(f"nobody-{uuid4().hex[:8]}")
    assert (await browser.log_in(username)).status_code == 429
    browser.http.headers["X-Forwarded-For"] = "203.0.113.5, 203.0.113.6"
    assert (await browser.log_in(username)).status_code == 200
    told = await database.pool.fetchval(
        "SELECT details->>'address' FROM audit_log WHERE subject = $1 ORDER BY id DESC LIMIT 1", f"user:{username}"
    )
    assert told == "203.0.113.6"


async def test_nobody_shuts_oneself_out(browser: Browser, username: str, database: Database) -> None:
    """An administrator neither demotes, closes nor deletes the own account."""
    user_id = (await browser.get("/api/user/")).json()["user_id"]
    path = f"/api/tables/piccolo_user/{user_id}/"
    for body in ({"role": "viewer"}, {"active": False}):
        answer = await browser.send("PATCH", path, body)
        assert answer.status_code == 422
        assert "Себе это не меняют" in answer.text
    assert (await browser.send("DELETE", path)).status_code == 422
    row = await database.pool.fetchrow("SELECT role, active, superuser FROM piccolo_user WHERE username = $1", username)
    assert tuple(row) == ("administrator", True, True)


async def test_a_user_is_made_changed_and_deleted(app: Any, browser: Browser, database: Database) -> None:
    """An administrator makes a user, gives another role, which ends the sessions, and deletes; each act is written."""
    name = f"made-{uuid4().hex[:8]}"
    form: dict[str, Any] = {"username": name, "password": PASSWORD, "email": f"{name}@example.org", "active": True}
    made = await browser.send("POST", "/api/tables/piccolo_user/", form | {"role": "viewer"})
    assert made.status_code == 201, made.text
    theirs = Browser(app)
    assert (await theirs.log_in(name)).status_code == 200
    path = f"/api/tables/piccolo_user/{made.json()['id']}/"
    assert (await browser.send("PATCH", path, {"role": "operator"})).status_code == 200
    assert (await theirs.get("/api/user/")).status_code == 401
    assert (await browser.send("PATCH", path, {"password": f"not {name} again"})).status_code == 400
    assert (await browser.send("PATCH", path, {"password": NEW})).status_code == 200
    assert (await browser.send("DELETE", path)).status_code == 204
    told = [each for each in await _events(database, name) if not each.startswith("login")]
    assert told == ["user_created", "user_changed", "user_changed", "password_changed", "user_changed"]


@pytest.mark.parametrize("password", ["short", "Password-2026!", "with made-weak inside"])
async def test_a_weak_password_makes_no_user(browser: Browser, database: Database, password: str) -> None:
    """The form of a new user obeys the rules of passwords, the name's included."""
    form = {"username": "made-weak", "password": password, "email": "w@example.org", "active": True, "role": "viewer"}
    answer = await browser.send("POST", "/api/tables/piccolo_user/", form)
    assert answer.status_code == 400
    assert "пароль" in answer.text
    assert not await database.pool.fetchval("SELECT count(*) FROM piccolo_user WHERE username = 'made-weak'")
    assert await _events(database, "made-weak") == []
