"""Sites, keys and institutions."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from gateway.store.api_keys import KeyRing, hash_secret
from gateway.store.engine import Database
from gateway.store.institutions import Institutions, note_answer, note_error
from gateway.store.sites import Sites
from tests.integration.builders import MadeSite


async def test_key_is_found_until_revoked(database: Database, site: MadeSite) -> None:
    """A new key is found by its id with scopes and hash, and not after it is revoked."""
    ring = KeyRing(database)
    prefix, key_id, secret = (await ring.create(site.id, ["read", "book", "read"], "site page")).split("_")
    assert (prefix, len(bytes.fromhex(secret))) == ("egw", 32)
    key = await ring.find(key_id)
    assert key
    assert (key.site, key.site_id, key.scopes) == (site.code, site.id, frozenset({"read", "book"}))
    assert key.secret_hash == hash_secret(secret)
    assert await ring.revoke(key_id)
    assert not await ring.revoke(key_id)
    assert await ring.find(key_id) is None
    assert await ring.find("unknown") is None


async def test_secret_is_not_kept(database: Database, site: MadeSite) -> None:
    """Nothing of a secret is in the table."""
    whole = await KeyRing(database).create(site.id, ["read"])
    told = await database.pool.fetch("SELECT k::text FROM api_keys k")
    assert all(whole[-64:] not in row["k"] for row in told)


async def test_keys_are_listed(database: Database, site: MadeSite) -> None:
    """Keys are listed by site with label and end, and two may live at once."""
    ring = KeyRing(database)
    await ring.create(site.id, ["read"], "old")
    await ring.create(site.id, ["events"], "new")
    listed = await ring.entries(site.code)
    assert [entry.label for entry in listed] == ["", "old", "new"]
    assert all(entry.revoked_at is None for entry in listed)
    assert await ring.entries("elsewhere") == []
    assert len(await ring.entries()) == 3


async def test_unknown_scope_is_refused(database: Database, site: MadeSite) -> None:
    """A scope that does not exist is refused."""
    with pytest.raises(asyncpg.CheckViolationError):
        await KeyRing(database).create(site.id, ["root"])


async def test_site_is_registered_once(database: Database) -> None:
    """A site registered by many at once is one site, and a code of other letters is refused."""
    sites = Sites(database)
    assert len(set(await asyncio.gather(*(sites.ensure("demo", "Демо") for _ in range(5))))) == 1
    assert await database.pool.fetchval("SELECT name FROM sites") == "Демо"
    with pytest.raises(asyncpg.CheckViolationError):
        await sites.ensure("Демо")


async def test_institution_s_answers_are_noted(database: Database) -> None:
    """An institution keeps its first name, and its answers and failures are noted, once a second at most."""
    institutions = Institutions(database)
    await institutions.ensure("77")
    await institutions.ensure("77", "Поликлиника")
    await institutions.ensure("77", "Другая")
    await note_answer(database.pool, "77")
    await note_error(database.pool, "77", "timeout")
    before = await database.pool.fetchrow("SELECT * FROM institutions")
    assert (before["name"], before["last_error"]) == ("Поликлиника", "timeout")
    assert before["last_ok_at"]
    await note_answer(database.pool, "77")
    await note_error(database.pool, "77", "reset")
    assert await database.pool.fetchrow("SELECT * FROM institutions") == before
