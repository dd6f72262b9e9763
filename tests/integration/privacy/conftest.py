"""What the tests of personal data share."""

from __future__ import annotations

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet

from gateway.store.cipher import Cipher
from gateway.store.engine import Database
from tests.integration.builders import Maker
from tests.integration.privacy.archive import Archive

LOOKUP_KEY = "lookup-key-of-thirty-two-letters-or-more"


@pytest.fixture(scope="session")
def cipher() -> Cipher:
    """Make a cipher with one key."""
    return Cipher.from_keys([Fernet.generate_key().decode()], LOOKUP_KEY)


@pytest_asyncio.fixture
async def archive(database: Database, maker: Maker, cipher: Cipher) -> Archive:
    """Begin an archive of one doctor."""
    return Archive(database, cipher, await maker.doctor(await maker.site()))
