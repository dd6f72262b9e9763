"""`emias-gateway esia check` before the stand of ESIA."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest

from gateway.commands.check_esia import check_esia, run_esia_check
from gateway.commands.findings import Level
from gateway.settings import Settings, read_settings
from tests.integration.identity.conftest import Opener
from tests.unit.esia.pairs import Pair

Make = Callable[..., Settings]


@pytest.fixture
async def settings(opener: Opener, rsa: Pair) -> Make:
    """Make the settings of a clinic with an RSA key."""
    usual = {
        "IDENTITY_PROVIDER": "esia",
        "ESIA_CERT_FILE": str(rsa.certificate_file),
        "ESIA_KEY_FILE": str(rsa.key_file),
        "ESIA_SIGNER": "rsa_local",
    }
    return lambda **changes: read_settings(Settings, opener.given(usual | changes))


async def test_a_right_installation_passes(settings: Make) -> None:
    """Certificate, signer, trust and clock are each a line."""
    lines = await check_esia(settings())

    assert [(what, level) for what, (level, _) in lines] == [
        ("Gosuslugi certificate", Level.OK),
        ("Gosuslugi signer", Level.OK),
        ("Gosuslugi trust", Level.OK),
        ("Gosuslugi clock", Level.OK),
    ]


async def test_gost_passes_too(settings: Make, gost: Pair) -> None:
    """With openssl's engine, and tokens by GOST."""
    lines = await check_esia(
        settings(
            ESIA_CERT_FILE=str(gost.certificate_file),
            ESIA_KEY_FILE=str(gost.key_file),
            ESIA_SIGNER="openssl_gost",
            ESIA_TOKEN_ALG="GOST3410_2012_256",
        )
    )

    assert {level for _, (level, _) in lines} == {Level.OK}


async def test_what_is_wrong_is_the_exit_status(settings: Make, tmp_path: object) -> None:
    """A missing folder of trust and an ESIA that does not answer are failures by name."""
    wrong = settings(ESIA_TRUST_DIR=f"{tmp_path}/none", ESIA_URL="http://127.0.0.1:9")
    with redirect_stdout(io.StringIO()) as printed:
        status = await run_esia_check(wrong)

    assert status == 2
    assert "trust_empty" in printed.getvalue()
    assert "esia_unreachable" in printed.getvalue()


async def test_a_channel_that_cannot_be_opened_is_one_line(settings: Make) -> None:
    """It says what to put right."""
    ((what, (level, says)),) = await check_esia(settings(ESIA_SIGNER="openssl_gost"))

    assert (what, level) == ("Gosuslugi", Level.FAILED)
    assert "openssl_gost" in says


async def test_a_broker_is_asked_where_people_log_in(settings: Make, opener: Opener) -> None:
    """Its description is read and believed, or not."""
    broker = {
        "IDENTITY_PROVIDER": "broker",
        "BROKER_CA_FILE": str(opener.pki.ca),
        "BROKER_CLIENT_ID": "CLINIC01",
        "BROKER_CLIENT_SECRET": "made-up",
    }
    right = await check_esia(settings(**broker, BROKER_ISSUER=opener.stand.broker_issuer))
    wrong = await check_esia(settings(**broker, BROKER_ISSUER=opener.stand.url))

    assert [level for _, (level, _) in (*right, *wrong)] == [Level.OK, Level.FAILED]


async def test_a_login_that_is_off_is_nothing_to_check(settings: Make) -> None:
    """Patients fill in the form."""
    ((_, (level, says)),) = await check_esia(settings(IDENTITY_PROVIDER="off"))

    assert level is Level.OK
    assert "off" in says
