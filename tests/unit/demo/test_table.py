"""The table gives each child what it needs and no more."""

from __future__ import annotations

from typing import Any

import pytest

from demo.errors import DemoError
from demo.gosuslugi import gosuslugi_settings
from demo.places import Place, Ports
from demo.table import PRODUCT, Setting

_FACTS = {
    "emias_url": "https://127.0.0.1:8443/svc",
    "site_url": "http://127.0.0.1:8083",
    "esia_url": "https://127.0.0.1:8446",
    "esia_public_url": "http://127.0.0.1:8086",
    "esia_issuer": "http://127.0.0.1:8086/",
    "esia_trust_folder": "/pki/esia/trust",
    "esia_callback": "http://127.0.0.1:8083/callback",
    "esia_rsa_client_id": "DEMO_CLINIC",
    "esia_rsa_certificate": "/pki/esia/rsa_cert.pem",
    "esia_rsa_key": "/pki/esia/rsa_key.pem",
    "esia_gost_client_id": "",
    "esia_gost_certificate": "/pki/esia/gost_cert.pem",
    "esia_gost_key": "/pki/esia/gost_key.pem",
    "esia_broker_client_id": "demo-clinic",
    "esia_broker_secret": "/pki/esia/broker-secret",
    "broker_issuer": "https://127.0.0.1:8446/broker",
}
_SECRETS = {"EMIAS_KEY_FILE", "ESIA_KEY_FILE", "FIELD_KEYS_FILE", "LOOKUP_KEY_FILE", "BITRIX_FEED_KEY_FILE"}


def _setting(place: Place, **environment: str) -> Setting:
    return Setting(place, Ports(), {"DATABASE_URL": "postgresql://db", "REDIS_URL": "redis://r", **environment})


def test_the_admin_is_given_no_key(place: Place) -> None:
    """Only gateway and worker hold the keys to EMIAS and to personal data."""
    children = {child.name: child for child in PRODUCT.product(_setting(place), _FACTS).then}
    assert children["gateway"].env.keys() >= _SECRETS
    assert children["sync"].env.keys() >= _SECRETS
    assert not _SECRETS & children["admin"].env.keys()
    assert children["admin"].env["DATABASE_URL"] == "postgresql://db"


def test_an_installations_own_settings_stay_outside(place: Place) -> None:
    """Keys and addresses of a real EMIAS in the shell reach no child of a rehearsal."""
    setting = _setting(place, EMIAS_PKCS12_FILE="/real.p12", FIELD_KEYS="real", EMIAS_URL="https://real")
    table = PRODUCT.product(setting, _FACTS)
    for child in (PRODUCT.stand_in(setting), *table.first, table.key, *table.users, *table.then):
        assert "/real.p12" not in child.env.values()
        assert "real" not in child.env.values()
        assert "https://real" not in child.env.values()


def _gateways(place: Place, facts: dict[str, str], **environment: str) -> dict[str, Any]:
    table = PRODUCT.product(_setting(place, **environment), facts)
    return dict({child.name: child for child in table.then}["gateway"].env)


def test_the_login_by_gosuslugi_is_set_up_by_what_the_stand_said(place: Place) -> None:
    """RSA by itself; GOST, the broker and nothing when asked for, and never what the shell has."""
    usual = _gateways(place, _FACTS, ESIA_URL="https://real", IDENTITY_PROVIDER="broker")
    assert (usual["IDENTITY_PROVIDER"], usual["ESIA_SIGNER"], usual["ESIA_CLIENT_ID"]) == (
        "esia",
        "rsa_local",
        "DEMO_CLINIC",
    )
    assert (usual["ESIA_URL"], usual["ESIA_PUBLIC_URL"]) == ("https://127.0.0.1:8446", "http://127.0.0.1:8086")
    gost = _gateways(place, _FACTS | {"esia_gost_client_id": "DEMO_CLINIC_GOST"}, DEMO_GOSUSLUGI="gost")
    assert (gost["ESIA_SIGNER"], gost["ESIA_TOKEN_ALG"]) == ("openssl_gost", "GOST3410_2012_256")
    assert gost["ESIA_KEY_FILE"] == "/pki/esia/gost_key.pem"
    broker = _gateways(place, _FACTS, DEMO_GOSUSLUGI="broker")
    assert (broker["IDENTITY_PROVIDER"], "ESIA_URL" in broker) == ("broker", False)
    assert _gateways(place, _FACTS, DEMO_GOSUSLUGI="off")["IDENTITY_PROVIDER"] == "off"


@pytest.mark.parametrize(("way", "code"), [("gost", "gost_missing"), ("esia", "gosuslugi_unknown")])
def test_a_login_that_cannot_be_had_is_refused_by_name(place: Place, way: str, code: str) -> None:
    """GOST without the engine and an unknown way say what to do."""
    with pytest.raises(DemoError) as refused:
        gosuslugi_settings(place, _FACTS, way)
    assert refused.value.code == code


def test_there_is_a_login_of_each_role(place: Place) -> None:
    """A rehearsal has one user of each role, and one-time codes only when asked for."""
    table = PRODUCT.product(_setting(place), _FACTS)
    roles = [child.argv[child.argv.index("--role") + 1] for child in table.users]
    assert roles == ["administrator", "operator", "viewer", "auditor"]
    admin = {child.name: child for child in table.then}["admin"]
    assert admin.env["ADMIN_MFA"] == "off"
    asked = PRODUCT.product(_setting(place, DEMO_MFA="required", ADMIN_MFA="optional"), _FACTS)
    assert {child.name: child for child in asked.then}["admin"].env["ADMIN_MFA"] == "required"


def test_no_command_line_holds_a_secret(place: Place) -> None:
    """Passwords and keys are handed over in files and the environment."""
    setting = _setting(place)
    table = PRODUCT.product(setting, _FACTS)
    secrets = {path.read_text() for path in place.folder.iterdir() if path.is_file()}
    for child in (PRODUCT.stand_in(setting), *table.first, table.key, *table.users, *table.then):
        assert not secrets & set(child.argv)
