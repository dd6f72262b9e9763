"""The dashboard's server time with a clinic's week behind it, beside a bare page of the same admin."""

from __future__ import annotations

import time
from typing import Final
from uuid import uuid4

import httpx
from piccolo_api.session_auth.tables import SessionsBase

from admin.app import create_app
from admin.roles import Role
from admin.users import Administrator, add_user
from benchmarks.figures import Figure, at_most
from benchmarks.history import fill_history
from benchmarks.population import populate
from benchmarks.rounds import Side, take_turns
from benchmarks.sizes import Size
from benchmarks.stage import Stage
from gateway.settings import AdminSettings

__all__ = ["measure"]

_ENOUGH_SECONDS: Final = 0.3
_ASKED: Final = 3


async def measure(stage: Stage, size: Size) -> list[Figure]:
    """Ask for each window of the dashboard and for the page of Piccolo Admin in turn, logged in."""
    population = await populate(stage.database, size.dashboard_doctors)
    await fill_history(stage.database, population, size.dashboard_bookings)
    settings = AdminSettings.model_validate({"database_url": stage.database_url})
    app = create_app(settings, stage.database)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://admin.bench") as browser:
        browser.cookies.set("id", await _session(stage))
        sides: dict[str, Side] = {"bare": _asking(browser, "/")}
        sides |= {window: _asking(browser, f"/dashboard?window={window}") for window in ("1h", "24h", "7d")}
        taken = await take_turns(size.rounds, sides)
    what = f"the dashboard with {size.dashboard_doctors} doctors and {size.dashboard_bookings} bookings"
    slowest = max(taken.middle(window) for window in ("1h", "24h", "7d"))
    return [
        *(
            Figure(f"{what}, {window}", "the admin's bare page", taken.ratio(window, "bare"))
            for window in ("1h", "24h", "7d")
        ),
        Figure(f"{what}, the slowest window", "300 ms of server time", slowest / _ENOUGH_SECONDS, at_most(1)),
    ]


async def _session(stage: Stage) -> str:
    name = f"bench-{uuid4().hex[:8]}"
    await add_user(stage.database, name, uuid4().hex, Role.VIEWER)
    user = await Administrator.objects().where(Administrator.username == name).first()
    if user is None:
        raise RuntimeError("the user that was just made is not there")
    session = await SessionsBase.create_session(user.id)
    return str(session.token)


def _asking(browser: httpx.AsyncClient, path: str) -> Side:
    async def turn() -> float:
        begun = time.perf_counter()
        for _ in range(_ASKED):
            answer = await browser.get(path)
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{path} answers {answer.status_code}")
        return (time.perf_counter() - begun) / _ASKED

    return turn
