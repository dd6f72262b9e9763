"""The settings: every variable that is wrong is named, no secret is ever shown."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.settings import (
    AdminSettings,
    DatabaseSettings,
    Settings,
    SettingsError,
    read_settings,
    settings_table,
)

FERNET_KEY = urlsafe_b64encode(b"a made-up key for the settings. ").decode()
LOOKUP_KEY = "canary-lookup-key-of-32-characters-"
NEEDED = {
    "DATABASE_URL": "postgresql://gateway:canary-db@db:5432/gateway",
    "EMIAS_URL": "https://emias.example/ws",
    "FIELD_KEYS": FERNET_KEY,
    "LOOKUP_KEY": LOOKUP_KEY,
    "REDIS_URL": "redis://:canary-redis@redis:6379/0",
}
SECRETS = {
    **NEEDED,
    "BITRIX_FEED_URL": "https://clinic.example/ajax.php",
    "BITRIX_FEED_KEY": "canary-feed",
    "EMIAS_KEY_PASSWORD": "canary-password",
}
CANARIES = ("canary", FERNET_KEY)


def _complaints(environment: Mapping[str, str], model: type[DatabaseSettings] = Settings) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(model, environment)
    assert caught.value.__cause__ is None
    return str(caught.value).splitlines()


def test_what_is_needed_is_enough() -> None:
    """Five variables make a gateway; the rest has defaults."""
    settings = read_settings(Settings, NEEDED)
    assert settings.database_url.get_secret_value() == NEEDED["DATABASE_URL"]
    assert (settings.site_id, settings.gateway_port, settings.institutions) == ("main", 8080, {})
    assert settings.lag_after == timedelta(minutes=30)


def test_every_missing_variable_is_named_at_once() -> None:
    """An empty environment is answered with all that it lacks, and with what each should be."""
    lines = _complaints({})
    assert [line.split(":")[0] for line in lines] == list(NEEDED)
    assert all("is not set — should be: " in line for line in lines)


def test_the_admin_asks_for_no_key_to_personal_data() -> None:
    """The admin needs the database and nothing of EMIAS, Redis or the keys."""
    assert _complaints({}, AdminSettings)[0].startswith("DATABASE_URL: is not set")
    settings = read_settings(AdminSettings, SECRETS)
    assert not {"field_keys", "lookup_key", "emias_url", "redis_url"} & set(type(settings).model_fields)


@pytest.mark.parametrize("blank", list(NEEDED))
def test_an_empty_variable_is_not_set(blank: str) -> None:
    """A variable set to nothing, as compose files leave it, counts as missing."""
    (line,) = _complaints(NEEDED | {blank: ""})
    assert line.startswith(f"{blank}: is not set")


def test_an_empty_optional_variable_has_its_default() -> None:
    """A number or an address set to nothing is the default."""
    settings = read_settings(Settings, NEEDED | {"EMIAS_RATE": "", "SITE_URL": "", "EMIAS_CA_FILE": ""})
    assert (settings.emias_rate, settings.site_url, settings.emias_ca_file) == (2.0, None, None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_POOL", "0"),
        ("DATABASE_POOL", "1"),
        ("DATABASE_POOL", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("EMIAS_URL", "emias.example"),
        ("EMIAS_URL", "http://emias.example/ws"),
        ("EMIAS_URL", "http://10.0.0.7/ws"),
        ("EMIAS_URL", "https://"),
        ("EMIAS_URL", "ftp://localhost/"),
        ("EMIAS_RATE", "-1"),
        ("EMIAS_RATE", "inf"),
        ("EMIAS_BURST", "1.5"),
        ("EMIAS_CONCURRENCY", "0"),
        ("EMIAS_BOOKING_SHARE", "1"),
        ("EMIAS_BOOKING_SHARE", "nan"),
        ("INSTITUTIONS", "=Поликлиника"),
        ("INSTITUTIONS", "0101=А,0101=Б"),
        ("INSTITUTIONS", "1" * 65),
        ("SITE_ID", "Главный сайт"),
        ("MIRROR_EVERY", "0"),
        ("FIELD_KEYS", "canary"),
        ("FIELD_KEYS", "канарейка"),
        ("FIELD_KEYS", " , "),
        ("FIELD_KEYS", f"{FERNET_KEY},canary"),
        ("LOOKUP_KEY", "canary-too-short"),
        ("GATEWAY_PORT", "65536"),
        ("INTERNAL_PORT", "-1"),
        ("SYNC_INTERNAL_PORT", "http"),
        ("HOLD_PATIENCE", "inf"),
        ("HOLD_PATIENCE", "0"),
        ("HOLDS_PER_VISITOR", "0"),
        ("KEY_RATE", "0"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str) -> None:
    """The one line names the variable, tells what it should be, and quotes no secret."""
    (line,) = _complaints(NEEDED | {variable: value})
    assert line.startswith(f"{variable}: ")
    assert "should be: " in line
    assert not any(canary in line for canary in CANARIES)


def test_all_wrong_variables_are_named_at_once() -> None:
    """Missing and wrong ones stand in one list."""
    lines = _complaints(NEEDED | {"REDIS_URL": "", "EMIAS_RATE": "x", "LOOKUP_KEY": "short"})
    assert {line.split(":")[0] for line in lines} == {"REDIS_URL", "EMIAS_RATE", "LOOKUP_KEY"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"EMIAS_KEY_FILE": "key.pem"}, ["EMIAS_KEY_FILE", "EMIAS_CERT_FILE"]),
        ({"EMIAS_CERT_FILE": "c.pem", "EMIAS_PKCS12_FILE": "c.p12"}, ["EMIAS_CERT_FILE", "EMIAS_PKCS12_FILE"]),
        ({"BITRIX_FEED_URL": "https://clinic.example"}, ["BITRIX_FEED_URL", "BITRIX_FEED_KEY_FILE"]),
        ({"SYNC_SHORTEST": "900", "SYNC_LONGEST": "300"}, ["SYNC_SHORTEST", "SYNC_LONGEST"]),
    ],
)
def test_variables_that_do_not_fit_each_other_are_named(given: dict[str, str], named: list[str]) -> None:
    """A contradiction names both sides."""
    (line,) = _complaints(NEEDED | given)
    assert all(name in line for name in named)


def test_every_contradiction_is_told() -> None:
    """Two contradictions are two lines."""
    given = {"EMIAS_KEY_FILE": "key.pem", "SYNC_SHORTEST": "900", "SYNC_LONGEST": "300"}
    assert len(_complaints(NEEDED | given)) == 2


@pytest.mark.parametrize(
    "address", ["https://emias.example/ws", "http://127.0.0.1:9000/", "http://[::1]:9000/", "http://localhost/"]
)
def test_plain_http_stays_on_this_machine(address: str) -> None:
    """EMIAS is spoken to over TLS, or on loopback."""
    assert read_settings(Settings, NEEDED | {"EMIAS_URL": address}).emias_url == address


def test_institutions_are_a_list_of_codes_and_names() -> None:
    """Spaces do not matter, a name may be missing and may hold an equals sign."""
    given = " 0101 = Поликлиника № 1 ,0202, 0303=А=Б,"
    settings = read_settings(Settings, NEEDED | {"INSTITUTIONS": given})
    assert settings.institutions == {"0101": "Поликлиника № 1", "0202": "", "0303": "А=Б"}


@pytest.mark.parametrize("secret", sorted(SECRETS.keys() - {"EMIAS_URL", "BITRIX_FEED_URL"}))
def test_a_secret_may_stand_in_a_file(tmp_path: Path, secret: str) -> None:
    """A file named by the environment is read, its last line break dropped."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRETS[secret]}\n", encoding="utf-8")
    environment = {name: value for name, value in SECRETS.items() if name != secret}
    settings = read_settings(Settings, environment | {f"{secret}_FILE": str(file)})
    assert getattr(settings, secret.lower()).get_secret_value() == SECRETS[secret]


