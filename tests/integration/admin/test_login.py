"""Who gets in, and how the door behaves."""

from __future__ import annotations

from typing import Any

import pytest

from admin.app import create_app
from admin.users import add_user, create_user
from gateway.settings import AdminSettings
from gateway.store.engine import Database, open_database
from tests.integration.admin.browser import PASSWORD, Browser

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")


async def test_login_opens_the_tables(browser: Browser, username: str) -> None:
    """A right name and password open a session of that user."""
    assert (await browser.get("/api/user/")).json()["username"] == username
    assert (await browser.get("/api/tables/grouped/")).status_code == 200


async def test_wrong_password_stays_outside(app: Any, username: str) -> None:
    """A wrong password opens nothing."""
    browser = Browser(app)
    assert (await browser.log_in(username, "not the right password")).status_code == 401
    assert (await browser.get("/api/tables/bookings/")).status_code == 401


async def test_stranger_reads_nothing(app: Any) -> None:
    """Without a session no table, schema or form answers."""
    browser = Browser(app)
    for path in ("tables/", "tables/bookings/", "tables/bookings/schema/", "links/", "user/", "openapi.json"):
        assert (await browser.get(f"/api/{path}")).status_code == 401, path


async def test_login_needs_the_csrf_token(app: Any, username: str) -> None:
    """A login form of another site, which knows no token, is refused."""
    browser = Browser(app)
    form = {"username": username, "password": PASSWORD}
    assert (await browser.http.post("/public/login/", json=form)).status_code == 403


async def test_change_needs_the_csrf_token(browser: Browser) -> None:
    """A change without the token is refused even within a session."""
    assert (await browser.http.delete("/api/tables/doctor_mappings/1/")).status_code == 403


async def test_guessing_is_limited(app: Any, username: str) -> None:
    """After twenty attempts in five minutes an address must wait, even with the right password."""
    browser = Browser(app)
    for _ in range(20):
        answer = await browser.send("POST", "/public/login/", {"username": "", "password": ""})
        assert answer.status_code == 422
    assert (await browser.log_in(username)).status_code == 429


async def test_logout_ends_the_session(browser: Browser) -> None:
    """After logging out the old cookie opens nothing."""
    cookie = browser.http.cookies["id"]
    assert (await browser.send("POST", "/public/logout/")).status_code == 200
    browser.http.cookies.set("id", cookie)
    assert (await browser.get("/api/user/")).status_code == 401


async def test_https_origin_hardens_cookies_and_origin(
    settings: AdminSettings, database: Database, username: str
) -> None:
    """Behind an https address the session's cookie is secure, and another origin is refused."""
    hardened = settings.model_copy(update={"admin_origin": "https://admin.example.org"})
    app = create_app(hardened, database)
    browser = Browser(app, "https://admin.example.org")
    answer = await browser.log_in(username)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("id="))
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    browser.origin = "https://elsewhere.example.org"
    assert (await browser.send("POST", "/public/logout/")).status_code == 403


async def test_headers_bind_the_browser(app: Any) -> None:
    """Every page forbids scripts from elsewhere and framing; answers are not kept, and no page loads foreign code."""
    browser = Browser(app)
    page = await browser.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert "http" not in page.text.replace("http-equiv", "")
    for path in ("/api/docs/", "/public/docs/"):
        assert (await browser.get(path)).status_code == 404


async def test_speaks_russian_first(app: Any) -> None:
    """The pages open in Russian, with English to choose."""
    told = (await Browser(app).get("/public/translations/")).json()
    assert told["default_language_code"] == "ru"
    assert [each["language_code"] for each in told["translations"]] == ["ru", "en"]
    assert (await Browser(app).get("/public/meta/")).json()["site_name"] == "EMIAS gateway · Шлюз ЕМИАС"


async def test_probes_need_no_login(app: Any) -> None:
    """Health checks answer without a session."""
    for probe in ("live", "ready"):
        answer = await Browser(app).get(f"/health/{probe}")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_not_ready_without_a_database(settings: AdminSettings, database_url: str) -> None:
    """With its pool gone the admin lives but is not ready."""
    async with open_database(database_url, min_size=1, max_size=1) as database:
        browser = Browser(create_app(settings, database))
        await database.pool.close()
        assert (await browser.get("/health/live")).status_code == 200
        assert (await browser.get("/health/ready")).status_code == 503


async def test_command_makes_a_user(
    settings: AdminSettings, app: Any, username: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command makes a user who can log in, and says so without the password."""
    assert await create_user(settings, f"{username}-2", PASSWORD, superuser=False) == 0
    assert PASSWORD not in capsys.readouterr().out
    assert (await Browser(app).log_in(f"{username}-2")).status_code == 200


async def test_command_names_a_taken_name(
    settings: AdminSettings, username: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that exists already is refused in words, with status 1, and its password stays."""
    assert await create_user(settings, username, "another long password", superuser=True) == 1
    assert f"the name is taken: {username}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "password", "wanted"),
    [
        ("somebody", "short", "shorter than 12"),
        ("somebody", "x" * 200, "too long"),
        ("somebody", "i am somebody", "contains the user name"),
        ("  ", PASSWORD, "1 to 100"),
    ],
)
async def test_weak_passwords_are_refused(database: Database, name: str, password: str, wanted: str) -> None:
    """A weak password or an empty name makes no user."""
    with pytest.raises(ValueError, match=wanted):
        await add_user(database, name, password, superuser=False)


async def test_own_password_obeys_the_same_rule(browser: Browser) -> None:
    """Changing one's own password asks for as many characters."""
    form = {"current_password": PASSWORD, "new_password": "short12", "confirm_new_password": "short12"}
    answer = await browser.send("POST", "/api/change-password/", form)
    assert answer.status_code == 422
    assert "12" in answer.text


async def test_ordinary_administrator_manages_no_users(app: Any, database: Database, username: str) -> None:
    """Only a superuser makes, changes or deletes users."""
    await add_user(database, f"{username}-plain", PASSWORD, superuser=False)
    browser = Browser(app)
    await browser.log_in(f"{username}-plain")
    user_id = (await browser.get("/api/user/")).json()["user_id"]
    for method, path in (("PATCH", f"{user_id}/"), ("DELETE", f"{user_id}/")):
        answer = await browser.send(method, f"/api/tables/piccolo_user/{path}", {"superuser": True})
        assert answer.status_code == 405


async def test_closing_the_door_ends_sessions(app: Any, browser: Browser, database: Database, username: str) -> None:
    """A password set by somebody else logs the user out everywhere, and the new one opens."""
    await add_user(database, f"{username}-left", PASSWORD, superuser=False)
    theirs = Browser(app)
    await theirs.log_in(f"{username}-left")
    user_id = (await theirs.get("/api/user/")).json()["user_id"]
    path = f"/api/tables/piccolo_user/{user_id}/"
    assert (await browser.send("PATCH", path, {"password": "short"})).status_code == 400
    assert (await browser.send("PATCH", path, {"password": "a brand new password"})).status_code == 200
    assert (await theirs.get("/api/user/")).status_code == 401
    assert (await theirs.log_in(f"{username}-left", "a brand new password")).status_code == 200
