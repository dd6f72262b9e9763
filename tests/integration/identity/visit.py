"""A site's server and its visitor's browser: what Bitrix does in a login, and all that it hears."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx

from gateway.store.engine import Database
from gateway.wiring import House
from simulator.esia.stand import EsiaStand
from simulator.running import Simulator

__all__ = ["CALLBACK", "DOCTOR", "SESSION", "Visit"]

CALLBACK: Final = "https://clinic.example/esia/callback/"
DOCTOR: Final = ("0101", "41001")
SESSION: Final = "7d0c5a1e9b3f4c2d8e6f708192a3b4c5"
_RETURN: Final = "/zapis/?doctor=57"


@dataclass
class Visit:
    """One visitor of a site with a key; `heard` is every answer that the site's server and the browser had."""

    client: httpx.AsyncClient
    stand: EsiaStand
    emias: Simulator
    database: Database
    house: House
    redis_url: str
    session_ref: str = SESSION
    heard: list[str] = field(default_factory=list)

    async def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Ask the gateway as the site's server does."""
        answer = await self.client.request(method, path, **what)
        self.heard.append(f"{answer.text} {answer.headers}")
        return answer

    async def start(self) -> dict[str, str]:
        """Start a login."""
        body = {"session_ref": self.session_ref, "return_path": _RETURN}
        answer = await self.ask("POST", "/v1/identity/logins", json=body)
        assert answer.status_code == 201, answer.text
        begun: dict[str, str] = answer.json()
        return begun

    async def choose(self, authorize_url: str, person: str) -> dict[str, str]:
        """Be the browser at ESIA's page; return what comes to the callback."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(authorize_url)
            if page.status_code == 302:
                return dict(parse_qsl(urlsplit(page.headers["Location"]).query))
            assert page.status_code == 200, page.text
            (login,) = re.findall(r'name="login" value="([^"]+)"', page.text)
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(authorize_url))
            sent = await browser.post(f"{origin}/stand/login", data={"login": login, "person": person})
        assert sent.status_code == 302, sent.text
        assert sent.headers["Location"].startswith(CALLBACK)
        return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))

    async def callback(self, person: str = "verified") -> tuple[str, dict[str, str]]:
        """Log a person in as far as the callback; return the login's id and what came."""
        begun = await self.start()
        return begun["login_id"], await self.choose(begun["authorize_url"], person)

    async def complete(self, login_id: str, came: dict[str, str], **changes: str) -> httpx.Response:
        """Relay a callback."""
        body = {"code": came["code"], "state": came["state"], "session_ref": self.session_ref} | changes
        return await self.ask("POST", f"/v1/identity/logins/{login_id}/complete", json=body)

    async def login(self, person: str = "verified") -> dict[str, Any]:
        """Log a person in; return what the site is told."""
        answer = await self.complete(*await self.callback(person))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def fail(self, login_id: str, came: dict[str, str], **headers: str) -> httpx.Response:
        """Relay a callback that brought an error."""
        told = {name: text for name, text in came.items() if name in {"error", "error_description", "state"}}
        body = told | {"session_ref": self.session_ref}
        return await self.ask("POST", f"/v1/identity/logins/{login_id}/fail", json=body, headers=headers)

    async def hold(self) -> str:
        """Hold the next free slot of the doctor."""
        element = await self.database.pool.fetchval("SELECT element_id FROM doctors LIMIT 1")
        days = (await self.ask("GET", f"/v1/doctors/{element}/slots")).json()["days"]
        slots = [slot["id"] for day in days[1:] for slot in day["slots"]]
        answer = await self.ask("POST", "/v1/holds", json={"slot_id": slots[0]}, headers={"X-Client-Ref": uuid4().hex})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def book(self, ticket: str, **changes: Any) -> httpx.Response:
        """Hold a slot and book it with a ticket."""
        form = {"hold_id": await self.hold(), "identity_ticket": ticket, "session_ref": self.session_ref} | changes
        return await self.ask("POST", "/v1/bookings", json=form, headers={"Idempotency-Key": uuid4().hex})

    async def stored(self) -> tuple[str, str, str]:
        """Tell state, source and mark of the only booking."""
        row = await self.database.pool.fetchrow("SELECT state, identity_source, policy_mark FROM bookings")
        return row["state"], row["identity_source"], row["policy_mark"]

    def spoil(self, operation: str, kind: str, **params: Any) -> None:
        """Let ESIA do one thing wrongly."""
        self.stand.installation.faults.add({"operation": operation, "kind": kind, "params": params})
