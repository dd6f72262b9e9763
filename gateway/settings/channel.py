"""How EMIAS is reached."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from gateway.settings.address import is_encrypted
from gateway.settings.contradictions import Consistent

__all__ = ["ChannelSettings"]


class ChannelSettings(Consistent):
    """How EMIAS is reached; all that looks at it by hand need."""

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
        if not is_encrypted(given, others.data.get("emias_sidecar")):
            raise ValueError("neither https nor on loopback")
        return given

    def _contradictions(self) -> dict[str, object]:
        return super()._contradictions() | {
            "EMIAS_KEY_FILE needs EMIAS_CERT_FILE beside it": self.emias_key_file and not self.emias_cert_file,
            "EMIAS_CERT_FILE and EMIAS_PKCS12_FILE exclude each other": self.emias_cert_file and self.emias_pkcs12_file,
        }
