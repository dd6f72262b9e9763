"""Calls of the site's REST methods at the pace that Bitrix allows; the address is a secret and stands nowhere."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import structlog

from gateway.bitrix.fetching import Fetched, Fetcher
from gateway.bitrix.php import as_map, as_number, as_text, decode
from gateway.domain.errors import MirrorRefused

__all__ = ["Pacing", "WebhookCaller", "php_form"]

_LATEST_INSTANT: Final = 2**40
_REFUSED: Final[Mapping[str, str]] = dict.fromkeys(
    (
        "NO_AUTH_FOUND",
        "EXPIRED_TOKEN",
        "INVALID_TOKEN",
        "INVALID_CREDENTIALS",
        "INSUFFICIENT_SCOPE",
        "ACCESS_DENIED",
        "USER_ACCESS_ERROR",
        "AUTHORIZATION_ERROR",
    ),
    "auth_failed",
) | {"OVERLOAD_LIMIT": "overload_limit", "PORTAL_DELETED": "site_closed"}
_log = structlog.stdlib.get_logger("gateway.bitrix")


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast to ask: requests a second, tries of one call, seconds to wait at most for the site's own limit."""

    per_second: float = 2.0
    tries: int = 6
    longest_wait: float = 600.0


@dataclass(slots=True)
class WebhookCaller:
    """One request in flight, so many a second; told to wait, it waits, and gives up after so many tries."""

    fetcher: Fetcher
    url: str = field(repr=False)
    pacing: Pacing = field(default_factory=Pacing)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.time
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _next_at: float = 0.0

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """Return a method's `result`; raise `MirrorRefused` with a stable reason."""
        form = dict(php_form(parameters))
        async with self._turn:
            for attempt in range(1, self.pacing.tries + 1):
                await self._pace()
                fetched = await self.fetcher.fetch(
                    self.fetcher.client.build_request("POST", f"{self.url.rstrip('/')}/{method}.json", data=form)
                )
                answer = _answer(fetched)
                error = (as_text(answer.get("error")) or "").upper()
                if not error:
                    return _result(fetched, answer)
                pause = self._pause(fetched, error, answer, attempt)
                _log.info("webhook_waits", method=method, seconds=round(pause, 1), attempt=attempt)
                await self.sleep(pause)
        raise MirrorRefused("query_limit")

    async def _pace(self) -> None:
        wait = self._next_at - self.now()
        if 0 < wait <= 1 / self.pacing.per_second:
            await self.sleep(wait)
        self._next_at = self.now() + 1 / self.pacing.per_second

    def _pause(self, fetched: Fetched, error: str, answer: Mapping[str, Any], attempt: int) -> float:
        """Tell how long to wait before the same call again; raise what is no matter of waiting."""
        if error == "QUERY_LIMIT_EXCEEDED":
            if attempt == self.pacing.tries:
                raise MirrorRefused("query_limit")
            return 2.0 ** (attempt - 1) * (1 + random.random() / 2)  # noqa: S311 - no secret depends on it
        if error == "OPERATION_TIME_LIMIT":
            reset_at = as_number(as_map(answer.get("time")).get("operating_reset_at"), _LATEST_INSTANT)
            wait = self.pacing.longest_wait if reset_at is None else max(reset_at - self.now(), 1.0)
            if attempt == self.pacing.tries or wait > self.pacing.longest_wait:
                raise MirrorRefused("operation_time_limit")
            return wait
        _log.warning("webhook_refused", status=fetched.status, known=error in _REFUSED)
        if fetched.status in {401, 403}:
            raise MirrorRefused(_REFUSED.get(error, "auth_failed"))
        raise MirrorRefused(_REFUSED.get(error, "site_error"))


def _answer(fetched: Fetched) -> Mapping[str, Any]:
    """Open an answer: what it says goes before its status, but a status without JSON stands for itself."""
    try:
        answer = decode(fetched.body)
    except MirrorRefused:
        answer = None
    if isinstance(answer, dict) and ("error" in answer or fetched.status == httpx.codes.OK):
        return answer
    if fetched.status in {401, 403}:
        raise MirrorRefused("auth_failed")
    raise MirrorRefused("malformed" if fetched.status == httpx.codes.OK else f"http_{fetched.status}")


def _result(fetched: Fetched, answer: Mapping[str, Any]) -> Any:
    if fetched.status != httpx.codes.OK or "result" not in answer:
        raise MirrorRefused("malformed")
    return answer["result"]


def php_form(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Write nested parameters as PHP reads them from a form: `filter[0][1]`."""
    if isinstance(value, Mapping):
        inside = list(value.items())
    elif isinstance(value, (list, tuple)):
        inside = list(enumerate(value))
    else:
        yield name, str(value)
        return
    for key, one in inside:
        yield from php_form(one, f"{name}[{key}]" if name else str(key))
