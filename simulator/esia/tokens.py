"""ESIA's two tokens, as public samples show them, and what a fault changes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.esia.jwt import SIGNING_FAULTS, sign_token
from simulator.esia.sessions import Grant
from simulator.esia.token_keys import KeyRing

__all__ = ["ACCESS_SECONDS", "Tokens", "write_tokens"]

ACCESS_SECONDS = 3600
_ID_SECONDS = 10_800
_HOUR = 3600
_ELSEWHERE = "http://esia.elsewhere.example/"
_ANOTHER_SYSTEM = "ANOTHER_SYSTEM"


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """Hold the two tokens in their places."""

    access: str
    id: str


async def write_tokens(keys: KeyRing, grant: Grant, *, issuer: str, now: datetime, fault: str = "") -> Tokens:
    """Write the tokens of a login, spoiled when a fault of the token endpoint is named."""
    algorithm = grant.asked.system.token_alg
    access = {**_times(now, ACCESS_SECONDS, fault), **_access_claims(grant, issuer)}
    identity = {**_times(now, _ID_SECONDS, fault), **_id_claims(grant, issuer)}
    if fault == "wrong_iss":
        access["iss"] = identity["iss"] = _ELSEWHERE
    if fault == "wrong_aud":
        access["client_id"] = identity["aud"] = _ANOTHER_SYSTEM
    if fault == "swapped_sub":
        _be_about(identity, grant.person.oid + 1)
    signing = fault if fault in SIGNING_FAULTS else ""
    tokens = Tokens(
        access=await sign_token(keys, algorithm, {"ver": 1, "typ": "JWT", "sbt": "access"}, access, signing),
        id=await sign_token(keys, algorithm, {"ver": 0, "typ": "JWT", "sbt": "id"}, identity, signing),
    )
    return Tokens(tokens.id, tokens.access) if fault == "swapped_sbt" else tokens


def _times(now: datetime, seconds: int, fault: str) -> dict[str, int]:
    begins = int(now.timestamp())
    if fault == "expired":
        begins -= seconds + _HOUR
    if fault == "future_nbf":
        begins += _HOUR
    return {"nbf": begins, "iat": begins, "exp": begins + seconds}


def _access_claims(grant: Grant, issuer: str) -> dict[str, Any]:
    oid = grant.person.oid
    return {
        "iss": issuer,
        "scope": " ".join(f"{one}?oid={oid}" for one in grant.asked.scope.split()),
        "urn:esia:sid": grant.session,
        "urn:esia:sbj_id": oid,
        "client_id": grant.asked.system.client_id,
    }


def _id_claims(grant: Grant, issuer: str) -> dict[str, Any]:
    oid = grant.person.oid
    subject = {"urn:esia:sbj:typ": "P", "urn:esia:sbj:oid": oid, "urn:esia:sbj:nam": f"OID.{oid}"}
    if grant.person.trusted:
        subject["urn:esia:sbj:is_tru"] = True
    return {
        "iss": issuer,
        "aud": grant.asked.system.client_id,
        "sub": oid,
        "auth_time": int(grant.at.timestamp()),
        "amr": "PWD",
        "urn:esia:amd": "PWD",
        "urn:esia:sid": grant.session,
        "urn:esia:sbj": subject,
    }


def _be_about(claims: dict[str, Any], oid: int) -> None:
    subject: Mapping[str, Any] = claims["urn:esia:sbj"]
    claims["sub"] = oid
    claims["urn:esia:sbj"] = {**subject, "urn:esia:sbj:oid": oid, "urn:esia:sbj:nam": f"OID.{oid}"}
