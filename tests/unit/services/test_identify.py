"""A login within the time that a site waits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest

from gateway.domain.errors import IdentityUnavailable, LoginFailed
from gateway.domain.identity import Account, Binding, Login
from gateway.domain.login_failure import FailureReason
from gateway.ports import Begun
from gateway.services.identify import Identify
from tests.fakes import FakeClock
from tests.fakes.identity import FakeLogins, FakeProvider, FakeTickets
from tests.unit.esia.tokens import NOW

_BINDING = Binding.of("1", "0123456789abcdef")


@dataclass
class SlowProvider(FakeProvider):
    """Gosuslugi that never come to an end."""

    is_slow_at_once: bool = False

    async def begin(self, state: str, callback: str) -> Begun:
        """Answer, or never do."""
        if self.is_slow_at_once:
            await asyncio.Event().wait()
        return await super().begin(state, callback)

    async def finish(self, login: Login, code: str) -> Account:
        """Never answer."""
        await asyncio.Event().wait()
        return await super().finish(login, code)


async def test_a_provider_that_is_slow_at_the_start_is_unavailable() -> None:
    """The site hears so before it takes the gateway for one that is down."""
    logins = FakeLogins()
    provider = SlowProvider(is_slow_at_once=True)
    identify = Identify(
        provider, logins, FakeTickets(), FakeClock(NOW), timedelta(minutes=30), {}, begin_seconds=0, finish_seconds=0
    )

    with pytest.raises(IdentityUnavailable):
        await asyncio.wait_for(identify.start(_BINDING, "https://clinic.example/cb/", "/"), 20)

    assert logins.kept == {}


async def test_a_provider_that_is_slow_at_the_end_is_unreachable() -> None:
    """The login fails by that reason, is counted, and leaves no ticket."""
    logins, tickets, heard = FakeLogins(), FakeTickets(), list[tuple[str, str]]()
    identify = Identify(
        SlowProvider(),
        logins,
        tickets,
        FakeClock(NOW),
        timedelta(minutes=30),
        {},
        heard=lambda result, code: heard.append((result, code)),
        finish_seconds=0,
    )
    started = await identify.start(_BINDING, "https://clinic.example/cb/", "/")
    (state,) = logins.kept

    with pytest.raises(LoginFailed) as failed:
        await asyncio.wait_for(identify.complete(started.login_id, state, _BINDING, "code"), 20)

    assert failed.value.reason is FailureReason.UNREACHABLE
    assert heard == [("unreachable", "")]
    assert tickets.kept == {}


async def test_a_code_that_a_visitor_makes_up_is_not_counted_by() -> None:
    """Whoever rewrites the callback's address cannot fill the metrics with names."""
    logins, heard = FakeLogins(), list[tuple[str, str]]()
    identify = Identify(
        FakeProvider(),
        logins,
        FakeTickets(),
        FakeClock(NOW),
        timedelta(minutes=30),
        {},
        heard=lambda result, code: heard.append((result, code)),
    )
    for error, description in (("server_error", "ESIA-123456"), ("access_denied", "ESIA-007004")):
        started = await identify.start(_BINDING, "https://clinic.example/cb/", "/")
        (state,) = logins.kept
        failed, _ = await identify.fail(started.login_id, state, _BINDING, error, description)
        assert failed.code == description

    assert heard == [("other", ""), ("person_refused", "ESIA-007004")]
