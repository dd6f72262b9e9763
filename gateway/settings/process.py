"""What the lesser processes need: the database alone, the admin, the checker."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, SecretStr

__all__ = ["AdminSettings", "DatabaseSettings", "Port", "VerifySettings"]

Port = Annotated[int, Field(ge=1, le=65535)]


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
