"""The rehearsal's login by Gosuslugi: which of the stand's cards the gateway is set up with."""

from __future__ import annotations

from collections.abc import Mapping

from demo.errors import DemoError
from demo.places import Place

__all__ = ["WAYS", "gosuslugi_settings"]

WAYS = ("rsa", "gost", "broker", "off")
_SCOPES = "openid fullname birthdate snils medical_doc kid_fullname kid_birthdate kid_snils kid_medical_doc"


def gosuslugi_settings(place: Place, facts: Mapping[str, str], way: str) -> dict[str, str]:
    """Write the gateway's settings for one of the `WAYS` out of what the stand has said.

    Raises:
        DemoError: ``gosuslugi_unknown`` for another way, ``gost_missing`` where openssl has no GOST engine.
    """
    if way not in WAYS:
        raise DemoError("gosuslugi_unknown", way=way, ways=", ".join(WAYS))
    if way == "off":
        return {"IDENTITY_PROVIDER": "off"}
    if way == "gost" and not facts["esia_gost_client_id"]:
        raise DemoError("gost_missing")
    callback = {"IDENTITY_REDIRECT_URI": facts["esia_callback"]}
    return callback | (_broker(place, facts) if way == "broker" else _direct(place, facts, way))


def _direct(place: Place, facts: Mapping[str, str], way: str) -> dict[str, str]:
    signing = {
        "rsa": {"ESIA_SIGNER": "rsa_local", "ESIA_TOKEN_ALG": "RS256"},
        "gost": {"ESIA_SIGNER": "openssl_gost", "ESIA_TOKEN_ALG": "GOST3410_2012_256"},
    }
    return signing[way] | {
        "IDENTITY_PROVIDER": "esia",
        "ESIA_URL": facts["esia_url"],
        "ESIA_PUBLIC_URL": facts["esia_public_url"],
        "ESIA_CA_FILE": str(place.pki / "ca.pem"),
        "ESIA_ISSUER": facts["esia_issuer"],
        "ESIA_TRUST_DIR": facts["esia_trust_folder"],
        "ESIA_SCOPES": _SCOPES,
        "ESIA_CLIENT_ID": facts[f"esia_{way}_client_id"],
        "ESIA_CERT_FILE": facts[f"esia_{way}_certificate"],
        "ESIA_KEY_FILE": facts[f"esia_{way}_key"],
    }


def _broker(place: Place, facts: Mapping[str, str]) -> dict[str, str]:
    return {
        "IDENTITY_PROVIDER": "broker",
        "BROKER_ISSUER": facts["broker_issuer"],
        "BROKER_CA_FILE": str(place.pki / "ca.pem"),
        "BROKER_CLIENT_ID": facts["esia_broker_client_id"],
        "BROKER_CLIENT_SECRET_FILE": facts["esia_broker_secret"],
    }
