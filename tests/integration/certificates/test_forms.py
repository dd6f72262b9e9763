"""The forms in which certificates are issued, from the ciphers of the 1990s to those of today."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import PrivateFormat, load_pem_private_key, pkcs12
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES
from cryptography.x509 import load_pem_x509_certificate

from gateway.emias.certificate import TlsFiles, read_identity
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.errors import TlsSetupError
from gateway.emias.tls_refusals import TLS_REFUSALS
from simulator.running import Simulator
from tests.integration.certificates.conftest import Wallet

# Certificate under 40-bit RC2, key under 3DES, made up for this test and shown to nobody; the password is "made-up".
_RC2 = (
    "MIIDegIBAzCCA0AGCSqGSIb3DQEHAaCCAzEEggMtMIIDKTCCAh8GCSqGSIb3DQEHBqCCAhAwggIMAgEAMIICBQYJKoZIhvcNAQcB"
    "MBwGCiqGSIb3DQEMAQYwDgQIAx0XBrAcAeECAggAgIIB2FNC5rqzdmYd0QB3dSwI/OfDUDP4JBv06j34L0oTrS2iejERr+uC9Sh1"
    "yX5SP/YOrlhggT2J+f7xZdIOfdSdrXvyXkpGm06rvBESYeCQ2Ysg48szuiMDQ9H11YNXgZX7lORu4g4pQn0yH8mBgOA2W4EvjFZR"
    "X80NMg5ffcmC7S0ihdu8+Qszx6cHJsfJFi9UiafHQf7/MluoRO3yfzJu3VSdFu+GJojHMBNk9Bxiv2nTaZhsf4phBSHS74mmY5AM"
    "8DQZDCvnDde4cj9B02A4unH3mM1Z0dBvId8LHhNVWCq/M1zFwCW+kEHm5lnonO5zOz9N+iz/S6VwJaZYsolqWH4cLvVPOCoFKvOx"
    "5MRvbmgrNs7jItUGhGC3nA6eLLv79CZenCjLmxvfyDjTwxTUKjrN8vUoyByZrJ/Y+kXXDygkgADdKMjJUfnGKuFiuqbFoieuu9ut"
    "IAnQMEk6guJyAVG9XuK6/XkXm/3z4/AKp8MRuSDYdAa9+liWb1aZuksxRfUE5xOKJPLjff3AdlBVFPBdMyRSWXM37M6yl1i5airX"
    "qXl2nIKE6gRLUKXoGZ6TMts3URgRZfWWImrYafPLx+Gy3oscmrWbo5RGres4r0jnbVivCtgXUrIwggECBgkqhkiG9w0BBwGggfQE"
    "gfEwge4wgesGCyqGSIb3DQEMCgECoIG0MIGxMBwGCiqGSIb3DQEMAQMwDgQItSuYwQPWiqACAggABIGQ137HdZG87pbIIgf5QSnf"
    "NSv4IrhQYHn5+1uSeTDbVZCNz/5iAmWX0YhTiZV5/x8c4MaccAbdK2eZiByELutR333AKpiaWgFwbQFJeyECz2RuTyKKqUeJH3zc"
    "nnJD9npsg3xN5IJPDKvgFdKKR7kKd0MP4YCtaY1nV+92wSN20xHYpaMAIZ/eCERSKoH1fnUdMSUwIwYJKoZIhvcNAQkVMRYEFO4E"
    "sTuBnAe85z5+/J3voocPOuDHMDEwITAJBgUrDgMCGgUABBQarAXn2T8jAkqIaIcf5xz/upgO8AQI2LBWh2ut6doCAggA"
)


def test_a_file_of_the_1990s_is_opened(tmp_path: Path) -> None:
    """PKCS#12 under RC2 and 3DES needs no conversion; its password is told from a wrong one."""
    file = tmp_path / "old.p12"
    file.write_bytes(base64.b64decode(_RC2))

    identity = read_identity(TlsFiles(pkcs12_file=file, password=b"made-up"))

    assert identity is not None
    assert identity.certificate.subject.rfc4514_string() == "CN=made up"
    for password, code in ((b"another", "wrong_password"), (None, "password_missing")):
        with pytest.raises(TlsSetupError) as refusal:
            read_identity(TlsFiles(pkcs12_file=file, password=password))
        assert refusal.value.code == code


async def test_a_file_under_3des_opens_the_channel(simulator: Simulator, tmp_path: Path) -> None:
    """The identity inside is shown to EMIAS, its password read from a file."""
    pki = simulator.pki
    file, password_file = tmp_path / "emias.p12", tmp_path / "password"
    password_file.write_text("made-up\n", encoding="utf-8")
    lock = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(SHA1())  # noqa: S303 - the very form that old files have
        .build(b"made-up")
    )
    key = load_pem_private_key(pki.client_key.read_bytes(), password=None)
    certificate = load_pem_x509_certificate(pki.client_cert.read_bytes())
    assert isinstance(key, EllipticCurvePrivateKey)
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"emias", key, certificate, None, lock))
    files = TlsFiles(ca_file=pki.ca, pkcs12_file=file, password_file=password_file)

    async with open_emias(EmiasChannel("seed-soap", simulator.emias_url, files)) as emias:
        assert await emias.probe("0101")


def test_a_password_file_that_is_empty_is_no_password(wallet: Wallet, tmp_path: Path) -> None:
    """Nobody is asked for it; the error says that it is missing."""
    empty = tmp_path / "empty"
    empty.write_text("\n")
    files = TlsFiles(cert_file=wallet.pki.client_cert, key_file=wallet.pki.client_key_encrypted, password_file=empty)

    with pytest.raises(TlsSetupError) as refusal:
        read_identity(files)
    assert refusal.value.code == "password_missing"


def test_what_is_no_pkcs12_is_not_blamed_on_the_password(tmp_path: Path) -> None:
    """PEM under the name of a PKCS#12 is told as such."""
    file = tmp_path / "emias.p12"
    file.write_text("-----BEGIN CERTIFICATE-----\n")

    with pytest.raises(TlsSetupError) as refusal:
        read_identity(TlsFiles(pkcs12_file=file, password=b"x"))
    assert refusal.value.code == "file_unreadable"


def test_every_code_is_explained_to_the_operator() -> None:
    """The page on certificates has a row for each code, and each code has advice in both languages."""
    page = (Path(__file__).parents[3] / "certs" / "README.md").read_text(encoding="utf-8")

    assert [code for code in TLS_REFUSALS if f"`{code}`" not in page] == []
    assert [code for code, advice in TLS_REFUSALS.items() if " / " not in advice] == []
