"""The table gives each child what it needs and no more."""

from __future__ import annotations

from demo.places import Place, Ports
from demo.table import PRODUCT, Setting

_FACTS = {"emias_url": "https://127.0.0.1:8443/svc", "site_url": "http://127.0.0.1:8083"}
_SECRETS = {"EMIAS_KEY_FILE", "FIELD_KEYS_FILE", "LOOKUP_KEY_FILE", "BITRIX_FEED_KEY_FILE"}


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
    for child in (PRODUCT.stand_in(setting), *table.first, table.key, table.user, *table.then):
        assert "/real.p12" not in child.env.values()
        assert "real" not in child.env.values()
        assert "https://real" not in child.env.values()


def test_no_command_line_holds_a_secret(place: Place) -> None:
    """Passwords and keys are handed over in files and the environment."""
    setting = _setting(place)
    table = PRODUCT.product(setting, _FACTS)
    secrets = {path.read_text() for path in place.folder.iterdir() if path.is_file()}
    for child in (PRODUCT.stand_in(setting), *table.first, table.key, table.user, *table.then):
        assert not secrets & set(child.argv)
