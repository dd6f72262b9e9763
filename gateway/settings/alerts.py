"""Who is told of trouble, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator

from gateway.domain.alerts.quiet import QuietHours
from gateway.settings.process import DatabaseSettings

__all__ = ["AlertSettings"]


class AlertSettings(DatabaseSettings):
    """Addresses, quiet hours and rules of alerts."""

    alert_urls: SecretStr = Field(
        default=SecretStr(""),
        description="apprise's addresses of those who are told of trouble, a space apart: tgram://… critical=mailtos://…",
    )
    alert_quiet_hours: QuietHours | None = Field(
        default=None, description="hours by Moscow in which only what is critical is told: 22:00-08:00"
    )
    alert_rules_file: Path | None = Field(
        default=None, description="TOML file of limits that differ from the shipped ones: [in_doubt] limit = 600"
    )
    admin_origin: str | None = Field(
        default=None, description="public https:// address of the admin, for links and behind a proxy"
    )

    @field_validator("alert_quiet_hours", mode="before")
    @classmethod
    def _hours(cls, given: Any) -> Any:
        return QuietHours.parse(given) if isinstance(given, str) else given
