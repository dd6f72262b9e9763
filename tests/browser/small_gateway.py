"""A gateway and a Gosuslugi of a few answers, to see what the page and the site's PHP make of them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import web

__all__ = ["CALLBACK", "CHILD", "SELF", "SmallGateway"]

CALLBACK: Final = "/local/tools/emias.gateway/gosuslugi.php"
SELF: Final = {
    "subject": "self",
    "display": "Иван И.",
    "snils_mask": "***-***-*** 95",
    "has_snils": True,
    "oms": "verified",
}
CHILD: Final = {"subject": "child-1", "display": "Пётр И.", "snils_mask": None, "has_snils": False, "oms": "absent"}
_DOCTOR: Final[dict[str, Any]] = {
    "id": "7",
    "name": "Ёлкина Вера",
    "specialty": {"id": "10", "name": "Терапевт"},
    "lpu_code": "0101",
}
_SLOT: Final = {"id": "3f0a2c1e-7b1d-5c55-9f7d-2a4f1f0c8b11", "starts_at": "2030-11-24T15:00:00+03:00"}


class SmallGateway:
    """Sells one time; `subjects`, `refusal` and `booking_problems` are what a test wants of it."""

    def __init__(self) -> None:
        self.port = 0
        self.site_url = ""
        self.enabled = True
        self.subjects: list[dict[str, Any]] = [SELF]
        self.refusal: dict[str, str] | None = None
        self.booking_problems: list[tuple[int, str]] = []
        self.bookings: list[dict[str, Any]] = []
        self.revoked: list[str] = []
        self.logins: dict[str, dict[str, str]] = {}
        self.codes: list[str] = []
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        routes = app.router
        for path, answer in {
            "/v1/specialties": [_DOCTOR["specialty"] | {"doctors": 1}],
            "/v1/status": {"emias": "up"},
            "/v1/doctors": {"items": [_DOCTOR | {"bookable": True, "next_free": None}], "next_cursor": None},
            "/v1/doctors/7/slots": {
                "days": [{"date": "2030-11-24", "slots": [_SLOT | {"lpu_code": "0101"}]}],
                "stale": False,
                "as_of": None,
            },
        }.items():
            routes.add_get(path, _always(answer))
        routes.add_get("/v1/identity", self._identity)
        routes.add_post("/v1/holds", self._hold)
        routes.add_delete("/v1/holds/{id}", self._gone)
        routes.add_post("/v1/bookings", self._book)
        routes.add_post("/v1/identity/logins", self._login)
        routes.add_post("/v1/identity/logins/{id}/complete", self._complete)
        routes.add_post("/v1/identity/logins/{id}/fail", self._fail)
        routes.add_delete("/v1/identity/tickets/{ticket}", self._revoke)
        routes.add_get("/authorize", self._authorize)
        routes.add_get("/logout", self._logout)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        listener = web.TCPSite(self._runner, "127.0.0.1", 0)
        await listener.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()

    async def _identity(self, _request: web.Request) -> web.Response:
        return web.json_response({"provider": "esia" if self.enabled else "off", "enabled": self.enabled})

    async def _hold(self, _request: web.Request) -> web.Response:
        ends = datetime.now(UTC) + timedelta(minutes=5)
        hold = {"id": str(uuid.uuid4()), "slot": _SLOT | {"lpu_code": "0101"}, "doctor": _DOCTOR}
        return web.json_response(hold | {"expires_at": ends.isoformat(), "renewals_left": 2}, status=201)

    async def _gone(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _book(self, request: web.Request) -> web.Response:
        if self.booking_problems:
            return _problem(*self.booking_problems.pop(0))
        body = await request.json()
        self.bookings.append(body)
        made = {"id": str(uuid.uuid4()), "state": "booked", "ticket": "T-1", "slot": _SLOT, "doctor": _DOCTOR}
        return web.json_response(made, status=201)

    async def _login(self, request: web.Request) -> web.Response:
        body = await request.json()
        state, login_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.logins[login_id] = body | {"state": state}
        url = f"http://127.0.0.1:{self.port}/authorize?client_id=CLINIC&state={state}"
        return web.json_response({"login_id": login_id, "authorize_url": url, "expires_at": _later()}, status=201)

    async def _authorize(self, request: web.Request) -> web.Response:
        """Be Gosuslugi whose visitor presses the button at once."""
        given = "&".join(f"{name}={value}" for name, value in (self.refusal or {"code": "code-1"}).items())
        raise web.HTTPFound(f"{self.site_url}{CALLBACK}?{given}&state={request.query['state']}")

    async def _complete(self, request: web.Request) -> web.Response:
        login, body = self.logins[request.match_info["id"]], await request.json()
        if (login["state"], login["session_ref"]) != (body["state"], body["session_ref"]):
            return _problem(403, "login_mismatch")
        self.codes.append(body["code"])
        return web.json_response(
            {
                "ticket": "secret-ticket-of-the-test",
                "expires_at": _later(),
                "return_path": login["return_path"],
                "source": "esia",
                "trusted": True,
                "logout_url": f"http://127.0.0.1:{self.port}/logout",
                "subjects": self.subjects,
                **self.subjects[0],
            }
        )

    async def _fail(self, request: web.Request) -> web.Response:
        path = self.logins[request.match_info["id"]]["return_path"]
        return web.json_response({"reason": "person_refused", "esia_code": "ESIA-007004", "return_path": path})

    async def _revoke(self, request: web.Request) -> web.Response:
        self.revoked.append(request.match_info["ticket"])
        return web.Response(status=204)

    async def _logout(self, _request: web.Request) -> web.Response:
        return web.Response(text="out")


def _later() -> str:
    return (datetime.now(UTC) + timedelta(minutes=30)).isoformat()


def _problem(status: int, code: str) -> web.Response:
    told = {"code": code, "status": status, "title": code, "detail": code}
    return web.json_response(told, status=status, content_type="application/problem+json")


def _always(answer: Any) -> Any:
    async def told(_request: web.Request) -> web.Response:
        return web.json_response(answer)

    return told
