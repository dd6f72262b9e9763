"""Personal data at rest."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.fernet import Fernet, InvalidToken

from gateway.domain.patient import Snils
from gateway.store.cipher import Cipher
from tests.integration.builders import PATIENT

_LOOKUP = "lookup-key-of-thirty-two-letters-or-more"


def _cipher(*keys: bytes) -> Cipher:
    return Cipher.from_keys([key.decode() for key in keys], _LOOKUP)


def test_patient_is_sealed_and_opened() -> None:
    """A sealed patient comes back whole, and the seal shows none of it."""
    cipher = _cipher(Fernet.generate_key())
    sealed = cipher.seal_patient(PATIENT)
    assert cipher.open_patient(sealed) == PATIENT
    assert PATIENT.snils.digits not in sealed


def test_retired_key_still_opens() -> None:
    """What the retired key sealed opens after a rotation, and new seals need the new key."""
    old, new = Fernet.generate_key(), Fernet.generate_key()
    sealed = _cipher(old).seal_text("+7 900 000-00-00")
    rotated = _cipher(new, old)
    assert rotated.open_text(sealed) == "+7 900 000-00-00"
    with pytest.raises(InvalidToken):
        _cipher(old).open_text(rotated.seal_text("x"))


def test_hashes_depend_on_the_lookup_key_and_the_use() -> None:
    """Hashes differ by key and by what they name, and say nothing of the value."""
    cipher = _cipher(Fernet.generate_key())
    other = Cipher.from_keys([Fernet.generate_key().decode()], _LOOKUP[::-1])
    snils = Snils.parse("087-654-303 00")
    assert cipher.snils_hash(snils) != other.snils_hash(snils)
    assert cipher.snils_hash(snils) != cipher.snils_hash(PATIENT.snils)
    assert cipher.birth_hash(date(1985, 3, 14)) != cipher.guest_hash("1985-03-14", "")


def test_guest_may_space_and_case_the_ticket() -> None:
    """A ticket is the same however the guest spaces and cases it."""
    cipher = _cipher(Fernet.generate_key())
    birth = cipher.birth_hash(date(1985, 3, 14))
    assert cipher.guest_hash(" а-12 34", birth) == cipher.guest_hash("А-1234", birth)


@pytest.mark.parametrize(
    ("keys", "lookup"), [([], _LOOKUP), (["not a key"], _LOOKUP), ([Fernet.generate_key().decode()], "short")]
)
def test_wrong_keys_are_refused(keys: list[str], lookup: str) -> None:
    """A missing, malformed or short key stops the start."""
    with pytest.raises(ValueError, match=r"key|base64"):
        Cipher.from_keys(keys, lookup)


def test_cipher_prints_no_key() -> None:
    """A cipher's representation tells no key."""
    assert _LOOKUP not in repr(_cipher(Fernet.generate_key()))
