"""Who gets in, and how the door behaves."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from admin.app import create_app
from admin.roles import Role
from admin.users import add_user
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


@pytest.mark.parametrize("name", ["a\\u0000b", "a\\ud800b"])
async def test_a_name_that_no_text_holds_is_a_wrong_one(app: Any, database: Database, name: str) -> None:
    """What the database cannot store is refused and counted like any other guess."""
    address = f"guesser-{uuid4().hex[:8]}"
    browser = Browser(app, address=address)
    await browser.get("/login")
    headers = {"X-CSRFToken": browser.http.cookies["csrftoken"], "Content-Type": "application/json"}
    guess = f'{{"username": "{name}", "password": "{PASSWORD}"}}'
    answer = await browser.http.post("/public/login/", content=guess, headers=headers)
    assert answer.status_code == 401
    written = await database.pool.fetchval(
        "SELECT subject FROM audit_log WHERE what = 'login_failed' AND details ->> 'address' = $1", address
    )
    assert written == "user:?"


async def test_stranger_reads_nothing(app: Any) -> None:
    """Without a session no table, schema or form answers."""
    browser = Browser(app)
    for path in ("tables/", "tables/bookings/", "tables/bookings/schema/", "links/", "user/"):
        assert (await browser.get(f"/api/{path}")).status_code == 401, path


async def test_login_needs_the_csrf_token(app: Any, username: str) -> None:
    """A login form of another site, which knows no token, is refused."""
    browser = Browser(app)
    form = {"username": username, "password": PASSWORD}
    assert (await browser.http.post("/public/login/", json=form)).status_code == 403


async def test_change_needs_the_csrf_token(browser: Browser) -> None:
    """A change without the token is refused even within a session."""
    assert (await browser.http.delete("/api/tables/doctor_mappings/1/")).status_code == 403


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
    hardened = settings.model_copy(update={"admin_origin": "https://admin.example.org", "admin_mfa": "off"})
    app = create_app(hardened, database)
    browser = Browser(app, "https://admin.example.org")
    answer = await browser.log_in(username)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("id="))
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    told = (await Browser(app, "https://admin.example.org").get("/login")).headers.get_list("set-cookie")
    assert [each for each in told if "csrftoken" in each and "Secure" not in each] == []
    assert any("csrftoken" in each for each in told)
    browser.origin = "https://elsewhere.example.org"
    assert (await browser.send("POST", "/public/logout/")).status_code == 403


async def test_headers_bind_the_browser(app: Any, username: str) -> None:
    """Every page forbids scripts from elsewhere and framing; answers are not kept, and no page loads foreign code."""
    browser = Browser(app)
    assert (await browser.log_in(username)).status_code == 200
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


@pytest.mark.parametrize(
    ("name", "password", "wanted"),
    [
        ("somebody", "short", "shorter than 12"),
        ("somebody", "x" * 200, "too long"),
        ("somebody", "i am somebody", "contains the user name"),
        ("somebody", "Qwerty-123456", "too common"),
        ("somebody", "1111111111111", "too common"),
        ("somebody", "abcdefghijklm", "too common"),
        ("  ", PASSWORD, "1 to 100"),
    ],
)
async def test_weak_passwords_are_refused(database: Database, name: str, password: str, wanted: str) -> None:
    """A weak password or an empty name makes no user."""
    with pytest.raises(ValueError, match=wanted):
        await add_user(database, name, password, Role.VIEWER)
