"""Roles of the users that an older release left."""

from __future__ import annotations

import pytest
from piccolo.conf.apps import AppConfig, MigrationModule

import gateway.store.migrate as migrating
from gateway.store.engine import open_pool
from gateway.store.migrate import migrate
from tests.integration.conftest import MakeDatabase

_BEFORE_ROLES = "2026-11-23T06:00:00:000007"
_USERS = """
INSERT INTO piccolo_user (username, password, email, active, admin, superuser) VALUES
    ('chief', 'x', 'a', true, true, true), ('plain', 'x', 'b', true, true, false),
    ('site', 'x', 'c', true, false, false)
"""


async def test_users_of_an_older_release_get_roles(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A superuser becomes an administrator, another admin an operator; who could not log in still cannot."""
    steps_of = migrating._steps

    def older(app: AppConfig) -> dict[str, MigrationModule]:
        return {step: module for step, module in steps_of(app).items() if step < _BEFORE_ROLES}

    url = await make_database(None)
    with monkeypatch.context() as patched:
        patched.setattr(migrating, "_steps", older)
        await migrate(url)
    async with open_pool(url, min_size=1, max_size=1) as database:
        await database.pool.execute(_USERS)
    assert f"gateway:{_BEFORE_ROLES}" in await migrate(url)
    async with open_pool(url, min_size=1, max_size=1) as database:
        rows = await database.pool.fetch("SELECT username, role, active FROM piccolo_user ORDER BY username")
    assert [tuple(row) for row in rows] == [
        ("chief", "administrator", True),
        ("plain", "operator", True),
        ("site", "viewer", False),
    ]
