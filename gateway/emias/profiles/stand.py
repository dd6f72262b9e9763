"""The made-up patient with whom a test stand may be rehearsed."""

from __future__ import annotations

from datetime import date

from gateway.domain.patient import OmsPolicy, Patient, PolicyKind, Sex, Snils
from gateway.emias.errors import ProfileError
from gateway.emias.profiles.profile import Profile

__all__ = ["stand_patient"]

_ENP_LENGTH = 16


def stand_patient(profile: Profile) -> Patient:
    """Return the stand's patient, control numbers unchecked; raise `ProfileError` unless it is a test stand's profile.

    This is the only place where the checks of SNILS and policy are passed by.
    """
    if profile.test_stand is None:
        raise ProfileError(profile.folder, "test_stand", "is not there: this is no profile of a test stand")
    given = profile.test_stand.patient
    try:
        birth_date = date.fromisoformat(given.birth_date)
    except ValueError:
        raise ProfileError(profile.folder, "test_stand.patient.birth_date", "should be YYYY-MM-DD") from None
    kind = PolicyKind.ENP if len(given.oms) == _ENP_LENGTH else PolicyKind.OLD
    return Patient(
        last_name=given.last_name,
        first_name=given.first_name,
        middle_name=given.middle_name,
        birth_date=birth_date,
        snils=Snils(given.snils),
        oms=OmsPolicy(kind, given.oms),
        sex=Sex(given.sex) if given.sex else None,
    )
