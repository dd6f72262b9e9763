"""Where the site and EMIAS differ, as the administrator sees it."""

from __future__ import annotations

import pytest

from gateway.store.engine import Database
from tests.integration.admin.browser import Browser
from tests.integration.admin.ward import Ward

pytestmark = pytest.mark.filterwarnings("ignore:If running sessions in production:UserWarning")
DRIFTS = "/api/tables/hint_drifts/"


async def test_a_difference_is_listed_and_only_looked_at(browser: Browser, ward: Ward, database: Database) -> None:
    """The list holds what patients see beside what EMIAS says, takes no change, and is empty once both agree."""
    [row] = await browser.rows("hint_drifts", is_pinned="false")
    assert (row["field"], row["shown"], row["hint"]) == ("name", "Врачов Иван", "Другов Пётр")
    assert row["doctor_id"] == ward.doctor_id
    for method in ("PATCH", "DELETE"):
        assert (await browser.send(method, f"{DRIFTS}{row['id']}/", {"hint": "x"})).status_code == 405
    await database.pool.execute("UPDATE emias_doctors SET hint_name = 'ВРАЧОВ И.' WHERE id = $1", ward.emias_doctor)
    assert await browser.rows("hint_drifts") == []
