"""Keys of sites: found once, checked in constant time, forgotten on news of them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from gateway.http.calls import CALL, Call
from gateway.http.limits import Buckets
from gateway.http.problems import DoorError
from gateway.ports import ApiKey, KeyRing

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

__all__ = ["Authentication", "KeyChain", "key_of"]

_KNOWN_FOR: Final = 60.0
_MOST_STRANGERS: Final = 4096
_MOST_LOOK_UPS: Final = 50.0
_PREFIX: Final = b"bearer egw_"
_LONGEST_HEADER: Final = 512


class KeyChain:
    """The keys met lately, unknown ones too, so that neither costs a query a request."""

    def __init__(self, ring: KeyRing, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ring = ring
        self._monotonic = monotonic
        self._known: dict[str, tuple[ApiKey, float]] = {}
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._look_ups = Buckets(_MOST_LOOK_UPS, _MOST_LOOK_UPS, monotonic=monotonic)
        self._asking: dict[str, asyncio.Task[ApiKey | None]] = {}

    async def check(self, authorization: bytes | None) -> ApiKey:
        """Return the key that a header proves; raise `unauthorized` otherwise."""
        if authorization is None or len(authorization) > _LONGEST_HEADER:
            raise DoorError("unauthorized")
        if authorization[: len(_PREFIX)].lower() != _PREFIX:
            raise DoorError("unauthorized")
        public, _, secret = authorization[len(_PREFIX) :].partition(b"_")
        key_id = public.decode("latin-1")
        known = self._known.get(key_id)
        key = known[0] if known is not None and known[1] > self._monotonic() else await self._find(key_id)
        if key is None or not hmac.compare_digest(hashlib.sha256(secret).digest(), key.secret_hash):
            raise DoorError("unauthorized")
        return key

    async def _find(self, key_id: str) -> ApiKey | None:
        """Ask the ring; strangers share a rate, so that a flood of them neither loads it nor keeps a site out."""
        if not (key_id.isascii() and key_id.isalnum()) or self._unknown.get(key_id, 0.0) > self._monotonic():
            return None
        asking = self._asking.get(key_id)
        if asking is None:
            if key_id not in self._known:
                self._look_ups.take(None)
            asking = self._asking[key_id] = asyncio.create_task(self._ask(key_id))
        return await asyncio.shield(asking)

    async def _ask(self, key_id: str) -> ApiKey | None:
        """Ask once for all who wait for the same key; an answer that was forgotten meanwhile is not kept."""
        ours = asyncio.current_task()
        try:
            key = await self._ring.find(key_id)
            if self._asking.get(key_id) is ours:
                self._remember(key_id, key, self._monotonic() + _KNOWN_FOR)
            return key
        finally:
            if self._asking.get(key_id) is ours:
                del self._asking[key_id]

    def _remember(self, key_id: str, key: ApiKey | None, until: float) -> None:
        if key is not None:
            self._known[key_id] = (key, until)
            return
        self._known.pop(key_id, None)
        self._unknown[key_id] = until
        if len(self._unknown) > _MOST_STRANGERS:
            self._unknown.popitem(last=False)

    def forget(self, key_id: str | None = None) -> None:
        """Forget one key, or all; what is being looked up meanwhile is not kept."""
        if key_id is None:
            for memory in (self._known, self._unknown, self._asking):
                memory.clear()
        else:
            for memory in (self._known, self._unknown, self._asking):
                memory.pop(key_id, None)


def key_of(scope: Any) -> ApiKey:
    """Return the key that `Authentication` has let in."""
    key: ApiKey = scope["auth"]
    return key


class Authentication:
    """ASGI middleware: a call that names a scope is let in with a key that has it, within the key's rate."""

    def __init__(self, app: ASGIApp, keys: KeyChain, rates: Buckets) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or raise the problem that keeps it out."""
        call: Call | None = scope["route_handler"].opt.get(CALL)
        if call is not None:
            authorization = next((value for name, value in scope["headers"] if name == b"authorization"), None)
            key = await self._keys.check(authorization)
            self._rates.take(key.id)
            if call.scope not in key.scopes:
                raise DoorError("scope_missing")
            scope["auth"] = key
        await self._app(scope, receive, send)
