"""Log a visitor in through Gosuslugi, and keep what it tells under a ticket that says nothing."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog

from gateway.domain.errors import IdentityUnavailable, LoginExpired, LoginFailed, LoginMismatch
from gateway.domain.identity import Account, Binding, IdentitySource, IdentityTicket, Login
from gateway.domain.login_failure import FailureReason
from gateway.ports import Clock, IdentityProvider, LoginBook, Tickets

__all__ = ["LOGIN_LASTS", "Identified", "Identify", "Started"]

LOGIN_LASTS: Final = timedelta(minutes=10)
_TICKET_BYTES: Final = 32
_log = structlog.stdlib.get_logger("gateway.identify")


@dataclass(frozen=True, slots=True)
class Started:
    """A login that waits for the browser to come back."""

    login_id: UUID
    authorize_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Identified:
    """A login that has brought a ticket."""

    ticket: str
    expires_at: datetime
    return_path: str
    source: IdentitySource
    account: Account
    logout_url: str | None


@dataclass(frozen=True, slots=True)
class Identify:
    """The whole life of a login.

    `callbacks` are the registered addresses by site, `""` for any other; `heard` is told of each end, by a word and the
    provider's code. A site waits 8 seconds for a start and 25 for an end, and takes longer silence for a gateway that
    is down: `begin_seconds` and `finish_seconds` are shorter, so that a slow provider stops no booking by hand.
    """

    provider: IdentityProvider
    logins: LoginBook
    tickets: Tickets
    clock: Clock
    ticket_lasts: timedelta
    callbacks: Mapping[str, str]
    heard: Callable[[str, str], None] = lambda _result, _code: None
    begin_seconds: float = 6.0
    finish_seconds: float = 20.0

    def callback_of(self, site: str) -> str | None:
        """Return the callback of a site; None where its visitors cannot log in."""
        return self.callbacks.get(site) or self.callbacks.get("")

    async def start(self, binding: Binding, callback: str, return_path: str) -> Started:
        """Begin a login; raise `IdentityUnavailable`."""
        state, now = str(uuid4()), self.clock.now()
        try:
            async with asyncio.timeout(self.begin_seconds):
                begun = await self.provider.begin(state, callback)
        except TimeoutError:
            _log.warning("login_not_begun", source=self.provider.source.value)
            raise IdentityUnavailable from None
        login = Login(uuid4(), state, binding, callback, return_path, now, begun.memo)
        await self.logins.keep(login, LOGIN_LASTS)
        return Started(login.id, begun.authorize_url, now + LOGIN_LASTS)

    async def complete(self, login_id: UUID, state: str, binding: Binding, code: str) -> Identified:
        """Exchange the code for a ticket; there is one try.

        Raises:
            LoginExpired: there is no such login, or it was finished before.
            LoginMismatch: it is another visitor's.
            LoginFailed: the provider told no identity that may be used.
            IdentityUnavailable: logins or tickets cannot be reached.
        """
        login = await self._take(login_id, state, binding)
        try:
            account = await self._finish(login, code)
        except LoginFailed as failed:
            self._tell(failed)
            raise
        issued = await self._issue(binding, login, account)
        self.heard("identified", "")
        _log.info("login_identified", source=self.provider.source.value, subjects=len(account.subjects()))
        return issued

    async def fail(
        self, login_id: UUID, state: str, binding: Binding, error: str, description: str
    ) -> tuple[LoginFailed, str]:
        """End a login that the provider itself has refused; return why, and the path to come back to."""
        login = await self._take(login_id, state, binding)
        failed = self.provider.read_refusal(error, description)
        self._tell(failed)
        return failed, login.return_path

    async def _finish(self, login: Login, code: str) -> Account:
        try:
            async with asyncio.timeout(self.finish_seconds):
                return await self.provider.finish(login, code)
        except TimeoutError:
            raise LoginFailed(FailureReason.UNREACHABLE) from None

    async def _take(self, login_id: UUID, state: str, binding: Binding) -> Login:
        login = await self.logins.take(state)
        if login is None or self.clock.now() >= login.began_at + LOGIN_LASTS:
            self.heard("expired", "")
            raise LoginExpired
        if login.id != login_id or not login.binding.is_same(binding):
            self.heard("mismatch", "")
            _log.warning("login_mismatch", is_id_other=login.id != login_id)
            raise LoginMismatch
        return login

    async def _issue(self, binding: Binding, login: Login, account: Account) -> Identified:
        source, expires_at = self.provider.source, self.clock.now() + self.ticket_lasts
        text = secrets.token_urlsafe(_TICKET_BYTES)
        ticket = IdentityTicket(binding, source, expires_at, account.subjects())
        await self.tickets.keep(text, ticket, self.ticket_lasts)
        logout_url = self.provider.logout_url(login.callback)
        return Identified(text, expires_at, login.return_path, source, account, logout_url)

    def _tell(self, failed: LoginFailed) -> None:
        # What stands in a callback is the visitor's to write: a code that is not known is logged, and not counted by.
        is_known = failed.reason is not FailureReason.OTHER
        self.heard(failed.reason.value, (failed.code or "") if is_known else "")
        _log.warning("login_failed", reason=failed.reason.value, code=failed.code)
