"""How visitors log in through Gosuslugi."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator

from gateway.settings.contradictions import Consistent
from gateway.settings.naming import named

__all__ = ["IdentitySettings"]

_BROKER_FIELDS: Final = frozenset(
    {
        *("last_name", "first_name", "middle_name", "birth_date", "sex", "snils"),
        *("oms_number", "oms_series", "oms_verified", "trusted"),
    }
)


class IdentitySettings(Consistent):
    """How visitors log in through Gosuslugi; by default they do not."""

    identity_provider: Literal["off", "esia", "broker"] = Field(
        default="off", description="Gosuslugi login: off, esia (spoken to by the gateway itself) or broker (OIDC)"
    )
    identity_redirect_uri: dict[str, str] = Field(
        default_factory=dict,
        description="callback on the site, as it is registered: https://…; of several sites main=https://…,second=https://…",
    )
    identity_ticket_minutes: PositiveInt = Field(
        default=30, le=30, description="how long a login may be booked with, at most 30"
    )
    identity_require_trusted: bool = Field(default=True, description="whether only confirmed accounts may log in")

    esia_url: str = Field(
        default="https://esia.gosuslugi.ru",
        description="where the gateway asks ESIA; https, or http to loopback or ESIA_PLAIN_HTTP_TO",
    )
    esia_public_url: str | None = Field(default=None, description="where browsers log in, if not at ESIA_URL")
    esia_plain_http_to: str | None = Field(
        default=None, description="host:port of our TLS terminator, comma-separated: http is allowed to it"
    )
    esia_host_header: str | None = Field(default=None, description="Host to name to ESIA, if not ESIA_URL's")
    esia_server_name: str | None = Field(
        default=None, description="name that ESIA's certificate bears and the handshake asks for, if not ESIA_URL's"
    )
    esia_ca_file: Path | None = Field(default=None, description="PEM bundle of the CA that signed ESIA_URL's TLS")
    esia_timeout: PositiveFloat = Field(default=10.0, le=60, description="seconds that one call to ESIA may take")
    esia_issuer: str = Field(default="http://esia.gosuslugi.ru/", description="exact iss of ESIA's tokens")
    esia_client_id: str | None = Field(default=None, description="mnemonic of the clinic's system in ESIA")
    esia_scopes: str = Field(
        default="openid fullname birthdate snils medical_doc",
        description="scopes granted to the system, separated by spaces",
    )
    esia_api: Literal["v2", "v1"] = Field(default="v2", description="v2 (v2/ac, v3/te) or the old v1 with PKCS#7")
    esia_pkce: Literal["off", "S256", "GOST3411"] = Field(default="off", description="PKCE, where ESIA asks for it")
    esia_person_filter: str | None = Field(default=None, description="person_filter, such as conf_acc")
    esia_token_alg: Literal["RS256", "GOST3410_2012_256"] = Field(
        default="RS256", description="algorithm of ESIA's tokens, as the system's card on its portal says"
    )
    esia_trust_dir: Path | None = Field(
        default=None, description="folder of PEM certificates by which ESIA signs tokens; read again when it changes"
    )
    esia_auth_age: PositiveInt | None = Field(
        default=None,
        description="seconds since the person typed the password; without it any Gosuslugi session will do",
    )
    esia_signer: Literal["rsa_local", "openssl_gost", "command", "http_sidecar"] = Field(
        default="openssl_gost", description="who signs requests to ESIA"
    )
    esia_cert_file: Path | None = Field(default=None, description="the system's certificate, PEM")
    esia_key_file: Path | None = Field(
        default=None, description="its key, PEM, readable by its owner only; for rsa_local and openssl_gost"
    )
    esia_key_password: SecretStr | None = Field(default=None, description="password of the key, for rsa_local")
    esia_openssl: str = Field(default="openssl", description="openssl that can load the gost engine")
    esia_sign_command: str | None = Field(
        default=None, description="command that signs, with {in} and {out} for the files of message and signature"
    )
    esia_sign_reverse: bool = Field(
        default=False, description="whether its signature must be turned round, byte by byte"
    )
    esia_sign_url: str | None = Field(default=None, description="address of the signing sidecar, before /sign")
    esia_sign_token_file: Path | None = Field(default=None, description="file of the bearer token that it asks for")

    broker_issuer: str | None = Field(default=None, description="address of the OpenID Connect broker, its iss")
    broker_client_id: str | None = Field(default=None, description="our name there")
    broker_client_secret: SecretStr | None = Field(default=None, description="our secret there")
    broker_ca_file: Path | None = Field(default=None, description="PEM bundle of the CA that signed the broker's TLS")
    broker_scopes: str = Field(default="openid profile snils oms", description="scopes to ask for, separated by spaces")
    broker_claims: dict[str, str] = Field(
        default_factory=dict, description='names of its claims that differ, as JSON: {"oms_number": "policy"}'
    )

    @field_validator("identity_redirect_uri", mode="before")
    @classmethod
    def _split_callbacks(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        return {"": given} if given.startswith("http") else named(given, 63)

    @field_validator("broker_claims", mode="before")
    @classmethod
    def _read_claims(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        try:
            claims = json.loads(given)
        except ValueError:
            raise ValueError("not JSON") from None
        if not isinstance(claims, dict) or set(claims) - _BROKER_FIELDS:
            raise ValueError(f"only {', '.join(sorted(_BROKER_FIELDS))} may be named")
        return claims

    def _contradictions(self) -> dict[str, object]:
        is_on, is_esia = self.identity_provider != "off", self.identity_provider == "esia"
        is_keyed = self.esia_signer in {"rsa_local", "openssl_gost"}
        needed: dict[str, tuple[bool, object]] = {
            "IDENTITY_REDIRECT_URI": (is_on, self.identity_redirect_uri),
            "ESIA_CLIENT_ID": (is_esia, self.esia_client_id),
            "ESIA_CERT_FILE": (is_esia, self.esia_cert_file),
            "ESIA_TRUST_DIR": (is_esia, self.esia_trust_dir),
            "ESIA_KEY_FILE": (is_esia and is_keyed, self.esia_key_file),
            "ESIA_SIGN_COMMAND": (is_esia and self.esia_signer == "command", self.esia_sign_command),
            "ESIA_SIGN_URL": (is_esia and self.esia_signer == "http_sidecar", self.esia_sign_url),
            "BROKER_ISSUER": (self.identity_provider == "broker", self.broker_issuer),
            "BROKER_CLIENT_ID": (self.identity_provider == "broker", self.broker_client_id),
            "BROKER_CLIENT_SECRET": (self.identity_provider == "broker", self.broker_client_secret),
        }
        return super()._contradictions() | {
            f"IDENTITY_PROVIDER={self.identity_provider} needs {name}": is_needed and not given
            for name, (is_needed, given) in needed.items()
        }
