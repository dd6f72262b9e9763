"""What the broker says of a person, in OpenID Connect's names where there are such."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.esia.persons import Person, Policy
from simulator.esia.sessions import Grant

__all__ = ["claims_of", "id_claims"]

_ID_SECONDS = 600
_HOUR = 3600
_ELSEWHERE = "https://broker.elsewhere.example"


def claims_of(person: Person, scopes: frozenset[str]) -> dict[str, Any]:
    """Tell what the scopes open; what there is not is left out."""
    told: dict[str, Any] = {"sub": str(person.oid), "trusted": person.trusted}
    if "profile" in scopes:
        told |= {
            "family_name": person.last_name,
            "given_name": person.first_name,
            "middle_name": person.middle_name,
            "birthdate": "-".join(reversed(person.birth_date.split("."))),
            "gender": {"F": "female", "M": "male"}[person.gender],
        }
    if "snils" in scopes:
        told["snils"] = person.snils
    policy = _best(person.policies)
    if "oms" in scopes and policy is not None:
        told |= {
            "oms_number": policy.number,
            "oms_series": policy.series,
            "oms_verified": policy.status == "VERIFIED",
        }
    return {name: value for name, value in told.items() if value is not None}


def id_claims(grant: Grant, *, issuer: str, now: datetime, fault: str) -> dict[str, Any]:
    """Write the claims of the id_token, spoiled when a fault names them."""
    begins = int(now.timestamp()) + {"expired": -_ID_SECONDS - _HOUR, "future_nbf": _HOUR}.get(fault, 0)
    claims = {
        "iss": _ELSEWHERE if fault == "wrong_iss" else issuer,
        "aud": "ANOTHER_SYSTEM" if fault == "wrong_aud" else grant.asked.system.client_id,
        "sub": str(grant.person.oid + 1 if fault == "swapped_sub" else grant.person.oid),
        "iat": begins,
        "nbf": begins,
        "exp": begins + _ID_SECONDS,
        "auth_time": int(grant.at.timestamp()),
    }
    if grant.asked.nonce is not None:
        claims["nonce"] = "another" if fault == "wrong_nonce" else grant.asked.nonce
    return claims


def _best(policies: tuple[Policy, ...]) -> Policy | None:
    """Prefer a verified policy; a broker tells of one."""
    return min(policies, key=lambda policy: policy.status != "VERIFIED", default=None)
