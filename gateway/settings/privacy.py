"""Personal data: the keys that seal it, and how long it is kept."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, SecretStr, field_validator

from gateway.domain.retention import DEFAULT_DAYS, Deadlines, Kind
from gateway.settings.contradictions import Consistent
from gateway.settings.keys import fernet_keys
from gateway.settings.process import DatabaseSettings

__all__ = ["FieldKeySettings", "RetentionSettings", "RetentionTaskSettings", "RotationTaskSettings"]

_LEAST_LOOKUP_KEY = 32


class FieldKeySettings(BaseModel):
    """What seals personal data and finds it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    field_keys: SecretStr = Field(description="Fernet keys for personal data, comma-separated, newest first")
    lookup_key: SecretStr = Field(description="key of the HMAC by which personal data is found, 32 characters or more")

    @field_validator("field_keys")
    @classmethod
    def _fernet_keys(cls, given: SecretStr) -> SecretStr:
        return fernet_keys(given)

    @field_validator("lookup_key")
    @classmethod
    def _long_enough(cls, given: SecretStr) -> SecretStr:
        if len(given.get_secret_value()) < _LEAST_LOOKUP_KEY:
            raise ValueError("shorter than 32 characters")
        return given


class RetentionSettings(Consistent):
    """How many days each kind of row is kept; zero is until the next pass, an hour at most."""

    retention_visited_days: NonNegativeInt = Field(
        default=DEFAULT_DAYS[Kind.VISITED], description="days after the visit that its patient and contact are kept"
    )
    retention_cancelled_days: NonNegativeInt = Field(
        default=DEFAULT_DAYS[Kind.CANCELLED], description="days after a cancel that patient and contact are kept"
    )
    retention_rejected_days: NonNegativeInt = Field(
        default=DEFAULT_DAYS[Kind.REJECTED], description="days after EMIAS's refusal that they are kept"
    )
    retention_failed_days: PositiveInt = Field(
        default=DEFAULT_DAYS[Kind.FAILED], description="days that they are kept of what was not sent, to be retried"
    )
    retention_resolved_days: NonNegativeInt = Field(
        default=DEFAULT_DAYS[Kind.RESOLVED], description="days after a doubt ended without a visit that they are kept"
    )
    retention_traces_days: NonNegativeInt = Field(
        default=DEFAULT_DAYS[Kind.TRACES],
        description="days that keyed hashes and mask are kept, not less than those",
    )
    retention_bookings_days: NonNegativeInt = Field(
        default=DEFAULT_DAYS[Kind.BOOKINGS], description="days that the rest of a booking and its history are kept"
    )
    retention_holds_days: int = Field(
        default=DEFAULT_DAYS[Kind.HOLDS], ge=8, description="days that holds and their visitors' marks are kept"
    )
    retention_wishes_days: PositiveInt = Field(
        default=DEFAULT_DAYS[Kind.WISHES], description="days that operators' wishes and their results are kept"
    )
    retention_disclosures_days: int = Field(
        default=DEFAULT_DAYS[Kind.DISCLOSURES], ge=365, description="days that it is kept who asked for which field"
    )
    retention_sync_log_days: PositiveInt = Field(
        default=DEFAULT_DAYS[Kind.SYNC_LOG], description="days that the worker's reports are kept"
    )

    @property
    def deadlines(self) -> Deadlines:
        """Every kind's deadline."""
        return Deadlines.of({kind: getattr(self, f"retention_{kind}_days") for kind in DEFAULT_DAYS})

    def _contradictions(self) -> dict[str, object]:
        return super()._contradictions() | {
            f"RETENTION_{later.upper()}_DAYS must not be less than RETENTION_{earlier.upper()}_DAYS": True
            for later, earlier in self.deadlines.contradictions()
        }


class RetentionTaskSettings(RetentionSettings, DatabaseSettings):
    """What a pass of the deadlines by hand needs."""


class RotationTaskSettings(FieldKeySettings, DatabaseSettings):
    """What sealing anew needs."""
