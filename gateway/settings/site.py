"""The Bitrix site and how its doctors are read."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator

from gateway.settings.address import is_encrypted
from gateway.settings.contradictions import Consistent
from gateway.settings.naming import named

__all__ = ["SiteSettings"]


class SiteSettings(Consistent):
    """The site's name, and its doctor feed or REST webhook."""

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

    @field_validator("bitrix_specialties", mode="before")
    @classmethod
    def _split_specialties(cls, given: Any) -> Any:
        return named(given, 300) if isinstance(given, str) else given

    @field_validator("bitrix_webhook_url")
    @classmethod
    def _encrypted_secret(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not is_encrypted(given.get_secret_value()):
            raise ValueError("neither https nor on loopback")
        return given

    def _contradictions(self) -> dict[str, object]:
        return super()._contradictions() | {
            "BITRIX_FEED_URL needs BITRIX_FEED_KEY (or BITRIX_FEED_KEY_FILE) beside it": self.bitrix_feed_url
            and not self.bitrix_feed_key,
            "BITRIX_FEED_URL and BITRIX_WEBHOOK_URL exclude each other": self.bitrix_feed_url
            and self.bitrix_webhook_url,
            "BITRIX_WEBHOOK_URL needs BITRIX_IBLOCK_ID beside it": self.bitrix_webhook_url
            and not self.bitrix_iblock_id,
        }
