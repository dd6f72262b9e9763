"""One frozen tree of settings, read from the environment once, by the doors and the wiring only.

A secret may stand in the environment (`FIELD_KEYS`) or in a file that the environment names (`FIELD_KEYS_FILE`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

__all__ = [
    "AdminSettings",
    "ChannelSettings",
    "DatabaseSettings",
    "Settings",
    "SettingsError",
    "VerifySettings",
    "read_settings",
    "settings_table",
]

_SECRETS: Final = (
    *("FIELD_KEYS", "LOOKUP_KEY", "BITRIX_FEED_KEY", "BITRIX_WEBHOOK_URL", "EMIAS_KEY_PASSWORD"),
    *("DATABASE_URL", "REDIS_URL"),
)
Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(Exception):
    """The environment is wrong or incomplete; the message names each variable and what it should be."""


class DatabaseSettings(BaseModel):
    """What every process needs. Field names in capitals are the names of the environment variables."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    database_url: SecretStr = Field(description="PostgreSQL 16 or newer: postgresql://user:password@host:5432/name")
    database_pool: PositiveInt = Field(default=16, description="largest number of connections of one process")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least level logged")


class AdminSettings(DatabaseSettings):
    """What the admin needs: neither a key to EMIAS nor one to personal data."""

    admin_host: str = Field(default="127.0.0.1", description="address of the admin")
    admin_port: Port = Field(default=8082, description="its port")
    admin_internal_port: Port | None = Field(
        default=None, description="port of the admin's /metrics, at INTERNAL_HOST; none is served without it"
    )
    internal_host: str = Field(default="127.0.0.1", description="address of /health and /metrics")
    admin_origin: str | None = Field(default=None, description="public https:// address of the admin behind a proxy")


class VerifySettings(DatabaseSettings):
    """What the checker of invariants needs; without Redis it is not searched."""

    redis_url: SecretStr | None = Field(default=None, description="Redis or Valkey, searched for canaries")