def test_the_variable_wins_over_its_file(tmp_path: Path) -> None:
    """Where both are given the file is not even opened."""
    settings = read_settings(Settings, NEEDED | {"REDIS_URL_FILE": str(tmp_path / "absent")})
    assert settings.redis_url.get_secret_value() == NEEDED["REDIS_URL"]


def test_unreadable_files_are_named_beside_all_else(tmp_path: Path) -> None:
    """An absent file, a folder and bytes that are no text are told together with what else is wrong."""
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfecanary")
    lines = _complaints(
        {
            "DATABASE_URL_FILE": str(tmp_path / "absent"),
            "REDIS_URL_FILE": str(tmp_path),
            "LOOKUP_KEY_FILE": str(binary),
            "FIELD_KEYS": FERNET_KEY,
        }
    )
    assert {line.split(":")[0] for line in lines} == {
        "DATABASE_URL_FILE",
        "REDIS_URL_FILE",
        "LOOKUP_KEY_FILE",
        "EMIAS_URL",
    }
    assert not any(canary in "\n".join(lines) for canary in CANARIES)


def test_an_unreadable_optional_file_is_no_default(tmp_path: Path) -> None:
    """A secret that was meant to be there is missed even where it is optional."""
    (line,) = _complaints(NEEDED | {"EMIAS_KEY_PASSWORD_FILE": str(tmp_path / "absent")})
    assert line.startswith("EMIAS_KEY_PASSWORD_FILE: cannot read")


