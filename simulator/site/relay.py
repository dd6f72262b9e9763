"""The way to the gateway of the stand-in without PHP: the site's key, the visitor's opaque reference."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from simulator.site.keys import SecretSource

__all__ = ["GatewayProblem", "Relay"]

_DEADLINE = aiohttp.ClientTimeout(total=25)
_NO_CONTENT = 204
_FIRST_PROBLEM = 400


class GatewayProblem(Exception):
    """A refusal: the gateway's problem document, or one of ours when there is no answer."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document.get("code"))
        self.document = document


@dataclass(frozen=True, slots=True)
class Relay:
    """Call the gateway for a visitor, who sees neither its address nor the key."""

    client: aiohttp.ClientSession
    gateway_url: str
    keys: SecretSource
    language: str
    visitor: str

    def sign(self, text: str) -> str:
        """Make what only this site can make of a text and its visitor."""
        secret = "".join(self.keys.values()) or "-"
        return hmac.new(secret.encode(), f"{text}|{self.visitor}".encode(), hashlib.sha256).hexdigest()

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Return the decoded answer; raise `GatewayProblem` for everything but success."""
        keys = self.keys.values()
        if not keys:
            raise GatewayProblem({"code": "site_not_configured"})
        headers = {
            "Authorization": f"Bearer {keys[0]}",
            "X-Client-Ref": self.sign("visitor"),
            "Accept-Language": self.language,
        }
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        url = f"{self.gateway_url.rstrip('/')}/v1/{path}"
        try:
            async with self.client.request(
                method, url, params=query, json=body, headers=headers, allow_redirects=False, timeout=_DEADLINE
            ) as answer:
                return await _read(answer)
        except aiohttp.ClientConnectorError:
            raise GatewayProblem({"code": "gateway_unavailable"}) from None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise GatewayProblem({"code": "outcome_unknown" if idempotency_key else "gateway_unavailable"}) from None


async def _read(answer: aiohttp.ClientResponse) -> Any:
    if answer.status == _NO_CONTENT:
        return {}
    content = await answer.json(content_type=None)
    if answer.status < _FIRST_PROBLEM:
        return content
    if not isinstance(content, dict) or "code" not in content:
        raise ValueError(answer.status)
    retry_after = int(answer.headers.get("Retry-After", "0"))
    raise GatewayProblem({"retry_after": retry_after, **content})