class ChannelSettings(BaseModel):
    """How EMIAS is reached; all that looks at it by hand need."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    emias_sidecar: str | None = Field(default=None, description="host of our TLS terminator: http is allowed to it")
    emias_url: str = Field(description="address of the EMIAS service; https, or http to loopback or EMIAS_SIDECAR")
    emias_profile: str = Field(default="seed-soap", description="shipped contract profile, or path to a profile.toml")
    emias_ca_file: Path | None = Field(default=None, description="PEM bundle of the CA that signed EMIAS's certificate")
    emias_cert_file: Path | None = Field(default=None, description="our client certificate, PEM (chain allowed)")
    emias_key_file: Path | None = Field(default=None, description="its private key, PEM; may be in the same file")
    emias_pkcs12_file: Path | None = Field(default=None, description="certificate and key as PKCS#12 instead")
    emias_key_password: SecretStr | None = Field(default=None, description="password of the key or the PKCS#12")
    emias_key_password_file: Path | None = Field(default=None, description="its file, read again with new ones")
    emias_server_name: str | None = Field(
        default=None, description="name that EMIAS's certificate bears and the handshake asks for, if not EMIAS_URL's"
    )
    emias_secrets_file: Path | None = Field(
        default=None, description='TOML file of what the profile calls secret.NAME: NAME = "value" each'
    )
    emias_test_stand: bool = Field(
        default=False, description="whether EMIAS_URL is a test stand's: its profile must say the same"
    )

    @field_validator("emias_url")
    @classmethod
    def _encrypted(cls, given: str, others: ValidationInfo) -> str:
        if not _is_encrypted(given, others.data.get("emias_sidecar")):
            raise ValueError("neither https nor on loopback")
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = [problem for problem, is_so in self._contradictions().items() if is_so]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _contradictions(self) -> dict[str, object]:
        """Name what must not be, with whether it is."""
        return {
            "EMIAS_KEY_FILE needs EMIAS_CERT_FILE beside it": self.emias_key_file and not self.emias_cert_file,
            "EMIAS_CERT_FILE and EMIAS_PKCS12_FILE exclude each other": self.emias_cert_file and self.emias_pkcs12_file,
        }


class Settings(ChannelSettings, DatabaseSettings):
    """What the gateway and the sync worker need."""

    redis_url: SecretStr = Field(description="Redis or Valkey: redis://:password@host:6379/0")

    emias_channels_file: Path | None = Field(
        default=None, description="TOML file of further channels, for institutions with an EMIAS of their own"
    )
    emias_rate: PositiveFloat = Field(default=2.0, description="calls a second granted by EMIAS, all replicas together")
    emias_burst: PositiveInt = Field(default=4, description="calls that may come at once after a quiet time")
    emias_concurrency: PositiveInt = Field(default=2, description="calls under way at once, all replicas together")
    emias_booking_share: float = Field(
        default=0.5, ge=0, lt=1, description="part of the calls that sync leaves to bookings"
    )
    emias_breaker_failures: PositiveInt = Field(
        default=5, description="technical failures in a row after which an institution's EMIAS is left alone"
    )
    emias_breaker_longest: PositiveFloat = Field(
        default=20.0, le=600, description="longest time in seconds between two probes of one that does not answer"
    )
    institutions: dict[str, str] = Field(
        default_factory=dict, description="institutions to know from the start: 0101=Поликлиника № 1,0202=…"
    )

    site_id: str = Field(default="main", pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="code of the Bitrix site")
    site_url: str | None = Field(default=None, description="where the gateway's root sends a browser")
    bitrix_feed_url: str | None = Field(default=None, description="ajax.php of the site that serves the doctor feed")
    bitrix_feed_key: SecretStr | None = Field(default=None, description="X-Gateway-Key that the feed asks for")
    bitrix_webhook_url: SecretStr | None = Field(
        default=None,
        description="incoming webhook to read doctors by, where there is no feed: https://…/rest/1/<secret>/",
    )
    bitrix_webhook_method: Literal["iblock.Element.list", "lists.element.get"] = Field(
        default="iblock.Element.list", description="REST method that lists the doctors"
    )
    bitrix_webhook_rate: PositiveFloat = Field(default=2.0, description="requests a second that the site's REST grants")
    bitrix_iblock_id: PositiveInt | None = Field(default=None, description="information block of the doctors")
    bitrix_iblock_type: str = Field(default="lists", description="its type, for lists.element.get")
    bitrix_property_lpu_code: str = Field(default="LPU_CODE", description="property with the LPU code")
    bitrix_property_emias_doctor_id: str = Field(default="EMIAS_DOCTOR_ID", description="property with the EMIAS id")
    bitrix_property_specialty: str | None = Field(default=None, description="property with the specialty")
    bitrix_property_active: str | None = Field(default=None, description="property that is N for doctors not shown")
    bitrix_specialties: dict[str, str] = Field(
        default_factory=dict, description="names of that property's values: 12=Терапевт,13=Хирург"
    )
    mirror_every: PositiveInt = Field(default=600, description="seconds between two reads of the doctor list")

    field_keys: SecretStr = Field(description="Fernet keys for personal data, comma-separated, newest first")
    lookup_key: SecretStr = Field(description="key of the HMAC by which personal data is found, 32 characters or more")

    gateway_host: str = Field(default="127.0.0.1", description="address that Bitrix calls")
    gateway_port: Port = Field(default=8080, description="its port")
    internal_host: str = Field(default="127.0.0.1", description="address of /health and /metrics")
    internal_port: Port = Field(default=8081, description="its port")
    trusted_proxies: str = Field(
        default="", description="proxies whose X-Forwarded-* the admin believes, comma-separated"
    )

    sync_shortest: PositiveInt = Field(default=300, description="seconds to the next read of a schedule that moves")
    sync_longest: PositiveInt = Field(default=900, description="seconds to the next read of a schedule that rests")
    sync_workers: PositiveInt = Field(default=16, description="doctors read at once by one worker, within the budget")
    sync_internal_port: Port = Field(default=8085, description="port of the worker's /health and /metrics")
    stale_after: PositiveInt = Field(default=1800, description="seconds after which a schedule is shown as stale")
    verify_hold_after: PositiveInt = Field(default=600, description="age in seconds of a schedule that a hold re-reads")
    hold_patience: PositiveFloat = Field(default=1.5, description="seconds that a hold waits for such a re-read")

    doubt_looks: tuple[PositiveFloat, ...] = Field(
        default=(5.0, 30.0, 120.0, 600.0),
        min_length=1,
        description="seconds after which an unknown outcome is looked into; the last look may prove absence",
    )
    doubt_give_up: PositiveInt = Field(default=86_400, description="seconds after which a doubt is the operator's")
    abandoned_after: PositiveFloat = Field(
        default=120.0, description="seconds, more than any call takes, after which its process is taken as vanished"
    )

    holds_per_visitor: PositiveInt = Field(default=3, description="slots that one visitor may hold at once")
    holds_per_key: PositiveInt = Field(default=500, description="slots that one API key may hold at once")
    key_rate: PositiveFloat = Field(default=200.0, description="requests a second of one API key, on each replica")
    lookup_rate: PositiveFloat = Field(default=0.2, description="guest look-ups a second of one API key and visitor")

    @field_validator("institutions", mode="before")
    @classmethod
    def _split_institutions(cls, given: Any) -> Any:
        return _named(given, 64) if isinstance(given, str) else given

    @field_validator("bitrix_specialties", mode="before")
    @classmethod
    def _split_specialties(cls, given: Any) -> Any:
        return _named(given, 300) if isinstance(given, str) else given

    @field_validator("doubt_looks", mode="before")
    @classmethod
    def _split_looks(cls, given: Any) -> Any:
        return tuple(given.split(",")) if isinstance(given, str) else given

    @field_validator("doubt_looks")
    @classmethod
    def _ascending(cls, given: tuple[float, ...]) -> tuple[float, ...]:
        if sorted(set(given)) != list(given):
            raise ValueError("not ascending")
        return given

    @field_validator("bitrix_webhook_url")
    @classmethod
    def _encrypted_secret(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not _is_encrypted(given.get_secret_value()):
            raise ValueError("neither https nor on loopback")
        return given

    @field_validator("field_keys")
    @classmethod
    def _fernet_keys(cls, given: SecretStr) -> SecretStr:
        keys = [key.strip() for key in given.get_secret_value().split(",") if key.strip()]
        try:
            fitting = [Fernet(key) for key in keys]
        except ValueError:
            fitting = []
        if not fitting:
            raise ValueError("not each of them is 32 bytes in url-safe base64")
        return given

    @field_validator("lookup_key")
    @classmethod
    def _long_enough(cls, given: SecretStr) -> SecretStr:
        if len(given.get_secret_value()) < 32:  # noqa: PLR2004 - the description says so
            raise ValueError("shorter than 32 characters")
        return given

    def _contradictions(self) -> dict[str, object]:
        return super()._contradictions() | {
            "BITRIX_FEED_URL needs BITRIX_FEED_KEY (or BITRIX_FEED_KEY_FILE) beside it": self.bitrix_feed_url
            and not self.bitrix_feed_key,
            "BITRIX_FEED_URL and BITRIX_WEBHOOK_URL exclude each other": self.bitrix_feed_url
            and self.bitrix_webhook_url,
            "BITRIX_WEBHOOK_URL needs BITRIX_IBLOCK_ID beside it": self.bitrix_webhook_url
            and not self.bitrix_iblock_id,
            "SYNC_LONGEST must not be less than SYNC_SHORTEST": self.sync_longest < self.sync_shortest,
        }

    @property
    def lag_after(self) -> timedelta:
        """Age at which a schedule counts as lagging."""
        return timedelta(seconds=self.stale_after)


def _named(given: str, longest: int) -> dict[str, str]:
    pairs = [entry.partition("=") for entry in given.split(",") if entry.strip()]
    named = {code.strip(): name.strip() for code, _, name in pairs}
    if len(named) < len(pairs) or not all(1 <= len(code) <= longest for code in named):
        raise ValueError(f"every code has 1 to {longest} characters and stands once")
    return named


def _is_encrypted(url: str, sidecar: str | None = None) -> bool:
    address = urlsplit(url)
    if not address.hostname:
        return False
    nearby = address.hostname == sidecar or _is_loopback(address.hostname)
    return address.scheme == "https" or (address.scheme == "http" and nearby)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


AnySettings = TypeVar("AnySettings", bound=BaseModel)


def read_settings(model: type[AnySettings], environment: Mapping[str, str] | None = None) -> AnySettings:
    """Read the settings of a process; raise `SettingsError` with a line for each variable that is wrong or missing."""
    given = {name.upper(): value for name, value in (os.environ if environment is None else environment).items()}
    values = {name: given.get(name.upper(), "") for name in model.model_fields}
    unreadable: dict[str, str] = {}
    for secret in _SECRETS:
        name, path = secret.lower(), given.get(f"{secret}_FILE")
        if path and values.get(name) == "":
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as fault:
                unreadable[name] = f"{secret}_FILE: cannot read {path} ({type(fault).__name__})"
    try:
        settings = model.model_validate({name: value for name, value in values.items() if value})
    except ValidationError as error:
        raise SettingsError("\n".join((_complaints(model, error) | unreadable).values())) from None
    if unreadable:
        raise SettingsError("\n".join(unreadable.values()))
    return settings


def _complaints(model: type[BaseModel], error: ValidationError) -> dict[str, str]:
    """Say what is wrong with each variable; none is quoted, for it may be a secret."""
    lines = {}
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        field = model.model_fields.get(name)
        wanted = f" — should be: {field.description}" if field else ""
        message = "is not set" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        lines[name] = f"{name.upper()}: {message}{wanted}" if name else message
    return lines


def settings_table() -> list[tuple[str, str, str]]:
    """List every variable with its default (`required` when there is none) and its meaning, for the docs."""
    return [
        (
            name.upper() + (" (or _FILE)" if name.upper() in _SECRETS else ""),
            "required" if field.is_required() else _shown(field.get_default(call_default_factory=True)),
            field.description or "",
        )
        for name, field in (Settings.model_fields | AdminSettings.model_fields).items()
    ]


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return ",".join(f"{part:g}" for part in default)
    return "" if default in (None, "", {}) else str(default)
