"""The rehearsal's clinic: its keys, and its cards at ESIA and at the broker, made anew at each start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulator.esia import gost
from simulator.esia.stand import EsiaStand
from simulator.esia.token_keys import RSA_BITS, make_rsa_certificate
from simulator.pki import write_private

__all__ = ["CALLBACK_PATH", "Clinic", "open_clinic"]

CALLBACK_PATH: Final = "/local/tools/emias.gateway/gosuslugi.php"
_TITLE = "Городская поликлиника (стенд)"
_DAYS = 365
_SCOPES = (
    *("openid", "fullname", "birthdate", "snils", "medical_doc"),
    *("profile", "oms"),  # the broker's
    *("kid_fullname", "kid_birthdate", "kid_snils", "kid_medical_doc"),
)


@dataclass(frozen=True, slots=True)
class Clinic:
    """Name what the clinic's gateway is to be set up with; no `gost_client_id` where openssl has no GOST engine."""

    rsa_client_id: str
    rsa_key: Path
    rsa_certificate: Path
    gost_client_id: str
    gost_key: Path
    gost_certificate: Path
    broker_client_id: str
    broker_secret: Path


async def open_clinic(stand: EsiaStand, folder: Path, callback: str) -> Clinic:
    """Make the keys in a folder and register the clinic: once with RSA, once with GOST, once with the broker."""
    clinic = _clinic(folder, has_gost=stand.installation.keys.can_sign("GOST3410_2012_256"))
    usual: dict[str, object] = {"title": _TITLE, "redirect_uris": [callback], "scopes": list(_SCOPES)}
    systems = stand.installation.systems
    certificate = _make_rsa(clinic)
    await systems.register({**usual, "client_id": clinic.rsa_client_id, "certificates": [certificate]})
    if clinic.gost_client_id:
        card = {"client_id": clinic.gost_client_id, "token_alg": "GOST3410_2012_256"}
        await systems.register({**usual, **card, "certificates": [await _make_gost(clinic)]})
    secret = secrets.token_urlsafe()
    write_private(clinic.broker_secret, secret.encode())
    await systems.register({**usual, "client_id": clinic.broker_client_id, "secret": secret})
    return clinic


def _clinic(folder: Path, *, has_gost: bool) -> Clinic:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Clinic(
        rsa_client_id="DEMO_CLINIC",
        rsa_key=folder / "rsa_key.pem",
        rsa_certificate=folder / "rsa_cert.pem",
        gost_client_id="DEMO_CLINIC_GOST" if has_gost else "",
        gost_key=folder / "gost_key.pem",
        gost_certificate=folder / "gost_cert.pem",
        broker_client_id="demo-clinic",
        broker_secret=folder / "broker-secret",
    )


def _make_rsa(clinic: Clinic) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    certificate = make_rsa_certificate(key, clinic.rsa_client_id, _DAYS)
    write_private(clinic.rsa_key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write_private(clinic.rsa_certificate, certificate)
    return certificate.decode()


async def _make_gost(clinic: Clinic) -> str:
    pair = await gost.make_gost_pair(clinic.gost_client_id, _DAYS)
    write_private(clinic.gost_key, pair.key)
    write_private(clinic.gost_certificate, pair.certificate)
    return pair.certificate.decode()
