"""Nothing of the person but a masked name leaves the gateway, except toward EMIAS."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis

from gateway.holds.canaries import find_in_redis
from gateway.logs import configure_logs
from gateway.store.canaries import find_in_tables
from tests.integration.identity.conftest import Opener
from tests.integration.identity.visit import SESSION, Visit
from tests.unit.esia.pairs import Pair

CANARIES = (
    *("11223344595", "112-233-445 95", "112-233-445", "7756410885000127", "Каштанова", "Рощин"),
    *("14.03.1985", "1985-03-14", "16776116702", "167-761-167", "7787989718000126"),
)


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """Catch everything that is logged, at the most talkative level."""
    out = io.BytesIO()
    configure_logs("DEBUG", out)
    yield out
    configure_logs("WARNING", io.BytesIO())


@pytest.mark.parametrize("by", ["direct", "broker"])
async def test_the_numbers_go_to_emias_and_nowhere_else(opener: Opener, rsa: Pair, log: io.BytesIO, by: str) -> None:
    """No answer to the site, no log line, no value in Redis, no column holds them; the appointment does."""
    open_visit = opener.direct if by == "direct" else opener.broker
    async with open_visit(rsa) as visit:
        person = "parent" if by == "direct" else "verified"
        unspent = (await visit.login("verified"))["ticket"]
        waiting = await visit.start()
        spent = (await visit.login(person))["ticket"]
        assert (await visit.book(spent, subject="child-1" if by == "direct" else "self")).status_code == 201
        assert (await visit.book(spent)).status_code == 410
        in_redis = await find_in_redis(visit.redis_url, [*CANARIES, unspent, SESSION])
        in_tables = await find_in_tables(visit.database.pool, CANARIES)

        assert in_redis == []
        assert in_tables == []
        heard, logged = "\n".join(visit.heard), log.getvalue().decode()
        assert logged.count("login_identified") == 2
        state = waiting["authorize_url"].partition("state=")[2].partition("&")[0]
        secrets = (unspent, spent, state, SESSION)
        assert [canary for canary in CANARIES if canary in heard] == []
        unlogged = (*CANARIES, *secrets, "client_secret", "Bearer", "code=")
        assert [canary for canary in unlogged if canary in logged] == []
        (made,) = visit.emias.installation.ledger
        assert "".join(filter(str.isdigit, made.patient.snils)) in {"16776116702", "11223344595"}


async def test_what_redis_keeps_opens_under_its_own_name_only(visit: Visit) -> None:
    """Whoever can write to Redis cannot put one visitor's ticket in the place of another's."""
    first, second = (await visit.login())["ticket"], (await visit.login("parent"))["ticket"]
    async with Redis.from_url(visit.redis_url) as redis:
        names = [name async for name in redis.scan_iter("egw:ticket:*")]
        values = [await redis.get(name) for name in names]
        for name, value in zip(names, reversed(values), strict=True):
            assert value is not None
            await redis.set(name, value)
        lasts = [await redis.ttl(name) for name in names]

    answers = [await visit.book(ticket) for ticket in (first, second)]

    assert [answer.json()["code"] for answer in answers] == ["ticket_expired", "ticket_expired"]
    assert lasts == [-1, -1]


async def test_login_and_ticket_are_gone_by_themselves(visit: Visit) -> None:
    """Redis forgets a login after ten minutes and a ticket after thirty, whatever becomes of the gateway."""
    await visit.start()
    await visit.login()
    async with Redis.from_url(visit.redis_url) as redis:
        logins = [await redis.ttl(name) async for name in redis.scan_iter("egw:login:*")]
        tickets = [await redis.ttl(name) async for name in redis.scan_iter("egw:ticket:*")]

    assert [0 < seconds <= 600 for seconds in logins] == [True]
    assert [600 < seconds <= 1800 for seconds in tickets] == [True]
