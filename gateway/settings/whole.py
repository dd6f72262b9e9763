"""What the gateway and the sync worker need."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator

from gateway.settings.alerts import AlertSettings
from gateway.settings.channel import ChannelSettings
from gateway.settings.identity import IdentitySettings
from gateway.settings.naming import named
from gateway.settings.privacy import FieldKeySettings, RetentionSettings
from gateway.settings.process import Port
from gateway.settings.site import SiteSettings

__all__ = ["Settings"]


class Settings(FieldKeySettings, RetentionSettings, ChannelSettings, SiteSettings, IdentitySettings, AlertSettings):
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

    gateway_host: str = Field(default="127.0.0.1", description="address that Bitrix calls")
    gateway_port: Port = Field(default=8080, description="its port")
    internal_host: str = Field(default="127.0.0.1", description="address of /health and /metrics")
    internal_port: Port = Field(default=8081, description="its port")

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
        return named(given, 64) if isinstance(given, str) else given

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

    def _contradictions(self) -> dict[str, object]:
        return super()._contradictions() | {
            "SYNC_LONGEST must not be less than SYNC_SHORTEST": self.sync_longest < self.sync_shortest,
        }

    @property
    def lag_after(self) -> timedelta:
        """Age at which a schedule counts as lagging."""
        return timedelta(seconds=self.stale_after)
