"""Sealed columns stay sealed."""

from __future__ import annotations

import pytest
from piccolo.columns import Text
from piccolo.table import Table

from admin.masking import Unmasked, check_masked, sealed_names
from admin.tables import tables_shown
from gateway.store.tables import ApiKey, Booking


class Forgetful(Table, tablename="forgetful"):
    """A table whose author forgot to seal two columns."""

    patient_sealed = Text()
    snils_hash = Text()
    patient_mask = Text()
    secret_hash = Text(secret=True)


def test_personal_columns_of_the_schema_are_sealed() -> None:
    """Patients, contacts, their hashes and the secrets of keys are marked so that no answer carries them."""
    wanted = {"patient_sealed", "contact_sealed", "snils_hash", "guest_hash", "birth_hash"}
    assert sealed_names(Booking) == wanted
    assert sealed_names(ApiKey) == {"secret_hash"}


def test_every_shown_table_passes() -> None:
    """All that the admin shows is masked."""
    check_masked(each.table for each in tables_shown())


def test_a_forgotten_mark_stops_the_start() -> None:
    """A bare column is named, with its table."""
    with pytest.raises(Unmasked, match="forgetful: patient_sealed, snils_hash must be marked"):
        check_masked([Forgetful])
