"""What the store's tests share."""

from __future__ import annotations

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from gateway.store.bookings import BookingLedger
from gateway.store.cipher import Cipher
from gateway.store.directory import Directory
from gateway.store.engine import Database
from gateway.store.holds import HoldLedger
from gateway.store.idempotency import IdempotencyBook
from gateway.store.sync_book import SyncBook
from tests.integration.builders import MadeDoctor, MadeSite, Maker


@pytest.fixture(scope="session")
def cipher() -> Cipher:
    """Make a cipher with one key."""
    return Cipher.from_keys([Fernet.generate_key().decode()], "lookup-key-of-thirty-two-letters-or-more")


@pytest.fixture
def holds(database: Database) -> HoldLedger:
    """Give the ledger of holds."""
    return HoldLedger(database)


@pytest.fixture
def bookings(database: Database, cipher: Cipher) -> BookingLedger:
    """Give the ledger of bookings."""
    return BookingLedger(database, cipher)


@pytest.fixture
def book(database: Database) -> IdempotencyBook:
    """Give the book of idempotency keys."""
    return IdempotencyBook(database)


@pytest.fixture
def directory(database: Database) -> Directory:
    """Give the directory."""
    return Directory(database)


@pytest.fixture
def sync(database: Database) -> SyncBook:
    """Give the due list."""
    return SyncBook(database)


@pytest_asyncio.fixture
async def site(maker: Maker) -> MadeSite:
    """Make a site."""
    return await maker.site()


@pytest_asyncio.fixture
async def doctor(maker: Maker, site: MadeSite) -> MadeDoctor:
    """Make a bookable doctor."""
    return await maker.doctor(site)
