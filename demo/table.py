"""The table of what the rehearsal runs: every command, variable and file name of the product that it relies on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from demo.gosuslugi import gosuslugi_settings
from demo.places import Place, Ports, fernet_key
from demo.processes import Answers, Child, Ends, Says

__all__ = ["PRODUCT", "USERS", "Script", "Setting", "Table"]

SITE = "demo"
USERS = {"admin": "administrator", "operator": "operator", "viewer": "viewer", "auditor": "auditor"}
"""Who logs in to the admin of a rehearsal, with the role."""
_SLOTS_CHANGED_A_SECOND = "0.2"
# The stand-in is ours: the rehearsal need not wait at the modest pace that EMIAS grants.
_EMIAS_CALLS_A_SECOND = "100"
_EMIAS_CALLS_AT_ONCE = "16"
_INSTITUTIONS = "0101=Городская поликлиника № 1,0202=Городская поликлиника № 2"
# What a rehearsal must not take from the shell that it is started in, nor give to the admin.
_OF_AN_INSTALLATION = ("EMIAS_", "BITRIX_", "BROKER_", "ESIA_", "IDENTITY_", "FIELD_KEYS", "LOOKUP_KEY")
_OF_THE_STORE = ("DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a rehearsal takes place; ``environment`` already names both engines."""

    place: Place
    ports: Ports
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What to run, in order: ``first`` always, ``key`` and ``users`` for a new database, ``then`` always.

    ``key`` ends with a line of JSON on its output that holds the API key.
    """

    first: list[Child]
    key: Child
    users: list[Child]
    then: list[Child]


@dataclass(frozen=True, slots=True)
class Script:
    """What is rehearsed: the stand-ins, and the product that is given the facts of their ready line."""

    stand_in: Callable[[Setting], Child]
    product: Callable[[Setting, Mapping[str, str]], Table]


def _stand_in(setting: Setting) -> Child:
    """Name the stand-ins for EMIAS, a Bitrix site and Gosuslugi."""
    place, ports = setting.place, setting.ports
    options = {
        "--emias-port": ports.emias,
        "--control-port": ports.control,
        "--site-port": ports.site,
        "--esia-port": ports.esia,
        "--pki": place.pki,
        "--gateway-url": f"http://127.0.0.1:{ports.gateway}",
        "--gateway-key-file": place.api_key,
        "--feed-key-file": place.secret("feed-key"),
        "--living": _SLOTS_CHANGED_A_SECOND,
    }
    argv = [sys.executable, "-m", "simulator", *(str(part) for pair in options.items() for part in pair)]
    environment = _without(setting.environment, (*_OF_AN_INSTALLATION, *_OF_THE_STORE))
    return Child(
        "simulator",
        argv,
        environment,
        Says("ready"),
        "Стенды ЕМИАС, сайта и Госуслуг / Stand-ins for EMIAS, the site and Gosuslugi",
    )


def _product(setting: Setting, facts: Mapping[str, str]) -> Table:
    """Name the gateway's commands; the admin is given no key to EMIAS or to personal data."""
    ports, place = setting.ports, setting.place
    whole = _without(setting.environment, _OF_AN_INSTALLATION) | _settings(setting, facts)
    less = _without(whole, _OF_AN_INSTALLATION)
    scopes = ["--site", SITE, "--scopes", "read,book,events,identity", "--json"]
    return Table(
        first=[Child("migrate", _gateway("migrate"), whole, Ends(), "Схема базы / Database schema")],
        key=Child("keys", _gateway("keys", "create", *scopes), whole, Ends(), "Ключ API сайта / The site's API key"),
        users=[_user(place, name, role, less) for name, role in USERS.items()],
        then=[
            Child("first-sync", _gateway("sync", "once"), whole, Ends(shown=True), "Первая синхронизация / First sync"),
            Child("gateway", _gateway("serve"), whole, _healthy(ports.internal), "Шлюз / Gateway"),
            Child("sync", _gateway("sync"), whole, _healthy(ports.sync), "Синхронизация / Sync worker"),
            Child("admin", _gateway("admin"), less | _codes(setting), _healthy(ports.admin), "Админка / Admin"),
        ],
    )


def _settings(setting: Setting, facts: Mapping[str, str]) -> dict[str, str]:
    place, ports = setting.place, setting.ports
    return gosuslugi_settings(place, facts, setting.environment.get("DEMO_GOSUSLUGI") or "rsa") | {
        "EMIAS_URL": facts["emias_url"],
        "EMIAS_PROFILE": "seed-soap",
        "EMIAS_CA_FILE": str(place.pki / "ca.pem"),
        "EMIAS_CERT_FILE": str(place.pki / "client_cert.pem"),
        "EMIAS_KEY_FILE": str(place.pki / "client_key.pem"),
        "EMIAS_RATE": _EMIAS_CALLS_A_SECOND,
        "EMIAS_BURST": _EMIAS_CALLS_A_SECOND,
        "EMIAS_CONCURRENCY": _EMIAS_CALLS_AT_ONCE,
        "INSTITUTIONS": _INSTITUTIONS,
        "BITRIX_FEED_URL": f"{facts['site_url']}/bitrix/services/main/ajax.php",
        "BITRIX_FEED_KEY_FILE": str(place.secret("feed-key")),
        "SITE_ID": SITE,
        "SITE_URL": facts["site_url"],
        "FIELD_KEYS_FILE": str(place.secret("field-keys", fernet_key)),
        "LOOKUP_KEY_FILE": str(place.secret("lookup-key")),
        "GATEWAY_PORT": str(ports.gateway),
        "INTERNAL_PORT": str(ports.internal),
        "SYNC_INTERNAL_PORT": str(ports.sync),
        "ADMIN_PORT": str(ports.admin),
    }


def _user(place: Place, name: str, role: str, environment: Mapping[str, str]) -> Child:
    words = ["users", "add", name, "--role", role, "--password-file", str(place.password(name))]
    return Child(f"user-{name}", _gateway(*words), environment, Ends(), f"Вход / Login: {name}")


def _codes(setting: Setting) -> dict[str, str]:
    """Leave one-time codes away, unless ``DEMO_MFA`` is ``optional`` or ``required``."""
    keys = setting.place.secret("admin-mfa-keys", fernet_key)
    return {"ADMIN_MFA": setting.environment.get("DEMO_MFA") or "off", "ADMIN_MFA_KEYS_FILE": str(keys)}


def _without(environment: Mapping[str, str], beginnings: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(beginnings)}


def _gateway(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gateway", *arguments]


def _healthy(port: int) -> Answers:
    return Answers(f"http://127.0.0.1:{port}/health/ready")


PRODUCT = Script(_stand_in, _product)
