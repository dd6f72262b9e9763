"""Roles, at every address that the admin answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from starlette.routing import Mount, Route

from admin.roles import TABLES, Act, Door, Role, may, may_touch, rule_of
from admin.tables import tables_shown
from gateway.store.engine import Database
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import Ward

OfRole = Callable[[Role], Awaitable[Browser]]
_FILES = {"/assets"}


def _routes(app: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """List the methods and addresses of an app and of those inside it."""
    while not hasattr(app, "routes"):
        inner = getattr(app, "app", None) or getattr(app, "_app", None)
        if inner is None or inner is app:
            return
        app = inner
    for route in app.routes:
        if isinstance(route, Mount):
            if prefix + route.path not in _FILES:
                yield from _routes(route.app, prefix + route.path)
        elif isinstance(route, Route):
            path = re.sub(r"\{[^}]+\}", "7", prefix + route.path)
            for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}) or ["GET"]:
                yield method, path


def test_every_address_has_its_rule(app: Any) -> None:
    """A route that the table of roles does not know fails here, and nobody could reach it."""
    found = sorted(set(_routes(app)))
    assert len(found) > 200
    assert [each for each in found if rule_of(*each) is None] == []


def test_every_table_has_its_rule() -> None:
    """The table of roles speaks of exactly the tables that the admin shows."""
    assert {each.naming().real for each in tables_shown()} == set(TABLES)


@pytest.mark.parametrize("role", Role)
async def test_pages_open_as_the_table_says(app: Any, of_role: OfRole, ward: Ward, role: Role) -> None:
    """Each page and list that needs no key answers 403 to just those whom the table refuses."""
    assert ward.code
    browser, who = await of_role(role), type("Who", (), {"role": role.value})
    for method, path in sorted(set(_routes(app))):
        rule = rule_of(method, path)
        if method != "GET" or "7" in path or rule is None or rule.asks in {Door.OPEN, Door.CLOSED}:
            continue
        if rule.asks is Door.TABLE:
            allowed = may_touch(who, path.split("/")[3], "GET")
        else:
            allowed = not isinstance(rule.asks, Act) or may(who, rule.asks)
        answer = await browser.get(path)
        if path.endswith("/ids/") and not allowed:
            assert answer.json() == {}, path
        else:
            assert (answer.status_code != 403) is allowed, (path, answer.status_code)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.AUDITOR])
@pytest.mark.parametrize("table", sorted(table for table, touch in TABLES.items() if touch.change))
async def test_changes_are_refused_as_the_table_says(
    of_role: OfRole, database: Database, ward: Ward, table: str, role: Role
) -> None:
    """Whoever may not change a table is refused with 403, or 405 where nobody may, and nothing changes."""
    assert ward.code
    browser, who = await of_role(role), type("Who", (), {"role": role.value})
    before = await database.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of our own
    for method, path in (("POST", ""), ("PATCH", "1/"), ("DELETE", "1/")):
        if may_touch(who, table, method):
            continue
        answer = await browser.send(method, f"/api/tables/{table}/{path}", {})
        assert answer.status_code == (403 if method in TABLES[table].change else 405), answer.text
        assert " · " in answer.json()["detail"]
    assert await database.pool.fetchval(f"SELECT count(*) FROM {table}") == before  # noqa: S608 - as above


async def test_the_refusal_speaks_both_languages(of_role: OfRole) -> None:
    """A page that somebody may not see says so in Russian, or in English when asked."""
    viewer = await of_role(Role.VIEWER)
    russian, english = await viewer.get("/audit/export"), await viewer.get("/audit/export", lang="en")
    assert (russian.status_code, english.status_code) == (403, 403)
    assert "Роль «наблюдатель» этого не разрешает" in russian.text
    assert "The role viewer does not allow this" in english.text


@pytest.mark.parametrize("host", ["x/assets/a.js?", "x/health/live#", "admin.test/login?"])
async def test_no_host_header_talks_past_the_gate(of_role: OfRole, host: str) -> None:
    """The rule goes by the path that is served, not by what the Host header makes of it."""
    viewer = await of_role(Role.VIEWER)
    answer = await viewer.http.get("/audit/export", headers={"Host": host})
    assert answer.status_code == 403


async def test_a_viewer_s_menu_leads_nowhere_forbidden(of_role: OfRole) -> None:
    """The menu and the links of a viewer hold neither keys, users, audit, nor what only others may follow."""
    viewer = await of_role(Role.VIEWER)
    menu = (await viewer.get("/api/tables/grouped/")).json()["grouped"]
    assert "4. Доступ · Access" not in menu
    assert "/audit/export" not in (await viewer.get("/api/links/")).json().values()
    auditor = await of_role(Role.AUDITOR)
    assert "Аудит_·_Audit" in (await auditor.get("/api/tables/grouped/")).json()["grouped"]["4. Доступ · Access"]
    assert "/audit/export" in (await auditor.get("/api/links/")).json().values()


async def test_an_operator_turns_a_switch_in_person(of_role: OfRole, ward: Ward, database: Database) -> None:
    """What an operator may do works, and the switch log and the audit name the operator."""
    operator = await of_role(Role.OPERATOR)
    name = (await operator.get("/api/user/")).json()["username"]
    path = f"/api/tables/institutions/{ward.lpu_code}/"
    assert (await operator.send("PATCH", path, {"calls_stopped": True})).status_code == 200
    assert await database.pool.fetchval("SELECT actor FROM switch_log ORDER BY id DESC LIMIT 1") == f"admin:{name}"
    told = await database.pool.fetch(
        "SELECT what, subject FROM audit_log WHERE actor = $1 ORDER BY id", f"admin:{name}"
    )
    assert [tuple(row) for row in told] == [
        ("login", f"user:{name}"),
        ("switch_turned", f"institution:{ward.lpu_code}"),
        ("row_changed", f"institutions:{ward.lpu_code}"),
    ]
