"""What the lesser processes need: the database alone, the admin, the checker."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, SecretStr, field_validator

from gateway.settings.contradictions import Consistent
from gateway.settings.keys import fernet_keys

__all__ = ["AdminSettings", "DatabaseSettings", "Port", "VerifySettings"]

Port = Annotated[int, Field(ge=1, le=65535)]


class DatabaseSettings(BaseModel):
    """What every process needs. Field names in capitals are the names of the environment variables."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    database_url: SecretStr = Field(description="PostgreSQL 16 or newer: postgresql://user:password@host:5432/name")
    database_pool: int = Field(default=16, ge=2, description="largest number of connections of one process")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least level logged")


class AdminSettings(DatabaseSettings, Consistent):
    """What the admin needs: neither a key to EMIAS nor one to personal data."""

    admin_host: str = Field(default="127.0.0.1", description="address of the admin")
    admin_port: Port = Field(default=8082, description="its port")
    admin_internal_port: Port | None = Field(
        default=None, description="port of the admin's /metrics, at INTERNAL_HOST; none is served without it"
    )
    internal_host: str = Field(default="127.0.0.1", description="address of /health and /metrics")
    admin_origin: str | None = Field(default=None, description="public https:// address of the admin behind a proxy")
    admin_mfa: Literal["auto", "off", "optional", "required"] = Field(
        default="auto",
        description="one-time codes at the admin's login: auto requires them of all but viewers behind an https "
        "ADMIN_ORIGIN, and else leaves them to each user",
    )
    admin_mfa_keys: SecretStr | None = Field(
        default=None, description="Fernet keys for the secrets of one-time codes, comma-separated, newest first"
    )
    disclosures_an_hour: PositiveInt = Field(
        default=20, description="fields of patients, and searches by SNILS, that one user may ask for within an hour"
    )
    trusted_proxies: str = Field(
        default="", description="addresses or networks of proxies whose X-Forwarded-For the admin believes"
    )

    @field_validator("admin_mfa_keys")
    @classmethod
    def _fernet_keys(cls, given: SecretStr | None) -> SecretStr | None:
        return given and fernet_keys(given)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, given: str) -> str:
        for each in given.split(","):
            if each.strip():
                ip_network(each.strip(), strict=False)
        return given

    @property
    def admin_mfa_required(self) -> bool:
        """Whether all but viewers log in with one-time codes."""
        is_public = (self.admin_origin or "").startswith("https://")
        return self.admin_mfa == "required" or (self.admin_mfa == "auto" and is_public)

    def _contradictions(self) -> dict[str, object]:
        return super()._contradictions() | {
            "ADMIN_MFA_KEYS (or ADMIN_MFA_KEYS_FILE) is needed where one-time codes are required; "
            "ADMIN_MFA=off does without": self.admin_mfa_required and not self.admin_mfa_keys,
        }


class VerifySettings(DatabaseSettings):
    """What the checker of invariants needs; without Redis it is not searched."""

    redis_url: SecretStr | None = Field(default=None, description="Redis or Valkey, searched for canaries")
