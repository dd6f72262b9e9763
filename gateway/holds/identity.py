"""Logins and identity tickets in Redis: sealed, under the hash of their secret, taken once, gone by themselves."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec
import structlog

from gateway.domain.errors import IdentityUnavailable
from gateway.domain.identity import IdentityTicket, Login
from gateway.holds.connection import RedisAbsent, RedisLine
from gateway.holds.sealing import Seal

__all__ = ["RedisLogins", "RedisTickets"]

_AGAIN_SECONDS: Final = 5
_log = structlog.stdlib.get_logger("gateway.holds")
Kept = TypeVar("Kept", Login, IdentityTicket)


class _Drawer:
    """Keeps one kind of thing."""

    def __init__(self, line: RedisLine, seal: Seal, kind: str) -> None:
        self._line = line
        self._seal = seal
        self._kind = kind

    async def put(self, secret: str, content: Any, lasts: timedelta) -> None:
        name = self._name(secret)
        sealed = self._seal.close(name, msgspec.json.encode(content))
        try:
            await self._line.set_new(name, sealed, max(1, round(lasts.total_seconds() * 1000)))
        except RedisAbsent:
            raise IdentityUnavailable(_AGAIN_SECONDS) from None

    async def take(self, secret: str, kind: type[Kept]) -> Kept | None:
        name = self._name(secret)
        try:
            sealed = await self._line.take(name)
        except RedisAbsent:
            raise IdentityUnavailable(_AGAIN_SECONDS) from None
        content = None if sealed is None else self._seal.open(name, sealed)
        if content is None:
            if sealed is not None:
                _log.warning("identity_not_opened", kind=self._kind)
            return None
        return msgspec.json.decode(content, type=kind)

    def _name(self, secret: str) -> str:
        """Name the key so that whoever reads Redis cannot use what it names."""
        return f"egw:{self._kind}:{hashlib.sha256(secret.encode()).hexdigest()}"


class RedisLogins:
    """A `LoginBook`."""

    def __init__(self, line: RedisLine, seal: Seal) -> None:
        self._drawer = _Drawer(line, seal, "login")

    async def keep(self, login: Login, lasts: timedelta) -> None:
        """Keep a login; raise `IdentityUnavailable`."""
        await self._drawer.put(login.state, login, lasts)

    async def take(self, state: str) -> Login | None:
        """Return a login, once; raise `IdentityUnavailable`."""
        return await self._drawer.take(state, Login)


class RedisTickets:
    """`Tickets`."""

    def __init__(self, line: RedisLine, seal: Seal) -> None:
        self._drawer = _Drawer(line, seal, "ticket")

    async def keep(self, text: str, ticket: IdentityTicket, lasts: timedelta) -> None:
        """Keep a ticket; raise `IdentityUnavailable`."""
        await self._drawer.put(text, ticket, lasts)

    async def take(self, text: str) -> IdentityTicket | None:
        """Return a ticket, once; raise `IdentityUnavailable`."""
        return await self._drawer.take(text, IdentityTicket)
