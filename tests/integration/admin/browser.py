"""An administrator's browser: keeps cookies, sends the CSRF token as the pages do."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx

__all__ = ["PASSWORD", "Browser"]

_ADDRESSES = count(1)
PASSWORD = "a long enough password"


class Browser:
    """Speaks to the admin as its pages do."""

    def __init__(self, app: Any, origin: str = "http://admin.test", address: str = "") -> None:
        address = address or f"visitor-{next(_ADDRESSES)}"
        transport = httpx.ASGITransport(app, raise_app_exceptions=True, client=(address, 1))
        self.http = httpx.AsyncClient(transport=transport, base_url=origin)
        self.origin = origin
        self.answers: list[str] = []

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Read an address and keep what came."""
        answer = await self.http.get(path, params=params or None)
        self.answers.append(answer.text)
        return answer

    async def rows(self, table: str, **params: Any) -> list[dict[str, Any]]:
        """Read the rows of a list as the page does."""
        answer = await self.get(f"/api/tables/{table}/", __readable="true", **params)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Change something, with the token that the pages send."""
        if "csrftoken" not in self.http.cookies:
            await self.http.get("/login")
        token = self.http.cookies["csrftoken"]
        headers = {"X-CSRFToken": token, "Origin": self.origin}
        answer = await self.http.request(method, path, json=body, headers=headers)
        self.answers.append(answer.text)
        return answer

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of ours, with the token that it carries."""
        if "csrftoken" not in self.http.cookies:
            await self.http.get("/login")
        form = {"csrftoken": self.http.cookies["csrftoken"], **fields}
        answer = await self.http.post(path, data=form, headers={"Origin": self.origin})
        self.answers.append(answer.text)
        return answer

    async def log_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        """Send the login form."""
        return await self.send("POST", "/public/login/", {"username": username, "password": password})
