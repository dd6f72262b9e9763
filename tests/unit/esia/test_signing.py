"""What is signed, byte for byte, and what our certificate is known by."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import gostcrypto
import pytest

from gateway.esia.certificate import certificate_hash, read_certificate
from gateway.esia.errors import EsiaSetupError
from gateway.esia.openssl import OpenSsl
from gateway.esia.signing import signed_by_v1, signed_by_v2, timestamp, unpadded
from tests.unit.esia.pairs import Pair

_FIELDS = {
    "scope": "openid fullname",
    "timestamp": "2026.11.23 09:00:00 +0000",
    "client_id": "CLINIC01",
    "state": "5a0d3c8e-0b7f-4e57-9a1c-2f1f0c8b1100",
}
_REDIRECT = "https://clinic.example/esia/callback/"


def test_the_old_string_begins_with_the_scope() -> None:
    """The old endpoints sign scope, time, client and state."""
    expected = b"openid fullname2026.11.23 09:00:00 +0000CLINIC015a0d3c8e-0b7f-4e57-9a1c-2f1f0c8b1100"

    assert signed_by_v1(**_FIELDS) == expected


def test_the_new_string_begins_with_the_client_and_ends_with_the_address() -> None:
    """The first request of the new interface signs client, scope, time, state and redirect_uri."""
    expected = b"CLINIC01openid fullname2026.11.23 09:00:00 +00005a0d3c8e-0b7f-4e57-9a1c-2f1f0c8b1100"

    assert signed_by_v2(**_FIELDS, redirect_uri=_REDIRECT) == expected + _REDIRECT.encode()


def test_the_exchange_signs_the_code_last() -> None:
    """The second request signs the same and the code after it."""
    first = signed_by_v2(**_FIELDS, redirect_uri=_REDIRECT)

    assert signed_by_v2(**_FIELDS, redirect_uri=_REDIRECT, code="c-1") == first + b"c-1"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-9, minutes=-30))])
def test_a_moment_is_written_in_utc_whatever_the_clock_s_zone(zone: timezone) -> None:
    """ESIA compares moments, written in one way."""
    now = datetime(2026, 11, 23, 9, 0, 7, tzinfo=UTC).astimezone(zone)

    assert timestamp(now) == "2026.11.23 09:00:07 +0000"


def test_bytes_travel_url_safe_without_padding() -> None:
    """Neither plus, slash nor equals sign needs an escape."""
    assert unpadded(b"\xfb\xff\xfe\x00") == "-__-AA"


async def test_an_rsa_certificate_is_known_by_sha256_of_its_der(rsa: Pair) -> None:
    """Not of the file, in upper case."""
    certificate = read_certificate(rsa.certificate_file)

    found = await certificate_hash(certificate, OpenSsl())

    assert found == hashlib.sha256(certificate.der).hexdigest().upper()
    assert found != hashlib.sha256(rsa.certificate_file.read_bytes()).hexdigest().upper()


async def test_a_gost_certificate_is_known_by_streebog_of_its_der(gost: Pair) -> None:
    """As an implementation that owes nothing to openssl says too."""
    certificate = read_certificate(gost.certificate_file)
    der = subprocess.run(  # noqa: ASYNC221, S603 - our own words, for a moment
        ["openssl", "x509", "-in", str(gost.certificate_file), "-outform", "DER"],  # noqa: S607 - wherever it is
        capture_output=True,
        check=True,
    ).stdout
    oracle = bytes(gostcrypto.gosthash.new("streebog256", data=der).digest()).hex().upper()

    assert certificate.is_gost
    assert await certificate_hash(certificate, OpenSsl()) == oracle


@pytest.mark.parametrize("content", [None, b"not a certificate"])
def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """The message names the file and what to do."""
    file = tmp_path / "ours.pem"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(EsiaSetupError, match=r"ours\.pem"):
        read_certificate(file)
