"""An admin over the test database, a clinic in it, and a logged-in browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from admin.app import create_app
from admin.roles import Role
from admin.users import Administrator, add_user
from gateway.settings import AdminSettings
from gateway.store.engine import Database
from tests.integration.admin.browser import PASSWORD, Browser
from tests.integration.admin.ward import Ward, make_ward


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with few rounds, as these tests log in hundreds of times."""
    monkeypatch.setattr(Administrator, "_pbkdf2_iteration_count", 1_000)


@pytest.fixture(scope="session")
def settings(database_url: str) -> AdminSettings:
    """Settings of an admin without a public origin."""
    return AdminSettings.model_validate({"database_url": database_url})


@pytest.fixture(scope="session")
def app(settings: AdminSettings, shared_database: Database) -> Any:
    """The admin, built once: browsers have addresses of their own, so that no test uses up another's logins."""
    return create_app(settings, shared_database)


@pytest.fixture
async def ward(database: Database) -> Ward:
    """A clinic of this test's own."""
    return await make_ward(database.pool)


@pytest.fixture
async def username(database: Database) -> str:
    """The name of an administrator who manages users too."""
    name = f"chief-{uuid4().hex[:8]}"
    await add_user(database, name, PASSWORD, Role.ADMINISTRATOR)
    return name


@pytest.fixture
async def browser(app: Any, username: str) -> Browser:
    """A logged-in browser."""
    browser = Browser(app)
    answer = await browser.log_in(username)
    assert answer.status_code == 200, answer.text
    return browser


@pytest.fixture
def of_role(app: Any, database: Database) -> Callable[[Role], Awaitable[Browser]]:
    """Make a user of a role and log in."""

    async def log_in(role: Role) -> Browser:
        name = f"{role}-{uuid4().hex[:8]}"
        await add_user(database, name, PASSWORD, role)
        browser = Browser(app)
        answer = await browser.log_in(name)
        assert answer.status_code == 200, answer.text
        return browser

    return log_in
