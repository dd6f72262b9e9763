"""A made-up ESIA that signs tokens."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.esia.signing import unpadded
from gateway.esia.tokens import TokenRules
from tests.unit.esia.pairs import Pair

__all__ = ["BEGAN", "NOW", "RULES", "TokenMaker"]

NOW: Final = datetime.now(UTC).replace(microsecond=0)
BEGAN: Final = NOW
RULES: Final = TokenRules("RS256", "http://esia.example/", "CLINIC01")
_AT: Final = int(NOW.timestamp())


class TokenMaker:
    """Signs what it is told by an RSA key."""

    def __init__(self, pair: Pair) -> None:
        key = load_pem_private_key(pair.key_file.read_bytes(), None)
        assert isinstance(key, RSAPrivateKey)
        self._key = key

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Sign a token."""
        signed = ".".join(unpadded(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{unpadded(self._key.sign(signed.encode(), PKCS1v15(), SHA256()))}"

    def access(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign an access token; a claim of None is left out."""
        usual = {
            "nbf": _AT,
            "iat": _AT,
            "exp": _AT + 3600,
            "iss": RULES.issuer,
            "client_id": RULES.client_id,
            "scope": "openid?oid=1000300001",
            "urn:esia:sid": "session-1",
            "urn:esia:sbj_id": 1000300001,
        }
        named = {"ver": 1, "typ": "JWT", "sbt": "access", "alg": "RS256"} | (header or {})
        return self.sign(named, _whole(usual, claims))

    def identity(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign an id_token; a claim of None is left out."""
        subject = {"urn:esia:sbj:typ": "P", "urn:esia:sbj:is_tru": True, "urn:esia:sbj:oid": 1000300001}
        usual = {
            "nbf": _AT,
            "iat": _AT,
            "exp": _AT + 10_800,
            "auth_time": _AT,
            "iss": RULES.issuer,
            "aud": RULES.client_id,
            "sub": 1000300001,
            "urn:esia:sid": "session-1",
            "urn:esia:sbj": subject,
        }
        named = {"ver": 0, "typ": "JWT", "sbt": "id", "alg": "RS256"} | (header or {})
        return self.sign(named, _whole(usual, claims))


def _whole(usual: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (usual | changes).items() if value is not None}
