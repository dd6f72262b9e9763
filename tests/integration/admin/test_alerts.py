"""The page of alerts: what is open, peace for a while, a test; and the dashboard's word on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from admin.roles import Role
from gateway.store.engine import Database
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")
OPEN = """
INSERT INTO alerts (rule, subject, severity, state, what, advice, panel, bad_since, last_seen, judged_at, opened_at)
VALUES ('breaker_open', '0101 reads', 'critical', 'open', 'ЕМИАС 0101 не отвечает · EMIAS of 0101 does not answer',
        'Звоните · Call them', 'switches', now(), now(), now(), now() - interval '10 minutes') RETURNING id
"""


async def _post(browser: Browser, path: str, **fields: str) -> tuple[int, str]:
    await browser.get("/alerts")
    token = browser.http.cookies["csrftoken"]
    answer = await browser.http.post(
        path, data={"csrftoken": token, **fields}, headers={"Origin": browser.origin, "Referer": browser.origin}
    )
    return answer.status_code, answer.text


async def test_an_open_alert_says_what_to_do(browser: Browser, database: Database) -> None:
    """Each open alert is on the page in the chosen language, with what to do and the way to the dashboard's panel."""
    await database.pool.execute(OPEN)
    page = (await browser.get("/alerts")).text
    assert "ЕМИАС 0101 не отвечает" in page
    assert "Звоните" in page
    assert "/dashboard?lang=ru#switches" in page
    assert "does not answer" not in page
    assert "does not answer" in (await browser.get("/alerts", lang="en")).text


async def test_a_person_mutes_an_alert_for_a_while(browser: Browser, database: Database, username: str) -> None:
    """The row says who muted it until when and why, the audit log too; waking it ends that."""
    number = await database.pool.fetchval(OPEN)
    status, page = await _post(browser, "/alerts/mute", id=str(number), hours="8", reason="плановые работы")
    assert status == 200
    assert "плановые работы" in page
    row = await database.pool.fetchrow(
        "SELECT muted_by, mute_reason, muted_until > now() + interval '7 hours' FROM alerts"
    )
    assert tuple(row) == (f"admin:{username}", "плановые работы", True)
    logged = await database.pool.fetchval("SELECT actor FROM audit_log WHERE subject = $1", f"alert:{number}")
    assert logged == f"admin:{username}"
    assert (await _post(browser, "/alerts/mute", id=str(number), hours="0", reason="плановые работы"))[0] == 200
    assert await database.pool.fetchval("SELECT muted_until <= now() FROM alerts")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"hours": "8", "reason": " "}, 422),
        ({"hours": "9", "reason": "работы"}, 422),
        ({"id": "nonsense", "hours": "8", "reason": "работы"}, 422),
        ({"id": "9" * 30, "hours": "8", "reason": "работы"}, 422),
        ({"id": "1", "hours": "8", "reason": "работы"}, 409),
    ],
)
async def test_what_cannot_be_muted_is_refused(
    browser: Browser, database: Database, fields: dict[str, str], status: int
) -> None:
    """Without a reason, for a span that is not offered, or of no open alert, nothing is written."""
    number = await database.pool.fetchval(OPEN)
    assert (await _post(browser, "/alerts/mute", **{"id": str(number), **fields}))[0] == status
    assert await database.pool.fetchval("SELECT muted_until FROM alerts") is None


async def test_a_form_without_its_token_is_refused(browser: Browser, database: Database) -> None:
    """Another site can neither mute an alert nor send a test in a person's name."""
    await database.pool.execute(OPEN)
    for path in ("/alerts/mute", "/alerts/test"):
        answer = await browser.http.post(path, data={"id": "1"}, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403
    assert await database.pool.fetchval("SELECT count(*) FROM alert_messages") == 0


async def test_a_test_is_asked_for(browser: Browser, database: Database, username: str) -> None:
    """The button writes a message that a process with addresses sends; the page says who asked and how far it is."""
    status, page = await _post(browser, "/alerts/test")
    assert status == 200
    assert username in page
    row = await database.pool.fetchrow("SELECT kind, severity, asked_by, sent_at FROM alert_messages")
    assert tuple(row) == ("test", "info", f"admin:{username}", None)
    await database.pool.execute("UPDATE alert_messages SET sent_at = now(), delivered = '{1-tgram}'")
    assert "1-tgram" in (await browser.get("/alerts")).text


async def test_the_dashboard_says_whether_people_would_be_told(
    browser: Browser, database: Database, ward: Ward
) -> None:
    """Open alerts, a watch that nobody keeps and messages that do not arrive stand on the first screen."""
    assert ward.code
    await database.pool.execute("UPDATE alert_watch SET judged_at = now() - interval '10 minutes'")
    page = (await browser.get("/dashboard")).text
    assert "Тревог нет" in page
    assert "никто не следит с" in page
    await database.pool.execute("UPDATE alert_watch SET judged_at = now()")
    await database.pool.execute(OPEN)
    await database.pool.execute(
        "INSERT INTO alert_messages (kind, severity, title, body, made_at, last_error)"
        " VALUES ('alerts', 'critical', 't', 'b', now() - interval '12 minutes', '1-tgram: HTTP 401')"
    )
    page = (await browser.get("/dashboard")).text
    assert "Тревог: 1, срочных 1" in page
    assert "не доходят 12 мин, 1: 1-tgram: HTTP 401" in page
    assert "никто не следит" not in page


@pytest.mark.parametrize(
    ("role", "mutes", "tests"),
    [
        (Role.VIEWER, False, False),
        (Role.AUDITOR, False, False),
        (Role.OPERATOR, True, False),
        (Role.ADMINISTRATOR, True, True),
    ],
)
async def test_who_may_do_what(
    of_role: Callable[[Role], Awaitable[Browser]],
    database: Database,
    role: Role,
    mutes: bool,  # noqa: FBT001 - the expectation
    tests: bool,  # noqa: FBT001
) -> None:
    """Everybody sees what is open; an operator mutes, an administrator asks for tests; others have neither form."""
    number = await database.pool.fetchval(OPEN)
    browser = await of_role(role)
    page = (await browser.get("/alerts")).text
    assert "ЕМИАС 0101 не отвечает" in page
    assert ('action="/alerts/mute' in page, 'action="/alerts/test' in page) == (mutes, tests)
    muted, _ = await _post(browser, "/alerts/mute", id=str(number), hours="8", reason="работы")
    tested, _ = await _post(browser, "/alerts/test")
    assert (muted == 200, tested == 200) == (mutes, tests)
    assert {muted, tested} <= {200, 403}
