"""A little client of ESIA, written from its published parameters alone, that can make each known mistake."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx

from tests.integration.esia_stand.keys import ClinicKey

__all__ = ["CALLBACK", "CLIENT_ID", "SCOPE", "Client", "code_of", "decoded", "stamp", "unpadded"]

CLIENT_ID = "CLINIC01"
CALLBACK = "https://clinic.example/esia/callback/"
SCOPE = "openid fullname birthdate snils medical_doc"
NEW = ("client_id", "scope", "scope_org", "timestamp", "state", "redirect_uri", "code")
OLD = ("scope", "timestamp", "client_id", "state")


def unpadded(content: bytes) -> str:
    """Write url-safe base64 without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def stamp(*, ago: timedelta = timedelta()) -> str:
    """Write a moment as ESIA wants it."""
    return (datetime.now(UTC) - ago).strftime("%Y.%m.%d %H:%M:%S %z")


def decoded(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a token's header and claims, believing nothing."""
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims


def code_of(answer: Mapping[str, str]) -> str:
    """Take ESIA's code out of a refusal on the callback or in JSON."""
    return answer["error_description"].partition(":")[0]


@dataclass(slots=True)
class Client:
    """Ask ESIA in a system's name: `browser` by the open door, `back` over TLS."""

    key: ClinicKey
    browser: httpx.AsyncClient
    back: httpx.AsyncClient
    client_id: str = CLIENT_ID

    def first(self, **changes: str) -> dict[str, str]:
        """Write the new first request; a change is signed with the rest, an empty one takes the parameter away."""
        form = {
            "client_id": self.client_id,
            "scope": SCOPE,
            "response_type": "code",
            "state": str(uuid4()),
            "timestamp": stamp(),
            "access_type": "online",
            "redirect_uri": CALLBACK,
            "client_certificate_hash": self.key.hash,
        }
        return self.signed(_changed(form, changes), changes)

    def second(self, code: str, /, **changes: str) -> dict[str, str]:
        """Write the new request for tokens."""
        form = {
            "client_id": self.client_id,
            "code": code,
            "grant_type": "authorization_code",
            "state": str(uuid4()),
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "timestamp": stamp(),
            "token_type": "Bearer",
            "client_certificate_hash": self.key.hash,
        }
        return self.signed(_changed(form, changes), changes)

    def signed(self, form: dict[str, str], changes: Mapping[str, str]) -> dict[str, str]:
        """Add the signature unless a change has brought another one."""
        if "client_secret" in changes:
            return form
        return form | {"client_secret": unpadded(self.key.raw(self.string(form)))}

    def old(self, form: dict[str, str]) -> dict[str, str]:
        """Sign a request in the old way instead."""
        bare = {name: value for name, value in form.items() if name != "client_certificate_hash"}
        return bare | {"client_secret": unpadded(self.key.cms(self.string(form, OLD)))}

    @staticmethod
    def string(form: Mapping[str, str], order: tuple[str, ...] = NEW) -> bytes:
        """Join what is signed."""
        return "".join(form.get(name, "") for name in order).encode()

    async def ask(self, form: Mapping[str, str], path: str = "/aas/oauth2/v2/ac") -> httpx.Response:
        """Send the first request as a browser."""
        return await self.browser.get(path, params=form)

    async def refused(self, form: Mapping[str, str], path: str = "/aas/oauth2/v2/ac") -> str:
        """Send the first request and tell by which code it is refused on the callback."""
        answer = await self.ask(form, path)
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].startswith(CALLBACK)
        said = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert said["state"] == form["state"]
        return code_of(said)

    async def press(self, page: httpx.Response, person: str) -> dict[str, str]:
        """Press a person's button on the page and tell what comes to the callback."""
        [login] = re.findall(r'name="login" value="([^"]+)"', page.text)
        answer = await self.browser.post("/stand/login", data={"login": login, "person": person})
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    async def code(self, person: str = "verified", **changes: str) -> str:
        """Log a person in and return the code."""
        form = self.first(**changes)
        said = await self.press(await self.ask(form), person)
        assert said["state"] == form["state"]
        return said["code"]

    async def exchange(self, form: Mapping[str, str], path: str = "/aas/oauth2/v3/te") -> httpx.Response:
        """Send the request for tokens."""
        return await self.back.post(path, data=dict(form))

    async def not_exchanged(self, form: Mapping[str, str], path: str = "/aas/oauth2/v3/te") -> str:
        """Send the request for tokens and tell by which code it is refused."""
        answer = await self.exchange(form, path)
        assert answer.status_code == 400, answer.text
        return code_of(answer.json())

    async def tokens(self, person: str = "verified", **changes: str) -> dict[str, Any]:
        """Log a person in and return the tokens."""
        answer = await self.exchange(self.second(await self.code(person, **changes), **changes))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def get(self, path: str, tokens: Mapping[str, Any]) -> httpx.Response:
        """Ask the REST with an access token."""
        return await self.back.get(path, headers={"Authorization": f"Bearer {tokens['access_token']}"})


def _changed(form: dict[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in {**form, **changes}.items() if value}
