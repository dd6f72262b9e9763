"""Signed tokens, and tokens signed as they never should be."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA512

from simulator.esia.pkce import unpadded
from simulator.esia.token_keys import KeyRing, TokenAlgorithm, make_token_key

__all__ = ["SIGNING_FAULTS", "sign_token"]

SIGNING_FAULTS = frozenset({"wrong_alg", "none_alg", "hmac_alg", "foreign_key", "broken_signature"})


async def sign_token(
    keys: KeyRing, algorithm: TokenAlgorithm, header: Mapping[str, Any], claims: Mapping[str, Any], fault: str = ""
) -> str:
    """Write a token signed by the current key, or spoiled by one of the `SIGNING_FAULTS`."""
    head = {**header, "alg": algorithm}
    match fault:
        case "none_alg":
            return _input({**head, "alg": "none"}, claims) + "."
        case "hmac_alg":
            text = _input({**head, "alg": "HS256"}, claims)
            return _joined(text, hmac.digest(keys.current(algorithm).certificate, text.encode(), hashlib.sha256))
        case "wrong_alg":
            return await _by_another_algorithm(keys, algorithm, head, claims)
        case "foreign_key":
            text = _input(head, claims)
            return _joined(text, await (await make_token_key(algorithm)).sign(text.encode()))
    text = _input(head, claims)
    signature = await keys.current(algorithm).sign(text.encode())
    if fault == "broken_signature":
        text = _input(head, {**claims, "iat": claims["iat"] + 1})
    return _joined(text, signature)


async def _by_another_algorithm(
    keys: KeyRing, algorithm: TokenAlgorithm, head: Mapping[str, Any], claims: Mapping[str, Any]
) -> str:
    """Sign by the published RSA key: RS512 in place of RS256, RS256 in place of GOST."""
    rsa = keys.current("RS256")
    if algorithm == "RS256" and rsa.rsa_key is not None:
        text = _input({**head, "alg": "RS512"}, claims)
        return _joined(text, rsa.rsa_key.sign(text.encode(), padding.PKCS1v15(), SHA512()))
    text = _input({**head, "alg": "RS256"}, claims)
    return _joined(text, await rsa.sign(text.encode()))


def _input(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, claims))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _joined(text: str, signature: bytes) -> str:
    return f"{text}.{unpadded(signature)}"