def test_an_empty_file_is_not_set(tmp_path: Path) -> None:
    """A file without a secret in it is a missing secret."""
    file = tmp_path / "secret"
    file.write_text("\n", encoding="utf-8")
    environment = {name: value for name, value in NEEDED.items() if name != "LOOKUP_KEY"}
    (line,) = _complaints(environment | {"LOOKUP_KEY_FILE": str(file)})
    assert line.startswith("LOOKUP_KEY: is not set")


def test_no_secret_is_printed() -> None:
    """However the tree is printed or dumped as text, the secrets are stars."""
    settings = read_settings(Settings, SECRETS)
    for printed in (
        repr(settings),
        str(settings),
        f"{settings}",
        str(settings.model_dump()),
        settings.model_dump_json(),
    ):
        assert not any(canary in printed for canary in CANARIES)


def test_the_tree_is_frozen() -> None:
    """Nobody changes a setting after it was read."""
    settings = read_settings(Settings, NEEDED)
    with pytest.raises(ValidationError):
        settings.gateway_port = 1


def test_only_the_given_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explicit environment is not mixed with the process's own."""
    monkeypatch.setenv("SITE_ID", "other")
    assert read_settings(Settings, NEEDED).site_id == "main"


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an explicit environment the process's own is read, whatever the case of the names."""
    for name in set(os.environ) & {f"{name}_FILE" for name in NEEDED}:
        monkeypatch.delenv(name)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("site_id", "second")
    assert read_settings(Settings).site_id == "second"


def test_the_table_lists_every_variable() -> None:
    """Each field of each process has a line with its default and a meaning; secrets say that a file will do."""
    table = settings_table()
    names = [name.removesuffix(" (or _FILE)") for name, _, _ in table]
    fields = Settings.model_fields | AdminSettings.model_fields
    assert sorted(names) == sorted(name.upper() for name in fields)
    assert all(meaning for _, _, meaning in table)
    assert {name for name, default, _ in table if default == "required"} == {
        *(f"{name} (or _FILE)" for name in NEEDED if name != "EMIAS_URL"),
        "EMIAS_URL",
    }
    defaults = {name: default for name, default, _ in table}
    assert (defaults["GATEWAY_PORT"], defaults["INSTITUTIONS"], defaults["SITE_URL"]) == ("8080", "", "")


WEBHOOK = {"BITRIX_WEBHOOK_URL": "https://clinic.example/rest/1/canary-hook/", "BITRIX_IBLOCK_ID": "17"}


def test_a_webhook_takes_the_place_of_the_feed() -> None:
    """The REST source has an information block, properties and names of its values."""
    settings = read_settings(Settings, NEEDED | WEBHOOK | {"BITRIX_SPECIALTIES": "12=Терапевт, 13=Врач УЗИ"})
    assert settings.bitrix_webhook_url is not None
    assert "canary" not in repr(settings)
    assert settings.bitrix_specialties == {"12": "Терапевт", "13": "Врач УЗИ"}
    assert (settings.bitrix_property_lpu_code, settings.bitrix_webhook_rate) == ("LPU_CODE", 2.0)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"BITRIX_IBLOCK_ID": ""}, "BITRIX_WEBHOOK_URL needs BITRIX_IBLOCK_ID"),
        ({"BITRIX_FEED_URL": "https://x/", "BITRIX_FEED_KEY": "k"}, "exclude each other"),
        ({"BITRIX_WEBHOOK_URL": "http://clinic.example/rest/1/canary/"}, "neither https nor on loopback"),
        ({"BITRIX_WEBHOOK_METHOD": "crm.item.list"}, "BITRIX_WEBHOOK_METHOD"),
        ({"BITRIX_SPECIALTIES": "1=a,1=b"}, "BITRIX_SPECIALTIES: every code has 1 to 300 characters"),
    ],
)
def test_a_wrong_webhook_is_named(change: dict[str, str], complaint: str) -> None:
    """Each mistake is told by its variable, and the secret address is not repeated."""
    [line] = _complaints(NEEDED | WEBHOOK | change)
    assert complaint in line
    assert "canary" not in line
